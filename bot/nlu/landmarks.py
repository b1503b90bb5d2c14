"""Landmarks: 'A101'in önü', 'okulun karşısı', 'Kelebekler Vadisi Parkı', 'taksi durağı yanı'.

Two ways: a landmark's noun (or a brand) with a word of position after it, and a proper name with its type ('… Parkı').
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.nlu.common_words import common
from bot.nlu.landmark_words import ALONE, BRANDS, COURSES, GENERIC, HOUSES, MODIFIERS, NOT_NAMES, NOUNS, POSSESSED
from bot.nlu.place_lexicon import NEVER_IN_STREET, POSITIONS, TITLES
from bot.nlu.place_words import Words
from bot.nlu.streets import street_type
from bot.nlu.suffixes import readings, with_endings
from bot.turkish import fold, lower, title, upper


@dataclass(frozen=True, slots=True)
class Landmark:
    """Words `first` to `last` (exclusive), without the word of position; `value` a noun phrase without endings."""

    first: int
    last: int
    value: str
    named: bool
    placed: bool


@lru_cache(maxsize=1)
def _forms() -> tuple[dict[str, str], dict[str, str]]:
    """Folded form → bare noun, and folded form → possessed noun ('parkinda' → 'parkı')."""
    bare: dict[str, str] = {}
    possessed: dict[str, str] = {}
    for noun in [*GENERIC, *POSSESSED]:
        spoken = noun.replace("_", " ")
        final = fold(spoken).replace(" ", "")
        for form in with_endings(final, possessed="_" in noun and final[-1] in "iu"):
            bare.setdefault(form, spoken)
    for owned in POSSESSED.values():
        for form in with_endings(fold(owned), possessed=True):
            possessed.setdefault(form, owned)
    for form in with_endings("camisi", possessed=True):
        possessed.setdefault(form, "camii")
    possessed |= {"apt": "apartmanı", "ap": "apartmanı", "asm": "ASM"}
    return bare, possessed


def heads(words: Words) -> frozenset[int]:
    """Positions of possessed nouns that make a landmark's name of what stands before them (Parkı, İlkokulu)."""
    possessed = _forms()[1]
    return frozenset(i for i, word in enumerate(words.items) if word.key in possessed)


def institutions(words: Words) -> frozenset[int]:
    """Those of the heads that name a house, not a part of the neighbourhood."""
    possessed = _forms()[1]
    return frozenset(i for i, word in enumerate(words.items) if possessed.get(word.key) in HOUSES)


def nouns(words: Words) -> frozenset[int]:
    """Positions of landmarks' nouns in any form, and of the first word of such nouns of two words."""
    bare = _forms()[0]
    return frozenset(
        i
        for i, word in enumerate(words.items)
        if bare.get(word.key) in NOUNS or bare.get(word.key + words.key(i + 1), "").count(" ")
    )


def landmarks(words: Words, taken: frozenset[int]) -> list[Landmark]:
    """All landmarks from left to right. `taken`: positions inside streets and neighbourhoods."""
    found: list[Landmark] = []
    free = 0
    for index in range(len(words.items)):
        if index in taken or index < free:
            continue
        landmark = _at(words, index, free, taken)
        if landmark:
            found.append(landmark)
            free = landmark.last
    return found


def _at(words: Words, index: int, free: int, taken: frozenset[int]) -> Landmark | None:
    bare, possessed = _forms()
    word = words.items[index]
    brand = _branded(words, index)
    if brand:
        return brand
    owned = possessed.get(word.key) or (possessed.get(word.stem) if word.tail else None)
    if owned and word.key == "hani" and not word.capital:
        owned = None  # "ustalar gelecekti hani"
    if owned and not (words.key(index + 1) in possessed and not words.parted(index + 1)):
        first = _name_start(words, index, free, taken)
        placed = _positioned(words, index + 1)
        if first < index and (placed or (owned not in COURSES and _certain(words, first, index))):
            name = title(" ".join(item.written for item in words.items[first:index]))
            kind = owned if owned.isupper() else upper(owned[:1]) + owned[1:]
            return Landmark(first, index + 1, f"{name} {kind}", True, placed)
        if first == index and placed and owned in ALONE:
            return Landmark(index, index + 1, ALONE[owned], False, True)
    pair = bare.get(words.key(index) + words.key(index + 1)) if not words.parted(index + 1) else None
    if (
        pair
        and " " in pair
        and (_positioned(words, index + 2) or (pair == "okul yolu" and words.key(index + 1).endswith("da")))
    ):
        return Landmark(index, index + 2, pair, False, True)
    triple = words.key(index) + words.key(index + 1) + words.key(index + 2)
    if len(triple) < 40 and bare.get(triple, "").count(" ") == 2 and _positioned(words, index + 3):
        return Landmark(index, index + 3, bare[triple], False, True)
    noun = bare.get(word.key) or (bare.get(word.stem) if word.tail else None)
    if noun and noun in GENERIC and _positioned(words, index + 1):
        first = _modified(words, index, free, taken)
        value = " ".join([lower(item.written) for item in words.items[first:index]] + [noun])
        return Landmark(first, index + 1, value if first == index else title(value), first < index, True)
    return _capitalised(words, index, taken)


