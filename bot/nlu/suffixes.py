"""Turkish case endings in folded letters: what may hang on a name, and what is left without it."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Ending = Literal["", "loc", "abl", "dat", "acc", "gen", "ins", "adj", "cop", "any"]

_ENDINGS: dict[Ending, str] = {
    "loc": "da de ta te nda nde daki deki taki teki ndaki ndeki dakinin dekinin dakiler dekiler takiler tekiler "
    "dayim deyim tayim teyim dayiz deyiz tayiz teyiz ndayim ndeyim ndayiz ndeyiz dayken deyken daydi deydi "
    "dadir dedir tadir tedir dayiz dayd deyd dakine dekine dakini dekini dada dede tada tede",
    "abl": "dan den tan ten ndan nden danim denim daniz deniz tanim tenim ndanim ndenim",
    "dat": "a e ya ye na ne yada yede nada nede",
    "acc": "i u yi yu ni nu",
    "gen": "in un nin nun",
    "ins": "la le yla yle",
    "adj": "li lu liyiz luyuz liyim luyum lilar liler lular luler lilarin lilerin",
    "cop": "dir dur tir tur ydi ydu ymis ymus",
}
CASES: dict[str, Ending] = {tail: case for case, tails in _ENDINGS.items() for tail in tails.split()}
_LONGEST = max(map(len, CASES))
_SOFT = {"g": "k", "d": "t", "b": "p"}
_VOWELS = frozenset("aeiou")


@lru_cache(maxsize=20_000)
def readings(key: str) -> tuple[tuple[str, Ending], ...]:
    """All ways to read a folded word as stem and case ending, the whole word first.

    Softened stems come back hard too: 'hersegin' → 'hersegin', 'herseg' + gen, 'hersek' + gen.
    """
    found: list[tuple[str, Ending]] = [(key, "")]
    for size in range(1, min(_LONGEST, len(key) - 2) + 1):
        case = CASES.get(key[-size:])
        if case is None:
            continue
        stem = key[:-size]
        found.append((stem, case))
        if stem[-1] in _SOFT and key[-size] in _VOWELS:
            found.append((stem[:-1] + _SOFT[stem[-1]], case))
    return tuple(found)


def with_endings(stem: str, possessed: bool = False) -> dict[str, Ending]:
    """Every folded form of a noun: bare and with each case ending ('parki' possessed: 'parkinda', 'parkinin')."""
    forms: dict[str, Ending] = {stem: ""}
    hard = stem[:-1] + {"k": "g", "t": "d", "p": "b"}.get(stem[-1], stem[-1])
    for tail, case in CASES.items():
        if case in ("adj", "cop"):
            continue
        if possessed:
            if tail[0] == "n" or tail in ("yla", "yle"):
                forms[stem + tail] = case
        elif tail[0] != "n" or stem[-1] in _VOWELS:
            forms[stem + tail] = case
            if tail[0] in _VOWELS:
                forms[hard + tail] = case
    return forms
