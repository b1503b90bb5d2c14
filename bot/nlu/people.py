"""Third people and their homes in a text that is to be public: names after titles, full names, flats, floors. Pure.

What a city says in public must pass: streets and schools named after people, officials, its own offices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.nlu.identifiers import flat
from bot.nlu.word_lists import word_set
from bot.turkish import fold

_GIVEN = word_set(Path(__file__).with_name("given_names.txt").read_text(encoding="ascii"))
"""Folded; without those that are common words as well (Barış, Deniz, Ramazan)."""
_AFTER = re.compile(r"(bey|hanim|beyefendi|hanimefendi)(?P<joined>(?:in|e|i|den|de|le|a|dan|da|la)?)(?:['’]\w+)?")
_BEFORE = re.compile(
    r"sayin|sn|bay|bayan|(?:komsu|kardes|kuzen|es|ogl|kiz|anne|baba|abi|abla|amca|teyze|dayi|hala|dede|nine|gelin|damad)"
    r"(?:i|u|a|e)?(?:m|n|miz|muz|niz|nuz|imiz|umuz|iniz|unuz|si|su|nin)"
)
_CALLED = re.compile(
    r"dr|doktor|prof|profesor|doc|docent|av|avukat|muhtar(?:imiz|iniz)?|ogretmen(?:imiz|iniz)?|sikayetci"
    r"|(?:hoca|usta|memur|sofor|esnaf|muhendis|vatandas|hemsehri|sakin|magdur)\w*"
)
_OFFICIAL = re.compile(
    r"(?:belediye|cumhur|bas)?(?:baskan|bakan|vali|kaymakam|milletvekil|vekil)\w*"
    r"|(?:sultan|mevlana|hazret|sehit|gazi|sair|yazar|pasa|hoca)\w*"
)
_ANYBODY = re.compile(
    r"(?:vatandas|hemsehri|hemseri|baskan|mudur|muhtar|esnaf|komsu|kullanici|takipci|yetkili|sakin|ilgili|veli|uye|misafir"
    r"|ogrenci|gorevli|sekreter|hemsire|personel|ogretmen|basvuru|bey|hanim|konya|selcuklu|turkiye|belediye|mahalle|abone|yolcu|katilimci|davetli|halk|vali"
    r"|kaymakam|bakan)\w*"
)
_NOBODY = word_set("bir bu su o her genc yasli hangi tum sayin kiymetli degerli sevgili ev is acil ilk son")
_THING = re.compile(
    r"(?:mahalle|sokak|sokag|cadde|bulvar|meydan|park|camii?|mescit|okul|ilkokul|ortaokul|lise|anaokul|kres|universite"
    r"|yurd|yurt|kutuphane|muze|merkez|salon|stad|spor|tesis|hastane|poliklinik|konag|konak|turbe|durag|durak|kavsag"
    r"|kavsak|kopru|gecid|gecit|cesme|vakf|vakif|dernek|derneg|anit|kultur|kongre|egitim|kurs|bahce|cars|pazar|kompleks"
    r"|kampus|yerlesk|hamam|kulliye|festival|turnuva|kupa|odul|sergi|konser|gece|gun|anma|anadolu|mesleki|imam|apartman"
    r"|site|blok|belediye|mudurlu|baskanli|bakanli|kurum|oda|sendika|birli)\w*|han|apt|sk|cd|cad|mah"
)
_FAMOUS = word_set("ataturk ersoy emre keykubat selcuki tebrizi erbakan ozal")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SHORTENED = word_set("dr prof doc av sn")
_INITIALS = 4
"""Shorter words in capitals are no names: KYK, HIV."""
_UNTIL_A_THING = 4
"""So many words after a name may make it the name of a school or a street."""

_OFFICE = re.compile(
    r"hizmet bina|belediye (?:bina|saray|konag|hizmet)|mudurlu[gk]|vezne|ofis|sube|kutuphane|salonu|danisma|"
    r"(?:kultur|spor|sanat|genclik|egitim|yasam|aile|kongre|cozum|hizmet) merkez"
)
_COUNTED = r"(?!\s*(?:gun|hafta|ay|yil|saat|dakika|kisi|adet|tane|bin|lira|tl|kat|metre|fazla|daha)\b|[.,:]?\d)"
_FLAT = re.compile(
    rf"\bdaire\s*(?:no|numara|numarasi)?\s*[:.]?\s*\d{{1,3}}{_COUNTED}"
    r"|\b\d{1,3}\s*(?:numarali|nolu|no['’]?lu)\s+daire|(?<![\w/])d\s?[:.]\s?\d{1,3}\b"
    r"|(?<!danistay )(?<!sayistay )(?<!hukuk )(?<!ceza )(?<!idari )"
    r"\b\d{1,3}\.\s*daire(?:de|ye|den|nin|deki)?\b(?! baskan)"
)
_PART = re.compile(
    r"(?<![\w.])[a-z]\d?\s*-?\s*blo[kg](?:u|ta|taki|un|unda|undaki|tan|a)?\b|\bblok\s*(?:no)?\s*[:.]?\s*(?:[a-z]|\d{1,2})\b"
    rf"|\bkat\s*(?:no)?\s*[:.]?\s*\d{{1,2}}\b{_COUNTED}"
    r"|\b\d{1,2}\s*(?:\.|inci|nci|uncu|ncu)\s*kat(?:in\w*|ta\w*|a|i)?\b(?!\s*(?:asfalt|boya|kaplama|astar|sathi|sicak))"
)


@dataclass(frozen=True)
class _Word:
    """`joins`: only a space lies before it, or the point of a title ("Dr.")."""

    plain: str
    capital: bool
    joins: bool


def home_told(text: str) -> bool:
    """Whether a flat, a floor or a block of somebody's house stands in the text; those of an office may."""
    plain = flat(text)
    return _FLAT.search(plain) is not None or (_PART.search(plain) is not None and not _OFFICE.search(plain))


