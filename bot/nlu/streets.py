"""Streets, avenues and boulevards in running text: the type word first, then how far its name reaches to the left.

The right end is easy (the type word); the left end is decided word by word with what the language knows: words that
never belong to a name, ordinary words, capitals, signs, titles, neighbourhoods that end before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.nlu.common_words import common, in_turkish, names_street
from bot.nlu.geography import FIRST_NAMES, SURE_PLACES
from bot.nlu.place_lexicon import NEVER_IN_STREET, NUMBERED, STREET_TYPES, TITLES
from bot.nlu.place_words import Word, Words
from bot.nlu.suffixes import readings
from bot.nlu.word_lists import word_list, word_set
from bot.turkish import lower, upper

_MAX_NAME = 4
_PLURAL = re.compile(r"^(sokakla|caddele|bulvarla|sokakli|caddeli|sokaktakil|sokagim|caddem|sokakca)")
_INFLECTED = word_list(
    "daki deki taki teki yor iyo uyo yorum yorlar dim dik mis medi madi miyor yoruz dir larin lerin imle umle imi umu "
    "imin umun larla lerle "
    "larini lerini larina lerine dugu digi dugum digim saydi seydi ardi erdi irdi urdu arsa erse irse ursa lirse "
    "mazsa mezse mazsam "
    "acagim ecegim acagiz ecegiz acaksin eceksin acam ecem icam icem ucam ucem acak ecek amam emem iyoz uyoz iyom uyom "
    "mezsem eyip ayip unuz iniz umuz imiz nuzun nizin muzun mizin"
)
_WHERE = ("loc", "abl")
"""Endings that an abbreviation takes too: 'Doruk skta'."""
_COMPOUND = (
    "lamba", "kope", "kedi", "hayvan", "tabela", "levha", "aydinlat", "arasi", "arala", "basi", "baslari",
    "temizli", "suprul",
    "supur", "sakin", "ortasi", "cocuk", "saticis", "direg", "ici", "dugun", "isik",
)  # fmt: skip


_SECOND_NAMES = word_set("edip kemal ersoy han hatun sultan pasa bey efendi hoca dede baba usta reis aga")
_SOLE = word_set("yeni kucuk buyuk ilk son")
_SHORT_TITLES = word_set("dr prof av doc")


@dataclass(frozen=True, slots=True)
class Street:
    """Words `first` to `last` (exclusive) with the normal form: 'Osmanlı Caddesi', '1570 Sokak'."""

    first: int
    last: int
    value: str


@lru_cache(maxsize=20_000)
def street_type(key: str) -> str | None:
    """The normal form of a type word, 'plural' where it can't head a name (sokağımız), None for other words."""
    if len(key) < 2 or key[0] not in "scb" or len(key) > 16:
        return None
    if _PLURAL.match(key):
        return "plural"
    for stem, ending in readings(key):
        kind = STREET_TYPES.get(stem)
        if kind and ending not in ("adj", "cop", "ins") and (not ending or len(stem) > 3 or ending in _WHERE):
            return kind
    if len(key) < 5 or common(key):
        return None
    for stem, ending in readings(key):
        for target in ("sokak", "sokagi", "caddesi", "bulvari"):
            if (
                abs(len(stem) - len(target)) < 2
                and ending not in ("adj", "cop", "ins", "acc")
                and OSA.distance(stem, target) == 1
            ):
                return STREET_TYPES[target]
    return None


