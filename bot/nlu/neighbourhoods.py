"""Which of the names in a text is the neighbourhood that it speaks of.

Each reading of the gazetteer gets points from what stands around it; from `ACCEPTED` on it is a neighbourhood. The
points are chosen by hand and were checked against the annotated training messages (`bot/nlu/measure_places.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.nlu.gazetteer import Clarity, Gazetteer, Match
from bot.nlu.geography import COMMON_DISTRICTS, COMMON_PROVINCES, PROVINCES
from bot.nlu.place_lexicon import AREA, EVENT_AFTER, PERSON_AFTER
from bot.nlu.place_words import Words
from bot.nlu.streets import heads_street
from bot.nlu.suffixes import readings
from bot.turkish import fold

ACCEPTED = 1.0
_BASE = {Clarity.WORD: -1.5, Clarity.PERSON: -0.25, Clarity.CITY: 0.25, Clarity.PART: 0.5, Clarity.CLEAR: 2.0}
_MAHALLE = frozenset("mah mh mhl mahl mahle mahlle mahlesi mahllesi mhallesi mhalle mahhallesi mahalesi mahale".split())
_NOT = frozenset("degil deil dgl diil degildi degilim".split())
_MOVED = ("tasin", "gelen", "geldi", "gelip", "gelin", "goc", "donen", "dondu", "giden", "gidiyor", "gelir")
_SAID = frozenset("dedim diyor demistim diyecektim yazacaktim olacak olacakti olmali yazmissiniz".split())
_ANSWER = frozenset(
    "pardon evet olacak mahalle mah mahallesi yok hayir benim bizim adres adresim konum ordayim dedim demistim diyecektim "
    "yazacaktim dogrusu duzeltiyorum duzeltme yanlis yazdim yani burasi buradayim degil ise iste efendim abi".split()
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


def mentions(words: Words, matches: list[Match], gazetteer: Gazetteer, heads: frozenset[int]) -> list[Mention]:
    """The readings that are meant as neighbourhoods, in the order of the text.

    `heads`: positions of words like Parkı or İlkokulu that make what stands before them the name of a landmark.
    """
    found = []
    for match in matches:
        points = sum(_points(words, match, gazetteer, heads, len(matches)))
        if points < ACCEPTED:
            continue
        last = match.last + 1 if is_mahalle(words.key(match.last)) and not words.parted(match.last) else match.last
        found.append(Mention(match, match.first, last, points, words.key(last) in _NOT and not words.parted(last)))
    return found


def elsewhere_named(words: Words, index: int, gazetteer: Gazetteer) -> bool:
    """Whether the word at `index` is a province or a well-known district of another one ('Mersin Yenişehir'de')."""
    if not 0 <= index < len(words.items) or words.parted(max(index, 1)) and index:
        return False
    if not words.items[index].capital and words.cased:
        return False
    for stem, ending in readings(words.items[index].key):
        if ending in ("", "gen", "loc") and stem != fold(gazetteer.province) and (stem in PROVINCES or stem in gazetteer.district_names):
            return stem not in COMMON_PROVINCES and stem not in COMMON_DISTRICTS
    return False


def _points(
    words: Words, match: Match, gazetteer: Gazetteer, heads: frozenset[int], readings: int
) -> Iterator[float]:
    clarity = max(entry.clarity for entry in match.entries)
    vague = clarity < Clarity.PART
    first, last = words.items[match.first], words.items[match.last - 1]
    after, further = words.key(match.last), words.key(match.last + 1)
    parted = words.parted(match.last)
    yield _BASE[clarity]
    yield -1.5 * match.errors if len(last.key) < 8 else -0.6 * match.errors
    if last.tail:
        yield 2.0 if first.capital or not words.cased else 1.0
    if match.ending == "loc":
        yield 1.5 if clarity is not Clarity.WORD else 0.75
    elif match.ending in ("acc", "ins", "cop") or (match.ending == "adj" and vague):
        yield -1.0
    elif match.ending == "abl":
        yield 0.5
    if match.ending == "abl" and any(words.key(match.last + i).startswith(_MOVED) for i in range(4)):
        yield -4.0
    if first.capital and not first.initial:
        yield 0.75
    if words.key(match.first - 1) in (gazetteer.district_key, fold(gazetteer.province), *gazetteer.outside_keys):
        yield 2.5
    if elsewhere_named(words, match.first - 1, gazetteer) or (
        elsewhere_named(words, match.last, gazetteer) and not heads_street(words, match.last + 1)
    ):
        yield -4.0
    if is_mahalle(words.key(match.first - 1)) and not last.tail:
        yield 2.0
    if len(words.items) - (match.last - match.first) <= sum(word.key in _ANSWER for word in words.items) + (
        0 if clarity is Clarity.WORD and match.errors else 0
    ):
        yield 3.5
    if (match.first == 0 or words.parted(match.first)) and (parted or match.last == len(words.items)):
        yield 1.0
    elif match.first == 0 or match.last == len(words.items):
        yield 0.75 if clarity is not Clarity.PERSON else 0.25
    if parted:
        yield from _before_street(words, match.last, 1.0)
        return
    if is_mahalle(after):
        yield 4.0
    elif heads_street(words, match.last) and not match.ending:
        yield -6.0
    elif match.last in heads and not match.ending:
        yield -0.5 if clarity is Clarity.CLEAR else -3.0
    elif match.last + 1 in heads and not match.ending and clarity is not Clarity.CLEAR:
        yield -1.5
    elif after in PERSON_AFTER or after in EVENT_AFTER:
        yield -6.0
    elif after.startswith(AREA) and match.ending in ("", "gen"):
        yield 2.5
    elif after in _NOT and (clarity is not Clarity.WORD or len(words.items) < 8):
        yield 2.5
    elif after in _SAID:
        yield 2.5
    elif after == "sultan" and further == "mehmet":
        yield -6.0
    elif after in ("da", "de", "ta", "te", "dan", "den") and clarity is not Clarity.WORD:
        yield 0.75
    elif clarity is Clarity.WORD and match.entry.name == "Dokuz" and after[:3] in ("gun", "ay", "yil", "saa", "haf"):
        yield -3.0
    else:
        yield from _before_street(words, match.last, 2.5)
    if further and match.ending == "gen" and after.startswith(("cop", "sokak", "yol", "ic", "ort", "her")):
        yield 0.5


def _before_street(words: Words, index: int, points: float) -> Iterator[float]:
    """Points where a street's name follows, within four words and without a sign inside it."""
    for step in range(1, 5):
        if index + step >= len(words.items) or words.parted(index + step):
            return
        if heads_street(words, index + step):
            yield points
            return
