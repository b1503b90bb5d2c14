"""The problems of a message, each with its own words and its own place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.domain.requests import Place
from bot.domain.understanding import Act, Problem, Understanding
from bot.service.dialogue.alarms import danger_in, danger_of
from bot.service.dialogue.words import Reading

SOME = 0.3
"""A part below this confidence says where or who, not what."""
CLEAR = 0.6
"""From here on a sentence alone says what it is about."""
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_CLAUSES = re.compile(r"(?<=[.!?;,])\s+|\n+")


@dataclass(frozen=True)
class Said:
    """One problem: `text` is the citizen's words about it, `place` where it is, `danger` what threatens by it."""

    problem: Problem
    text: str
    place: Place
    danger: str | None = None


def problems_said(words: Reading, place: Place) -> Sequence[Said]:
    """All problems of the message, whose place as a whole is `place`; at least one."""
    said, danger = _told(words, place), danger_of(words)
    if danger is None:
        return said
    if len(said) == 1:
        return [replace(said[0], danger=danger)]
    own = [danger_in(words, each.text) for each in said]
    if not any(own):  # it is in the whole only: all are taken for it rather than none
        own = [danger] * len(said)
    return [replace(each, danger=threat) for each, threat in zip(said, own, strict=True)]


def _told(words: Reading, place: Place) -> Sequence[Said]:
    u = words.understanding
    whole = words.text.strip()
    if len(u.problems) > 1 and words.parse is not None:
        places = _places(place, [words.parse(problem.text).place for problem in u.problems])
        said = [Said(problem, problem.text, own) for problem, own in zip(u.problems, places, strict=True)]
        return [each for each in said if _top(each.problem) >= SOME] or said[:1]
    return _by_neighbourhood(words, whole) or [Said(p, whole, place) for p in u.problems or (Problem(whole, ()),)]


def _top(problem: Problem) -> float:
    return problem.services[0].confidence if problem.services else 0.0


def _places(whole: Place, parts: Sequence[Place]) -> list[Place]:
    """A part that names its neighbourhood stands alone; others take what they lack from the part before."""
    found: list[Place] = []
    for part in parts:
        before = found[-1] if found else whole
        found.append(part if part.neighbourhood else before.merged(replace(part, district=None)))
    position = replace(Place(), latitude=whole.latitude, longitude=whole.longitude)
    return [position.merged(place) for place in found]


def _by_neighbourhood(words: Reading, whole: str) -> list[Said]:
    """Sentences that tell of different neighbourhoods, each of a problem; empty where there are no two of them."""
    u = words.understanding
    if words.parse is None or u.act is not Act.REPORT or u.place.neighbourhood is None or u.negated:
        return []
    for separator in (_SENTENCES, _CLAUSES):
        sentences = [part for part in separator.split(whole) if part.strip()]
        if 1 < len(sentences) <= 8:
            found = _told_apart(words, sentences)
            if found:
                return found
    return []


def _told_apart(words: Reading, sentences: Sequence[str]) -> list[Said]:
    """Sentences grouped under the neighbourhood that was named last; each group must tell a problem."""
    assert words.parse is not None
    named: list[tuple[str | None, str]] = []
    for sentence in sentences:
        name = words.parse(sentence).place.neighbourhood
        named.append((name or (named[-1][0] if named else None), sentence))
    groups = [(name, " ".join(text for _, text in group)) for name, group in groupby(named, key=lambda pair: pair[0])]
    if len({name for name, _ in groups if name}) < 2 or groups[0][0] is None:
        return []
    said = [(text, words.parse(text)) for _, text in groups]
    return [Said(u.problems[0], text, u.place) for text, u in said] if all(map(_tells, (u for _, u in said))) else []


def _tells(u: Understanding) -> bool:
    return u.act is Act.REPORT and u.service_confidence >= CLEAR and not u.outside
