"""Places in a text: neighbourhood, street, door number, landmark, and whether it lies elsewhere. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.requests import Place
from bot.nlu.common_words import common
from bot.nlu.doors import doors
from bot.nlu.elsewhere import FIRM, elsewhere
from bot.nlu.gazetteer import Clarity, Gazetteer
from bot.nlu.geography import SURE_PLACES
from bot.nlu.identifiers import Identifier, find_identifiers
from bot.nlu.landmarks import Landmark, heads, institutions, landmarks, nouns
from bot.nlu.neighbourhoods import Around, Mention, elsewhere_named, is_mahalle, mentions
from bot.nlu.place_words import Words, folded, read_words
from bot.nlu.streets import Street, normal_form, streets
from bot.nlu.word_lists import word_set
from bot.turkish import fold

_EITHER = word_set("mi mu veya yahut yada")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text as written (`start` to `end`), what it is, and its normal form."""

    start: int
    end: int
    entity: str
    value: str


@dataclass(frozen=True, slots=True)
class FoundPlaces:
    """What a text says about where.

    `place` holds official names and normal forms; `candidates` the neighbourhoods between which the text is ambiguous;
    `negated` what was denied; `outside` another district, province or body, or 'firm'; `unlisted` a neighbourhood
    ('X Mahallesi') that no list knows.
    """

    place: Place = field(default_factory=Place)
    candidates: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    outside: str | None = None
    unlisted: str | None = None
    spans: tuple[Span, ...] = ()


def find_places(text: str, gazetteer: Gazetteer) -> FoundPlaces:
    """Everything a text says about places. Never raises; linear in the length of the text (its first 4,000 words)."""
    words = read_words(text)
    if not words.items:
        return FoundPlaces()
    readings = gazetteer.matches(words)
    typed = {i: street.last - 1 for street in streets(words, frozenset()) for i in range(street.first, street.last - 1)}
    named = mentions(words, readings, gazetteer, Around(heads(words), institutions(words), nouns(words), typed))
    found_streets = streets(words, frozenset(mention.last for mention in named))
    inside = {i for street in found_streets for i in range(street.first, street.last)}
    named = [mention for mention in named if not inside.intersection(range(mention.first, mention.last))]
    found_doors = doors(
        words,
        frozenset(street.last for street in found_streets),
        frozenset(mention.last for mention in named),
        inside | _identified(words, find_identifiers(text, gazetteer.prefix)),
    )
    unlisted = _unlisted(words, inside | {i for m in named for i in range(m.first, m.last)}, gazetteer)
    taken = frozenset(
        inside
        | {i for mention in named for i in range(mention.first, mention.last)}
        | {i for door in found_doors for i in range(door.first, door.last)}
        | {i for first, last, _ in unlisted for i in range(first, last)}
    )
    found_landmarks = landmarks(words, taken)
    chosen, candidates = _choose(words, [mention for mention in named if not mention.denied])
    entry = chosen.match.entry if chosen else None
    own = any(mention.match.entry.own for mention in named if not mention.denied)
    skip = taken | frozenset(i for mark in found_landmarks for i in range(mark.first, mark.last))
    outside = elsewhere(words, gazetteer, fold(text[:4000]), skip, own)
    if entry and not entry.own:
        if outside in (None, FIRM, *gazetteer.outside):
            outside = entry.district
        else:
            entry = None
    numbered = {door.first - words.key(door.first - 1).startswith(("no", "kapi")) for door in found_doors}
    street, denied_streets = _affirmed(words, found_streets, numbered)
    door = next((door for door in found_doors if not door.denied), None)
    negated = [name for m in named if m.denied for name in (e.name for e in m.match.entries)]
    negated += denied_streets + [door.value for door in found_doors if door.denied]
    landmark = _best(words, found_landmarks)
    spans = [
        *(_span(words, m.first, m.last, "neighbourhood", m.match.entry.name) for m in named),
        *(_span(words, first, last, "neighbourhood", name) for first, last, name in unlisted),
        *(_span(words, s.first, s.last, "street", s.value) for s in found_streets),
        *(_span(words, d.first, d.last, "door_no", d.value) for d in found_doors),
        *(_span(words, mark.first, mark.last, "landmark", mark.value) for mark in found_landmarks),
    ]
    place = Place(
        neighbourhood=entry.name if entry else None,
        district=entry.district if entry else None,
        street=street.value if street else None,
        door_no=door.value if door else None,
        landmark=landmark.value if landmark else None,
    )
    return FoundPlaces(
        place=place,
        candidates=candidates,
        negated=tuple(dict.fromkeys(negated)),
        outside=outside,
        unlisted=unlisted[0][2] if unlisted and not entry else None,
        spans=tuple(sorted(spans, key=lambda span: span.start)),
    )


