"""The municipality as data: one YAML file, read once, every mistake told with file, line and what is expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.domain.geography import metres_between
from bot.domain.publicity import ANSWERED, UNANSWERED, Category, Publicity, Rule, SendMode
from bot.domain.requests import Status
from bot.domain.retention import LegalRetention, Retention
from bot.domain.targets import ReviewTargets
from bot.errors import ConfigError

NEARBY_METRES = 1500
HOME = Path(__file__).parent / "municipalities"


@dataclass(frozen=True)
class Body:
    """An institution: the municipality itself, the metropolitan one, a utility, the emergency line."""

    code: str
    name: str
    kind: str
    phone: str | None = None
    email: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Service:
    """What a citizen can ask for. Either a `unit` of ours does it or another `body`; `target_hours` are clock hours."""

    code: str
    name: str
    short: str
    unit: str | None
    body: str | None
    place: str
    target_hours: int | None = None
    joinable: bool = False
    around_the_clock: bool = False
    always_reviewed: bool = False


@dataclass(frozen=True)
class Area:
    """A circle that holds the municipality: (latitude, longitude) in degrees, and kilometres."""

    centre: tuple[float, float]
    radius_km: float


@dataclass(frozen=True)
class InformationEntry:
    """An answer that needs no request."""

    id: str
    topic: str
    questions: tuple[str, ...]
    answer: str
    source: str
    services: tuple[str, ...] = ()
    example: bool = False


@dataclass(frozen=True)
class ReadyReply:
    """A reply that staff may choose; None fits every service or status. {placeholders}: bot/service/canned.py."""

    title: str
    text: str
    service: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class Municipality:
    """Everything about one municipality that is not code."""

    code: str
    name: str
    short_name: str
    province: str
    district: str
    prefix: str
    timezone: ZoneInfo
    website: str
    phone: str
    privacy_url: str
    privacy_version: str
    bodies: Mapping[str, Body]
    units: Mapping[str, str]
    services: Mapping[str, Service]
    neighbourhoods: tuple[str, ...]
    outside: Mapping[str, tuple[str, ...]]
    positions: Mapping[str, tuple[float, float]]
    work_begin: time
    work_end: time
    work_days: tuple[int, ...]
    holidays: Mapping[date, time | None]
    quiet_begin: time
    quiet_end: time
    texts: Mapping[str, tuple[str, ...]]
    emergency_numbers: Mapping[str, str]
    accounts: Mapping[str, str] = field(default_factory=dict)
    information: tuple[InformationEntry, ...] = ()
    retention: Retention = field(default_factory=Retention)
    review_targets: ReviewTargets = field(default_factory=ReviewTargets)
    publicity: Publicity = field(default_factory=Publicity)
    canned: tuple[ReadyReply, ...] = ()
    area: Area | None = None

    def responsible(self, service: str) -> str:
        """The name of the unit or body that does the work."""
        entry = self.services[service]
        return self.units[entry.unit] if entry.unit else self.bodies[entry.body or ""].name

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.timezone)

    def nearest(self, latitude: float, longitude: float) -> str | None:
        """The neighbourhood whose centre is nearest, None where none is known within NEARBY_METRES."""
        metres = {name: metres_between((latitude, longitude), centre) for name, centre in self.positions.items()}
        name = min(metres, key=metres.__getitem__, default=None)
        return name if name is not None and metres[name] <= NEARBY_METRES else None

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a position can be the municipality's; any can where its file tells no area."""
        if self.area is None:
            return True
        return metres_between((latitude, longitude), self.area.centre) <= 1000 * self.area.radius_km

    def works_at(self, moment: datetime) -> bool:
        """Whether the municipality works at this moment (days, hours, holidays, half-days)."""
        there = self.local(moment)
        if there.weekday() not in self.work_days:
            return False
        end = self.work_end
        if there.date() in self.holidays:
            half = self.holidays[there.date()]
            if half is None:
                return False
            end = half
        return self.work_begin <= there.time() < end

    def next_working_moment(self, moment: datetime) -> datetime:
        """`moment` itself in working hours, else the next opening. Looks 60 days ahead."""
        if self.works_at(moment):
            return moment
        there = self.local(moment)
        for days in range(60):
            opening = datetime.combine(there.date() + timedelta(days=days), self.work_begin, self.timezone)
            if opening >= there and self.works_at(opening):
                return opening.astimezone(moment.tzinfo)
        return moment

    def working_time_after(self, moment: datetime, span: timedelta) -> datetime:
        """When `span` of working time has passed since `moment`."""
        left = span
        for _ in range(60):
            begin = self.next_working_moment(moment)
            there = self.local(begin)
            closes = self.holidays.get(there.date()) or self.work_end
            end = datetime.combine(there.date(), closes, self.timezone).astimezone(begin.tzinfo)
            if begin + left <= end:
                return begin + left
            left -= max(end - begin, timedelta())
            moment = end
        return moment

    def due(self, service: str, filed_at: datetime) -> datetime | None:
        """When the service's target ends; outside working hours it moves on, except around the clock."""
        entry = self.services[service]
        if entry.target_hours is None:
            return None
        due = filed_at + timedelta(hours=entry.target_hours)
        return due if entry.around_the_clock else self.next_working_moment(due)

    def quiet_until(self, moment: datetime) -> datetime | None:
        """The end of the quiet hours where `moment` lies in them, else None."""
        there = self.local(moment)
        now = there.time()
        if self.quiet_begin > self.quiet_end:
            quiet = now >= self.quiet_begin or now < self.quiet_end
        else:
            quiet = self.quiet_begin <= now < self.quiet_end
        if not quiet:
            return None
        day = there.date() + timedelta(days=1 if now >= self.quiet_end else 0)
        return datetime.combine(day, self.quiet_end, self.timezone).astimezone(moment.tzinfo)

    def holidays_end(self) -> date | None:
        """The last listed holiday: after it the list must be extended."""
        return max(self.holidays, default=None)


