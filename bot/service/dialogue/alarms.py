"""Danger in a message: the right number before anything else, a person alerted, and which of the problems it is."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.conversation import Draft, ReviewReason
from bot.service.dialogue.moves import danger_said
from bot.service.dialogue.talk import Talk
from bot.service.dialogue.words import Reading

GENERAL = "general"
DANGERS_OF_BODIES = frozenset({"gas", "electricity"})
"""Another body's own line takes them; the warning names it."""
ABOUT_PEOPLE = frozenset({"distress", "child"})
"""A person looks after them; nothing is asked."""


def danger_of(words: Reading) -> str | None:
    """What threatens by the whole message: gas, electricity, fire, child, distress, general; None: nothing."""
    u = words.understanding
    return danger_said(words.text) or u.danger or (GENERAL if u.urgent else None)


def danger_in(words: Reading, text: str) -> str | None:
    """The same for a part of the message."""
    return danger_said(text) or (words.parse(text).danger if words.parse is not None else None)


def is_urgent(talk: Talk, danger: str | None, service: str | None) -> bool:
    """Danger in the words, or urgency told of a thing that stands somewhere (not of a tax or a course)."""
    somewhere = service is None or talk.municipality.services[service].place == "required"
    return danger is not None and (danger != GENERAL or somewhere)


def warn(talk: Talk, danger: str) -> None:
    """Tell the number and alert the team."""
    text = talk.texts(f"danger_{danger}", talk.conversation.turns)
    if danger not in ABOUT_PEOPLE:  # their texts say it themselves
        text += " " + talk.texts("danger_reported")
    talk.say_text(text)
    talk.review(ReviewReason.DISTRESS if danger in ABOUT_PEOPLE else ReviewReason.URGENT)


def heard(talk: Talk, draft: Draft) -> Draft:
    """The draft with the danger that this message tells of; where it is the first of it, the number is told."""
    danger = danger_of(talk)
    if danger is None or draft.urgent or not is_urgent(talk, danger, draft.service):
        return draft
    warn(talk, danger)
    return replace(draft, urgent=True, danger=draft.danger or (danger if danger != GENERAL else None))
