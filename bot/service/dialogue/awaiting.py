"""What a message means where something is awaited beside the draft: a confirmation, a choice, a rating, a reason."""

from __future__ import annotations

from bot.domain.conversation import AwaitedKind
from bot.domain.understanding import Act, Understanding
from bot.service.dialogue.answers import DROP, NO, plain, still, to_addition, to_erasure, to_withdrawal
from bot.service.dialogue.situation import Move, Situation

SURE_SERVICE = 0.5
SURE_QUESTION = 0.8
_NAMES = frozenset({"olan", "olani", "ilgili"})
_NEVER_A_REASON = frozenset(
    {
        Act.THANK, Act.GREET, Act.GOODBYE, Act.ASK_STATUS, Act.CANCEL_REQUEST, Act.RATE, Act.ASK_INFORMATION,
        Act.AFFIRM, Act.DENY, Act.SKIP, Act.ABUSIVE, Act.ASK_HUMAN, Act.COMPLAIN_ABOUT_BOT, Act.LANGUAGE_OTHER,
    }
)  # fmt: skip


def awaited_move(s: Situation) -> Move | None:
    """What is awaited beside the draft. The questions among it are there only while they were asked last."""
    u, answer = s.understanding, plain(s.text)
    if AwaitedKind.ERASE in s.awaited:
        wanted = to_erasure(answer, u)
        if wanted is not None:
            return Move.CONFIRM_ERASE if wanted else Move.KEEP_DATA
    if AwaitedKind.CANCEL in s.awaited:
        wanted = to_withdrawal(answer, u)
        if wanted and u.tracking_no:  # perhaps another one's
            return Move.CANCEL_REQUEST
        if wanted is not None:
            return Move.CONFIRM_CANCEL if wanted else Move.KEEP_REQUEST
    if AwaitedKind.WHICH in s.awaited:
        return _choosing(s, answer)
    if AwaitedKind.INTENTION in s.awaited:
        wanted = to_addition(s.text, u)
        if wanted is not None:
            return Move.ADD_INFORMATION if wanted else Move.DIFFERENT
    if s.step is not None:
        return None
    if AwaitedKind.RATING in s.awaited and u.rating is not None and len(answer.split()) <= 8 and not _tells(u):
        return Move.RATE
    reason = AwaitedKind.REASON in s.awaited and u.act not in _NEVER_A_REASON and len(answer) > 2
    return Move.GIVE_REASON if reason and not _new_matter(s) else None


def _choosing(s: Situation, answer: str) -> Move | None:
    """Which of several requests is to be withdrawn: a few words are a choice, whatever else they might mean."""
    u, words = s.understanding, answer.split()
    if NO.fullmatch(answer) or DROP.fullmatch(answer) or answer in ("hicbiri", "hic biri"):
        return Move.KEEP_REQUEST
    asks = u.act in (Act.ASK_INFORMATION, Act.THANK, Act.GREET, Act.GOODBYE) and u.act_confidence >= SURE_QUESTION
    if (u.act is Act.CANCEL_REQUEST or u.tracking_no or len(words) <= 4) and not asks and not _tells_anew(s, words):
        return Move.CANCEL_REQUEST
    return None


def _tells(u: Understanding) -> bool:
    return u.act is Act.REPORT and u.service_confidence >= SURE_SERVICE


def _tells_anew(s: Situation, words: list[str]) -> bool:
    """A problem in a sentence of its own ('Yazır'da çukur var'), not the name of one ('çöp olan', 'Yazır'daki')."""
    names = any(word in _NAMES or word.endswith(("daki", "deki", "taki", "teki")) for word in words)
    return _tells(s.understanding) and len(words) > 2 and not names


def _new_matter(s: Situation) -> bool:
    """Whether a report is no reason why the reopened request isn't solved: at another place, or of another service."""
    u, about = s.understanding, s.reopened
    if u.act is not Act.REPORT or about is None:
        return False
    where, there = u.place, about.place
    elsewhere = where.neighbourhood is not None and where.neighbourhood != there.neighbourhood
    other_street = where.street is not None and there.street is not None and where.street != there.street
    return elsewhere or other_street or (_tells(u) and u.service != about.service and not still(s.text))
