"""Streets, avenues and boulevards in running text: the type word first, then how far its name reaches to the left.

The right end is easy (the type word); the left end is decided word by word with what the language knows: words that
never belong to a name, ordinary words, capitals, signs, titles, neighbourhoods that end before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.nlu.common_words import common, in_turkish
from bot.nlu.place_lexicon import NEVER_IN_STREET, NUMBERED, STREET_TYPES, TITLES
from bot.nlu.place_words import Word, Words
from bot.nlu.suffixes import readings
from bot.turkish import lower, upper

_MAX_NAME = 4
_PLURAL = re.compile(r"^(sokakla|caddele|bulvarla|sokakli|caddeli|sokaktak[il]|sokagim|caddem|sokakca)")
_INFLECTED = ("daki", "deki", "taki", "teki", "yor", "yorum", "yorlar", "dim", "dik", "mis", "medi", "madi", "miyor", "yoruz", "dir")
_COMPOUND = (
    "lamba", "kope", "kedi", "hayvan", "tabela", "levha", "aydinlat", "arasi", "arala", "basi", "baslari", "temizli", "suprul",
    "supur", "sakin", "ortasi", "cocuk", "saticis", "direg", "ici", "dugun", "isik",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Street:
    """Words `first` to `last` (exclusive) with the normal form: 'Osmanlı Caddesi', '1570 Sokak'."""

    first: int
    last: int
    value: str


@lru_cache(maxsize=5_000)
def street_type(key: str) -> str | None:
    """The normal form of a type word, 'plural' where it can't head a name (sokaklar, sokağımız), None for other words."""
    if not key or key[0] not in "scb" or len(key) > 16:
        return None
    if _PLURAL.match(key) and not key.startswith("sokaktaki"):
        return "plural"
    for stem, ending in readings(key):
        kind = STREET_TYPES.get(stem)
        if kind and ending not in ("adj", "cop") and not (ending and len(stem) < 3):
            return kind
    return None


def streets(words: Words, ends: frozenset[int], names: dict[int, int]) -> list[Street]:
    """All streets with a name or a number, from left to right.

    `ends`: positions right after a neighbourhood's name or 'mahallesi': no street's name reaches across them.
    """
    found: list[Street] = []
    floor = 0
    for index, word in enumerate(words.items):
        kind = street_type(word.key)
        if kind is None or kind == "plural":
            continue
        first = _first(words, index, floor, ends)
        if first < index and not _generic(words, first, index):
            found.append(Street(first, index + 1, normal_form(words, first, index, kind)))
        floor = index + 1
    return found


def _first(words: Words, index: int, floor: int, ends: frozenset[int]) -> int:
    first = index
    while first > floor and index - first < _MAX_NAME:
        here = first - 1
        if (first < index and words.parted(first) and not _dotted(words, here)) or (
            first == index and words.parted(index) and not (words.items[here].number and words.items[index].gap == ".")
        ):
            break
        if here + 1 in ends or not _belongs(words, here, index):
            break
        first = here
        if words.items[here].number:
            break
    while first < index - 1 and words.key(first) in ("ve", "ile", "no", "bir"):
        first += 1
    return first


def _dotted(words: Words, here: int) -> bool:
    """An abbreviated title ('Dr.', 'Şht.') or ordinal ('80. Yıl') whose dot doesn't end the name."""
    word = words.items[here]
    return words.items[here + 1].gap == "." and (word.key in TITLES or word.number)


def _belongs(words: Words, here: int, index: int) -> bool:
    word, beside = words.items[here], here == index - 1
    key = word.key
    if word.tail or street_type(key):
        return False
    if word.number:
        return beside or words.key(here + 1) in NUMBERED
    if key in NEVER_IN_STREET or key.startswith("mahal"):
        return False
    if words.cased and words.items[index - 1].capital:
        if not word.capital:
            return False
        return beside or not (word.initial and common(key) and key not in TITLES)
    if beside:
        return not (common(key) and key.endswith(_INFLECTED)) and (not common(key) or _nominal(key, words, index))
    if key in TITLES:
        return True
    return not common(key) and not key.endswith(_INFLECTED) and len(key) > 2


def _nominal(key: str, words: Words, index: int) -> bool:
    """Whether an ordinary word may name a street ('gül sokak', 'okul caddesi'), judged by its form."""
    if key.endswith(("lar", "ler")) and len(key) > 6:
        return True
    if any(ending in ("loc", "abl", "gen", "ins") and common(stem) for stem, ending in readings(key)[1:]):
        return False
    return not key.endswith(("ip", "up", "arak", "erek", "ken", "ince", "unca", "an", "en", "mak", "mek", "di", "ti", "du")) or (
        not common(key) or words.items[index].key.endswith(("si", "gi", "ri"))
    )


def _generic(words: Words, first: int, index: int) -> bool:
    """'sokak lambası', 'sokak köpekleri': the type word belongs to what follows, unless the name is certain."""
    following = words.key(index + 1)
    if words.parted(index + 1) or words.items[first].number or words.items[index - 1].capital:
        return False
    return following.startswith(_COMPOUND) and words.key(index) in ("sokak", "cadde") and common(words.key(index - 1))


def normal_form(words: Words, first: int, index: int, kind: str) -> str:
    """The street's name with capitals and its full type; a word without Turkish letters gets them where they are known."""
    return " ".join([_titled(word, words.ascii) for word in words.items[first:index]] + [kind])


def _titled(word: Word, ascii_text: bool) -> str:
    small = lower(word.written)
    if ascii_text or (word.text.isascii() and word.text.isupper()):
        small = in_turkish(word.key) or lower(word.written.replace("I", "i") if ascii_text else word.written)
    return upper(small[:1]) + small[1:]