class _Place:
    """A YAML node together with where it stands; every accessor says what it expected."""

    def __init__(self, node: yaml.Node, file: str, name: str) -> None:
        self.node, self.file, self.name = node, file, name

    def wrong(self, expected: str) -> ConfigError:
        return ConfigError(f"{self.name}: expected {expected}", self.file, self.node.start_mark.line + 1)

    def mapping(self) -> dict[str, _Place]:
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("a mapping (key: value)")
        found: dict[str, _Place] = {}
        for key, value in self.node.value:
            if key.value in found:
                raise ConfigError(f"{self.name}: {key.value} stands twice", self.file, key.start_mark.line + 1)
            found[key.value] = _Place(value, self.file, f"{self.name}.{key.value}" if self.name else key.value)
        return found

    def fields(self, required: set[str], optional: set[str]) -> dict[str, _Place]:
        found = self.mapping()
        for name in required - found.keys():
            raise self.wrong(f"the key '{name}'")
        for name in found.keys() - required - optional:
            known = ", ".join(sorted(required | optional))
            raise found[name].wrong(f"one of {known}; '{name}' is not known")
        return found

    def items(self) -> list[_Place]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong("a list")
        return [_Place(node, self.file, f"{self.name}[{i}]") for i, node in enumerate(self.node.value)]

    def text(self) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            raise self.wrong("a text")
        return str(self.node.value).strip()

    def parsed(self, convert: Callable[[str], Any], expected: str) -> Any:
        try:
            return convert(self.text())
        except (ValueError, KeyError) as error:
            raise self.wrong(expected) from error

    def one_of(self, allowed: Any, what: str) -> str:
        value = self.text()
        if value not in allowed:
            raise self.wrong(f"{what} ({', '.join(sorted(allowed))}), not '{value}'")
        return value

    def flag(self) -> bool:
        return bool(self.parsed({"true": True, "false": False}.__getitem__, "true or false"))

    def texts(self) -> tuple[str, ...]:
        if isinstance(self.node, yaml.SequenceNode):
            return tuple(item.text() for item in self.items())
        return (self.text(),)


def _root(path: Path) -> _Place:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(path)) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigError(f"not valid YAML: {error.problem}", str(path), line) from error
    if node is None:
        raise ConfigError("is empty", str(path), 1)
    return _Place(node, str(path), "")


def _holidays(place: _Place) -> dict[date, time | None]:
    days: dict[date, time | None] = {}
    for item in place.items():
        parts = item.fields({"date", "name"}, {"until"})
        day = parts["date"].parsed(date.fromisoformat, "a date like 2026-10-29")
        until = parts["until"].parsed(time.fromisoformat, "a time like '13:00'") if "until" in parts else None
        days[day] = until
    return days


def _service(code: str, place: _Place, units: Mapping[str, str], bodies: Mapping[str, Body]) -> Service:
    optional = {"unit", "body", "target_hours", "joinable", "around_the_clock", "always_reviewed", "short"}
    parts = place.fields({"name", "place"}, optional)
    if ("unit" in parts) == ("body" in parts):
        raise place.wrong("exactly one of 'unit' and 'body'")
    name = parts["name"].text()
    return Service(
        code=code,
        name=name,
        short=parts["short"].text() if "short" in parts else name.split(" (")[0],
        unit=parts["unit"].one_of(units, "a unit") if "unit" in parts else None,
        body=parts["body"].one_of(bodies, "a body") if "body" in parts else None,
        place=parts["place"].one_of({"required", "optional", "none"}, "how the place is treated"),
        target_hours=parts["target_hours"].parsed(int, "a number of hours") if "target_hours" in parts else None,
        joinable="joinable" in parts and parts["joinable"].flag(),
        around_the_clock="around_the_clock" in parts and parts["around_the_clock"].flag(),
        always_reviewed="always_reviewed" in parts and parts["always_reviewed"].flag(),
    )


