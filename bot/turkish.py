"""Turkish letters and suffixes: lower and upper case, folding to ASCII, vowel harmony for names in texts."""

from __future__ import annotations

import re
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


class Common(str):
    """A name that is no proper one (a service, a status): its suffix is written without an apostrophe."""


class Person(str):
    """A person's name: what looks like a possessive in it is none (Ali Kınalı), but for -oğlu and -kızı."""


_INSTITUTIONS = (
    "müdürlüğü", "belediyesi", "başkanlığı", "valiliği", "kaymakamlığı", "bakanlığı", "muhtarlığı", "komutanlığı",
    "amirliği", "şefliği", "üniversitesi", "rektörlüğü", "fakültesi", "hastanesi", "kütüphanesi", "idaresi", "dairesi",
    "merkezi", "kurumu", "kurulu", "kuruluşu", "meclisi", "encümeni", "birimi", "ofisi", "derneği", "vakfı", "odası",
    "birliği", "okulu", "lisesi", "müzesi", "sarayı", "masası", "şirketi", "bankası", "itfaiyesi", "zabıtası",
)  # fmt: skip
"""The last words of institutions' names, whose suffixes take no apostrophe (TDK: Türk Dil Kurumuna)."""
_ENDS_BARE = re.compile(r"[^aeıioöuüâîû][ıiuü]$")
_ENDS_AFTER_VOWEL = re.compile(r"[aeıioöuüâîû]s[ıiuü]$")
_NO_POSSESSIVE = re.compile(r"(nt[ıiuü]|[lnryz]g[ıiuü]|[cç][ıiuü]|[^aeıioöuü]l[ıiuü]|t[üu]lü|aşlı|ağlı)$")
"""Nouns and adjectives that are formed so: kesinti, vergi, satıcı, engelli, görevli."""
_POSSESSED = re.compile(r"(ağacı|aracı|ilacı|amacı|sonucu|gücü|ucu|borcu|süreci|üreteci|kenti|kulpu)$")
"""What `_NO_POSSESSIVE` takes for such a word and is a possessive."""
_ROOTS = {
    "acı", "arı", "ayrı", "başlı", "bodrumlu", "boru", "büro", "cami", "çarşı", "çelebi", "dolu", "duru", "duygu",
    "düdüklü", "eski", "eyyubi", "gazi", "gizli", "gürültü", "görüntü", "halı", "iri", "iyi", "kadı", "kapı", "kamu",
    "kapalı", "karşı", "kayısı", "kedi", "kıyı", "kirli", "koku", "komşu", "korku", "köprü", "köylü", "kuru", "kutu",
    "kuyu", "mali", "mavi", "medeni", "ordu", "örtü", "özürlü", "resmi", "salı", "sarı", "sıkı", "sivri", "sokulu",
    "sözlü", "sürü", "taksi", "tarihi", "tepsi", "tüfekçi", "tütsü", "uyku", "ünlü", "vali", "yapı", "yazı", "yeni",
    "yerli", "yolcu",
}  # fmt: skip
"""Words that end as a possessive does and are none."""
_IN_ONE_WORD = re.compile(r".(başı|önü|üstü|(?<!ç)altı|arası|ağzı|oğlu|kızı)$")
"""Eminönü, Pınarbaşı, Hacıoğlu: names that are possessives in one word."""
_LETTERS = {"osb": "osebe", "sms": "esemes"}
_HATS = str.maketrans("âîû", "aiu")


def _spoken(word: str) -> str:
    """The word whose last sounds decide the suffix; numbers as they are said, consonants alone letter by letter."""
    digits = "".join(char for char in word if char.isdigit())
    if not word or not word[-1].isdigit():
        last = lower(word).rstrip(".").split(" ")[-1].translate(_HATS)
        for letters, said in _LETTERS.items():
            if last.endswith(letters):
                return said
        return last if any(char in _VOWELS for char in last) else f"{last}e"
    if digits.endswith("000"):
        return "bin"
    if digits.endswith("00"):
        return "yüz"
    number = int(digits[-2:])
    return _DIGITS[number % 10] if number % 10 or number == 0 else _TENS[number // 10]


def suffix(name: str, case: str) -> str:
    """`name` with the suffix of a case: loc (-da), abl (-dan), dat (-a), acc (-ı), gen (-ın), with harmony.

    An explanation in parentheses at its end is left out: 'KOSKİ (su)' gives "KOSKİ'nin". A possessive (Mahallesi,
    konteyneri, Müdürlüğü) takes the n between. Institutions and common nouns have no apostrophe; places, people,
    abbreviations and numbers have one.
    """
    kind, name = type(name), _EXPLANATION.sub("", name) or str(name)
    spoken = _spoken(name)
    last_vowel = _last_vowel(spoken)
    ends_open = spoken[-1:] in _VOWELS
    low = "a" if last_vowel in _BACK else "e"
    high = _HIGH[last_vowel]
    possessed = _is_possessed(name, kind is Person)
    marked = _is_code(name) or kind is Person or (kind is not Common and _takes_apostrophe(name))
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
    if marked:
        return f"{name}'{ending}"
    return (_softened(name) if ending[0] in _VOWELS else name) + ending


def asked(name: str) -> str:
    """The name with the particle of a question: 'Yazır mı', 'Sille mi', 'Bosna Hersek mi'."""
    return f"{name} m{_HIGH[_last_vowel(_spoken(name))]}"


def _last_vowel(spoken: str) -> str:
    return next((char for char in reversed(spoken) if char in _VOWELS), "e")


_HIGH = {"a": "ı", "ı": "ı", "e": "i", "i": "i", "o": "u", "u": "u", "ö": "ü", "ü": "ü"}
_EXPLANATION = re.compile(r"\s*\([^()]*\)\s*$")


def _is_possessed(name: str, person: bool) -> bool:
    """Whether the name ends in a possessive of the third person: several words, the last one of that form."""
    *before, last = lower(name).translate(_HATS).split() or [""]
    if _is_code(name):
        return False
    if _IN_ONE_WORD.search(last) or person or not before:
        return _IN_ONE_WORD.search(last) is not None
    if last in _ROOTS or not (_ENDS_BARE.search(last) or _ENDS_AFTER_VOWEL.search(last)):
        return False
    return bool(_POSSESSED.search(last)) or not _NO_POSSESSIVE.search(last)


def _is_code(name: str) -> bool:
    """A number, or an abbreviation in capitals: KOSKİ, 112."""
    last = name.split(" ")[-1]
    return last[-1:].isdigit() or (len(last) > 1 and last.isupper())


def _takes_apostrophe(name: str) -> bool:
    last = name.split(" ")[-1]
    return last[:1].isupper() and not (" " in name and lower(last).endswith(_INSTITUTIONS))


def _softened(name: str) -> str:
    """The last consonant of a common noun before a vowel: köpek → köpeğ-, ağaç → ağac-, talep → taleb-."""
    last = lower(name.split(" ")[-1]).translate(_HATS)
    several = sum(char in _VOWELS for char in last) > 1
    if not several or last[-2] not in _VOWELS or last[-1] not in _SOFT:
        return name
    return name[:-1] + _SOFT[last[-1]]


_SOFT = {"k": "ğ", "ç": "c", "p": "b"}


class TextFormatter(string.Formatter):
    """`{name:loc}` writes a name with its suffix, `{moment:day}` a date, `{moment:clock}` a time of day."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec in ("loc", "abl", "dat", "acc", "gen"):
            return suffix(value if isinstance(value, str) else str(value), format_spec)
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
