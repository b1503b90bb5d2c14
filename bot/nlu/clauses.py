"""Cutting a message into clauses where another problem may begin, and how strongly the words say so."""

from __future__ import annotations

import re

_STRONG = (
    r"bir de|birde|bide|ayrica|hem de|hemde|hem|ustelik|bu arada|diger(?: bir)? (?:konu|sorun|sikayet|mesele)\w*|"
    r"ikincisi|ikinci olarak|ote yandan|ustune(?: bir de)?|yetmezmis gibi|yetmedi|bunun yaninda|bununla birlikte|arti|"
    r"baska bir (?:konu|sorun|sikayet)\w*|bir baska|2[.)]|iki[.)]|oburu|otekisi|ne de|diger yandan|ilaveten|ek olarak|"
    r"dahasi"
)
_BOUNDARY = re.compile(
    rf"(?P<strong>[,.;]? *\b(?:{_STRONG})(?=\W))|(?P<stop>[.;!?\n]+(?= ))|(?P<weak>,| (?:ve|ile|da|de)(?= ))"
)
_LEAST = 8
"""Letters that a clause needs to be one."""

WEAK, STOP, STRONG = 0, 1, 2


def clauses_of(text: str, most: int = 14) -> tuple[list[str], list[int]]:
    """The clauses of a normal form, and for each gap between two of them WEAK, STOP or STRONG."""
    clauses: list[str] = []
    gaps: list[int] = []
    begin = 0
    for match in _BOUNDARY.finditer(text):
        kind = STRONG if match["strong"] else STOP if match["stop"] else WEAK
        if len(clauses) == most - 1:
            break
        if match.start() - begin < _LEAST:
            if gaps and kind > gaps[-1] and match.start() - begin < 3:
                gaps[-1] = kind
            continue
        clauses.append(text[begin : match.start()])
        gaps.append(kind)
        begin = match.start()
    clauses.append(text[begin:])
    if len(clauses) > 1 and len(clauses[-1]) < _LEAST:
        last = clauses.pop()
        clauses[-1] += last
        gaps.pop()
    return clauses, gaps
