"""From Rasa's parse result to the Understanding: the only place that knows both forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.requests import Kind, Place
from bot.domain.understanding import Act, Problem, Scored, Understanding
from bot.nlu.keys import UNDERSTANDING

WITH_SERVICE = frozenset(
    {
        Act.REPORT, Act.ASK_INFORMATION, Act.ASK_STATUS, Act.ADD_INFORMATION, Act.NOT_RESOLVED, Act.THANK,
        Act.EMERGENCY, Act.LANGUAGE_OTHER, Act.CORRECT, Act.CANCEL_REQUEST,
    }
)  # fmt: skip
"""Acts that may be about a service; for the others the ranking means nothing."""


def read_understanding(parse_data: Mapping[str, Any]) -> Understanding:
    """The Understanding in `parse_data["understanding"]`; a result of another pipeline gives act and text alone."""
    known: Mapping[str, Any] = parse_data.get(UNDERSTANDING) or {}
    acts = _scored(known.get("acts") or _intents(parse_data))
    best = acts[0] if acts else Scored(Act.OUT_OF_SCOPE, 0.0)
    act = Act(best.label) if best.label in set(Act) else Act.OUT_OF_SCOPE
    problems = [_problem(entry) for entry in known.get("problems") or ()] if act in WITH_SERVICE else []
    return Understanding(
        text=str(parse_data.get("text") or ""),
        act=act,
        act_confidence=best.confidence,
        acts=acts,
        problems=tuple(problems),
        place=Place(**(known.get("place") or {})),
        negated=tuple(known.get("negated") or ()),
        candidates=tuple(known.get("candidates") or ()),
        outside=known.get("outside"),
        tracking_no=known.get("tracking_no"),
        phone=known.get("phone"),
        rating=known.get("rating"),
        urgent=bool(known.get("urgent")),
        danger=known.get("danger"),
        sensitive=bool(known.get("sensitive")),
        language=known.get("language") or "tr",
    )


def _scored(pairs: Iterable[Any]) -> tuple[Scored, ...]:
    return tuple(Scored(str(label), float(confidence)) for label, confidence in pairs)


def _intents(parse_data: Mapping[str, Any]) -> list[tuple[str, float]]:
    intent = parse_data.get("intent") or {}
    return [(intent["name"], intent.get("confidence", 0.0))] if intent.get("name") else []


def _problem(entry: Mapping[str, Any]) -> Problem:
    kind = entry.get("kind")
    known = Kind(kind) if kind else Kind.COMPLAINT
    return Problem(entry["text"], _scored(entry["services"]), known, bool(entry.get("sure", True)))
