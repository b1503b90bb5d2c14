"""Whether a problem was reported before: by service, place, time and wording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz

from bot.domain.conversation import Draft
from bot.domain.geography import metres_between
from bot.domain.requests import Kind, Place, Request
from bot.service.dialogue.talk import Talk
from bot.turkish import fold

LOOK_BACK = timedelta(days=30)
NEAR_METRES = 100.0


@dataclass(frozen=True)
class Same:
    request: Request
    own: bool


def find_same(talk: Talk, draft: Draft) -> Same | None:
    """The open request that is most likely the same; other citizens' only for joinable services."""
    if draft.service is None or draft.kind in (Kind.THANKS, Kind.SUGGESTION):
        return None
    service = talk.municipality.services[draft.service]
    requests = talk.uow.requests.open_like(draft.service, talk.now - LOOK_BACK)
    if not requests:
        return None
    mine = {request.id for request in talk.own_requests()}
    own = [request for request in requests if request.id in mine]
    for request in own:
        if _same_place(request.place, draft.place, strict=False) or _refers_back(request, draft):
            return Same(request, own=True)
    if service.joinable:
        for request in requests:
            if request.id not in mine and _same_place(request.place, draft.place, strict=True):
                return Same(request, own=False)
    return None


def _refers_back(request: Request, draft: Draft) -> bool:
    """No place given, but nearly the same words."""
    alike = fuzz.token_set_ratio(fold(request.description), fold(draft.description))
    return not draft.place.known and alike >= 80


def _same_place(there: Place, here: Place, strict: bool) -> bool:
    """`strict`: street (or position or landmark) must be known on both sides and agree."""
    if here.position is not None and there.position is not None:
        return metres_between(there.position, here.position) <= NEAR_METRES
    if not here.neighbourhood or here.neighbourhood != there.neighbourhood:
        return False
    if here.street and there.street:
        if fold(here.street) != fold(there.street):
            return False
        return not (here.door_no and there.door_no) or _near_doors(here.door_no, there.door_no)
    if here.landmark and there.landmark:
        return fuzz.token_set_ratio(fold(here.landmark), fold(there.landmark)) >= 85
    return not strict and not here.street and not there.street


def _near_doors(one: str, other: str) -> bool:
    first, second = ("".join(filter(str.isdigit, door.split("/")[0])) for door in (one, other))
    return bool(first and second) and abs(int(first) - int(second)) <= 4
