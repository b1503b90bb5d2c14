"""What may be said in public: its length as the networks count, and nothing that leads to a person or a door."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.domain.publicity import MOST_WEIGHT
from bot.errors import UserError
from bot.municipality import Municipality
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.identifiers import PERSONAL, find_identifiers, mask
from bot.nlu.places import find_places
from bot.turkish import fold

LINK_WEIGHT, EMOJI_WEIGHT, WIDE_WEIGHT = 23, 2, 2
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_LINK = re.compile(
    r"https?://\S+|(?<![\w@.-])(?:[\w-]+\.)+(?:tr|com|net|org|gov|edu|info|io|me|co|biz|app|dev|eu|ly)\b(?:/\S*)?",
    re.IGNORECASE,
)
_PICTURE = r"[\U0001F000-\U0001FAFF\u2300-\u23FF\u2600-\u27BF\u2B00-\u2BFF\u3030\u303D\u3297\u3299]"
_EMOJI = re.compile(
    r"[\U0001F1E6-\U0001F1FF]{2}"  # flags
    r"|[0-9#*]\uFE0F?\u20E3"  # keycaps
    rf"|{_PICTURE}[\uFE0F\U0001F3FB-\U0001F3FF]*(?:\u200D{_PICTURE}[\uFE0F\U0001F3FB-\U0001F3FF]*)*"
)


def weight(text: str) -> int:
    """The length as X counts it: a link 23, an emoji 2, other writings 2, ours 1.

    Source: https://docs.x.com/fundamentals/counting-characters
    """
    text = unicodedata.normalize("NFC", text)
    text, links = _LINK.subn("", text)
    text, emoji = _EMOJI.subn("", text)
    own = sum(1 if any(low <= ord(c) <= high for low, high in _LIGHT) else WIDE_WEIGHT for c in text)
    return own + links * LINK_WEIGHT + emoji * EMOJI_WEIGHT


def public_problem(text: str, municipality: Municipality, name: str | None = None) -> str | None:
    """Why the text may not be public, as a code: phone, tc_no, email, iban, card, plate, tracking_no, name, address.

    None where nothing is wrong. `name` is the citizen's, as the channel shows it; one word alone is no name.
    """
    own = _own_numbers(municipality)
    for found in find_identifiers(text, municipality.prefix):
        if found.kind == "tracking_no" and not municipality.publicity.tracking_number:
            return "tracking_no"
        if found.kind in PERSONAL and found.value not in own:
            return found.kind
    if name and len(name.split()) > 1 and fold(name) in fold(text):
        return "name"
    place = find_places(text, _gazetteer(municipality.neighbourhoods, municipality.district, municipality.province))
    return "address" if place.place.street or place.place.door_no else None


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


@lru_cache(maxsize=4)
def _gazetteer(neighbourhoods: tuple[str, ...], district: str, province: str) -> Gazetteer:
    return Gazetteer(neighbourhoods, district, province, {}, "\x00")
