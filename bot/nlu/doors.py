"""Door numbers: after a street's name, after 'no' or 'kapı', before 'numara'; normal forms '12', '12/A', '31/4'."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.nlu.place_lexicon import POSITIONS, TIME_UNITS
from bot.nlu.place_words import Words
from bot.nlu.word_lists import word_set

_NUMBER = re.compile(r"^(\d{1,4})([a-z]?)$")
_CASED = re.compile(r"^(\d{1,4})([a-z]?)(?:[dt](?:e|a|en|an)(?:ki\w*)?|n?[iu]n)$")
"""'Hatip Sokak 8de': the ending without its apostrophe; read so right behind a street alone."""
_PART = re.compile(r"^(\d{1,3}|[a-z])$")
_LINES = ("otobus", "hat", "sefer", "sofor", "durak", "tramvay", "dolmus", "minibus", "kayd", "kayit", "basvuru")
_BEFORE = word_set("nº n no nu numara numaram numarasi numaramiz kapi kno nosu")
_AFTER = word_set("numara numarali numarada numaradaki numaranin numaraya numaradan numarayi numaram nolu no")
_NOT_A_DOOR = (
    "otobus", "hat", "minibus", "dolmus", "basvuru", "kayit", "sikayet", "talep", "telefon", "hizmet", "arac",
    "tramvay",
    "kopru", "direk", "konteyner", "hizmet", "belge", "evrak", "dosya", "abone", "kupe", "tesisat", "kayd",
)  # fmt: skip
_NOT_BEFORE = ("telefon", "takip", "basvuru", "kayit", "tc", "kimlik", "sikayet", "talep", "abone", "sayac", "tesisat",
               "plaka", "hat", "daire", "kat", "evrak", "dosya", "fatura", "sicil", "cep", "vergi")  # fmt: skip
_WHERE = ("da", "de", "ta", "te")
_NOT = word_set("degil deil dgl diil")
_ONES = ("", "bir", "iki", "uc", "dort", "bes", "alti", "yedi", "sekiz", "dokuz")
_TENS = ("", "on", "yirmi", "otuz", "kirk", "elli", "altmis", "yetmis", "seksen", "doksan")
_SPOKEN = {ten + one: 10 * tens + ones for tens, ten in enumerate(_TENS) for ones, one in enumerate(_ONES)} | {
    "yuz": 100
}


@dataclass(frozen=True, slots=True)
class Door:
    """Words `first` to `last` (exclusive); `denied` in '12 değil'."""

    first: int
    last: int
    value: str
    denied: bool


def doors(words: Words, streets: frozenset[int], areas: frozenset[int], taken: set[int]) -> list[Door]:
    """All door numbers from left to right.

    `streets`, `areas`: positions right behind streets and neighbourhoods; a number there is a door unless a unit
    follows ('3 gündür'). `taken`: positions inside streets, telephone numbers, plates, which are no doors.
    """
    moving = any(word.key.startswith(_LINES) for word in words.items)
    result: list[Door] = _spoken(words, streets, taken)
    index, count = 0, len(words.items)
    after_door = -1
    while index < count:
        behind = index in streets and not words.key(index - 1).endswith(_WHERE)
        if index in taken or not _number_at(words, index, behind):
            index += 1
            continue
        last, value = _read(words, index)
        if _is_door(words, _Number(index, last, value), streets, areas, after_door, moving):
            denied = words.key(last) in _NOT
            result.append(Door(index, last, value, denied))
            after_door = last + 1 if denied else -1
        index = last
    return result


def _spoken(words: Words, streets: frozenset[int], taken: set[int]) -> list[Door]:
    """'… sokak on iki numara', as speech recognition writes it: number words between a street and 'numara'."""
    result = []
    for index in streets:
        for size in (2, 1):
            last = index + size
            value = _SPOKEN.get("".join(words.key(here) for here in range(index, last)))
            plain = not any(words.parted(here) for here in range(index, last + 1))
            if value and plain and words.key(last) in _AFTER and not taken & set(range(index, last)):
                result.append(Door(index, last, str(value), words.key(last + 1) in _NOT))
                break
    return result


def _number_at(words: Words, index: int, cased: bool) -> re.Match[str] | None:
    """A number and its letter, `cased` also with an ending."""
    stem = words.items[index].stem
    return _NUMBER.match(stem) or (_CASED.match(stem) if cased else None)


def _read(words: Words, index: int) -> tuple[int, str]:
    """The number at `index` with its letter or second number: position after it, normal form."""
    word = words.items[index]
    match = _number_at(words, index, cased=True)
    number, letter = (match[1], match[2]) if match else (word.stem, "")
    value = f"{int(number)}/{letter.upper()}" if letter else str(int(number))
    last = index + 1
    if not word.tail and not letter and last < len(words.items):
        following = words.items[last]
        part = None if _inside(words, last) else _PART.match(following.stem)
        if (part and following.gap in ("/", "-", "\\")) or (
            part
            and not following.gap
            and len(following.stem) == 1
            and following.stem in "abcdef"
            and following.text.isupper()
        ):
            value += "/" + part[1].upper()
            last += 1
    return last, value


def _inside(words: Words, index: int) -> bool:
    """'No 30 D 4', 'no 5 K:2', '4 kat 2': the flat or the floor, not a letter of the door's number."""
    following = words.items[index + 1] if index + 1 < len(words.items) else None
    return words.key(index) in ("d", "k", "kat", "daire") and following is not None and following.number


