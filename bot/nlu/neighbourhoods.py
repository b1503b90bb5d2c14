"""Which of the names in a text is the neighbourhood that it speaks of.

Each reading of the gazetteer gets points from what stands around it; from `ACCEPTED` on it is a neighbourhood. The
points are chosen by hand and were checked against the annotated training messages (`bot/nlu/measure_places.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.nlu.common_words import common
from bot.nlu.gazetteer import Clarity, Gazetteer, Match
from bot.nlu.geography import COMMON_DISTRICTS, COMMON_PROVINCES, PROVINCES
from bot.nlu.place_lexicon import AREA, EVENT_AFTER, PERSON_AFTER, POSITIONS, TRADE_AFTER
from bot.nlu.place_words import Words
from bot.nlu.streets import heads_street
from bot.nlu.suffixes import readings
from bot.nlu.word_lists import word_set
from bot.turkish import fold

ACCEPTED = 1.0
_BASE = {Clarity.WORD: -1.5, Clarity.PERSON: -0.25, Clarity.CITY: 0.25, Clarity.PART: 0.5, Clarity.CLEAR: 2.0}
_MAHALLE = word_set("mah mh mhl mahl mahle mahlle mahlesi mahllesi mhallesi mhalle mahhallesi mahalesi mahale")
_NOT = word_set("degil deil dgl diil degildi degilim")
_MOVED = ("tasin", "gelen", "geldi", "gelip", "gelin", "goc", "donen", "dondu", "giden", "gidiyor", "gelir")
_SAID = word_set("demek dedim diyor demistim diyecektim yazacaktim olacak olacakti olmali yazmissiniz")
_ANSWER = word_set(
    "pardon evet olacak mahalle mah mahallesi yok hayir benim bizim adres adresim konum ordayim dedim demistim "
    "diyecektim demek istedim istemistim "
    "yazacaktim dogrusu duzeltiyorum duzeltme yanlis yazdim yani burasi buradayim degil ise iste efendim abi"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that is meant as a neighbourhood. `last` includes the word mahallesi; `denied`: 'X değil'."""

    match: Match
    first: int
    last: int
    points: float
    denied: bool


def is_mahalle(key: str) -> bool:
    """Whether a folded word is 'mahalle' in some form or abbreviation."""
    return key in _MAHALLE or key.startswith(("mahalle", "mahlle", "mahale", "mhalle"))


@dataclass(frozen=True, slots=True)
class Around:
    """What else was seen in the text. `heads`: words like Parkı that make a landmark's name of what stands before them;

    `institutions`: those of them that name a house (İlkokulu, Camii); `nouns`: landmarks' nouns; `typed`: each position
    inside a street, its type word excepted, with the position of the type word.
    """

    heads: frozenset[int]
    institutions: frozenset[int]
    nouns: frozenset[int]
    typed: Mapping[int, int]


def mentions(words: Words, matches: list[Match], gazetteer: Gazetteer, around: Around) -> list[Mention]:
    """The readings that are meant as neighbourhoods, in the order of the text."""
    found = []
    for match in matches:
        points = sum(_points(words, match, gazetteer, around))
        if points < ACCEPTED:
            continue
        last = match.last + 1 if is_mahalle(words.key(match.last)) and not words.parted(match.last) else match.last
        found.append(Mention(match, match.first, last, points, _denied(words, last)))
    return found


def _denied(words: Words, index: int) -> bool:
    return words.key(index) in _NOT and not words.parted(index) and words.key(index + 1) not in ("mi", "miydi", "midir")


def elsewhere_named(words: Words, index: int, gazetteer: Gazetteer) -> bool:
    """Whether the word at `index` is a province or a well-known district of another one ('Mersin Yenişehir'de')."""
    if not 0 <= index < len(words.items):
        return False
    if not words.items[index].capital and words.cased:
        return False
    for stem, ending in readings(words.items[index].key):
        if (
            ending in ("", "gen", "loc", "abl")
            and stem != fold(gazetteer.province)
            and (stem in PROVINCES or stem in gazetteer.district_names)
        ):
            if words.key(index + 1) == "merkez":
                return True
            return stem not in COMMON_PROVINCES and stem not in COMMON_DISTRICTS
    return False


def _points(words: Words, match: Match, gazetteer: Gazetteer, around: Around) -> Iterator[float]:
    clarity = max(entry.clarity for entry in match.entries)
    first, last = words.items[match.first], words.items[match.last - 1]
    yield _BASE[clarity]
    if match.errors:
        length = sum(len(word.key) for word in words.items[match.first : match.last])
        yield -match.errors * (1.5 if length < 8 else 1.0 if length < 11 else 0.6) - (not match.entry.own)
    if last.tail:
        yield 2.0 if first.capital or not words.cased else 1.0
    yield from _by_ending(words, match, clarity)
    if first.capital and not first.initial:
        yield 0.75
    elif clarity is Clarity.WORD and not match.entry.own and not first.capital:
        yield -1.0
    yield from _by_left(words, match, gazetteer)
    yield from _by_frame(words, match, clarity)
    if words.parted(match.last):
        if match.last in around.typed:
            yield 1.0
    else:
        yield from _by_right(words, match, clarity, around)


