"""Drafts end when nobody touched them for a while; who comes back to one is told that nothing was filed."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.conversation import Draft
from bot.domain.requests import Place
from bot.service.dialogue.situation import Move
from bot.service.dialogue.talk import Talk, step

DRAFT_LIVES = timedelta(hours=72)
_GOES_ON = frozenset({Move.GREET, Move.GIVE_DETAILS, Move.ADD_INFORMATION})


def alive(drafts: tuple[Draft, ...], now: datetime) -> tuple[Draft, ...]:
    """Those that somebody touched lately."""
    return tuple(draft for draft in drafts if draft.touched_at is not None and now - draft.touched_at < DRAFT_LIVES)


def expire(talk: Talk) -> None:
    """Let old drafts go; the one that the citizen may still have in mind is remembered for this turn."""
    conversation = talk.conversation
    kept = alive(conversation.drafts, talk.now)
    gone = [draft for draft in conversation.drafts if draft not in kept and not draft.set_aside]
    if len(kept) < len(conversation.drafts):
        conversation.drafts = kept
    if gone and not kept and not conversation.public:
        talk.expired = gone[0]


@step("draft_expired")
def draft_expired(talk: Talk) -> None:
    """An answer to a draft that is no more: said so; a place or a greeting is taken up all the same."""
    draft, talk.expired = talk.expired, None
    what = f" ({talk.texts.service(draft.service)})" if draft is not None and draft.service else ""
    goes_on = talk.moved is Move.GREET or (talk.moved in _GOES_ON and talk.understanding.place != Place())
    key = "draft_expired" if goes_on else "draft_expired_ask"
    talk.say(key, asks=not goes_on, what=what, days=DRAFT_LIVES.days)
    if goes_on:
        talk.act("greet" if talk.moved is Move.GREET else "give_details")