def _branded(words: Words, index: int) -> Landmark | None:
    """A shop's or bank's name with a word of position, 'market' or a local ending."""
    last = index + 1
    brand: str | None = None
    if words.key(index) == "kule" and words.key(last).startswith("site") and not words.parted(last):
        brand, last = "Kulesite", last + 1
    else:
        brand = next((BRANDS[stem] for stem, _ in readings(words.key(index)) if stem in BRANDS), None)
    if brand is None:
        return None
    shop = words.key(last).startswith(("market", "avm", "benzin", "petrol"))
    if not (_positioned(words, last + shop) or shop or _spelled(words, index)):
        return None
    value = (
        f"{brand} {'AVM' if words.key(last) == 'avm' else 'Market'}"
        if words.key(last).startswith(("market", "avm"))
        else brand
    )
    return Landmark(index, last + shop, value, True, _positioned(words, last + shop))


def _spelled(words: Words, index: int) -> bool:
    """A brand that means nothing else, or one with an apostrophe and a local ending."""
    word = words.items[index]
    return word.key.startswith(("kulesite", "a101")) or (bool(word.tail) and word.tail[:2] in ("da", "de", "ta", "te"))


def _positioned(words: Words, index: int) -> bool:
    if words.parted(index):
        return False
    if words.key(index) in ("hemen", "tam", "kapi"):
        index += 1
    return words.key(index) in POSITIONS


def _modified(words: Words, index: int, free: int, taken: frozenset[int]) -> int:
    """Where the phrase begins: 'merkez cami', 'fen lisesi', or a name with a capital before the noun."""
    first = index
    while first > free and index - first < 2 and first - 1 not in taken and not words.parted(first):
        word = words.items[first - 1]
        named = word.capital and not word.initial and word.key not in NEVER_IN_STREET and not word.number
        if word.tail or not (word.key in MODIFIERS or named):
            break
        first -= 1
    return first


def _name_start(words: Words, index: int, free: int, taken: frozenset[int]) -> int:
    first = index
    while first > free and index - first < 4:
        here = first - 1
        word = words.items[here]
        if here in taken or (
            words.parted(first) and not (words.items[first].gap == "." and (word.key in TITLES or word.number))
        ):
            break
        if (
            word.tail
            or street_type(word.key)
            or (word.key in NEVER_IN_STREET and word.key not in ("merkez", "ic", "dis"))
        ):
            break
        if word.number and not words.key(first).startswith(("yil", "etap", "temmuz", "agustos", "mayis", "ekim")):
            break
        beside = first == index
        if (
            words.cased
            and not word.capital
            and not (beside and word.key in ("merkez", "koy"))
            and (not beside or words.items[index].capital or common(word.key))
        ):
            break
        if not words.cased and common(word.key) and word.key not in TITLES and not beside:
            break
        if word.key in NOT_NAMES and not (word.capital and not word.initial):
            break
        if (
            beside
            and not words.cased
            and common(word.key)
            and any(e in ("loc", "abl", "gen") for _, e in readings(word.key)[1:])
        ):
            break
        first = here
    while first < index - 1 and words.items[first].initial and words.cased and _ordinary(words.key(first)):
        first += 1
    return first


def _ordinary(key: str) -> bool:
    return any(common(stem) for stem, _ in readings(key)) or key.endswith(("lar", "ler"))


def _certain(words: Words, first: int, index: int) -> bool:
    """Whether the name is one without a word of position: capitals, or a word that is nothing else."""
    if words.items[first].capital and (not words.items[first].initial or not common(words.key(first))):
        return True
    return any(not common(words.key(here)) and len(words.key(here)) > 3 for here in range(first, index))


def _capitalised(words: Words, index: int, taken: frozenset[int]) -> Landmark | None:
    """'Taş Hamam'ın arkası': capitals inside a sentence, then a word of position."""
    if not words.cased or not words.items[index].capital:
        return None
    last = index + 1
    while (
        last < len(words.items)
        and last - index < 4
        and words.items[last].capital
        and not words.parted(last)
        and last not in taken
    ):
        if words.items[last - 1].tail:
            break
        last += 1
    if not _positioned(words, last) or last in taken:
        return None
    first = words.items[index]
    if last - index == 1 and (common(first.key) or (first.initial and not first.tail)):
        return None
    if first.key in NEVER_IN_STREET or first.number or any(street_type(words.key(i)) for i in range(index, last)):
        return None
    return Landmark(index, last, _clean(words, index, last), True, True)


def _clean(words: Words, first: int, last: int) -> str:
    """The name as written, its last word without the genitive."""
    parts = [word.written for word in words.items[first:last]]
    if not words.items[last - 1].tail:
        for stem, ending in readings(words.items[last - 1].key):
            if ending == "gen" and len(stem) > 3:
                parts[-1] = parts[-1][: len(stem)]
                break
    return " ".join(
        upper(part[:1]) + (part[1:] if part.isupper() and len(part) < 5 else lower(part[1:])) for part in parts
    )
