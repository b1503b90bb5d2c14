"""Words that alone make a message sensitive: threats, despair, corruption, abuse, minors, somebody's health
(normal form, ASCII lower case)."""

from __future__ import annotations

import re

_WORDS = (
    # threats
    r"silah(?:i|la|im|ini|ina)? (?:cek|goster|dayad|al)", r"bicak(?:la|i)? (?:cek|goster|al|tehdit|salla)",
    r"(?:kafa|agzi|beyn)\w*n[iu]za? (?:sik|gecir|dagit|kir)", r"kafaniza\b", r"tehdit", r"gebert",
    r"(?:sizi|seni|hepinizi)\b.{0,20}\b(?:oldur|bulaca|bulurum|yakar|vurur|pisman|mahvede|dove|keser)",
    r"(?:yakar|basar|vurur|keser)i[mz] (?:orayi|belediyeyi|binayi|sizi|onu|oralari)",
    r"bu is burada (?:bitmez|kalmaz)", r"gununuzu goster", r"hesabini (?:verdir|vereceksiniz|soracagim)",
    r"evini(?:zi|n yolunu)? biliyor", r"cocuklarin(?:a|iza) dikkat", r"yolunu biliyorum", r"nerede oturdugunu biliyor",
    # somebody in despair
    r"intihar", r"(?:kopru|balkon|dam|cati|pencere|viyaduk|ust gecit)\w*.{0,40}\batl(?:ayacak|iyor|amaya|amak)",
    # corruption
    r"rusvet", r"torpil", r"yolsuzlu", r"zimmet", r"usulsuz", r"haksiz kazanc", r"avanta", r"kayirma",
    r"(?:memur|gorevli|zabita|mudur)\w*.{0,60}\b(?:para|lira) (?:iste|al|verme)",
    r"adam kayir", r"el altindan", r"elden (?:para|ucret)", r"komisyon (?:al|iste)", r"makbuz\w* (?:kesm|verm)",
    # minors and abuse
    r"00 yas\w*.{0,40}mesaj", r"uygunsuz (?:mesaj|davran|teklif|dokun)",
    r"mendil sat\w*.{0,40}(?:vur|dov)", r"taciz", r"istismar",
    r"tecavuz", r"cinsel", r"cocuk isci", r"00 yasinda\w* cocu\w*.{0,30}(?:calis|dov|evlen)",
    r"(?:liseli|ogrenci|cocu[kg])\w* (?:\w+ ){0,3}(?:hap\b|uyusturucu|esrar|bonzai|(?:sigara|alkol|icki) sat)",
    r"(?:kucucuk|kucuk|ufacik|minicik) (?:cocu[kg]|kiz)\w* (?:\w+ ){0,5}(?:dilen|mendil|satiyo|sattir|calistir)",
    r"cocu[kg]\w* (?:\w+ ){0,3}dilen(?:iyor|dir|cilik|me)",
    r"zorla evlen", r"siddet (?:gor|uygul)", r"\bdov(?:uyor|du|erek|ulu|mus)",
    # who tells is afraid
    r"(?:adim|ismim)\w* (?:\w+ ){0,2}(?:yazma|verme|soyleme|gizli|sakli|aciklama|gecmesin|duyulmasin)",
    r"kimligim\w* (?:gizli|sakli|aciklan)",
    # somebody's health
    r"yatalak", r"(?<!trafik )felc(?:li\b|im|e\b| gec| kal)", r"al[zs]h?[ae][iy]m\w*r", r"demans", r"parkinson",
    r"sizofren", r"bipolar", r"epilepsi", r"sara (?:hasta|nobet)", r"kalp pili",
    r"(?:seker|kalp|bobrek|tansiyon|ms) hasta",
    r"kanser (?:hasta|tedavi)", r"(?:annem|babam|esim|kizim|oglum|kardesim|dedem|ninem|anam)\w* (?:\w+ ){0,2}kanser",
    r"kemoterapi", r"diyaliz", r"sonda\w* tak", r"\bkoah", r"otizm", r"otistik", r"down sendrom",
    r"\bhiv\b", r"psikiyatr", r"zihinsel engel", r"hamile(?:yim|lig)", r"oksijen (?:tup|makine|cihaz)",
    r"(?:uyusturucu|madde|alkol) bagimli", r"\bals hasta", r"siroz", r"losemi", r"hepatit", r"yataga (?:bagimli|bagli)",
    r"(?:organ|bobrek|karaciger) nakl", r"yasinda\w* (?:bir )?cocu[kg]\w* (?:\w+ ){0,4}(?:kaynak|calis|hamal|tasiyor)",
)  # fmt: skip
_PATTERN = re.compile(r"\b(?:" + "|".join(_WORDS) + ")")


def is_delicate(text: str) -> bool:
    """Whether a normal form says so by its words."""
    return _PATTERN.search(text) is not None
