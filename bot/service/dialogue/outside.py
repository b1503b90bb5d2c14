"""What is not the municipality's: another district or city, by words or by position, and private firms."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.conversation import Draft
from bot.service.dialogue.talk import Talk

AWAY = "away"
"""In a draft's `asked`: the citizen was told that the shared position lies outside."""


def located(talk: Talk, draft: Draft) -> Draft:
    """The draft with a position that is ours, named after the nearest neighbourhood that the file knows nearby.

    A position outside the municipality is no place of ours: it is told once and forgotten, silently where words name a
    neighbourhood or no place is needed.
    """
    place = draft.place
    if place.position is None:
        return draft
    if talk.municipality.holds(*place.position):
        name = None if place.neighbourhood else talk.municipality.nearest(*place.position)
        return talk.keep(replace(draft, place=replace(place, neighbourhood=name))) if name else draft
    asked = draft.asked
    if not place.neighbourhood and not _placeless(talk, draft):
        talk.say("outside_position", district=talk.municipality.district)
        asked = (*asked, AWAY)
    return talk.keep(replace(draft, place=replace(place, latitude=None, longitude=None), asked=asked))


def outside_of(talk: Talk, draft: Draft) -> str | None:
    """The district, city or 'firm' whose matter it is, AWAY for a second position outside; None where it is ours.

    An own neighbourhood always is.
    """
    place, step = draft.place, draft.step
    if place.district and place.district in talk.municipality.outside:
        return place.district
    if place.neighbourhood:
        return None
    if place.position is not None:
        return AWAY if AWAY in draft.asked and not talk.municipality.holds(*place.position) else None
    return talk.understanding.outside if step is None else None


def say_outside(talk: Talk, draft: Draft, outside: str) -> None:
    """Said so with whom to ask, and nothing filed."""
    own = talk.municipality
    talk.declined = outside
    talk.drop_draft()
    if outside in own.outside:
        metropolitan = next((body for body in own.bodies.values() if body.kind == "metropolitan"), None)
        talk.say(
            "outside_district",
            place=talk.texts.place(draft.place) or outside,
            district=outside,
            other=f"{outside} Belediyesi",
            metropolitan=metropolitan.name if metropolitan else own.name,
            phone=metropolitan.phone if metropolitan else own.phone,
            district_own=own.district,
        )
    elif outside == "firm":
        talk.say("outside_firm")
    else:
        place = talk.texts("place_position") if outside == AWAY else outside
        talk.say("outside_city", place=place, district_own=own.district, name=own.name)


def _placeless(talk: Talk, draft: Draft) -> bool:
    return draft.service is not None and talk.municipality.services[draft.service].place == "none"
