"""Cutting a message into clauses where another problem may begin, and how strongly the words say so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.turkish import fold

_STRONG = (
    r"bir de|birde|bide|ayrica|hem de|hemde|hem|ustelik|bu arada|diger(?: bir)? (?:konu|sorun|sikayet|mesele)\w*|"
    r"ikincisi|ikinci olarak|ote yandan|ustune(?: bir de)?|yetmezmis gibi|yetmedi|bunun yaninda|bununla birlikte|arti|"
    r"baska bir (?:konu|sorun|sikayet)\w*|bir baska|[2-9][.)]|iki[.)]|oburu|otekisi|ne de|diger yandan|ilaveten|"
    r"ek olarak|dahasi"
)
_VERBS = ("yor", "yo", "yoruz", "yoz", "yom", "yorum", "mis", "mus", "lar", "di", "du", "ti", "tu", "dim", "dik", "tik")
_CLOSING = ("yok", "var", "dolu", "pis", "lazim", "sart", "gerek")
_ADJECTIVES = ("ler", "uk", "ik", "lu", "li", "iz", "suz", "siz", "sin", "in", "un")


def _after(endings: Sequence[str]) -> str:
    return "|".join(rf"(?<=\w{{3}}{end})(?<!simdi)(?<!kendi) (?=\w)" for end in endings)


_VERB = "|".join((_after(_VERBS), *(rf"(?<= {word}) (?=\w)" for word in _CLOSING)))
"""Speech and haste leave signs out: what may be a verb may end a clause without one."""
_MAYBE = rf"{_after(_ADJECTIVES)}| (?=\w{{3,}}(?:da|de) )"
"""What may be an adjective as a predicate; a 'da' (too) that is written together with its word."""
_BOUNDARY = re.compile(
    rf"(?P<strong>[,.;]? *\b(?:{_STRONG})(?=\W))|(?P<stop>[.;!?]+(?=\s)|\n+)"
    rf"|(?P<weak>,|(?<= )[+&/=-](?= )| (?:ve|ile|da|de)(?= )|{_VERB})|(?P<maybe>{_MAYBE})"
)
_LEAST = 8
"""Letters that a clause needs to be one."""

MAYBE, WEAK, STOP, STRONG = 0, 1, 2, 3
"""How clearly a gap between two clauses is marked."""


_KINDS = {"strong": STRONG, "stop": STOP, "weak": WEAK, "maybe": MAYBE}


def clauses_of(text: str, most: int = 20) -> tuple[list[tuple[int, int]], list[int]]:
    """Begin and end of the clauses of a folded text, and for each gap between two of them how it is
    marked (MAYBE to STRONG)."""
    bounds: list[tuple[int, int]] = []
    gaps: list[int] = []
    begin = 0
    for match in _BOUNDARY.finditer(text):
        kind = _KINDS[match.lastgroup or "maybe"]
        if len(bounds) == most - 1:
            break
        if match.start() - begin < _LEAST:
            if gaps and kind > gaps[-1] and match.start() - begin < 3:
                gaps[-1] = kind
            elif gaps and kind > gaps[-1] == MAYBE:  # 'elektrik' closes nothing where 'elektrik yok' does
                bounds[-1], gaps[-1], begin = (bounds[-1][0], match.start()), kind, match.start()
            continue
        bounds.append((begin, match.start()))
        gaps.append(kind)
        begin = match.start()
    bounds.append((begin, len(text)))
    if len(bounds) > 1 and len(text) - begin < _LEAST:
        bounds.pop()
        bounds[-1] = bounds[-1][0], len(text)
        gaps.pop()
    return bounds, gaps


_NUMBERED = re.compile(
    r"(?:(?:(?<=\s)|^)(?P<number>[1-9])\)|^[ \t]*(?P<first>[1-9])[ \t]?[.-])(?=\s?[^\W\d])", re.MULTILINE
)
"""With a bracket anywhere; with a dot or a dash only where a line begins ('1. kat' is no item)."""
_BULLET = re.compile(r"^[ \t]*[-*•–][ \t]*(?=\w)", re.MULTILINE)


def listed(text: str, most: int = 6) -> list[tuple[int, int]]:
    """Begin and end of the items of a list that the writer made, '1) … 2) …' or lines with dashes; empty where there is
    none. What stands before the first item (mostly the address) belongs to none of them."""
    marks = _counted(list(_NUMBERED.finditer(text))) or list(_BULLET.finditer(text))
    if not 2 <= len(marks) <= most:
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    items = [(mark.end(), end) for mark, end in zip(marks, ends, strict=True)]
    return items if all(end - begin >= _LEAST for begin, end in items) else []


def _counted(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    """The marks that count from one: 1, 2, 3; empty where they don't."""
    found: list[re.Match[str]] = []
    for mark in marks:
        if int(mark["number"] or mark["first"]) == len(found) + 1:
            found.append(mark)
    return found if len(found) > 1 else []


def letter_by_letter(text: str) -> str:
    """The text folded so that every letter keeps its place."""
    folded = fold(text)
    return folded if len(folded) == len(text) else "".join((fold(char) or " ")[0] for char in text)