def _body(code: str, place: _Place) -> Body:
    parts = place.fields({"name", "kind"}, {"phone", "email", "address"})
    kinds = {"municipality", "metropolitan", "utility", "emergency"}
    return Body(
        code=code,
        name=parts["name"].text(),
        kind=parts["kind"].one_of(kinds, "a kind of body"),
        **{name: parts[name].text() for name in ("phone", "email", "address") if name in parts},
    )


def _position(place: _Place) -> tuple[float, float]:
    values = [item.parsed(float, "degrees") for item in place.items()]
    if len(values) != 2:
        raise place.wrong("[latitude, longitude]")
    return values[0], values[1]


def _area(place: _Place) -> Area:
    parts = place.fields({"centre", "radius_km"}, set())
    return Area(_position(parts["centre"]), parts["radius_km"].parsed(float, "a number of kilometres"))


def _clock_range(place: _Place) -> tuple[time, time]:
    parts = place.fields({"from", "to"}, {"days"})
    expected = "a time like '08:00' (in quotes)"
    return parts["from"].parsed(time.fromisoformat, expected), parts["to"].parsed(time.fromisoformat, expected)


def load_information(path: Path, services: Mapping[str, Service]) -> tuple[InformationEntry, ...]:
    """The information base beside the municipality's file."""
    entries = []
    for item in _root(path).items():
        parts = item.fields({"id", "topic", "questions", "answer", "source"}, {"services", "example"})
        listed = parts["services"].items() if "services" in parts else []
        entries.append(
            InformationEntry(
                id=parts["id"].text(),
                topic=parts["topic"].text(),
                questions=parts["questions"].texts(),
                answer=parts["answer"].text(),
                source=parts["source"].text(),
                services=tuple(code.one_of(services, "a service") for code in listed),
                example="example" in parts and parts["example"].flag(),
            )
        )
    return tuple(entries)


def _canned(path: Path, services: Mapping[str, Service]) -> tuple[ReadyReply, ...]:
    replies = []
    for item in _root(path).items():
        parts = item.fields({"title", "text"}, {"service", "status"})
        service = parts["service"].one_of(services, "a service") if "service" in parts else None
        status = parts["status"].one_of(set(Status), "a status") if "status" in parts else None
        replies.append(ReadyReply(parts["title"].text(), parts["text"].text(), service, status))
    return tuple(replies)


def _publicity(place: _Place | None) -> Publicity:
    """Modes and rules of public answers; all have defaults."""
    if place is None:
        return Publicity()
    parts = place.fields(set(), {"modes", "rules", "thanks", "tracking_number", "wait_hours", "politics", "campaign"})
    modes = parts["modes"].fields(set(), set(ANSWERED)) if "modes" in parts else {}
    rules = parts["rules"].fields(set(), set(UNANSWERED)) if "rules" in parts else {}
    hours = parts["wait_hours"].parsed(float, "a number of hours") if "wait_hours" in parts else None
    return Publicity(
        modes={Category(name): SendMode(value.one_of(set(SendMode), "a mode")) for name, value in modes.items()},
        rules={Category(name): Rule(value.one_of(set(Rule), "a rule")) for name, value in rules.items()},
        thanks="thanks" in parts and parts["thanks"].flag(),
        tracking_number="tracking_number" in parts and parts["tracking_number"].flag(),
        politics=parts["politics"].texts() if "politics" in parts else (),
        campaign=parts["campaign"].texts() if "campaign" in parts else (),
        **({} if hours is None else {"wait": timedelta(hours=hours)}),
    )


