"""Gazetteer: the neighbourhoods of a municipality and of the districts around it, found in running text.

A match is only a reading of words; whether it is the place of the message is decided in `bot/nlu/neighbourhoods.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property, lru_cache

from rapidfuzz.distance import OSA

from bot.municipality import Municipality
from bot.nlu.common_words import common
from bot.nlu.geography import DISTRICT_KEYS, FIRST_NAMES, PROVINCES, UTILITIES
from bot.nlu.place_words import Words, folded
from bot.nlu.suffixes import Ending, readings
from bot.nlu.word_lists import word_set

_MAX_WORDS = 4
_SPLIT = ("asagi", "yukari", "kucuk", "buyuk", "ulu")


class Clarity(IntEnum):
    """How surely the name means the neighbourhood: an ordinary word, a person, a city, a part of the name, only it."""

    WORD = 0
    PERSON = 1
    CITY = 2
    PART = 3
    CLEAR = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A neighbourhood; `own` where it lies in our district."""

    name: str
    district: str
    own: bool
    clarity: Clarity


@dataclass(frozen=True, slots=True)
class Match:
    """Words `first` to `last` (exclusive) read as a name. Several entries where the name fits several."""

    first: int
    last: int
    entries: tuple[Entry, ...]
    ending: Ending
    errors: int

    @property
    def entry(self) -> Entry:
        return self.entries[0]


