"""A place as the desk's forms hold it: read, and put in the stead of a request's."""

from __future__ import annotations

from bot.domain.requests import Place, Request
from bot.errors import UserError
from bot.municipality import Municipality
from bot.web.desk.visit import Visit

PROBLEMS = {"unknown_neighbourhood": "Böyle bir mahalle yok: {neighbourhood}"}
_FIELDS = {"neighbourhood": 80, "street": 120, "door_no": 30, "landmark": 200}
"""The fields of `_place_fields.html` with what they hold at most."""


def place_of(visit: Visit, municipality: Municipality) -> Place:
    """The place of the form. Raises UserError for a neighbourhood that the municipality hasn't."""
    values = {name: visit.text(name, most) or None for name, most in _FIELDS.items()}
    neighbourhood = values["neighbourhood"]
    if neighbourhood is not None and neighbourhood not in municipality.neighbourhoods:
        raise UserError("unknown_neighbourhood", neighbourhood=neighbourhood)
    latitude, _, longitude = visit.text("position", 60).partition(",")
    position = _degrees(latitude, 90), _degrees(longitude, 180)
    return Place(
        **values,
        district=municipality.district if neighbourhood else None,
        latitude=position[0] if None not in position else None,
        longitude=position[1] if None not in position else None,
    )


def corrected(visit: Visit, municipality: Municipality, request: Request) -> Place:
    """The request's place as the form says it: what was emptied is gone, what the form hasn't stays.

    The position stays as well, unless `no_position` says that it is wrong.
    """
    before, form = request.place, place_of(visit, municipality)
    values = {name: getattr(form if name in visit.form else before, name) for name in _FIELDS}
    moved = values["neighbourhood"] != before.neighbourhood
    there = None if visit.text("no_position", 1) else before.position
    return Place(
        **values,
        district=form.district if moved else before.district,
        latitude=there[0] if there else None,
        longitude=there[1] if there else None,
    )


def _degrees(text: str, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -most <= value <= most else None
