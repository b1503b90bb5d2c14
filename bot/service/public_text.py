"""What may be said in public: its length as the networks count, and nothing that leads to a person or a door."""

from __future__ import annotations

from functools import lru_cache

from bot.domain.publicity import MOST_WEIGHT
from bot.domain.weighing import weight as weight
from bot.errors import UserError
from bot.municipality import Municipality
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.identifiers import PERSONAL, find_identifiers, mask
from bot.nlu.people import home_told, person_named
from bot.nlu.places import find_places
from bot.turkish import fold


def public_problem(text: str, municipality: Municipality, name: str | None = None) -> str | None:
    """Why the text may not be public, as a code: phone, tc_no, email, iban, card, plate, tracking_no, name, address.

    None where nothing is wrong. `name` is the citizen's, as the channel shows it; one word alone is no name. A third
    person's name counts as one after a title ("Hasan Bey", "komşunuz Ayşe") or with a surname.
    """
    own = _own_numbers(municipality)
    for found in find_identifiers(text, municipality.prefix):
        if found.kind == "tracking_no" and not municipality.publicity.tracking_number:
            return "tracking_no"
        if found.kind in PERSONAL and found.value not in own:
            return found.kind
    if name and len(name.split()) > 1 and fold(name) in fold(text):
        return "name"
    if person_named(text, _known_names(municipality)):
        return "name"
    place = find_places(text, _gazetteer(municipality.neighbourhoods, municipality.district, municipality.province))
    return "address" if place.place.street or place.place.door_no or home_told(text) else None


def check_public(text: str, municipality: Municipality, name: str | None = None) -> str:
    """The text, trimmed. Raises UserError empty_reply, public_personal (`what`) or too_long (`length`, `most`)."""
    text = text.strip()
    if not text:
        raise UserError("empty_reply")
    problem = public_problem(text, municipality, name)
    if problem is not None:
        raise UserError("public_personal", what=problem)
    if weight(text) > MOST_WEIGHT:
        raise UserError("too_long", length=weight(text), most=MOST_WEIGHT)
    return text


def masked(text: str, municipality: Municipality) -> str:
    """The text with '[telefon]', '[kimlik no]' … in the place of personal numbers."""
    return mask(text, municipality.prefix)


def has_personal(text: str, municipality: Municipality) -> bool:
    """Whether somebody's numbers stand in the text."""
    return any(found.kind in PERSONAL for found in find_identifiers(text, municipality.prefix))


def _own_numbers(municipality: Municipality) -> frozenset[str]:
    """The municipality's own and the bodies' numbers and addresses: they are for everybody."""
    phones = [municipality.phone, *(body.phone or "" for body in municipality.bodies.values())]
    mails = {body.email for body in municipality.bodies.values() if body.email}
    digits = ("".join(char for char in phone if char.isdigit()) for phone in phones)
    return frozenset(f"0{number[-10:]}" for number in digits if len(number) >= 10) | mails


def _known_names(municipality: Municipality) -> tuple[str, ...]:
    """What is named after people and is none: neighbourhoods, bodies, the municipality itself."""
    bodies = (body.name for body in municipality.bodies.values())
    return (*municipality.neighbourhoods, *bodies, municipality.name, municipality.short_name)


@lru_cache(maxsize=4)
def _gazetteer(neighbourhoods: tuple[str, ...], district: str, province: str) -> Gazetteer:
    return Gazetteer(neighbourhoods, district, province, {}, "\x00")
