"""Whether a message is complete, or whether people may still be typing the rest of it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.conversation import Awaited, Conversation, Draft, Mode
from bot.domain.messages import EventKind, IncomingEvent
from bot.domain.understanding import Act, Understanding
from bot.service.batches import ALONE
from bot.service.dialogue.moves import interpret
from bot.service.dialogue.situation import Move, Situation

SOME_SERVICE = 0.4
_WAITS = frozenset({Act.REPORT, Act.GREET, Act.ADD_INFORMATION})
_IN_PIECES = frozenset(
    {
        Move.REPORT, Move.GIVE_DETAILS, Move.DESCRIBE, Move.ADD_INFORMATION, Move.GIVE_REASON, Move.GREET,
        Move.SHARE_FILE,
    }
)  # fmt: skip
"""What people write in several messages; an answer, a choice, a question stands for itself."""


def complete(
    conversation: Conversation,
    awaited: Sequence[Awaited],
    drafts: Sequence[Draft],
    events: Sequence[IncomingEvent],
    text: str,
    u: Understanding,
) -> bool:
    """Whether the messages need not wait for further ones. `drafts` are those that are alive."""
    if any(event.kind in ALONE or event.edits for event in events):
        return True
    if any(event.album for event in events):
        return False
    if conversation.mode == Mode.PERSON or (conversation.public and (awaited or drafts)):
        return True
    if not awaited and not drafts:
        return _complete_alone(events, u)
    draft = drafts[0] if drafts else None
    kind = next((event.kind for event in events if event.kind is not EventKind.TEXT), EventKind.TEXT)
    situation = Situation(
        understanding=u,
        kind=kind,
        text=text,
        has_files=any(event.files for event in events),
        draft=draft,
        awaited=frozenset(row.what for row in awaited),
    )
    move = interpret(situation)
    return move not in _IN_PIECES or kind is EventKind.LOCATION or _completes(draft, move, u)


def _complete_alone(events: Sequence[IncomingEvent], u: Understanding) -> bool:
    """Outside of any question: what and where are known."""
    if any(event.files for event in events) and not u.service:
        return False
    told = u.act is Act.REPORT and u.service_confidence >= SOME_SERVICE and u.place.known
    return u.act not in _WAITS or told


def _completes(draft: Draft | None, move: Move, u: Understanding) -> bool:
    """Whether nothing is left to ask about the draft once the message is added, or about the new report."""
    if move in (Move.GREET, Move.GIVE_REASON, Move.SHARE_FILE):
        return False
    what, where = u.service if u.service_confidence >= SOME_SERVICE else None, u.place
    if draft is not None and not draft.set_aside:
        what, where = what or draft.service, draft.place.merged(where)
    return what is not None and where.known and where.detailed
