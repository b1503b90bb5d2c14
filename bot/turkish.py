"""Turkish letters and suffixes: lower and upper case, folding to ASCII, vowel harmony for names in texts."""

from __future__ import annotations

import string
import unicodedata
from datetime import datetime
from typing import Any

_FOLD = str.maketrans("çğıöşüâîûÇĞİÖŞÜÂÎÛI", "cgiosuaiuCGIOSUAIUI")
_BACK, _FRONT, _ROUND = "aıou", "eiöü", "oöuü"
_VOWELS = _BACK + _FRONT
_HARD = "fstkçşhp"
_DIGITS = ("sıfır", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz")
_TENS = ("", "on", "yirmi", "otuz", "kırk", "elli", "altmış", "yetmiş", "seksen", "doksan")
MONTHS = (
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
)  # fmt: skip
DAYS = ("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar")


def lower(text: str) -> str:
    """Lower case as Turkish writes it: I → ı, İ → i."""
    return text.replace("İ", "i").replace("I", "ı").lower()


def upper(text: str) -> str:
    """Upper case as Turkish writes it: i → İ, ı → I."""
    return text.replace("i", "İ").replace("ı", "I").upper()


def title(text: str) -> str:
    """Every word with a capital first letter, the rest small."""
    return " ".join(upper(word[:1]) + lower(word[1:]) for word in text.split())


def fold(text: str) -> str:
    """Lower case without Turkish letters: what citizens type on other keyboards; for comparing and searching."""
    text = unicodedata.normalize("NFC", text)
    return lower(text).translate(_FOLD).lower()


def _spoken(word: str) -> str:
    """The word whose last sounds decide the suffix; numbers as they are said."""
    digits = "".join(char for char in word if char.isdigit())
    if not word or not word[-1].isdigit():
        return lower(word)
    if digits.endswith("000"):
        return "bin"
    if digits.endswith("00"):
        return "yüz"
    number = int(digits[-2:])
    return _DIGITS[number % 10] if number % 10 or number == 0 else _TENS[number // 10]


def suffix(name: str, case: str, apostrophe: bool = True) -> str:
    """`name` with the suffix of a case: loc (-da), abl (-dan), dat (-a), acc (-ı), gen (-ın), with harmony.

    A name that ends in a possessive (Mahallesi, Caddesi, Müdürlüğü, …) takes the n between.
    """
    spoken = _spoken(name)
    vowels = [char for char in spoken if char in _VOWELS] or ["e"]
    last_vowel = vowels[-1]
    ends_open = spoken[-1:] in _VOWELS
    low = "a" if last_vowel in _BACK else "e"
    high = {"a": "ı", "ı": "ı", "e": "i", "i": "i", "o": "u", "u": "u", "ö": "ü", "ü": "ü"}[last_vowel]
    possessed = _is_possessed(name)
    mark = "'" if apostrophe else ""
    if case in ("loc", "abl"):
        hard = "t" if spoken[-1:] in _HARD else "d"
        ending = f"{'nd' if possessed else hard}{low}{'n' if case == 'abl' else ''}"
    elif case in ("dat", "acc"):
        vowel = low if case == "dat" else high
        ending = ("n" if possessed else "y" if ends_open else "") + vowel
    elif case == "gen":
        ending = ("n" if ends_open else "") + high + "n"
    else:
        raise ValueError(f"no such case: {case}")
    return name + mark + ending


_POSSESSED = ("mahallesi", "caddesi", "sokağı", "bulvarı", "müdürlüğü", "belediyesi", "meydanı", "parkı", "hattı")


def _is_possessed(name: str) -> bool:
    return lower(name).endswith(_POSSESSED)


class TextFormatter(string.Formatter):
    """`{name:loc}` writes a name with its suffix, `{moment:day}` a date, `{moment:clock}` a time of day."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec in ("loc", "abl", "dat", "acc", "gen"):
            return suffix(str(value), format_spec)
        if format_spec == "day" and isinstance(value, datetime):
            return f"{value.day} {MONTHS[value.month - 1]} {DAYS[value.weekday()]}"
        if format_spec == "date" and isinstance(value, datetime):
            return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
        if format_spec == "clock" and isinstance(value, datetime):
            return f"{value:%H.%M}"
        return str(super().format_field(value, format_spec))


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word, with an ellipsis where something was cut."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(".,;:") + "…"
