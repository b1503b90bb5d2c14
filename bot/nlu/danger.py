"""Which emergency text applies: words of danger in the normal form (ASCII lower case)."""

from __future__ import annotations

import re

_WORDS: dict[str, tuple[str, ...]] = {
    "distress": (
        r"intihar", r"kendimi (oldur|as|at)", r"canima kiy", r"hayatima son", r"olmek isti",
        r"(?:^|artik |ben |[.!?,;] ?)yasamak istem",  # not: to go through something again

        r"kendime zarar", r"bile[kg]\w* kes", r"sabahi gormek istem", r"kararimi verdim.*(?:olum|yasam)",
        r"(?:ilac|hap)\w* (?:hepsini |hepsi |bir kutu )?(?:ictim|yuttum|onume dizdim|icip|icecegim|icicem)",
        r"yasamak icin (?:bir )?(?:nedenim|sebebim)", r"yasamanin (?:bir )?anlami (?:yok|kalmadi)", r"canima kiyacagim",
        r"(?:kopruden|balkondan|damdan|camdan) (?:atlayacagim|atlicam|atlamak istiyorum)",
        r"hakkinizi helal edin", r"bu gece (?:bitsin|bitirecegim)", r"(?:^|artik |[.,!?;] ?)bu gece bitiriyorum",
        r"yuk olmak istemiyorum artik", r"artik (?:kimseye )?yuk olmak istemiyorum", r"bu (?:benim )?son mesajim",
        r"olsem (?:de )?kurtulsam", r"(?:oldurecegim|asacagim|asicam) kendimi", r"\bip\w* (?:boynuma|hazirladim)",
        r"(?:dunyaya|hayata) veda",
    ),
    "gas": (r"gaz (kok|kac|siz)", r"gaz\w* kok", r"dogal ?gaz.*(kok|kac|siz|patla)", r"tup (patla|kacir)", r"gaz dolu",
            r"cakmak cakm\w* kork"),
    "fire": (r"yangin", r"alev", r"(ev|bina|cati|araba|cop|konteyner|orman|ot)\w* yan[iı]yor", r"tutustu", r"itfaiye"),
    "electricity": (
        r"elektrik carp", r"carpild", r"akima kapil", r"(kopuk|kopmus|acikta|sarkan) (kablo|tel)", r"kivilcim",
        r"(kablo|tel)\w* (kop|sark|acikta|yer)", r"trafo.*(patla|yan)", r"yuksek gerilim",
    ),
    "child": (
        r"(cocu[kg]|bebe[kg]|kizim|oglum|ogrenci)\w*.*"
        r"(kayb|kayip|kacir|dov(ul|uy|er|me|uyor)|istismar|taciz|dus(tu|ecek)|bogul|mahsur|siddet|vuruyor cocu)",
    ),
}  # fmt: skip
_PATTERNS = {name: re.compile(r"\b(?:" + "|".join(words) + ")") for name, words in _WORDS.items()}


def danger_of(text: str) -> str | None:
    """distress, gas, fire, electricity or child where the words say so, else None."""
    for name, pattern in _PATTERNS.items():
        if pattern.search(text):
            return name
    return None