class Gazetteer:
    """All names that are sought, with their spellings. Build once, use for every text."""

    def __init__(
        self, own: tuple[str, ...], district: str, province: str, outside: Mapping[str, tuple[str, ...]], prefix: str
    ) -> None:
        self.district, self.province, self.prefix = district, province, prefix
        self.outside = outside
        self._names: dict[str, tuple[Entry, ...]] = {}
        for name in own:
            self._add(folded(name.replace(" ", "")), self._entry(name, district, True))
        for other, names in outside.items():
            for name in names:
                key = folded(name.replace(" ", ""))
                if key not in self._names:
                    self._add(key, self._entry(name, other, False))
        self._exact = frozenset(self._names)
        self._add_parts(own)
        self._lookup = lru_cache(maxsize=20_000)(self._look_up)

    @classmethod
    def of(cls, municipality: Municipality) -> Gazetteer:
        return cls(
            municipality.neighbourhoods,
            municipality.district,
            municipality.province,
            municipality.outside,
            municipality.prefix,
        )

    @cached_property
    def district_key(self) -> str:
        return folded(self.district)

    @cached_property
    def outside_keys(self) -> dict[str, str]:
        """The other districts of the file by folded name."""
        return {folded(name): name for name in self.outside}

    @cached_property
    def district_names(self) -> dict[str, str]:
        """Well-known districts of other provinces by folded name."""
        return {key: name for key, name in DISTRICT_KEYS.items() if key != self.district_key}

    def matches(self, words: Words) -> list[Match]:
        """The readings of a text from left to right, the longest at each place, not overlapping."""
        found: list[Match] = []
        index, count = 0, len(words.items)
        while index < count:
            best = self._at(words, index)
            if best:
                found.append(best)
                index = best.last
            else:
                index += 1
        return found

    def _at(self, words: Words, index: int) -> Match | None:
        joined, plain = "", True
        best: Match | None = None
        for size in range(1, _MAX_WORDS + 1):
            here = index + size - 1
            if here >= len(words.items) or (size > 1 and words.parted(here)):
                break
            word = words.items[here]
            if size > 1 and words.items[here - 1].tail:
                break
            joined += word.key
            if len(joined) > 30 or (size > 1 and joined[:2] not in self._beginnings):
                break
            plain = plain and common(word.key)
            exact = (plain and size > 1) or any(other.number for other in words.items[index : here + 1])
            looked = self._lookup(joined, size, len(joined) - len(word.key), exact)
            if looked and (best is None or looked[2] <= best.errors or best.errors or _only_part(best)):
                entries = looked[0]
                if size > 1 and plain and not entries[0].own:
                    entries = tuple(replace(entry, clarity=Clarity.WORD) for entry in entries)
                best = Match(index, here + 1, entries, looked[1], looked[2])
        return best

    def _look_up(self, key: str, size: int, before: int, exact: bool) -> tuple[tuple[Entry, ...], Ending, int] | None:
        if key.startswith(self.district_key) or len(key) < 4:
            return None
        for stem, ending in readings(key):
            entries = self._names.get(stem) if len(stem) > before else None
            if entries:
                if ending and common(key):
                    entries = tuple(replace(entry, clarity=Clarity.WORD) for entry in entries)
                return entries, ending, 0
        if exact or size > 3 or len(key) < 5 or common(key) or self._known_elsewhere(key):
            return None
        best: tuple[tuple[Entry, ...], Ending, int] | None = None
        for stem, ending in readings(key):
            if ending == "" and key.endswith(("lar", "ler")) and common(key[:-3]):
                return None
            if (
                len(stem) < max(4, before + 1)
                or (ending in ("dat", "acc", "adj", "cop", "ins") and len(stem) < 8)
                or (ending and common(stem))
            ):
                continue
            near = self._near(stem)
            usable = near and (size == 1 or near[1] == 1 or len(stem) > 13)
            if near and usable and (best is None or near[1] < best[2]):
                best = near[0], ending, near[1]
        return best

    def _known_elsewhere(self, key: str) -> bool:
        return any(
            stem in PROVINCES
            or stem in FIRST_NAMES
            or stem in UTILITIES
            or stem in self.outside_keys
            or stem in self.district_names
            for stem, _ in readings(key)
        )

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(key[:2] for key in self._names)

    @cached_property
    def _similar(self) -> dict[tuple[str, int], list[tuple[str, int]]]:
        """Names that a word may be a misspelling of, with the errors allowed: by first letter (or second and third) and
        length of the word."""
        index: dict[tuple[str, int], list[tuple[str, int]]] = {}
        for key in self._exact:
            allowed = 0 if len(key) < 5 else 1 if len(key) < 9 else 2 if len(key) < 14 else 3 if len(key) < 16 else 4
            for length in range(len(key) - allowed, len(key) + allowed + 1 if allowed else 0):
                for part in (key[0], key[1:3]):
                    index.setdefault((part, length), []).append((key, allowed))
        return index

    def _near(self, stem: str) -> tuple[tuple[Entry, ...], int] | None:
        best: tuple[str, int] | None = None
        for part in (stem[0], stem[1:3]):
            for key, allowed in self._similar.get((part, len(stem)), ()):
                errors = int(OSA.distance(stem, key, score_cutoff=allowed))
                if errors <= allowed and (best is None or errors < best[1]):
                    best = (key, errors)
        return (self._names[best[0]], best[1]) if best else None

    def _entry(self, name: str, district: str, own: bool) -> Entry:
        return Entry(name, district, own, _clarity(name))

    def _add(self, key: str, entry: Entry) -> None:
        self._names[key] = (*self._names.get(key, ()), entry)

    def _add_parts(self, own: tuple[str, ...]) -> None:
        """Short forms: 'Bosna' for Bosna Hersek, 'pınarbaşı' for either of Aşağıpınarbaşı and Yukarıpınarbaşı."""
        parts: dict[str, list[str]] = {}
        for name in own:
            first, *rest = name.split()
            key = folded(first)
            if rest and len(key) >= 5 and key not in FIRST_NAMES:
                parts.setdefault(key, []).append(name)
            whole = folded(name.replace(" ", ""))
            for beginning in _SPLIT:
                if whole.startswith(beginning) and len(whole) - len(beginning) >= 6 and not rest:
                    parts.setdefault(whole.removeprefix(beginning), []).append(name)
        for key, names in parts.items():
            if key not in self._names:
                self._names[key] = tuple(Entry(name, self.district, True, Clarity.PART) for name in names)


def _only_part(match: Match) -> bool:
    """'musalla' for Musalla Bağları: the whole name, with a slip, is the better reading."""
    return match.entry.clarity is Clarity.PART


def _clarity(name: str) -> Clarity:
    key = folded(name.replace(" ", ""))
    if key in FIRST_NAMES:
        return Clarity.PERSON
    if key in PROVINCES or key in _CITIES:
        return Clarity.CITY
    return Clarity.WORD if common(key) or key in _ORDINARY else Clarity.CLEAR


_CITIES = DISTRICT_KEYS.keys() | {"bosna", "kosova", "buhara", "malazgirt"}
_ORDINARY = word_set(
    "isiklar dokuz seker cumhuriyet sancak bicer kervan akademi sizma dere yaka saglik kavak bayat yarma basak "
    "erler obruk gocu "
    "yenice istiklal celebi yediler elmaci katranci fetih bayat karaagac sarikiz akcesme akbas"
)
