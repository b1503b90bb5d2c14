"""Public posts: a short answer without anything personal, details in private; one matter in both places."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.conversation import AwaitedKind, Conversation, Draft, ReviewItem, ReviewReason, Step
from bot.domain.messages import OutboxKind, Reply
from bot.domain.publicity import Category, Rule, SendMode
from bot.domain.requests import Request
from bot.domain.understanding import Act, Understanding
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.dialogue.drafting import file_draft
from bot.service.dialogue.drafts import new_draft, with_message
from bot.service.dialogue.moves import SURE_SERVICE, plain
from bot.service.dialogue.sameness import find_same
from bot.service.dialogue.talk import Talk, step
from bot.service.public_posts import Post, read_post, words_of
from bot.service.public_text import has_personal, masked
from bot.service.publicity import About, PublicDesk
from bot.service.reviews import ReviewDesk
from bot.service.texts import Texts

TOGETHER = timedelta(hours=1)
"""Posts on one event within this time become one review item."""
COUNTED = "counted"
"""In a draft's `asked`: its post was counted with others and got no answer of its own."""


@step("in_public")
def in_public(talk: Talk) -> None:
    """Answered, shown to the team, or left in the archive: by what the post is and by the municipality's rules."""
    if any(event.edits for event in talk.events) and not talk.text.strip():
        _deleted(talk)
        return
    post = read_post(talk.text, talk.understanding, talk.municipality)
    talk.silent = True
    if talk.draft is not None and post.category in (Category.REPORT, Category.OTHER, Category.QUESTION):
        _goes_on(talk, post)
    elif post.category is Category.DANGER:
        _danger(talk, post)
    elif post.category is Category.REPORT:
        _report(talk, post)
    elif post.category is Category.QUESTION:
        _answer(talk, post, "public_question", invites=True)
    elif post.category is Category.PRAISE:
        if talk.municipality.publicity.thanks:
            _answer(talk, post, "public_thanks")
    elif not post.aside and talk.municipality.publicity.rule(post.category) is Rule.DESK:
        reason = ReviewReason.ABUSE if post.category is Category.ABUSE else ReviewReason.PUBLIC_POST
        _show(talk, post, reason)


def _danger(talk: Talk, post: Post) -> None:
    about = _summary(talk)
    counted = _counted(talk, post)
    if not counted:
        _say(talk, post, talk.texts("public_danger"))
        talk.reviews.open(ReviewReason.URGENT, talk.conversation, None, about)


def _report(talk: Talk, post: Post) -> None:
    """What another body does is said so; all else is asked for in private and waits for a while."""
    service = talk.understanding.service
    body = talk.municipality.bodies.get(talk.municipality.services[service].body or "") if service else None
    if body is not None:
        _answer(talk, post, "public_body", body=body.name, phone=talk.texts.phone_of(body))
        return
    fresh = new_draft(talk, talk.understanding.problems[0], 0)
    fresh = replace(fresh, description=masked(words_of(talk.text), talk.municipality))
    known = talk.understanding.place.neighbourhood
    key = "public_report_known" if known else "public_report"
    counted = not _answer(talk, post, key, invites=True, neighbourhood=known or "")
    talk.begin(replace(fresh, asked=(COUNTED,)) if counted else fresh)
    talk.await_(AwaitedKind.PRIVATE, talk.municipality.publicity.wait.total_seconds() / 3600)


def _goes_on(talk: Talk, post: Post) -> None:
    """More in the same thread, or an edited post: it completes the draft; nothing is asked twice in public."""
    draft = talk.draft
    assert draft is not None
    if any(event.edits for event in talk.events) and talk.understanding.problems:
        fresh = new_draft(talk, talk.understanding.problems[0], 0)
        kept = draft.attachment_ids + tuple(i for i in talk.attachment_ids if i not in draft.attachment_ids)
        draft = replace(fresh, key=draft.key, asked=draft.asked, attachment_ids=kept)
        description = words_of(talk.text)
    else:
        before = draft.description
        draft = with_message(talk, draft, describe=False)
        description = f"{before}\n{words_of(talk.text)}"
    talk.keep(replace(draft, description=masked(description, talk.municipality)))
    if has_personal(talk.text, talk.municipality):
        _say(talk, post, talk.texts("public_personal"))


def _answer(talk: Talk, post: Post, key: str, invites: bool = False, **data: object) -> bool:
    """Answer, once for an event; False where the post was only counted."""
    if _counted(talk, post):
        return False
    text = talk.texts(key, talk.conversation.turns, **data)
    if has_personal(talk.text, talk.municipality):
        text = f"{text} {talk.texts('public_personal')}"
    _say(talk, post, text, invites)
    return True


def _say(talk: Talk, post: Post, text: str, invites: bool = False) -> None:
    talk.replies.append(Reply(text, public=True, invites=invites))
    talk.about = About(post.category, _summary(talk), post.matter)
    if talk.municipality.publicity.mode(post.category) is SendMode.AUTOMATIC:
        _remember(talk, post)


def _remember(talk: Talk, post: Post) -> None:
    """An answered event, so that the next post on it within the hour is counted instead of answered."""
    item = ReviewItem(
        ReviewReason.PUBLIC_POST,
        talk.now,
        talk.conversation.id,
        state="closed",
        matter=post.matter,
        closed_at=talk.now,
        closed_reason="answered",
    )
    talk.uow.reviews.add(item)