def _span(place: _Place) -> timedelta:
    parts = place.fields(set(), {"years", "days"})
    if len(parts) != 1:
        raise place.wrong("exactly one of 'years' and 'days'")
    years = parts["years"].parsed(int, "a number of years") if "years" in parts else 0
    days = parts["days"].parsed(int, "a number of days") if "days" in parts else 0
    return timedelta(days=days + 365 * years + years // 4)


def _retention(place: _Place, services: Mapping[str, Service]) -> Retention:
    parts = place.fields({"requests", "conversations"}, {"by_law"})
    laws = []
    for item in parts["by_law"].items() if "by_law" in parts else []:
        law = item.fields({"services", "keep", "name"}, set())
        listed = tuple(code.one_of(services, "a service") for code in law["services"].items())
        laws.append(LegalRetention(listed, _span(law["keep"]), law["name"].text()))
    return Retention(_span(parts["requests"]), _span(parts["conversations"]), tuple(laws))


def _targets(place: _Place) -> ReviewTargets:
    parts = place.fields({"urgent_minutes", "handover_hours", "other_hours"}, set())
    return ReviewTargets(
        timedelta(minutes=parts["urgent_minutes"].parsed(int, "a number of minutes")),
        timedelta(hours=parts["handover_hours"].parsed(float, "a number of hours")),
        timedelta(hours=parts["other_hours"].parsed(float, "a number of hours")),
    )


_REQUIRED = {
    "code", "name", "short_name", "province", "district", "prefix", "timezone", "website", "phone", "privacy",
    "bodies", "units", "services", "neighbourhoods", "outside", "working_hours", "quiet_hours", "holidays",
}  # fmt: skip
_OPTIONAL = {
    "accounts", "area", "canned", "emergency_numbers", "information", "positions", "publicity", "retention",
    "review_targets", "texts",
}  # fmt: skip


def load_municipality(path: Path) -> Municipality:
    """Read the municipality's file and the files it names. Raises ConfigError with file and line."""
    parts = _root(path).fields(_REQUIRED, _OPTIONAL)
    bodies = {code: _body(code, place) for code, place in parts["bodies"].mapping().items()}
    units = {code: place.text() for code, place in parts["units"].mapping().items()}
    services = {code: _service(code, place, units, bodies) for code, place in parts["services"].mapping().items()}
    if "other" not in services:
        raise parts["services"].wrong("the service 'other', which takes what fits nowhere")
    neighbourhoods = parts["neighbourhoods"].texts()
    positions = {
        name: _position(place)
        for name, place in (parts["positions"].mapping() if "positions" in parts else {}).items()
        if place.name and (name in neighbourhoods or _unknown(place, name))
    }
    privacy = parts["privacy"].fields({"url", "version"}, set())
    work_begin, work_end = _clock_range(parts["working_hours"])
    quiet_begin, quiet_end = _clock_range(parts["quiet_hours"])
    hours = parts["working_hours"].mapping()
    days = [item.parsed(int, "1 (Monday) to 7") - 1 for item in hours["days"].items()] if "days" in hours else range(5)
    texts = _texts(HOME / "texts.yml")
    if "texts" in parts:
        texts = texts | _texts(path.parent / parts["texts"].text())
    information: tuple[InformationEntry, ...] = ()
    if "information" in parts:
        information = load_information(path.parent / parts["information"].text(), services)
    return Municipality(
        code=parts["code"].text(),
        name=parts["name"].text(),
        short_name=parts["short_name"].text(),
        province=parts["province"].text(),
        district=parts["district"].text(),
        prefix=parts["prefix"].text(),
        timezone=parts["timezone"].parsed(ZoneInfo, "a time zone like Europe/Istanbul"),
        website=parts["website"].text(),
        phone=parts["phone"].text(),
        privacy_url=privacy["url"].text(),
        privacy_version=privacy["version"].text(),
        bodies=bodies,
        units=units,
        services=services,
        neighbourhoods=neighbourhoods,
        outside={name: place.texts() for name, place in parts["outside"].mapping().items()},
        positions=positions,
        work_begin=work_begin,
        work_end=work_end,
        work_days=tuple(days),
        holidays=_holidays(parts["holidays"]),
        quiet_begin=quiet_begin,
        quiet_end=quiet_end,
        texts=texts,
        emergency_numbers=_plain(parts.get("emergency_numbers")),
        accounts=_plain(parts.get("accounts")),
        information=information,
        retention=_retention(parts["retention"], services) if "retention" in parts else Retention(),
        review_targets=_targets(parts["review_targets"]) if "review_targets" in parts else ReviewTargets(),
        publicity=_publicity(parts.get("publicity")),
        area=_area(parts["area"]) if "area" in parts else None,
        canned=_canned(path.parent / parts["canned"].text(), services) if "canned" in parts else (),
    )


def _plain(place: _Place | None) -> dict[str, str]:
    return {name: value.text() for name, value in place.mapping().items()} if place else {}


def _unknown(place: _Place, name: str) -> bool:
    raise place.wrong(f"a neighbourhood of the list; '{name}' is none")


def _texts(path: Path) -> dict[str, tuple[str, ...]]:
    return {name: place.texts() for name, place in _root(path).mapping().items()}