def _identified(words: Words, found: tuple[Identifier, ...]) -> set[int]:
    """Positions inside telephone numbers, plates and the like (not durations)."""
    positions: set[int] = set()
    index = 0
    for one in found:
        while index < len(words.items) and words.items[index].end <= one.start:
            index += 1
        here = index
        while one.kind != "duration" and here < len(words.items) and words.items[here].start < one.end:
            positions.add(here)
            here += 1
    return positions


def _choose(words: Words, named: list[Mention]) -> tuple[Mention | None, tuple[str, ...]]:
    """The mention that is meant, and the candidates where it is open."""
    if not named:
        return None, ()
    own = [mention for mention in named if mention.match.entry.own]
    pool = own or named
    best = max(pool, key=lambda mention: round(mention.points - 0.01 * mention.first, 3))
    if len(best.match.entries) > 1:
        return None, tuple(entry.name for entry in best.match.entries)
    names = tuple(dict.fromkeys(mention.match.entry.name for mention in own))
    if len(names) > 1 and any(words.key(mention.last) in _EITHER for mention in own):
        return None, names
    return best, ()


def _affirmed(words: Words, found: list[Street], numbered: set[int]) -> tuple[Street | None, list[str]]:
    denied = [
        street
        for street in found
        if words.key(street.last) in ("degil", "deil", "dgl") and not words.parted(street.last)
    ]
    kept = [street for street in found if street not in denied]
    chosen = next((street for street in kept if street.last in numbered), None) or (kept[0] if kept else None)
    if chosen and chosen.last not in numbered:
        chosen = next(
            (street for street in kept if street.first == chosen.last and not words.parted(street.first)), chosen
        )
    return chosen, [street.value for street in denied]


def _best(words: Words, found: list[Landmark]) -> Landmark | None:
    kept = [mark for mark in found if words.key(mark.last) not in ("degil", "deil", "dgl")]
    return max(kept, key=lambda mark: (mark.placed, mark.named), default=None)


def _unlisted(words: Words, taken: set[int], gazetteer: Gazetteer) -> list[tuple[int, int, str]]:
    """'X Mahallesi' where X is in no list: positions and name."""
    found = []
    for index in range(1, len(words.items)):
        if (
            not is_mahalle(words.key(index))
            or index in taken
            or words.key(index).startswith(("mahallem", "mahallel", "mahalled"))
        ):
            continue
        first = _unlisted_start(words, index, taken, gazetteer)
        if first < index:
            found.append((first, index + 1, normal_form(words, first, index, "").strip()))
    return found


def _unlisted_start(words: Words, index: int, taken: set[int], gazetteer: Gazetteer) -> int:
    first = index
    possessed = words.key(index) in ("mah", "mh") or words.key(index).startswith(("mahallesi", "mahalesi"))
    if not possessed:
        return index
    while first > 0 and index - first < 3 and first - 1 not in taken and not words.parted(first):
        word = words.items[first - 1]
        if (
            word.tail
            or elsewhere_named(words, first - 1, gazetteer)
            or (words.cased and not word.capital and possessed)
        ):
            break
        if not words.cased and (not possessed or not _nameable(word.key)):
            break
        if words.cased and not word.capital:
            break
        if first < index and (word.key in SURE_PLACES or (word.initial and common(word.key))):
            break
        first -= 1
    return first


def _nameable(key: str) -> bool:
    return len(key) > 3 and not key[0].isdigit()


def _span(words: Words, first: int, last: int, entity: str, value: str) -> Span:
    return Span(words.items[first].start, words.items[last - 1].end, entity, value)


__all__ = ["Clarity", "FoundPlaces", "Gazetteer", "Span", "find_places", "folded"]
