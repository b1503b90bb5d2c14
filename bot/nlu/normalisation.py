"""Text as citizens write it, brought to one form. Pure functions; see `Normaliser` for the component."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.turkish import fold

MAX_CHARS = 1500
"""Longer text is cut for classification: its beginning and its end are kept, places are sought in all of it."""

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_APOSTROPHES = str.maketrans("’‘`´ʼ′“”„«»", "''''''\"\"\"\"\"")
_SPACES = re.compile(r"\s+")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_DOTS = re.compile(r"([^\w\s])\1+")
_TRACKING = re.compile(r"\b[a-z]{2,4}[- ]?20\d\d[- ]?\d{1,6}\b|\b20\d\d[- ]\d{3,6}\b")
_PHONE = re.compile(r"(?:\+?90|\b0)?[ -]?\(?5\d\d\)?[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}\b")
_NUMBER = re.compile(r"\d{2,}")
_ABBREVIATIONS = {
    "mh": "mah", "mahalle": "mah", "mahallesi": "mah", "mahallesinde": "mah", "cd": "cad", "cadde": "cad",
    "caddesi": "cad", "caddesinde": "cad", "sk": "sok", "sokak": "sok", "sokagi": "sok", "sokakta": "sok",
    "sokaginda": "sok", "bul": "blv", "bulvari": "blv", "bld": "belediye", "bel": "belediye", "apt": "apartman",
    "apartmani": "apartman", "slm": "selam", "mrb": "merhaba", "mrhb": "merhaba", "sa": "selamun aleykum",
    "tsk": "tesekkur", "tsklr": "tesekkurler", "tskler": "tesekkurler", "nzmn": "ne zaman", "tmm": "tamam",
    "tm": "tamam", "nbr": "naber", "bi": "bir", "lutfn": "lutfen", "ltf": "lutfen", "ltfn": "lutfen",
    "deil": "degil", "dgl": "degil",
}  # fmt: skip
_WORD = re.compile(r"\w+")
_LEVELLED = {"neighbourhood": "yer_mah", "street": "yer_sok", "door_no": "00"}


def clean(text: str) -> str:
    """The text without invisible and control characters, composed (NFC), with plain quotes and single spaces."""
    text = unicodedata.normalize("NFC", text).replace("i̇", "i")
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text)).translate(_APOSTROPHES)
    return _SPACES.sub(" ", text).strip()


def cut(text: str, limit: int = MAX_CHARS) -> str:
    """At most `limit` characters: three quarters from the beginning, the rest from the end."""
    if len(text) <= limit:
        return text
    head = limit * 3 // 4
    return text[:head] + " " + text[-(limit - head) :]


def masked(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """The text with a common word in place of each name of a neighbourhood or street and each door number.

    Which street it is says nothing about the problem, that one is named says something about the act. Landmarks stay:
    "the bin beside the school" is told by both. The words are such as the Noiser leaves alone.
    """
    begin = len(text)
    for start, end, entity in sorted(spans, reverse=True):
        if entity in _LEVELLED and end <= begin:
            text, begin = f"{text[:start]} {_LEVELLED[entity]} {text[end:]}", start
    return text


def normal(text: str) -> str:
    """Text as the classifiers see it: ASCII lower case, elongations and numbers levelled, abbreviations joined."""
    text = fold(cut(clean(text)))
    text = _ELONGATED.sub(r"\1", text)
    text = _DOTS.sub(r"\1", text)
    text = _TRACKING.sub(" basvuruno ", text)
    text = _PHONE.sub(" telefonno ", text)
    text = _NUMBER.sub("00", text).replace("'", "")
    text = _WORD.sub(lambda found: _ABBREVIATIONS.get(found[0], found[0]), text)
    return _SPACES.sub(" ", text).strip()
