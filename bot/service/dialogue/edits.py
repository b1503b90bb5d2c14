"""An edited message: before filing the draft is understood anew from its words, afterwards it goes to the history.

What came from other messages stays: only what the older words said, and the newer ones say otherwise, changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.conversation import Conversation, Draft, Step
from bot.domain.messages import InboxRow
from bot.domain.requests import Place, Priority, Request, Status
from bot.ports import UnitOfWork
from bot.service.batches import edited_of, text_of
from bot.service.dialogue.alarms import GENERAL, danger_of, is_urgent, warn
from bot.service.dialogue.answers import NO, SKIP, YES, plain
from bot.service.dialogue.asking import advance, ask_again
from bot.service.dialogue.bare import understand
from bot.service.dialogue.drafts import MAX_DESCRIPTION, new_draft
from bot.service.dialogue.problems import Said, problems_said
from bot.service.dialogue.situation import Edited
from bot.service.dialogue.talk import Talk, step
from bot.service.dialogue.words import Parse, Words

LOOKED_BACK = 200
"""So many lines of the thread are looked through for the message that is edited."""
NEW = timedelta(hours=24)
"""So long the place of a filed request that nobody has taken up is corrected."""
_FROM_WORDS = (
    "service",
    "confidence",
    "alternatives",
    "kind",
    "candidates",
    "urgent",
    "danger",
    "sensitive",
    "contact",
)
_BESIDE = ("candidates", "urgent", "danger", "sensitive", "contact")


@dataclass(frozen=True)
class Change:
    """A draft's words before and after: what they tell. `after` None: the edited message tells it no more."""

    key: str
    before: tuple[Words, Said]
    after: tuple[Words, Said] | None
    describes: bool


# -- before the turn
def find_edited(uow: UnitOfWork, conversation: Conversation, rows: Sequence[InboxRow]) -> Edited | None:
    """What the batch edits; None where it edits nothing, or nothing that is known of this private conversation."""
    ref = edited_of(rows)
    if ref is None or conversation.public or conversation.id is None:
        return None
    lines = uow.conversations.thread(conversation.id, LOOKED_BACK)
    said = [uow.inbox.get(line.inbox_id) for line in lines if line.direction == "in" and line.inbox_id is not None]
    versions = [
        row for row in said if row is not None and ref in (row.payload.get("message_ref"), row.payload.get("edits"))
    ]
    if not versions or versions[0].id is None:
        return Edited("", text_of(rows).strip(), 0, rows[0].received_at)
    old = str(versions[-1].payload.get("text", "")).strip()
    return Edited(old, text_of(rows).strip(), versions[0].id, versions[0].received_at)


def changes(drafts: Sequence[Draft], edited: Edited, parse: Parse) -> list[Change]:
    """What the edit means for the drafts; pure. The message described one, told of several, or answered a question."""
    found = []
    parts = _parts(edited.old, parse), _parts(edited.new, parse)
    for draft in drafts:
        if draft.set_aside or not 0 < _stem(draft.key) <= edited.inbox_id:
            continue
        if edited.old and edited.old in draft.description:
            after = draft.description.replace(edited.old, edited.new, 1).strip() or draft.description
            found.append(Change(draft.key, _parts(draft.description, parse)[0], _parts(after, parse)[0], True))
            continue
        told = next((index for index, part in enumerate(parts[0]) if part[1].text in draft.description), None)
        if len(parts[0]) > 1 and told is not None:
            found.append(Change(draft.key, parts[0][told], _same_part(parts[0][told], told, *parts), True))
    active = next((draft for draft in drafts if not draft.set_aside), None)
    if not found and active is not None and edited.old and 0 < _stem(active.key) <= edited.inbox_id:
        found.append(Change(active.key, parts[0][0], parts[1][0], False))
    return found


def _parts(text: str, parse: Parse) -> list[tuple[Words, Said]]:
    words = Words(understand(parse, text), text, parse)
    return [(words, said) for said in problems_said(words, words.understanding.place)]


def _same_part(
    part: tuple[Words, Said], index: int, before: Sequence[tuple[Words, Said]], after: Sequence[tuple[Words, Said]]
) -> tuple[Words, Said] | None:
    """The part of the newer text: of the same service, else at the same position."""
    alike = [other for other in after if _service(other[1]) == _service(part[1])]
    if alike:
        return alike[0]
    return after[index] if len(after) == len(before) else None


def _service(said: Said) -> str | None:
    return said.problem.services[0].label if said.problem.services else None


def _stem(key: str) -> int:
    """The message with which the draft began: ids grow with time."""
    first = key.split(".")[0]
    return int(first) if first.isdecimal() else 0


def belongs(talk: Talk, edited: Edited) -> bool:
    """Whether the edit is about what is drafted or filed; else it is a message like others, but no answer."""
    return any(not draft.set_aside for draft in talk.conversation.drafts) or _filed(talk, edited) is not None


# -- within it
@step("edited")
def edit(talk: Talk) -> None:
    """An edited message: before filing it corrects the drafts, afterwards it goes to the request's history."""
    edited = talk.edited
    if edited is None or talk.parse is None:
        talk.act("not_understood")
        return
    _warn_of_new_danger(talk, edited)
    drafts, request = _edited_drafts(talk, edited), _filed(talk, edited)
    if drafts != talk.conversation.drafts:
        if request is not None and edited.new:  # one of its problems is filed already
            talk.desk.add_note(request, edited.new[:MAX_DESCRIPTION], talk.actor)
        talk.conversation.drafts = drafts
        talk.say("corrected")
        advance(talk)
    elif request is None:
        ask_again(talk)
    else:
        _add_to(talk, request, edited)
    if not talk.replies:
        talk.say("acknowledged")


