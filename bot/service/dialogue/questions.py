"""Questions beside the draft. The last one asked counts: what was asked before it is let go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.domain.conversation import QUESTIONS, Awaited, AwaitedKind, Mode
from bot.service.dialogue.adding import ask_intention_again
from bot.service.dialogue.situation import Move
from bot.service.dialogue.talk import Talk
from bot.service.dialogue.withdrawal import ask_cancel_again, ask_which_again

ASKED_AGAIN = timedelta(hours=1)
"""A question that a digression passed over is asked again within this time; later it is let go."""
_ENDS = frozenset({Move.EMERGENCY, Move.ABUSIVE, Move.GOODBYE, Move.ASK_HUMAN, Move.LANGUAGE_OTHER, Move.TO_PERSON})
_UNCLEAR = frozenset({Move.NOT_UNDERSTOOD, Move.OUT_OF_SCOPE, Move.WORDLESS})


def settle_questions(talk: Talk) -> None:
    """After the turn's steps: an open question that was not answered is asked again, or let go where another came."""
    open_still = [row for row in talk.awaited if row.what in QUESTIONS and row.what not in talk.asked]
    for row in open_still:
        if not _asked_again(talk, row):
            talk.no_longer_await(AwaitedKind(row.what))


def _asked_again(talk: Talk, row: Awaited) -> bool:
    if talk.conversation.mode == Mode.PERSON or talk.conversation.public or talk.moved in _ENDS:
        return False
    asks = any(reply.asks for reply in talk.replies)
    unclear = talk.moved in _UNCLEAR and talk.draft is None
    if (asks and not unclear) or not talk.replies or talk.now - row.created_at > ASKED_AGAIN:
        return False
    return _AGAIN[AwaitedKind(row.what)](talk, row)


def _erasure_again(talk: Talk, row: Awaited) -> bool:
    talk.act("erase_data")
    return True


_AGAIN: Mapping[AwaitedKind, Callable[[Talk, Awaited], bool]] = {
    AwaitedKind.CANCEL: ask_cancel_again,
    AwaitedKind.WHICH: ask_which_again,
    AwaitedKind.INTENTION: ask_intention_again,
    AwaitedKind.ERASE: _erasure_again,
}
