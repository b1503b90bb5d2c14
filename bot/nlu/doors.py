"""Door numbers: after a street's name, after 'no' or 'kapı', before 'numara'; normal forms '12', '12/A', '31/4'."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.nlu.place_lexicon import TIME_UNITS
from bot.nlu.place_words import Words
from bot.nlu.streets import Street

_NUMBER = re.compile(r"^(\d{1,4})([a-z]?)$")
_PART = re.compile(r"^(\d{1,3}|[a-z])$")
_BEFORE = frozenset("no nu numara numaram numarasi numaramiz kapi kno nosu".split())
_AFTER = frozenset("numara numarali numarada numaradaki numaranin numaraya numaradan numarayi numaram nolu no".split())
_NOT_A_DOOR = (
    "otobus", "hat", "minibus", "dolmus", "basvuru", "kayit", "sikayet", "talep", "telefon", "hizmet", "arac", "tramvay",
    "kopru", "direk", "konteyner", "hizmet", "belge", "evrak", "dosya", "abone", "kupe", "tesisat",
)  # fmt: skip
_NOT_BEFORE = ("telefon", "takip", "basvuru", "kayit", "tc", "kimlik", "sikayet", "talep", "abone", "sayac", "tesisat", "plaka", "hat",
               "daire", "kat", "evrak", "dosya", "fatura", "sicil", "cep", "vergi")  # fmt: skip
_NOT = frozenset("degil deil dgl diil".split())


@dataclass(frozen=True, slots=True)
class Door:
    """Words `first` to `last` (exclusive); `denied` in '12 değil'."""

    first: int
    last: int
    value: str
    denied: bool


def doors(words: Words, found: list[Street]) -> list[Door]:
    """All door numbers from left to right. A number right after a street counts unless a unit follows ('3 gündür')."""
    ends = {street.last for street in found}
    inside = {index for street in found for index in range(street.first, street.last)}
    result: list[Door] = []
    index, count = 0, len(words.items)
    after_door = -1
    while index < count:
        word = words.items[index]
        if index in inside or not _NUMBER.match(word.stem):
            index += 1
            continue
        last, value = _read(words, index)
        if _is_door(words, index, last, ends, after_door):
            denied = words.key(last) in _NOT
            result.append(Door(index, last, value, denied))
            after_door = last + 1 if denied else last
        index = last
    return result


def _read(words: Words, index: int) -> tuple[int, str]:
    """The number at `index` with its letter or second number: position after it, normal form."""
    word = words.items[index]
    match = _NUMBER.match(word.stem)
    number, letter = (match[1], match[2]) if match else (word.stem, "")
    value = f"{int(number)}/{letter.upper()}" if letter else str(int(number))
    last = index + 1
    if not word.tail and not letter and last < len(words.items):
        following = words.items[last]
        part = _PART.match(following.stem)
        if part and following.gap in ("/", "-", "\\"):
            value += "/" + part[1].upper()
            last += 1
        elif part and not following.gap and len(following.stem) == 1 and following.stem in "abcdef" and following.text.isupper():
            value += "/" + part[1].upper()
            last += 1
    return last, value


def _is_door(words: Words, index: int, last: int, ends: set[int], after_door: int) -> bool:
    before, after = words.key(index - 1), words.key(last)
    gap = words.items[index].gap
    if gap in ("/", "-", "\\") or (last < len(words.items) and words.items[last].gap in ("/", "\\", ":", "-") and words.items[last].number):
        return False
    if last < len(words.items) and words.items[last].gap == "." and words.items[last].start == words.items[last - 1].end + 1 and words.items[last].number:
        return False
    if index == after_door and (after in _AFTER or last == len(words.items) or words.parted(last) or after in ("olacak", "olmali", "dogrusu")):
        return True
    if before in _BEFORE and not words.key(index - 2).startswith(_NOT_BEFORE):
        if before.startswith("numara") and before != "numara" and after not in _NOT and not words.key(index - 2) == "kapi":
            return before in ("numarasi", "numaramiz", "numaram") and (index + 1 >= len(words.items) or after in ("olacak", "olacakti")) and words.key(index - 2) in ("kapi", "komsunun", "bina", "ev")
        return not after.startswith(_NOT_A_DOOR)
    starting = index in ends
    if after in _AFTER and not words.parted(last):
        if after.startswith("no") and after != "nolu" and not starting:
            return False
        return not words.key(last + 1).startswith(_NOT_A_DOOR)
    if starting and gap in ("", "'", ".", ",", ":"):
        glued = words.items[last].gap if last < len(words.items) else ""
        if glued == "." and words.key(last).startswith(("kat", "sok", "cad", "blo", "eta")):
            return False
        return words.parted(last) or not after.startswith(TIME_UNITS)
    if "/" in words_text(words, index, last):
        return after in _NOT or before in _NOT or starting or index == 0 or len(words.items) <= 6
    if after in _NOT and len(words.items) <= 8:
        following = words.key(last + 1)
        return bool(_NUMBER.match(following)) and not words.key(last + 2).startswith(TIME_UNITS)
    return False


def words_text(words: Words, index: int, last: int) -> str:
    """'/' where the number has a second part."""
    return "/" if last - index == 2 else ""