def heads_street(words: Words, index: int) -> str | None:
    """The type's normal form where the word at `index` can be the type of a named street, whatever stands before it."""
    key = words.key(index)
    kind = street_type(key)
    if kind is None or kind == "plural":
        return None
    word, before = words.items[index], words.items[index - 1] if index else None
    if key.startswith("sok") and (word.text[0] in "şŞ" or words.key(index + 1).startswith("market")):
        return None
    if key == "bul" and not (
        words.parted(index + 1) or word.capital or (index + 1 < len(words.items) and words.items[index + 1].gap)
    ):
        return None
    certain = before is not None and (before.number or (before.capital and (word.capital or not before.initial)))
    if (
        key.startswith(("cadde", "bulvar"))
        and not key.startswith(("caddesi", "bulvari"))
        and not certain
        and not (
            key in ("cadde", "bulvar") and before is not None and (names_street(before.key) or not common(before.key))
        )
    ):
        return None
    if (
        key in ("sokak", "cadde")
        and words.key(index + 1).startswith(_COMPOUND)
        and not words.parted(index + 1)
        and not certain
    ):
        return None
    return kind


def streets(words: Words, ends: frozenset[int]) -> list[Street]:
    """All streets with a name or a number, from left to right.

    `ends`: positions right after a neighbourhood's name or 'mahallesi': no street's name reaches across them.
    """
    found: list[Street] = []
    floor = 0
    for index in range(len(words.items)):
        kind = heads_street(words, index)
        if kind is None:
            continue
        first = _first(words, index, floor, ends)
        if first < index and not (index - first == 1 and words.key(first) in _SOLE and not words.items[first].capital):
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
    if not beside and key in SURE_PLACES and words.key(here + 1) not in ("cevre", "yeni", "yolu", "asfalti"):
        return False
    ordinary = common(key) and not names_street(key) and key not in FIRST_NAMES
    if words.cased and words.items[index - 1].capital:
        if not word.capital:
            return False
        if word.initial and ordinary and key not in TITLES:
            alone = index == len(words.items) - 1 and words.items[index].capital
            return beside and (alone or _addressed(words, index) or (_owned(words.key(index)) and _nominal(key)))
        return True
    if beside:
        return (
            (words.key(here - 1) in FIRST_NAMES and not words.parted(here) and key in _SECOND_NAMES)
            or (not ordinary and not key.endswith(_INFLECTED))
            or _addressed(words, index)
            or (_owned(words.key(index)) and _nominal(key))
        )
    if words.cased and word.capital is False and words.items[index - 1].capital:
        return False
    return key in TITLES or (not ordinary and len(key) > 2 and not key.endswith(_INFLECTED))


def _addressed(words: Words, index: int) -> bool:
    """A number or 'no' right after the type: an address is being told."""
    following = words.items[index + 1] if index + 1 < len(words.items) else None
    return following is not None and (following.key == "no" or (following.number and not following.gap))


def _owned(kind: str) -> bool:
    """A type with its possessive or abbreviated: a name must stand before it ('caddesi', 'sokağı', 'sk')."""
    return kind.startswith(("caddesi", "cad", "cd", "bulvari", "blv")) or kind in (
        "sk",
        "sok",
        "sokaginda",
        "sokagindaki",
    )


def _nominal(key: str) -> bool:
    """Whether an ordinary word may name a street, judged by its form: no verb, no case ending."""
    if key.endswith(_INFLECTED):
        return False
    if any(ending in ("loc", "abl", "gen", "ins", "acc") and common(stem) for stem, ending in readings(key)[1:]):
        return False
    return not key.endswith(
        ("ip", "up", "arak", "erek", "ken", "ince", "unca", "an", "en", "di", "ti", "du", "mis", "mus", "iyor")
    )


def normal_form(words: Words, first: int, index: int, kind: str) -> str:
    """The street's name with capitals and its full type, with Turkish letters where they are known."""
    return " ".join([_titled(word, words.ascii) for word in words.items[first:index]] + [kind])


def _titled(word: Word, ascii_text: bool) -> str:
    small = lower(word.written)
    if ascii_text or (word.text.isascii() and word.text.isupper()):
        small = in_turkish(word.key) or lower(word.written.replace("I", "i") if ascii_text else word.written)
    return upper(small[:1]) + small[1:] + ("." if word.key in _SHORT_TITLES else "")
