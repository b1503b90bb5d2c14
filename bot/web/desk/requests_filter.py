"""The filter of requests as the address holds it: one form for table, board, map, bulk change and export."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode

from bot.db.request_queries import OPEN_STATUSES, SORTS, RequestFilter
from bot.domain.requests import Priority, Status
from bot.municipality import Municipality
from bot.service.policy import bound_to
from bot.service.receiving import clean
from bot.web.desk.reasons import CHANNELS
from bot.web.desk.visit import Visit

OPEN, ALL = "", "hepsi"
FIELDS = ("ara", "durum", "birim", "kurum", "hizmet", "mahalle", "kanal", "oncelik", "sure", "bas", "son", "sira")
DUE = ("gecikti", "bugun", "hafta")
_MOST = 120


@dataclass(frozen=True)
class Asked:
    """What a visitor asked for: the values as they stand in the form, and the filter that they make."""

    values: Mapping[str, str]
    filter: RequestFilter
    sort: str

    def query(self, **changed: str) -> str:
        """The address' query with some values changed; empty ones are left out."""
        values = {**self.values, **changed}
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def narrowed(self) -> int:
        """How many parts of the filter are set."""
        return sum(1 for name, value in self.values.items() if value and name != "sira")


def asked_by(visit: Visit, town: Municipality, query: str | None = None) -> Asked:
    """The filter of the address, or of `query` where a form brings one along. What isn't known is left out."""
    given = dict(parse_qsl(query, max_num_fields=50)) if query is not None else visit.query
    values = {name: clean(str(given.get(name, ""))).strip()[:_MOST] for name in FIELDS}
    known: Mapping[str, Container[str]] = {
        "durum": {ALL, *Status},
        "birim": town.units,
        "kurum": town.bodies,
        "hizmet": town.services,
        "mahalle": frozenset(town.neighbourhoods),
        "kanal": CHANNELS,
        "oncelik": frozenset(Priority),
        "sure": DUE,
        "sira": SORTS,
    }
    values |= {name: "" for name, allowed in known.items() if values[name] not in allowed}
    since, until = _day(values["bas"], town), _day(values["son"], town)
    values |= {"bas": values["bas"] if since else "", "son": values["son"] if until else ""}
    wanted = RequestFilter(
        bound=bound_to(visit.staff),
        statuses=_statuses(values["durum"]),
        unit=values["birim"],
        body=values["kurum"],
        service=values["hizmet"],
        neighbourhood=values["mahalle"],
        channel=values["kanal"],
        priority=values["oncelik"],
        due_before=_due_before(values["sure"], visit.now, town),
        since=since,
        until=until + timedelta(days=1) if until else None,
        text=values["ara"],
    )
    return Asked(values, wanted, values["sira"] or "new")


def _statuses(value: str) -> tuple[str, ...]:
    if value == OPEN:
        return OPEN_STATUSES
    return () if value == ALL else (value,)


def _due_before(value: str, now: datetime, town: Municipality) -> datetime | None:
    midnight = datetime.combine(town.local(now).date() + timedelta(days=1), time(), town.timezone)
    return {"gecikti": now, "bugun": midnight, "hafta": midnight + timedelta(days=6)}.get(value)


def _day(value: str, town: Municipality) -> datetime | None:
    """The beginning of a day like 2026-11-23 in the municipality's time; None for what is none."""
    try:
        day = datetime.fromisoformat(value).date()
    except ValueError:
        return None
    return datetime.combine(day, time(), town.timezone) if 2000 <= day.year <= 2100 else None
