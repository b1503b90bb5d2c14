"""How citizens' keyboards and hurry spoil a text: pure functions with a seed."""

from __future__ import annotations

import random
from collections.abc import Callable

from bot.turkish import upper

_ASCII = str.maketrans("çğıöşüÇĞİÖŞÜâîû", "cgiosuCGIOSUaiu")
_NEIGHBOURS = {
    "a": "sqz", "b": "vnh", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok",
    "j": "hku", "k": "jli", "l": "kş", "m": "nö", "n": "bmh", "o": "ipl", "p": "oğ", "r": "etf", "s": "adw", "t": "ryg",
    "u": "yıj", "v": "cbf", "y": "tuh",
    "z": "xas", "ş": "li", "ı": "uo", "ö": "mç", "ü": "ğ", "ç": "ö", "ğ": "pü",
}  # fmt: skip
_VOWELS = "aeıioöuü"


def to_ascii(text: str, chance: random.Random) -> str:
    """Without Turkish letters."""
    return text.translate(_ASCII)


def to_capitals(text: str, chance: random.Random) -> str:
    """All in capitals, sometimes without the dot on İ."""
    return upper(text) if chance.random() < 0.5 else text.translate(_ASCII).upper()


def with_typos(text: str, chance: random.Random, rate: float = 0.10) -> str:
    """About `rate` of the words with one slip: a letter swapped, dropped, doubled or hit beside; never in numbers."""
    words = text.split(" ")
    for index, word in enumerate(words):
        if len(word) > 3 and word.isalpha() and chance.random() < rate:
            words[index] = _slip(word, chance)
    return " ".join(words)


def with_many_typos(text: str, chance: random.Random) -> str:
    return with_typos(text, chance, 0.35)


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    how = chance.randrange(4)
    if how == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if how == 1:
        return word[:at] + word[at + 1 :]
    if how == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + chance.choice(_NEIGHBOURS.get(word[at].lower(), word[at])) + word[at + 1 :]


def without_vowels(text: str, chance: random.Random) -> str:
    """As in quick chat: inner vowels of some words are left out ("kapatmyolar", "nzmn")."""
    words = text.split(" ")
    for index, word in enumerate(words):
        if len(word) > 3 and word.isalpha() and chance.random() < 0.4:
            places = [at for at in range(1, len(word)) if word[at] in _VOWELS]
            for at in reversed(chance.sample(places, min(len(places), chance.choice((1, 1, 2))))):
                word = word[:at] + word[at + 1 :]
            words[index] = word
    return " ".join(words)


def merged_words(text: str, chance: random.Random) -> str:
    """Some spaces and all apostrophes are missing ("çöpalınmadı")."""
    words = text.replace("'", "").split(" ")
    joined = words[:1]
    for word in words[1:]:
        if chance.random() < 0.12:
            joined[-1] += word
        else:
            joined.append(word)
    return " ".join(joined)


NOISES: dict[str, Callable[[str, random.Random], str]] = {
    "ascii": to_ascii,
    "caps": to_capitals,
    "typos": with_typos,
    "many_typos": with_many_typos,
    "vowels": without_vowels,
    "merged": merged_words,
}


def spoil(text: str, noise: str, seed: int) -> str:
    """The text with one kind of noise; the same seed gives the same result."""
    return NOISES[noise](text, random.Random(f"{seed}-{noise}"))