@dataclass(frozen=True, slots=True)
class _Number:
    first: int
    last: int
    value: str

    @property
    def parts(self) -> bool:
        return "/" in self.value

    @property
    def lettered(self) -> bool:
        return self.value[-1].isalpha()


def _is_door(
    words: Words, number: _Number, streets: frozenset[int], areas: frozenset[int], after_door: int, moving: bool
) -> bool:
    index, last = number.first, number.last
    before, after = words.key(index - 1), words.key(last)
    if (
        number.value.startswith(("0", "20")) and (number.value[0] == "0" or re.match(r"20\d\d/", number.value))
    ) or _glued(words, number):
        return False
    if after.startswith(("yildiz", "puan", "sinif")):
        return False
    if index in streets:
        said = number.parts or bool(words.items[last - 1].tail) or words.parted(last)
        return said or _inside(words, last) or not after.startswith(TIME_UNITS)
    if before in _BEFORE and not words.key(index - 2).startswith(_NOT_BEFORE):
        return before in ("no", "nu", "numara", "kapi", "nº", "n") or _owned(words, index, after)
    if index == after_door:
        return not after.startswith(TIME_UNITS)
    if after in _AFTER and not words.parted(last):
        if after == "no" and index not in areas:
            return False
        following = words.key(last + 1)
        large = len(number.value) > 3 and not number.parts
        return not (
            large
            or (moving and index not in areas)
            or (not streets and not areas and len(words.items) > 6 and not _housed(words))
            or following.startswith((*_NOT_A_DOOR, "daire"))
            or following.isdigit()
        )
    if number.lettered and number.last - number.first == 2:
        return True
    if number.parts and after.startswith("aras"):
        return False
    if number.parts:
        return (
            after in _NOT
            or index in areas
            or (len(words.items) <= 6 and not number.value.endswith("/5"))
            or after in POSITIONS
        )
    return _between(words, number) or _answered(words, number, after)


def _housed(words: Words) -> bool:
    """Whether a house is spoken of: without street and neighbourhood '64 numara' may be a bus or anything."""
    return any(
        word.key.startswith(("ev", "apart", "bina", "kapi", "komsu", "daire", "blok", "site")) for word in words.items
    )


def _glued(words: Words, number: _Number) -> bool:
    """Part of a date, a time, a decimal number, an ordinal ('2. kat')."""
    first = words.items[number.first]
    if first.gap in ("/", "-", "\\") or (
        first.gap in (":", ".", ",")
        and number.first
        and _touching(words, number.first)
        and words.items[number.first - 1].number
    ):
        return True
    if number.last >= len(words.items):
        return False
    following = words.items[number.last]
    if following.gap in ("+", "=", "*"):
        return True
    if following.gap in ("/", "\\", ":") and following.number:
        return True
    if following.gap in (".", ",") and following.number and _touching(words, number.last):
        return True
    return following.gap == "." and following.key.startswith(
        ("kat", "sok", "cad", "blo", "eta", "kez", "gun", "sinif", "derece")
    )


def _touching(words: Words, index: int) -> bool:
    return words.items[index].start - words.items[index - 1].end == 1


def _owned(words: Words, index: int, after: str) -> bool:
    """'kapı numarası 18': the number of a door, not of a telephone or a request."""
    ours = words.key(index - 2) in ("kapi", "komsunun", "bina", "evin", "ev", "apartman", "")
    return ours and (
        index + 1 >= len(words.items) or words.parted(index + 1) or after in (*_NOT, "olacak", "olacakti", "iken")
    )


def _between(words: Words, number: _Number) -> bool:
    """'17 ile 21 arasında': both."""

    def joined(index: int) -> bool:
        return words.key(index) == "ile" and words.items[min(index + 1, len(words.items) - 1)].number

    if joined(number.last):
        _, end = number.last, number.last + 2
        return any(words.key(end + i).startswith("aras") for i in range(2))
    return (
        words.key(number.first - 1) == "ile"
        and words.key(number.last).startswith("aras")
        and (words.items[max(number.first - 2, 0)].number or len(words.key(number.first - 2)) == 1)
    )


def _answered(words: Words, number: _Number, after: str) -> bool:
    """'44' alone, '12 değil 21', 'benimki 20'."""
    count = len(words.items)
    if count <= 2 and number.value.isdigit() and 5 < int(number.value) < 1000:
        return count == 1 or (number.last == count and words.key(0) in ("yo", "yok", "hayir", "pardon", "evet", "duz"))
    if after in ("olacak", "olacakti", "olcak", "olcakti") and count <= 6:
        return number.value.isdigit() and 0 < int(number.value) < 1000
    if after in _NOT and count <= 8:
        return bool(_NUMBER.match(words.key(number.last + 1))) and not words.key(number.last + 2).startswith(TIME_UNITS)
    return False
