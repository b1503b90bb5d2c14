"""Words of a text with their positions, in the form in which places are sought: folded, apostrophes split off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.nlu.word_lists import word_set
from bot.turkish import fold

MAX_WORDS = 4000
_LONGEST = 40
_LETTER = r"[^\W_][\u0300-\u036f]*"
_WORD = re.compile(rf"(?:{_LETTER})+(?:['’‘`´ʼ′](?:{_LETTER})+)?")
_APOSTROPHE = re.compile("['’‘`´ʼ′]")
_MARKS = re.compile("[\u0300-\u036f]")
_CASE = r"(?:n?[aeiu]|n?[dt][ae](?:n|ki)?)?"
_GLUED = re.compile(
    rf"(\w{{3,}}?)((?:mahalle(?:si)?|sokak|sokag|cadde(?:si)?|bulvari){_CASE})"
    r"|([^\W\d]{4,})(mah|sok|cad)|(\d{2,6})(sok|sk|cad|cd)|(no)(\d{1,4}[a-z]?)"
)
"""Two words that haste wrote as one: 'tunasokakta', 'akşemsettinmah', '1570sok', 'no12'."""
_SENTENCE_ENDS = frozenset(".!?…\n")


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `key` is folded and without its apostrophe; `tail` is the folded part after the apostrophe.

    `gap` is what stands between the word before and this one, without spaces (a line break stays); `capital` is only
    true where capitals mean something (not in a text written in capitals); `initial` where a sentence begins.
    """

    start: int
    end: int
    text: str
    key: str
    tail: str
    gap: str
    capital: bool
    initial: bool

    @property
    def stem(self) -> str:
        """The folded word without what follows the apostrophe."""
        return self.key[: len(self.key) - len(self.tail)] if self.tail else self.key

    @property
    def written(self) -> str:
        """The word as written, without what follows the apostrophe."""
        return _APOSTROPHE.split(self.text)[0] if self.tail else self.text

    @property
    def number(self) -> bool:
        return self.key[:1].isdigit()


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text. `cased`: it uses capitals as one writes (some words with, most without)."""

    items: tuple[Word, ...]
    cased: bool
    ascii: bool

    def key(self, index: int) -> str:
        """The folded word at a position, empty outside."""
        return self.items[index].key if 0 <= index < len(self.items) else ""

    def parted(self, index: int) -> bool:
        """Whether a sign stands before the word at `index` (no apostrophe, no dot of an abbreviation)."""
        if not 0 < index < len(self.items):
            return True
        gap = self.items[index].gap
        return bool(gap) and gap != "'" and not (gap == "." and self.items[index - 1].key in ABBREVIATIONS)


ABBREVIATIONS = word_set(
    "mah mh mhl cad cd sok sk blv bul bulv dr prof doc av apt ap sit no nu hz st sht sh org gen yrd ali mim ogr uzm"
)


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """ASCII lower case without combining marks, at most 40 characters."""
    return _MARKS.sub("", fold(text[:_LONGEST]))


def read_words(text: str) -> Words:
    """The first 4,000 words of a text. Works for any text; the time is linear in its length."""
    upper = sum(1 for char in text if char.isupper())
    lower = sum(1 for char in text if char.islower())
    shouting = upper > lower
    items: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        for start, stop in _parts(match):
            written = text[start:stop]
            between = text[end:start][-20:]
            gap = "\n" if "\n" in between else "".join(between.split())
            parts = _APOSTROPHE.split(written, maxsplit=1)
            tail = folded(parts[1]) if len(parts) == 2 else ""
            items.append(
                Word(
                    start=start,
                    end=stop,
                    text=written,
                    key=folded(parts[0]) + tail,
                    tail=tail,
                    gap=gap,
                    capital=written[0].isupper() and not shouting,
                    initial=not items or any(sign in _SENTENCE_ENDS for sign in gap),
                )
            )
            end = stop
        if len(items) >= MAX_WORDS:
            break
    cased = not shouting and any(word.capital for word in items)
    return Words(tuple(items), cased, text.isascii())


def _parts(match: re.Match[str]) -> list[tuple[int, int]]:
    """Begin and end of the word, or of the two that stand together."""
    start, end = match.span()
    written = match[0]
    glued = _GLUED.fullmatch(folded(written)) if len(written) <= _LONGEST else None
    if glued is None or len(glued[0]) != len(written):
        return [(start, end)]
    middle = start + len(next(part for part in glued.groups() if part is not None))
    return [(start, middle), (middle, end)]
