"""A rating from 1 to 5 in a message that is clearly one: '4', 'dört', '5 puan', 'beş yıldız', '3 veriyorum'."""

from __future__ import annotations

import re

from bot.turkish import fold

_WORDS = {"bir": 1, "tek": 1, "iki": 2, "uc": 3, "dort": 4, "bes": 5}
_DIGIT = r"(?<![\d/.,:-])([1-5])(?![\d.:-]|,\d|/(?!5\b)|['’]?(?:de|da|te|ta|den|dan|inci|nci))"
_WORD = r"\b(bir|tek|iki|uc|dort|bes)"
_RATED = r"[ ]*(?:/[ ]?5)?[ ]*(?:puan|yildiz|veri|verd|diyelim|olsun|yaz|numara[ ]5)"
_BEFORE = r"(?:puan[a-z]*|notum|not|degerlendirme[a-z]*|yildiz olarak|uzerinden|ustunden|hizmete|bu seferlik)[ :,]*"
_SURE = (
    re.compile(_DIGIT + r"[ ]*/[ ]?5\b"),
    re.compile(r"(?:5|bes) (?:uzerinden|ustunden|ustunde)[ ]*(?:([1-5])|" + _WORD + ")"),
    re.compile(_DIGIT + _RATED),
    re.compile(_WORD + _RATED),
    re.compile(_BEFORE + _DIGIT),
    re.compile(_BEFORE + _WORD + r"\b"),
)
_FULL = re.compile(r"\b(?:tam puan|en yuksek puan|beslik hizmet|besi hak)")
_LAST = re.compile(r"(?:^|(?<!\d)[\s,.;:!])" + r"(?:([1-5])|(bir|iki|uc|dort|bes))[\s.!👍]*$")
_ALONE = re.compile(r"^[\s👍]*(?:([1-5])|(bir|iki|uc|dort|bes))(?:[ ]*(?:puan|yildiz))?[\s.!]*$")
_OPINION = re.compile(
    r"(memnun|iyi|kotu|berbat|super|guzel|harika|idare|ortalama|vasat|mukemmel|sagol|tesekkur|gec|hizli|fena|kibar|helal|cozuldu|begen|hak)"
)
_STARS = re.compile(r"^\s*(?:(⭐|★|\*)\s*)+$")
_LONGEST = 120


def find_rating(text: str) -> int | None:
    """The rating, or None where the text holds none or is too long to be one."""
    if len(text) > _LONGEST:
        return None
    if _STARS.match(text):
        stars = sum(char in "⭐★*" for char in text)
        return stars if 1 <= stars <= 5 else None
    plain = fold(text)
    if alone := _ALONE.match(plain):
        return _number(alone)
    if re.search(r"\b(numara|no|sok|sokak|sk|cad|cadde|mah|gun|gundur|saat|kapi|daire)\b", plain):
        return None
    for pattern in _SURE:
        if match := pattern.search(plain):
            return _number(match)
    if _FULL.search(plain):
        return 5
    last = _LAST.search(plain)
    if last and (len(plain.split()) <= 3 or _OPINION.search(plain)):
        return _number(last)
    first = re.match(r"^([1-5])[ ,.]", plain)
    if first and len(plain.split()) <= 4 and _OPINION.search(plain):
        return int(first[1])
    return None


def _number(match: re.Match[str]) -> int:
    value = next(group for group in match.groups() if group)
    return int(value) if value.isdigit() else _WORDS[value]