def _by_ending(words: Words, match: Match, clarity: Clarity) -> Iterator[float]:
    if match.ending == "loc":
        ordinary = clarity is Clarity.WORD and any(common(word.key) for word in words.items[match.first : match.last])
        yield 0.75 if ordinary else 1.5 if clarity is not Clarity.WORD else 2.5
    elif match.ending in ("acc", "ins", "cop") or (match.ending == "adj" and clarity < Clarity.PART):
        yield -1.0
    elif match.ending == "abl":
        yield 0.5


def _by_left(words: Words, match: Match, gazetteer: Gazetteer) -> Iterator[float]:
    before = words.key(match.first - 1)
    if before in (gazetteer.district_key, fold(gazetteer.province), *gazetteer.outside_keys):
        yield 2.5
    if before == "imam":
        yield -6.0
    if not words.parted(match.first) and elsewhere_named(words, match.first - 1 - (before == "merkez"), gazetteer):
        yield -12.0
    elif (
        not words.parted(match.last)
        and elsewhere_named(words, match.last, gazetteer)
        and not heads_street(words, match.last + 1)
    ):
        yield -4.0
    if is_mahalle(before) and not words.items[match.last - 1].tail:
        yield 2.0


def _by_frame(words: Words, match: Match, clarity: Clarity) -> Iterator[float]:
    """Points for standing alone, first or last: as an answer, or as one writes an address."""
    count = len(words.items)
    beginning = match.first == 0 or words.parted(match.first)
    ending = match.last == count or words.parted(match.last)
    if count <= 12 and count - (match.last - match.first) <= sum(word.key in _ANSWER for word in words.items):
        yield 3.5
    if beginning and match.last == count and match.entry.own and match.first >= 4:
        yield 2.5  # a text that ends in ", sızma" tells its address
    elif beginning and ending:
        yield 2.0 if words.items[match.first].capital else 1.0
    elif match.first == 0 or match.last == count:
        yield 0.75 if clarity is not Clarity.PERSON else 0.25


def _by_right(words: Words, match: Match, clarity: Clarity, around: Around) -> Iterator[float]:
    after, further = words.key(match.last), words.key(match.last + 1)
    if is_mahalle(after):
        yield 4.0
    elif around.typed.get(match.last - 1) == match.last and not match.ending:
        yield -6.0
    elif after.startswith("muhtar"):
        yield 2.5
    elif match.last in around.heads and not match.ending:
        yield -3.0 if match.last in around.institutions else _by_head(words, match.last, clarity)
    elif match.last in around.typed:
        yield 2.5 if not (after == "sultan" and further == "mehmet") else -6.0
    elif (not match.ending and _named_otherwise(after, clarity)) or (after == "sultan" and further == "mehmet"):
        yield -6.0
    elif (
        (after.startswith(AREA) and match.ending in ("", "gen"))
        or (after in _NOT and (clarity is not Clarity.WORD or len(words.items) < 8))
        or after in _SAID
    ):
        yield 2.5
    elif after in ("da", "de", "ta", "te", "dan", "den") and clarity is not Clarity.WORD:
        yield 0.75
    elif clarity is Clarity.WORD and after.startswith(("gun", "ay", "yil", "saat", "hafta")):
        yield -3.0
    elif after in ("ile", "ve") and words.items[match.first].capital:
        yield 1.5
    elif not match.ending:
        yield from _before_landmark(words, match.last, around)
    if match.ending == "abl" and any(word.startswith(_MOVED) for word in _same_clause(words, match.last, 3)):
        yield -4.0


def _same_clause(words: Words, index: int, most: int) -> Iterator[str]:
    """The next words up to a sign."""
    for here in range(index, index + most):
        if here > index and words.parted(here):
            return
        yield words.key(here)


def _named_otherwise(after: str, clarity: Clarity) -> bool:
    """'Fatih Bey', 'Cumhuriyet Bayramı', 'Kosova böreği', 'Mehmet Akif Ersoy'."""
    if after in PERSON_AFTER or after in EVENT_AFTER or after == "ersoy":
        return True
    return after.startswith(TRADE_AFTER) and clarity is not Clarity.CLEAR


def _by_head(words: Words, index: int, clarity: Clarity) -> float:
    if clarity is Clarity.CLEAR:
        return -0.5
    return 0.0 if clarity is Clarity.CITY and not words.items[index].capital else -3.0


def _before_landmark(words: Words, index: int, around: Around) -> Iterator[float]:
    """Points where a landmark follows: 'Sancak taksi durağı yanı', 'Işıklar Özel Çağ Hastanesi'."""
    for step in range(3):
        here = index + step
        if here >= len(words.items) or (step and words.parted(here)):
            return
        if (step and here in around.heads) or (
            here in around.nouns and any(words.key(here + i) in POSITIONS for i in range(1, 4))
        ):
            yield 2.0
            return
