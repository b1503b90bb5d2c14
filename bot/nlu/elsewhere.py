"""Whether a text speaks of another district, province or municipality, or of a private firm only.

A city that is only mentioned (moved from, a street's name, a football team, an example) is not elsewhere.
"""

from __future__ import annotations

import re

from bot.nlu.gazetteer import Gazetteer
from bot.nlu.geography import COMMON_DISTRICTS, COMMON_PROVINCES, PROVINCES, UTILITIES
from bot.nlu.place_words import Words
from bot.nlu.streets import street_type
from bot.nlu.suffixes import Ending, readings

FIRM = "firm"
_OFFICE = (
    "belediye",
    "buyuksehir",
    "buyukehir",
    "valili",
    "kaymakam",
    "ili",
    "ilce",
    "semt",
    "bolge",
    "sehir",
    "mahal",
    "merkez",
    "muhtar",
)
_MOVED = (
    "tasin", "goc", "gelen", "geldi", "gelip", "gelmis", "misafir", "donen", "dondu", "gidi", "gitti", "giden",
    "gider", "doner", "yasayan", "yasiyormus", "okuyan", "okuyor", "benzer", "kalkan", "otobusu", "yolu",
    "yolun", "spor", "asfalt", "marsi", "caddesi", "kapisi", "mac",
)  # fmt: skip
_CARDS = {
    "istanbulkart": "İstanbul",
    "ankarakart": "Ankara",
    "izmirimkart": "İzmir",
    "antalyakart": "Antalya",
    "bursakart": "Bursa",
}
_LOCAL = ("kart", "metro", "sosyal", "halk", "cagri", "zabita", "itfaiye", "barinag")
_COMPARED = ("gibi", "bile", "olsa", "kadar")
_FIRM = re.compile(
    r"(trendyol|hepsiburada|getir |yemeksepeti|turkcell|vodafone|turk telekom|superonline|turknet|yurtici kargo|"
    r"aras kargo|mng kargo|surat kargo|ptt kargo|kargo firma|kargo sirket|kargom|icra mudur|haciz|bankas|kredi kart|"
    r"musteri hizmet|"
    r"sigorta sirket|mola tesis|dinlenme tesis|netflix|d-smart|digiturk|internet aboneli|e-ticaret|otel rezervasyon|"
    r"pegasus|"
    r"turk hava yollari|\bthy\b|telefon operator)"
)
_PUBLIC = re.compile(
    r"\b(?:beledi|zabita|fen isleri|park|temizlik isleri|mahalle|sokag|sokak|cadde|kaldirim|cop|otobus|kopek|"
    r"kanalizasyon|rogar|mazgal|durak|insaat|cami|okul|yol\b|yolu|asfalt|su fatura|elektrik)"
)


def elsewhere(words: Words, gazetteer: Gazetteer, folded_text: str, skip: frozenset[int], own: bool) -> str | None:
    """The name of the other place or body, 'firm', or None.

    `skip`: positions inside streets, landmarks and neighbourhoods. `own`: the text names a neighbourhood of ours.
    """
    if own:
        return None
    best: tuple[float, str] | None = None
    for index in range(len(words.items)):
        if index in skip:
            continue
        scored = _score(words, index, gazetteer)
        if scored and scored[0] >= 1.0 and (best is None or scored[0] > best[0]):
            best = scored
    if best:
        return best[1]
    if _FIRM.search(folded_text) and not _PUBLIC.search(folded_text):
        return FIRM
    return None


def _score(words: Words, index: int, gazetteer: Gazetteer) -> tuple[float, str] | None:
    key = words.key(index)
    for stem, ending in readings(key):
        name, points = _known(stem, ending, gazetteer)
        if name:
            return points + _context(words, index, ending, gazetteer), name
    return next(((2.0, city) for card, city in _CARDS.items() if key.startswith(card)), None)


def _known(stem: str, ending: Ending, gazetteer: Gazetteer) -> tuple[str | None, float]:
    if stem in (gazetteer.district_key, "konya"):
        return None, 0.0
    if stem in UTILITIES:
        return UTILITIES[stem], 1.5
    if stem in gazetteer.outside_keys:
        return gazetteer.outside_keys[stem], 0.25
    if stem in PROVINCES:
        return PROVINCES[stem], -1.0 if stem in COMMON_PROVINCES else 0.5
    if stem in gazetteer.district_names:
        return gazetteer.district_names[stem], -1.5 if stem in COMMON_DISTRICTS else 0.75
    return None, 0.0


def _context(words: Words, index: int, ending: Ending, gazetteer: Gazetteer) -> float:
    word = words.items[index]
    after = words.key(index + 1) if not words.parted(index + 1) else ""
    near = [words.key(index + step) for step in range(1, 4)]
    points = 0.0
    if word.tail:
        points += 0.5
    if word.capital and not word.initial:
        points += 0.25
    if after.startswith(_OFFICE) or (after == "buyuk" and near[1].startswith("sehir")):
        points += 3.0
    elif any(key.startswith(_OFFICE) for key in near) and after and not ending:
        points += 1.5
    if ending == "dat" and after == "bagli":
        points += 2.5
    if not index and after and not ending:
        points += 0.75
    if not ending and after.startswith(_LOCAL):
        points += 1.0
    if (not ending and street_type(after)) or (
        not word.tail
        and after.startswith(
            ("spor", "asfalt", "yolu", "yol", "cevre", "sokag", "marsi", "kebap", "parki", "apart", "site")
        )
    ):
        return points - 4.0
    if ending == "loc":
        points += 1.0
    elif ending == "gen":
        points += 0.75
    elif ending == "abl":
        points -= 1.0
    elif ending in ("dat", "adj", "ins", "acc"):
        points -= 0.75
    if any(key.startswith(_MOVED) for key in near):
        points -= 3.0
    if any(key.startswith(_COMPARED) for key in near[:1]):
        points -= 3.0
    if not ending and after:
        following = _known_place(words, index + 1, gazetteer)
        if following:
            points += 2.0
    if index and not words.parted(index) and _known_place(words, index - 1, gazetteer):
        points += 3.5
    return points


def _known_place(words: Words, index: int, gazetteer: Gazetteer) -> bool:
    return any(_known(stem, ending, gazetteer)[0] is not None for stem, ending in readings(words.key(index)))
