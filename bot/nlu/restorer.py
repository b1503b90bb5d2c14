"""Restorer: gives ASCII text its Turkish letters back, as learnt from written text by the letters around.

A decision list over contexts, after D. Yüret and M. de la Maza, "The greedy prepend algorithm for decision list
induction" (2006): for each letter that may have lost its mark the widest known context decides.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from bot.turkish import fold, lower

_MARKED = {"c": "ç", "g": "ğ", "i": "ı", "o": "ö", "s": "ş", "u": "ü"}
_WIDTHS = ((6, 4), (4, 3), (3, 2), (2, 1), (1, 1), (0, 0))
"""Letters to the left and to the right that a context holds, widest first."""
_LETTERS = frozenset("çğıöşü")
_ENOUGH = 0.015


class Restorer:
    """`contexts` maps a context to whether its letter carries the mark. Untrained it changes nothing."""

    def __init__(self, contexts: dict[str, bool] | None = None) -> None:
        self.contexts: dict[str, bool] = contexts or {}

    def fit(self, texts: Iterable[str], least: int = 1) -> None:
        """Learn from texts written with Turkish letters; contexts seen fewer than `least` times are dropped."""
        counts: dict[str, Counter[bool]] = defaultdict(Counter)
        for text in texts:
            written = lower(text)
            folded = fold(written)
            if len(folded) != len(written) or lacks_marks(written):
                continue
            for at, letter in enumerate(folded):
                if letter in _MARKED:
                    for context in _contexts(folded, at):
                        counts[context][written[at] == _MARKED[letter]] += 1
        self.contexts = _pruned(counts, least)

    def restore(self, text: str) -> str:
        """Lower case with Turkish letters; text that has them already is only lowered."""
        written = lower(text)
        if not self.contexts or not lacks_marks(written):
            return written
        folded = fold(written)
        letters = list(folded)
        for at, letter in enumerate(folded):
            if letter in _MARKED:
                known = next((self.contexts[c] for c in _contexts(folded, at) if c in self.contexts), False)
                letters[at] = _MARKED[letter] if known else letter
        return "".join(letters)

    def write(self, path: Path) -> None:
        marked = [context for context, mark in self.contexts.items() if mark]
        plain = [context for context, mark in self.contexts.items() if not mark]
        path.write_text(json.dumps([marked, plain], ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Restorer:
        marked, plain = json.loads(path.read_text(encoding="utf-8"))
        return cls({**dict.fromkeys(marked, True), **dict.fromkeys(plain, False)})


def lacks_marks(text: str) -> bool:
    """Whether a lowered text was written on a keyboard without Turkish letters (fewer than ordinary Turkish has).

    `ı` doesn't count: it comes from the capital I of such keyboards.
    """
    letters = sum(char.isalpha() for char in text)
    return letters > 0 and sum(char in _LETTERS and char != "ı" for char in text) < max(1, _ENOUGH * letters)


def _contexts(folded: str, at: int) -> Iterable[str]:
    """The contexts of a letter, widest first; `|` stands where the letter is."""
    padded_left = folded[max(0, at - 6) : at].rjust(6)
    padded_right = folded[at + 1 : at + 5].ljust(4)
    for left, right in _WIDTHS:
        yield f"{padded_left[6 - left :]}|{folded[at]}{padded_right[:right]}"


def _pruned(counts: dict[str, Counter[bool]], least: int) -> dict[str, bool]:
    """Only contexts that say something else than the next narrower known one."""
    kept: dict[str, bool] = {}
    for context in sorted(counts, key=len):
        count = counts[context]
        if sum(count.values()) < least:
            continue
        mark = count[True] > count[False]
        if _narrower(context, kept) != mark:
            kept[context] = mark
    return kept


def _narrower(context: str, kept: dict[str, bool]) -> bool | None:
    left, _, rest = context.partition("|")
    letter, right = rest[0], rest[1:]
    for wide, far in _WIDTHS:
        if wide < len(left) or far < len(right):
            shorter = f"{left[len(left) - wide :]}|{letter}{right[:far]}"
            if shorter in kept:
                return kept[shorter]
    return None
