"""A public report goes on in private, or is filed from its public text where nobody goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.conversation import AwaitedKind, Conversation, Draft, Mode, ReviewReason, Step
from bot.domain.messages import OutboxKind, Reply
from bot.domain.publicity import Category
from bot.domain.requests import Request
from bot.domain.understanding import Act, Understanding
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.dialogue.drafting import file_draft
from bot.service.dialogue.moves import SURE_SERVICE, plain
from bot.service.dialogue.sameness import find_same
from bot.service.dialogue.talk import Talk
from bot.service.origin import public_thread
from bot.service.posting import post
from bot.service.publicity import About, PublicDesk
from bot.service.reviews import ReviewDesk
from bot.service.texts import Texts

COUNTED = "counted"
"""In a draft's `asked`: its post was counted with others and got no answer of its own."""
_LATELY = timedelta(hours=24)


# -- the private message comes
def take_up(talk: Talk) -> None:
    """A private message goes on with the citizen's public thread, where one waits and the message fits it.

    The private conversation then awaits the rest: what is not filed there in the same time is filed from the public
    words. What a person has, the bot doesn't touch.
    """
    conversation = talk.conversation
    if conversation.public or conversation.mode == Mode.PERSON:
        return
    if talk.draft is not None:
        return
    if talk.awaits(AwaitedKind.PRIVATE) is not None:
        talk.no_longer_await(AwaitedKind.PRIVATE)
    for thread in _threads(talk):
        if thread.drafts and _move(talk, thread):
            return
    _remember_filed(talk)


def _move(talk: Talk, thread: Conversation) -> bool:
    """The thread's drafts come over, the one that the message fits at their head."""
    if thread.mode == Mode.PERSON or not any(_fits(talk, draft) for draft in thread.drafts):
        return False
    locked = talk.uow.conversations.lock(thread.id or 0, wait=False)
    if locked is None or not locked.drafts:
        return False
    first, *rest = sorted(locked.drafts, key=lambda draft: not _fits(talk, draft))
    where = talk.understanding.place
    says_where = where.known or where.street is not None or bool(talk.understanding.candidates)
    asked = Step.DETAIL if first.place.known else Step.PLACE
    needs = not (first.place.known and first.place.detailed)
    first = replace(first, step=asked if says_where and needs else None)
    moved = (replace(draft, touched_at=talk.now) for draft in (first, *rest))
    talk.conversation.drafts = (*moved, *talk.conversation.drafts)
    talk.conversation.continues_id = thread.id
    locked.drafts = ()
    talk.uow.conversations.no_longer_await(thread.id or 0, AwaitedKind.PRIVATE)
    talk.await_(AwaitedKind.PRIVATE, talk.municipality.publicity.wait.total_seconds() / 3600)
    return True


def _remember_filed(talk: Talk) -> None:
    """What was filed from the public text a short while ago is what a first private message speaks of."""
    if talk.conversation.last_request_id is not None or talk.conversation.turns:
        return
    for thread in _threads(talk):
        lately = thread.last_in_at is not None and talk.now - thread.last_in_at <= _LATELY
        if thread.last_request_id is not None and lately:
            talk.conversation.last_request_id, talk.conversation.continues_id = thread.last_request_id, thread.id
            return


def _threads(talk: Talk) -> list[Conversation]:
    """Public threads of the same account, newest first."""
    provider = talk.conversation.channel.partition("_")[0]
    mine = talk.uow.conversations.of_citizen(talk.conversation.citizen_id)
    public = [one for one in mine if one.public and one.channel.partition("_")[0] == provider]
    return sorted(public, key=lambda one: one.last_in_at or one.created_at, reverse=True)


def _fits(talk: Talk, draft: Draft) -> bool:
    """Whether the message can be about the draft; a clear report of something else is not, an address is."""
    u = talk.understanding
    other = u.act is Act.REPORT and u.service_confidence >= SURE_SERVICE and not plain(talk.text).startswith("adres")
    return not other or u.service == draft.service or u.service in draft.alternatives


# -- no private message came, or it did not lead to a request
def settle_public(uow: UnitOfWork, municipality: Municipality, now: datetime, secret: bytes) -> int:
    """Waiting times that are over: filed from the public text where what and where are known, else shown."""
    settled = 0
    for awaited in uow.conversations.expired_awaited(now):
        if awaited.what != AwaitedKind.PRIVATE:
            continue
        conversation = uow.conversations.lock(awaited.conversation_id, wait=False)
        if conversation is None:
            continue
        until = (conversation.last_in_at or now) + municipality.publicity.wait
        if not conversation.public and until > now:  # they still write: the time counts from their last message
            uow.conversations.await_(replace(awaited, id=None, expires_at=until))
            continue
        uow.conversations.no_longer_await(awaited.conversation_id, AwaitedKind.PRIVATE)
        settling = _Settling(uow, municipality, now, secret, conversation)
        settled += settling.settle_thread() if conversation.public else settling.settle_private()
    return settled


