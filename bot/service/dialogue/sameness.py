"""Whether a problem was reported before: by service, place, time and wording. The thresholds are measured by
`python -m bot.rehearsal.sameness`; docs/dialogue.md quotes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz

from bot.domain.conversation import Draft
from bot.domain.geography import metres_between
from bot.domain.requests import Kind, Place, Request
from bot.service.dialogue.talk import Talk
from bot.turkish import fold

LOOK_BACK = timedelta(days=30)
DANGER_LOOK_BACK = timedelta(days=1)
"""Gas that is smelt again after a day is a new danger."""
NEAR_METRES, FAR_METRES = 100.0, 300.0
"""Positions this near are one place; farther than this they are two; between them nobody knows."""
NEAR_DOORS = 4
LANDMARKS_AGREE, LANDMARKS_DIFFER = 85, 50
ALIKE = 0.1
"""Below this share of words that begin alike it is another matter of the same service, unless the place is exact."""
EXACT_METRES = 30.0
WORD_BEGINS = 6
_NOTHING_SAID = {
    "var", "yok", "ile", "bir", "bu", "o", "da", "de", "ki", "mi", "mu", "cok", "daha", "yine", "gene", "hala",
    "halen", "icin", "gibi", "ne", "nasil", "neden", "zaman", "lutfen", "once", "sonra", "kadar", "beri", "artik",
    "her", "sey", "ben", "biz", "bizim", "benim", "sizin", "olan", "oldu", "olsun", "istiyoruz", "istiyorum",
    "isteriz", "yapilsin", "edilsin", "onunde", "onundeki", "orada", "burada", "yani", "yaninda", "karsisinda",
    "mahalle", "mahallesi", "sokak", "sokakta", "sokagi", "cadde", "caddesi",
}  # fmt: skip


_ONE_THING = {
    "yol": ("asfalt", "cukur", "cok", "gocu"),
    "lamba": ("isik", "aydinlat", "karanlik"),
    "rogar": ("kanalizasyon", "logar", "lagim"),
    "araba": ("arac", "otomobil"),
    "su": ("suyu",),
}
"""What people call the same thing, by the beginnings of the words."""


@dataclass(frozen=True)
class Same:
    request: Request
    own: bool


@dataclass(frozen=True)
class Told:
    """What is compared of a request or a draft."""

    text: str
    place: Place


def find_same(talk: Talk, draft: Draft) -> Same | None:
    """The open request that is most likely the same; other citizens' only for joinable services, and never for danger,
    which is filed rather than asked about."""
    if draft.service is None or draft.kind in (Kind.THANKS, Kind.SUGGESTION):
        return None
    since = talk.now - (DANGER_LOOK_BACK if draft.danger else LOOK_BACK)
    requests = talk.uow.requests.open_like(draft.service, since)
    mine = {request.id for request in talk.own_requests()} if requests else set()
    here = Told(draft.description, draft.place)
    for request in requests:
        if request.id in mine and is_same(Told(request.description, request.place), here, own=True):
            return Same(request, own=True)
    if draft.danger or not talk.municipality.services[draft.service].joinable:
        return None
    for request in requests:
        if request.id not in mine and is_same(Told(request.description, request.place), here, own=False):
            return Same(request, own=False)
    return None


def is_same(there: Told, here: Told, own: bool, words: float | None = None) -> bool:
    """One's own problem is the same where nothing in the place contradicts it, another's where both places agree; the
    words have something in common (`words`: another threshold than ALIKE), unless it is the same spot."""
    placed = not contradict(there.place, here.place) if own else agree(there.place, here.place)
    return placed and (_exact(there.place, here.place) or likeness(there, here) >= (ALIKE if words is None else words))


def agree(there: Place, here: Place) -> bool:
    """Street, landmark or position are known of both and are the same."""
    if here.position is not None and there.position is not None:
        return metres_between(there.position, here.position) <= NEAR_METRES
    if not here.neighbourhood or here.neighbourhood != there.neighbourhood:
        return False
    if here.street and there.street:
        return fold(here.street) == fold(there.street) and _doors_agree(there, here)
    if here.landmark and there.landmark:
        return fuzz.token_set_ratio(fold(here.landmark), fold(there.landmark)) >= LANDMARKS_AGREE
    return False


def _exact(there: Place, here: Place) -> bool:
    """Positions of one spot, or doors of one street, in places that agree."""
    if here.position is not None and there.position is not None:
        return metres_between(there.position, here.position) <= EXACT_METRES
    return bool(here.street and there.street and here.door_no and there.door_no)


def contradict(there: Place, here: Place) -> bool:
    """Something that is known of both is not the same. What only one of them knows contradicts nothing."""
    if here.position is not None and there.position is not None:
        return metres_between(there.position, here.position) > FAR_METRES
    if here.neighbourhood and there.neighbourhood and here.neighbourhood != there.neighbourhood:
        return True
    if here.street and there.street:
        return fold(here.street) != fold(there.street) or not _doors_agree(there, here)
    if here.landmark and there.landmark:
        return fuzz.token_set_ratio(fold(here.landmark), fold(there.landmark)) < LANDMARKS_DIFFER
    return False


def _doors_agree(there: Place, here: Place) -> bool:
    """Door numbers, where both are known, near each other."""
    if not here.door_no or not there.door_no:
        return True
    first, second = ("".join(filter(str.isdecimal, door.split("/")[0])) for door in (here.door_no, there.door_no))
    return bool(first and second) and abs(int(first) - int(second)) <= NEAR_DOORS


def likeness(there: Told, here: Told) -> float:
    """0 to 1: how far the words of the shorter text begin like words of the other one, which is what suffixes leave of
    a Turkish word. 1 where one of them says nothing but the place."""
    shorter, longer = sorted((_words(there), _words(here)), key=len)
    if not shorter:
        return 1.0
    return sum(max(_begin_alike(one, other) for other in longer) for one in shorter) / len(shorter)


def _words(told: Told) -> list[str]:
    """What the text says beside the place."""
    place = told.place
    where = " ".join(part for part in (place.neighbourhood, place.street, place.landmark) if part)
    known = _NOTHING_SAID | set(_split(where))
    return [_thing(word) for word in _split(told.text) if len(word) > 1 and word not in known]


def _thing(word: str) -> str:
    return next((thing for thing, names in _ONE_THING.items() if word.startswith(names)), word)


def _split(text: str) -> list[str]:
    """Words without what follows an apostrophe."""
    return re.findall(r"[a-z0-9]+", re.sub(r"['’]\w+", "", fold(text)))


def _begin_alike(one: str, other: str) -> float:
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    whole = min(len(one), len(other), WORD_BEGINS)
    return min(1.0, same / whole) if same >= min(3, whole) else 0.0
