"""Whether a text tells anything: a problem needs words beyond where it is and please; a mash of keys tells nothing."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.nlu.common_words import common
from bot.nlu.word_lists import word_set

_EMPTY = word_set(
    "yer_mah yer_sok 00 mah sok cad blv no bir bi de da abi abla hocam kardesim el at atin atiniz lutfen bakin bakiniz "
    "bakar misiniz ilgilenin yardim edin edermisiniz tesekkurler tesekkur ederim ederiz sagol sagolun kolay gelsin iyi "
    "gunler calismalar ustu alti yani onu karsisi arkasi tarafi civari kosesi mahallesi mahallemiz acil hemen "
    "selam merhaba bizim bizde burda burada orda orada su bu o sokagimizda sokagimiz mahallemizde mahallede caddede "
    "evin evimin evimizin onunde yaninda karsisinda arkasinda kosesinde apartmanin binanin ya ve"
)
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_RUN = re.compile(r"[bcdfghjklmnpqrstvwxyz]{5}")
_VOWEL = re.compile(r"[aeiou]")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ROWS = (*_KEYS, *(row[::-1] for row in _KEYS), "abcdefghijklmnopqrstuvwxyz")
_NEIGHBOURS = frozenset("".join(pair) for row in _ROWS[:-1] for pair in pairwise(row))
MANY = 5
"""Of so many words, none of the language, half need to be impossible."""
BESIDE = 0.6
"""An unknown word in which so many of the steps go to the next key is a mash."""


def telling(normal: str) -> int:
    """How many words of a normal form say more than where something is and please."""
    return sum(word not in _EMPTY for word in _WORD.findall(normal))


def is_mash(normal: str) -> bool:
    """Whether a normal form is keys pressed at random: no word of the language, none that could be one."""
    words = _LETTERS.findall(normal)
    if not words or not normal.isascii():
        return False
    impossible = 0
    for word in words:
        if _impossible(word):
            impossible += 1
        elif common(word):
            return False
    return impossible == len(words) or (len(words) >= MANY and impossible >= len(words) / 2)


def _impossible(word: str) -> bool:
    if any(word[start : start + 4] in row for start in range(len(word) - 3) for row in _ROWS):
        return True
    if common(word):
        return bool(re.search("[qwx]{2}", word))  # among our messages are some such
    neighbours = sum(pair in _NEIGHBOURS for pair in map("".join, pairwise(word)))
    return bool(
        neighbours >= BESIDE * (len(word) - 1)
        or _RUN.search(word)
        or re.search("[qwx]", word)
        or (len(word) > 4 and not _VOWEL.search(word))
    )