def _counted(talk: Talk, post: Post) -> bool:
    """Whether others posted on the same event within the hour: then this one is counted with theirs."""
    earlier = talk.uow.reviews.of_matter(post.matter, talk.now - TOGETHER)
    if earlier is None or earlier.conversation_id == talk.conversation.id:
        return False
    if earlier.state == "closed":
        item = talk.reviews.open(ReviewReason.PUBLIC_POST, talk.conversation, None, _summary(talk))
        item.matter, item.count = post.matter, earlier.count + 1
    else:
        earlier.count += 1
    return True


def _show(talk: Talk, post: Post, reason: ReviewReason) -> None:
    if not _counted(talk, post):
        talk.reviews.open(reason, talk.conversation, None, _summary(talk)).matter = post.matter


def _summary(talk: Talk) -> str:
    return masked(talk.text.strip()[:500], talk.municipality)


def _deleted(talk: Talk) -> None:
    """The citizen took the post back: nothing is said to it any more, and nothing is filed from it."""
    talk.silent = True
    talk.conversation.drafts = ()
    talk.no_longer_await(AwaitedKind.PRIVATE)
    PublicDesk(talk.uow, talk.municipality, talk.now).forget(talk.conversation)


# -- the private continuation
def take_up(talk: Talk) -> None:
    """A private message goes on with the citizen's public thread, where one waits and the message fits it."""
    conversation = talk.conversation
    if conversation.public or conversation.drafts:
        return
    for thread in _waiting_threads(talk):
        draft = thread.draft
        if draft is None or not _fits(talk, draft):
            continue
        locked = talk.uow.conversations.lock(thread.id or 0, wait=False)
        if locked is None or locked.draft is None:
            continue
        where = talk.understanding.place
        says_where = where.known or where.street is not None or bool(talk.understanding.candidates)
        asked = Step.DETAIL if draft.place.known else Step.PLACE
        needs = not (draft.place.known and draft.place.detailed)
        conversation.drafts = (replace(draft, step=asked if says_where and needs else None, touched_at=talk.now),)
        conversation.continues_id = thread.id
        locked.drafts = ()
        talk.uow.conversations.no_longer_await(thread.id or 0, AwaitedKind.PRIVATE)
        return


def _waiting_threads(talk: Talk) -> list[Conversation]:
    """Public threads of the same account that wait for a private message, newest first."""
    provider = talk.conversation.channel.partition("_")[0]
    mine = talk.uow.conversations.of_citizen(talk.conversation.citizen_id)
    waiting = [one for one in mine if one.public and one.drafts and one.channel.partition("_")[0] == provider]
    return sorted(waiting, key=lambda one: one.last_in_at or one.created_at, reverse=True)


def _fits(talk: Talk, draft: Draft) -> bool:
    """Whether the message can be about the draft; a clear report of something else is not, an address is."""
    u = talk.understanding
    other = u.act is Act.REPORT and u.service_confidence >= SURE_SERVICE and not plain(talk.text).startswith("adres")
    return not other or u.service == draft.service or u.service in draft.alternatives


# -- no private message came
def settle_public(uow: UnitOfWork, municipality: Municipality, now: datetime, secret: bytes) -> int:
    """Threads whose waiting time is over: filed from the public text where what and where are known, else shown."""
    settled = 0
    for awaited in uow.conversations.expired_awaited(now):
        if awaited.what != AwaitedKind.PRIVATE:
            continue
        conversation = uow.conversations.lock(awaited.conversation_id, wait=False)
        if conversation is None:
            continue
        uow.conversations.no_longer_await(awaited.conversation_id, AwaitedKind.PRIVATE)
        if conversation.draft is not None:
            _settle(uow, municipality, now, secret, conversation)
            settled += 1
    return settled


def _settle(uow: UnitOfWork, municipality: Municipality, now: datetime, secret: bytes, thread: Conversation) -> None:
    draft, texts = thread.drafts[0], Texts(municipality)
    talk = Talk(uow, municipality, texts, thread, Understanding("", Act.REPORT, 1.0), (), "", now, draft.key, secret)
    service = municipality.services[draft.service] if draft.service else None
    if service is None or (service.place == "required" and not draft.place.known):
        thread.drafts = ()
        ReviewDesk(uow, municipality, now).open(ReviewReason.PUBLIC_POST, thread, None, draft.description)
        return
    request = _file(talk, draft)
    if COUNTED in draft.asked:
        return
    number = f" {texts('public_number', number=request.tracking_no)}" if municipality.publicity.tracking_number else ""
    reply = Reply(f"{texts('public_filed')}{number}", public=True)
    about = About(Category.REPORT, draft.description)
    desk = PublicDesk(uow, municipality, now)
    desk.answer(thread, reply, f"public_filed:{request.id}:{thread.id}", OutboxKind.REPLY, about, request)


def _file(talk: Talk, draft: Draft) -> Request:
    """File the public report, or follow the request that somebody else filed on the same."""
    same = find_same(talk, draft)
    if same is None:
        return file_draft(talk, draft)
    talk.drop_draft()
    assert talk.conversation.id is not None
    if not same.own:
        talk.desk.join(same.request, talk.conversation.citizen_id, talk.conversation.id, draft.description)
    if draft.attachment_ids:
        talk.desk.add_files(same.request, draft.attachment_ids, talk.actor)
    return same.request
