"""Public posts that were edited or taken back: what was made of them (drafts, answers, requests) follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.conversation import AwaitedKind, Draft
from bot.domain.messages import InboxRow, IncomingEvent
from bot.domain.requests import Request
from bot.service.dialogue.drafts import MAX_DESCRIPTION
from bot.service.dialogue.talk import Talk
from bot.service.public_posts import words_of
from bot.service.public_text import masked
from bot.service.publicity import PublicDesk
from bot.service.receiving import event_of

_LINES = 200
_PROBLEMS = 8
"""So many requests one post may have become."""


@dataclass(frozen=True)
class Made:
    """What a post is in the database: `rows` are its inbox rows, one a version; `texts` what each of them said."""

    rows: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()

    def of(self, draft: Draft) -> bool:
        """Whether the draft began with this post."""
        number = draft.key.partition(".")[0]
        return number.isdigit() and int(number) in self.rows


def taken_back(events: Sequence[IncomingEvent]) -> list[str]:
    """The posts whose deletion is among the events."""
    return list(dict.fromkeys(event.edits for event in events if event.edits and event.takes_back))


def edited(events: Sequence[IncomingEvent]) -> list[str]:
    """The posts that say something else now."""
    return list(dict.fromkeys(event.edits for event in events if event.edits and not event.takes_back))


def made_of(talk: Talk, ref: str) -> Made:
    """What we have of the post that `ref` names by its first version."""
    rows = [row for row in _rows(talk) if _ref(row) == ref]
    return Made(tuple(row.id or 0 for row in rows), tuple(str(row.payload.get("text", "")) for row in rows))


def take_back(talk: Talk, ref: str) -> None:
    """Nothing is said to the post any more and nothing filed from it; a request that it became has a note of it."""
    made, desk = made_of(talk, ref), PublicDesk(talk.uow, talk.municipality, talk.now)
    for request in requests_of(talk, made):
        talk.desk.add_note(request, talk.texts("post_deleted"), talk.actor, kind="post")
    if _remains(talk, ref):
        kept = [_without(talk, draft, made) for draft in talk.conversation.drafts if not made.of(draft)]
        talk.conversation.drafts = tuple(draft for draft in kept if draft.description)
        for text in made.texts:
            desk.forget(talk.conversation, made.rows, masked(text.strip()[:500], talk.municipality))
    else:
        talk.conversation.drafts = ()
        desk.forget(talk.conversation)
    if not talk.conversation.drafts:
        talk.no_longer_await(AwaitedKind.PRIVATE)


def follow_edit(talk: Talk, ref: str) -> bool:
    """Whether the edited post is a request already, or is talked about in private: then its new words go there."""
    made, words = made_of(talk, ref), masked(words_of(talk.text), talk.municipality)
    requests = requests_of(talk, made)
    for request in requests:
        talk.desk.add_note(request, words[:MAX_DESCRIPTION], talk.actor)
    return bool(requests) or _tell_private(talk, made, words)


def requests_of(talk: Talk, made: Made) -> list[Request]:
    """What was filed from the post."""
    keys = (f"{row}.{index}" for row in made.rows for index in range(_PROBLEMS))
    found = (talk.uow.requests.by_key(key) for key in keys)
    return [request for request in found if request is not None]


def _tell_private(talk: Talk, made: Made, words: str) -> bool:
    mine = talk.uow.conversations.of_citizen(talk.conversation.citizen_id)
    for one in mine:
        if one.public or not any(made.of(draft) for draft in one.drafts):
            continue
        private = talk.uow.conversations.lock(one.id or 0)
        if private is not None:
            private.drafts = tuple(
                replace(draft, description=f"{draft.description}\n{words}"[:MAX_DESCRIPTION])
                if made.of(draft)
                else draft
                for draft in private.drafts
            )
            return True
    return False


def _without(talk: Talk, draft: Draft, made: Made) -> Draft:
    """The draft without the words that the post added, and without the place that only they told."""
    gone = {masked(words_of(text), talk.municipality) for text in made.texts}
    rest = "\n".join(line for line in draft.description.split("\n") if line not in gone)
    if rest == draft.description or talk.parse is None:
        return draft
    stay, place = talk.parse(rest).place, draft.place
    for told in (talk.parse(text).place for text in made.texts):
        only = {name for name, value in vars(told).items() if value is not None and value != getattr(stay, name)}
        place = replace(place, **{name: None for name in only if getattr(place, name) == getattr(told, name)})
    return replace(draft, description=rest, place=place)


def _remains(talk: Talk, ref: str) -> bool:
    """Whether other posts of the citizen stand in the thread."""
    rows = _rows(talk)
    here = [(event.edits or event.message_ref or event.event_id, event.takes_back) for event in talk.events]
    there = [(_ref(row), event_of(row).takes_back) for row in rows]
    gone = {other for other, taken in (*there, *here) if taken}
    return bool({other for other, _ in (*there, *here)} - gone - {ref})


def _rows(talk: Talk) -> list[InboxRow]:
    """The posts of the thread that were handled before."""
    assert talk.conversation.id is not None
    lines = talk.uow.conversations.thread(talk.conversation.id, _LINES)
    found = (talk.uow.inbox.get(line.inbox_id) for line in lines if line.inbox_id is not None)
    return [row for row in found if row is not None]


def _ref(row: InboxRow) -> str:
    return str(row.payload.get("edits") or row.payload.get("message_ref") or row.event_id)