class _Settling:
    """The drafts of one conversation, once nothing more is waited for."""

    def __init__(
        self,
        uow: UnitOfWork,
        municipality: Municipality,
        now: datetime,
        secret: bytes,
        conversation: Conversation,
    ) -> None:
        self._uow, self._municipality, self._now = uow, municipality, now
        self._conversation, self._texts = conversation, Texts(municipality)
        nothing = Understanding("", Act.REPORT, 1.0)
        self._talk = Talk(uow, municipality, self._texts, conversation, nothing, (), "", now, "settled", secret)

    def settle_thread(self) -> bool:
        """Each problem of a public thread; said there once, without a word of what it is."""
        drafts = self._conversation.drafts
        filed = [(draft, file_or_join(self._talk, draft)) for draft in drafts if self._complete(draft)]
        self._show([draft for draft in drafts if not self._complete(draft)])
        self._conversation.drafts = ()
        told = [(draft, request) for draft, request in filed if COUNTED not in draft.asked]
        if told and self._conversation.mode != Mode.PERSON:
            self._say_filed(told)
        return bool(drafts)

    def settle_private(self) -> bool:
        """What came from the public thread and was left lying in the private conversation. The citizen hears of it.

        What is incomplete stays there as well, for a citizen who goes on after all; where a person has the
        conversation, all of it is for them.
        """
        drafts = [draft for draft in self._conversation.drafts if self._left(draft)]
        by_person = self._conversation.mode == Mode.PERSON
        self._show([draft for draft in drafts if by_person or not self._complete(draft)])
        for draft in drafts:
            if not by_person and self._complete(draft):
                before = len(self._talk.replies)
                request = file_or_join(self._talk, draft)
                if len(self._talk.replies) == before:
                    self._talk.say("joined", number=request.tracking_no)
        quiet = self._municipality.quiet_until(self._now)
        for index, reply in enumerate(self._talk.replies):
            key, kind = f"settled:{drafts[0].key}:{index}", OutboxKind.NOTIFICATION
            post(self._uow, self._conversation, reply, key, kind, self._now, not_before=quiet)
        return bool(drafts)

    def _left(self, draft: Draft) -> bool:
        return not draft.set_aside and public_thread(self._uow, draft.key) is not None

    def _complete(self, draft: Draft) -> bool:
        """Whether what and where are known, as far as the service asks for a place."""
        service = self._municipality.services[draft.service] if draft.service else None
        return service is not None and (service.place != "required" or draft.place.known)

    def _show(self, drafts: Sequence[Draft]) -> None:
        if drafts:
            summary = "\n".join(draft.description for draft in drafts)
            desk = ReviewDesk(self._uow, self._municipality, self._now)
            desk.open(ReviewReason.PUBLIC_POST, self._conversation, None, summary)

    def _say_filed(self, filed: Sequence[tuple[Draft, Request]]) -> None:
        texts, thread = self._texts, self._conversation
        numbers = ", ".join(request.tracking_no for _, request in filed)
        shown = f" {texts('public_number', number=numbers)}" if self._municipality.publicity.tracking_number else ""
        reply = Reply(f"{texts('public_filed', thread.id or 0)}{shown}", public=True)
        about = About(Category.REPORT, "\n".join(draft.description for draft, _ in filed))
        request = filed[0][1]
        desk = PublicDesk(self._uow, self._municipality, self._now)
        desk.answer(thread, reply, f"public_filed:{request.id}:{thread.id}", OutboxKind.REPLY, about, request)


def file_or_join(talk: Talk, draft: Draft) -> Request:
    """File the public report, or follow the request that somebody else filed on the same. `draft` leaves the queue."""
    talk.conversation.drafts = (draft, *(each for each in talk.conversation.drafts if each.key != draft.key))
    same = find_same(talk, draft) if Step.SAME not in draft.asked else None
    if same is None:
        return file_draft(talk, draft)
    talk.drop_draft()
    assert talk.conversation.id is not None
    if same.own:
        talk.desk.add_note(same.request, draft.description, talk.actor)
    else:
        talk.desk.join(same.request, talk.conversation.citizen_id, talk.conversation.id, draft.description)
    if draft.attachment_ids:
        talk.desk.add_files(same.request, draft.attachment_ids, talk.actor)
    talk.conversation.last_request_id = same.request.id
    return same.request
