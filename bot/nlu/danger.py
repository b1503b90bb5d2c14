"""Which emergency text applies: words of danger in the normal form (ASCII lower case)."""

from __future__ import annotations

import re

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "distress",
        re.compile(
            r"\b(intihar|kendimi (oldur|as|at)|canima kiy|hayatima son|yasamak iste(mi|me)|olmek isti|olsem|kendime zarar"
            r"|bilegimi kes|bilek(ler)?imi kes|dayanamiyorum artik.*yasa)"
        ),
    ),
    ("gas", re.compile(r"\b(gaz (kok|kac|siz|sizin)|dogal ?gaz.*(kok|kac|siz|patla)|gaz\w* kok|tup (patla|kacir)|gaz dolu)")),
    ("fire", re.compile(r"\b(yangin|alev|yaniyor|tutustu|duman(lar)? cik|itfaiye)")),
    (
        "electricity",
        re.compile(
            r"\b(elektrik (carp|carpi)|carpild|akima kapil|(kopuk|kopmus|acikta|sarkan) (kablo|tel)|(kablo|tel)\w* (kop|sark|acikta|yer)"
            r"|kivilcim|trafo.*(patla|yan)|yuksek gerilim)"
        ),
    ),
    ("child", re.compile(r"\b(cocu[kg]|bebek|bebeg|kizim|oglum|ogrenci)\w*.*(kay[bi]|kac(ir|ti)|dovul|istismar|taciz|dus(tu|ecek)|bogul|mahsur|siddet)")),
)  # fmt: skip


def danger_of(text: str) -> str | None:
    """distress, gas, fire, electricity or child where the words say so, else None."""
    for name, pattern in _PATTERNS:
        if pattern.search(text):
            return name
    return None