def person_named(text: str, known: Iterable[str] = ()) -> bool:
    """Whether somebody is named; `known` are names of places and bodies, which nobody need hide."""
    words = list(_words(_without(text, known)))
    return any(_somebody(words, index) for index in range(len(words)))


def _words(text: str) -> Iterator[_Word]:
    end, last = 0, ""
    for match in _WORDS.finditer(text):
        stem = re.split("['’]", match[0])[0]
        gap = text[end : match.start()]
        joins = gap.isspace() or (gap.strip() == "." and last in _SHORTENED)
        end, last = match.end(), fold(stem)
        yield _Word(last, stem[0].isupper() and not (stem.isupper() and len(stem) < _INITIALS), joins)


def _without(text: str, known: Iterable[str]) -> str:
    plain = flat(text)
    for name in known:
        for match in re.finditer(rf"\b{re.escape(fold(name))}\b", plain):
            text = text[: match.start()] + "0" * (match.end() - match.start()) + text[match.end() :]
    return text


def _somebody(words: list[_Word], at: int) -> bool:
    word = words[at]
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) and words[at + 1].joins else None
    title = _AFTER.fullmatch(word.plain)
    if title and before is not None and word.joins and not _is_a_role(before.plain):
        named = before.plain in _GIVEN or (before.capital and not title["joined"])
        return named and not _names_a_thing(words, at)
    if after is None or not after.capital:
        return False
    if _BEFORE.fullmatch(word.plain):
        return not _ANYBODY.fullmatch(after.plain) and not _names_a_thing(words, at + 1)
    if _CALLED.fullmatch(word.plain):
        return after.plain in _GIVEN and not _names_a_thing(words, at + 1)
    official = before is not None and _OFFICIAL.fullmatch(before.plain) is not None
    return word.capital and word.plain in _GIVEN and not official and not _names_a_thing(words, at)


def _is_a_role(plain: str) -> bool:
    """'Şoför bey', 'büfedeki hanım', 'bir bey': nobody whom one could find."""
    anybody = _ANYBODY.fullmatch(plain) or _CALLED.fullmatch(plain) or re.search("[dt][ae]ki$", plain)
    return plain in _NOBODY or anybody is not None


def _names_a_thing(words: list[_Word], at: int) -> bool:
    """Whether the name goes on as that of a street, a school, a hall, or is one that everybody knows."""
    for word in words[at + 1 : at + 1 + _UNTIL_A_THING]:
        if not word.capital:
            return _THING.fullmatch(word.plain) is not None
        if _THING.fullmatch(word.plain) or word.plain in _FAMOUS:
            return True
    return False