def _warn_of_new_danger(talk: Talk, edited: Edited) -> None:
    assert talk.parse is not None
    danger = danger_of(talk)
    before = danger_of(Words(talk.parse(edited.old), edited.old, talk.parse)) if edited.old else None
    if danger is not None and danger != before and danger != GENERAL:
        warn(talk, danger)


def _edited_drafts(talk: Talk, edited: Edited) -> tuple[Draft, ...]:
    assert talk.parse is not None
    by_key = {change.key: change for change in changes(talk.conversation.drafts, edited, talk.parse)}
    drafts: list[Draft] = []
    for draft in talk.conversation.drafts:
        change = by_key.get(draft.key)
        if change is None:
            drafts.append(draft)
        elif change.after is not None:
            drafts.append(_renewed(talk, draft, change))
    return (*drafts, *_told_besides(talk, edited, by_key))


def _renewed(talk: Talk, draft: Draft, change: Change) -> Draft:
    """The draft with what the words say otherwise now."""
    assert change.after is not None
    before, after = (_read(talk, *side) for side in (change.before, change.after))
    names = _FROM_WORDS if change.describes else _BESIDE
    new = {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}
    place = _place(draft.place, before, after)
    if not change.describes and place == draft.place and draft.place.landmark == change.before[0].text[:150]:
        place = replace(place, landmark=change.after[0].text[:150] or None)
    description = after.description if change.describes else draft.description
    renewed = replace(draft, description=description, place=place, **new)
    if renewed == draft:
        return draft
    again = {"told", Step.SERVICE} if renewed.service != draft.service else set()
    asked = tuple(what for what in draft.asked if what not in {*again, Step.SAME, Step.KNOWN})
    return replace(renewed, asked=asked, step=None, same_as=None, touched_at=talk.now)


def _read(talk: Talk, words: Words, said: Said) -> Draft:
    """A draft of these words alone."""
    reading = replace(talk, understanding=words.understanding, text=words.text, attachment_ids=(), events=())
    return new_draft(reading, said.problem, 0, said)


def _place(kept: Place, before: Draft, after: Draft) -> Place:
    """What the newer words say otherwise, or no more; what came from elsewhere stays."""
    values = {}
    for name in Place.__dataclass_fields__:
        mine, old, new = getattr(kept, name), getattr(before.place, name), getattr(after.place, name)
        gone = new is None and old is not None and mine == old
        values[name] = new if (new is not None and new != old) or gone else mine
    return Place(**values)


def _told_besides(talk: Talk, edited: Edited, by_key: dict[str, Change]) -> list[Draft]:
    """Problems that the message tells only now."""
    assert talk.parse is not None
    known = {_service(change.before[1]) for change in by_key.values() if change.describes}
    known |= {_service(change.after[1]) for change in by_key.values() if change.after is not None}
    told = _parts(edited.new, talk.parse)
    if not known or len(told) < 2:
        return []
    old = {_service(said) for _, said in _parts(edited.old, talk.parse)}
    extra = [pair for pair in told if _service(pair[1]) not in known | old]
    fresh = (_read(talk, *pair) for pair in extra)
    return [replace(draft, key=f"{talk.key}.{index}", touched_at=talk.now) for index, draft in enumerate(fresh)]


# -- after filing
def _filed(talk: Talk, edited: Edited) -> Request | None:
    """The request that the message led to, or to which it was added."""
    if not edited.old or _answers(edited.old):
        return None
    mine = [request for request in talk.own_requests() if request.citizen_id == talk.conversation.citizen_id]
    led = [
        request
        for request in mine
        if request.conversation_id == talk.conversation.id
        and 0 < _stem(request.filing_key) <= edited.inbox_id
        and edited.at < request.created_at
    ]
    if led:
        return max(led, key=lambda request: _stem(request.filing_key))
    return next((request for request in mine if _noted(talk, request, edited.old)), None)


def _answers(text: str) -> bool:
    answer = plain(text)
    return any(pattern.fullmatch(answer) for pattern in (YES, NO, SKIP))


def _noted(talk: Talk, request: Request, text: str) -> bool:
    return any(note.kind == "citizen" and note.text == text for note in talk.uow.requests.notes(request.id or 0))


def _add_to(talk: Talk, request: Request, edited: Edited) -> None:
    """The new words to the history; the place is corrected while nobody has taken the request up."""
    assert talk.parse is not None
    if edited.new:
        talk.desk.add_note(request, edited.new[:MAX_DESCRIPTION], talk.actor)
    talk.conversation.last_request_id = request.id
    before, after = (_read(talk, *_parts(text, talk.parse)[0]) for text in (edited.old, edited.new))
    if after.urgent and not before.urgent and is_urgent(talk, danger_of(talk), request.service):
        talk.desk.prioritize(request, Priority.URGENT, talk.actor)
    place = _place(request.place, before, after)
    new = request.status == Status.RECEIVED and talk.now - request.created_at <= NEW
    if new and place != request.place:
        talk.desk.amend(request, place, talk.actor, whole=True)
        talk.say("amended", number=request.tracking_no, place=talk.texts.place(request.place))
    else:
        talk.say("added", number=request.tracking_no)
    ask_again(talk)
