"""Scripted conversations: citizens' and staff's turns through the real engine, then checks.

The format is described at the head of shared/scenarios/examples.yml; tests/conversations has the project's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select

from bot.db.tables import outbox
from bot.domain.conversation import ReviewItem
from bot.domain.messages import EventKind, OutboxKind
from bot.domain.requests import Request, Status
from bot.errors import ConfigError, TransitionRefused
from bot.rehearsal.stage import Heard, Stage
from bot.service.incidents import IncidentDesk
from bot.service.requests import RequestDesk
from bot.turkish import fold

_BUTTONLESS = ("x_dm", "x_mention")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_OPEN = {Status.RECEIVED, Status.ASSIGNED}


@dataclass
class Outcome:
    """What became of one scenario; `failures` is empty where it passed."""

    id: str
    failures: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    escalated: bool = False
    notified: int = 0

    @property
    def passed(self) -> bool:
        return not self.failures

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "passed": self.passed,
            "failures": self.failures,
            "replies": self.replies,
            "requests": self.requests,
            "escalated": self.escalated,
            "notified": self.notified,
        }


def read_scenarios(path: Path) -> list[dict[str, Any]]:
    """The scenarios of a file. Raises ConfigError with file and line."""
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(path)) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigError(f"not valid YAML: {error.problem}", str(path), line) from error
    if not isinstance(loaded, list) or not all(isinstance(entry, dict) and "turns" in entry for entry in loaded):
        raise ConfigError("expected a list of scenarios, each with 'turns'", str(path), 1)
    return loaded


class Player:
    """Plays one scenario on a fresh stage."""

    def __init__(self, scenario: dict[str, Any], stage: Stage) -> None:
        self._scenario = scenario
        self._stage = stage
        self._channel = str(scenario.get("channel", "web"))
        self._expect: dict[str, Any] = scenario.get("expect") or {}
        self._last: dict[tuple[str, str], Heard] = {}
        self._filed_before_turn = 0
        self._asked: list[int] = []
        self._first_filing: int | None = None
        self.outcome = Outcome(str(scenario.get("id", "?")))

    async def play(self) -> Outcome:
        """Run all turns, then all checks."""
        for turn in self._scenario["turns"]:
            await self._turn(turn)
        self._check()
        return self.outcome

    async def _turn(self, turn: dict[str, Any]) -> None:
        account = str(turn.get("as", "a"))
        channel = str(turn.get("channel", self._channel))
        filed = len(self._requests())
        if turn.get("if_asked") and not self._wanted(turn, (channel, account)):
            return
        self._filed_before_turn = filed
        if "wait" in turn:
            heard = await self._stage.wait(_span(str(turn["wait"])))
        elif "staff" in turn:
            heard = await self._staff(turn["staff"], turn.get("note"))
        else:
            heard = await self._citizen(turn, channel, account)
        for message in heard:
            self._last[(message.channel, message.account)] = message
            self.outcome.replies.append(message.reply.text)
            if message.reply.asks and self._first_filing is None:
                self._asked.append(message.number)
        if self._first_filing is None and self._requests():
            self._first_filing = len(self._stage.heard)
        own = "\n".join(m.reply.text for m in heard if (m.channel, m.account) == (channel, account))
        self._includes(own, turn.get("reply_include", []), "the reply lacks")
        self._excludes(own, turn.get("reply_exclude", []), "the reply holds")

    def _wanted(self, turn: dict[str, Any], who: tuple[str, str]) -> bool:
        last = self._last.get(who)
        if last is None:
            return False
        labels = [button.label for button in last.reply.buttons]
        if "button" in turn:
            return turn["button"] in labels
        filed = len(self._requests())
        few = filed < int(self._expect.get("requests", 1)) or filed == self._filed_before_turn
        return last.reply.asks and "Onayla" not in labels and few

    async def _citizen(self, turn: dict[str, Any], channel: str, account: str) -> list[Heard]:
        stage = self._stage
        text = self._filled(str(turn.get("user", "")))
        if "button" in turn:
            label = str(turn["button"])
            payload = self._payload(label, channel, account)
            if payload is None or channel in _BUTTONLESS:
                return await stage.play(stage.event(channel, account, text=label))
            return await stage.play(stage.event(channel, account, EventKind.BUTTON, button=payload))
        if "location" in turn:
            where = turn["location"]
            return await stage.play(
                stage.event(channel, account, EventKind.LOCATION, latitude=where["lat"], longitude=where["lon"])
            )
        if turn.get("photo"):
            return await stage.play(stage.event(channel, account, EventKind.PHOTO, text=text, files=(stage.photo(),)))
        if turn.get("voice"):
            return await stage.play(stage.event(channel, account, EventKind.VOICE))
        if turn.get("sticker"):
            return await stage.play(stage.event(channel, account, EventKind.STICKER))
        if "user" not in turn:
            raise ConfigError(f"scenario {self.outcome.id}: a turn without user, button, location, photo … : {turn}")
        return await stage.play(stage.event(channel, account, text=text))

    def _payload(self, label: str, channel: str, account: str) -> str | None:
        """Of the button on the last message to this citizen that offered it."""
        for message in reversed(self._stage.heard):
            if (message.channel, message.account) == (channel, account):
                for button in message.reply.buttons:
                    if button.label == label:
                        return button.payload
        return None

    async def _staff(self, act: dict[str, Any], note: str | None) -> list[Heard]:
        (name, which), *_ = act.items()
        if name == "incident":
            return await self._announce(which)
        note = note or act.get("note")
        requests = self._requests()
        index = len(requests) if which == "last" else int(which)
        if not 1 <= index <= len(requests):
            self.outcome.failures.append(f"staff cannot {name} request {which}: there are {len(requests)}")
            return []
        request = requests[index - 1]
        after = {
            "resolve": Status.RESOLVED,
            "reject": Status.REJECTED,
            "start": Status.IN_PROGRESS,
            "progress": Status.IN_PROGRESS,
            "in_progress": Status.IN_PROGRESS,
            "cancel": Status.CANCELLED,
            "assign": Status.ASSIGNED,
        }
        if name not in after:
            raise ConfigError(f"scenario {self.outcome.id}: staff can {', '.join(after)}, not '{name}'")
        with self._stage.database.writes() as uow:
            desk = RequestDesk(uow, self._stage.municipality, self._stage.clock.now(), b"rehearsal")
            found = uow.requests.get(request.id or 0, lock=True)
            assert found is not None
            try:
                desk.change(found, after[name], "staff:replay", note=note)
            except TransitionRefused as error:
                self.outcome.failures.append(f"staff cannot {name} request {which}: {error}")
                return []
            uow.commit()
        return await self._stage.settle()

    async def _announce(self, wanted: dict[str, Any]) -> list[Heard]:
        """`incident: {service, neighbourhoods, text, hours}`."""
        now = self._stage.clock.now()
        until = now + timedelta(hours=float(wanted.get("hours", 8)))
        with self._stage.database.writes() as uow:
            desk = IncidentDesk(uow, self._stage.municipality, now)
            desk.announce(wanted["service"], wanted.get("neighbourhoods", ()), wanted["text"], until, "replay")
            uow.commit()
        return await self._stage.settle()

    def _filled(self, text: str) -> str:
        requests = self._requests()
        if requests:
            text = text.replace("{no}", requests[-1].tracking_no).replace("{no1}", requests[0].tracking_no)
        if len(requests) > 1:
            text = text.replace("{no2}", requests[1].tracking_no)
        return text

    def _requests(self) -> list[Request]:
        with self._stage.database.reads() as uow:
            return list(reversed(uow.requests.search(limit=1000)))

    # -- checks
    def _check(self) -> None:
        requests = self._requests()
        self.outcome.requests = [_described(request) for request in requests]
        with self._stage.database.reads() as uow:
            items: Iterable[ReviewItem] = uow.reviews.open_items()
            self.outcome.escalated = any(item.conversation_id is not None for item in items)
        self.outcome.notified = self._notified()
        expect = self._expect
        self._equal("requests", len(requests), expect.get("requests"))
        self._equal("escalated", self.outcome.escalated, expect.get("escalated"))
        self._equal("notified", self.outcome.notified, expect.get("notified"))
        if "incident_reports" in expect:
            with self._stage.database.reads() as uow:
                counted = sum(incident.reports for incident in uow.incidents.newest())
            self._equal("incident reports", counted, expect["incident_reports"])
        asked = len(self._asked)
        if "max_bot_questions" in expect and asked > int(expect["max_bot_questions"]):
            self.outcome.failures.append(f"{asked} questions, at most {expect['max_bot_questions']} wanted")
        everything = "\n".join(self.outcome.replies)
        self._includes(everything, expect.get("replies_include", []), "the replies lack")
        self._excludes(everything, expect.get("replies_exclude", []), "the replies hold")
        wanted = expect.get("request")
        if wanted is not None:
            self._check_requests(
                requests, wanted if isinstance(wanted, list) else [wanted], bool(expect.get("any_order"))
            )

    def _check_requests(self, requests: list[Request], wanted: list[dict[str, Any]], any_order: bool) -> None:
        rest = list(requests)
        for index, description in enumerate(wanted):
            if any_order:
                match = next((request for request in rest if not self._differences(request, description)), None)
                if match is None:
                    self.outcome.failures.append(f"no request like {description}")
                else:
                    rest.remove(match)
            elif index >= len(requests):
                self.outcome.failures.append(f"request {index + 1} is missing")
            else:
                self.outcome.failures += self._differences(requests[index], description)

    def _differences(self, request: Request, wanted: dict[str, Any]) -> list[str]:
        found = []
        for name, value in wanted.items():
            if name == "status":
                good = _status(request) == value
            elif name == "photos":
                with self._stage.database.reads() as uow:
                    good = len(uow.requests.attachments_of(request.id or 0)) == value
            elif name == "street":
                good = _street(request.street or "") == _street(str(value))
            elif name == "kind":
                good = request.kind == value
            else:
                good = str(getattr(request, name)) == str(value)
            if not good:
                have = _status(request) if name == "status" else getattr(request, name, "?")
                found.append(f"{request.tracking_no}: {name} is {have}, not {value}")
        return found

    def _notified(self) -> int:
        """Notifications that reached citizens: one a staff action and citizen."""
        query = select(func.count()).select_from(outbox).where(outbox.c.kind == OutboxKind.NOTIFICATION)
        with self._stage.database.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _equal(self, name: str, have: object, wanted: object) -> None:
        if wanted is not None and have != wanted:
            self.outcome.failures.append(f"{name}: {have}, not {wanted}")

    def _includes(self, text: str, wanted: list[str], complaint: str) -> None:
        for entry in wanted:
            options = [self._filled(option) for option in str(entry).split("|")]
            if not any(option.lower() in text.lower() for option in options):
                self.outcome.failures.append(f"{complaint} '{entry}': {text[:200]!r}")

    def _excludes(self, text: str, unwanted: list[str], complaint: str) -> None:
        for entry in unwanted:
            if str(entry).lower() in text.lower():
                self.outcome.failures.append(f"{complaint} '{entry}'")


def _described(request: Request) -> dict[str, Any]:
    names = (
        "tracking_no", "service", "kind", "unit", "body", "neighbourhood", "street", "door_no", "landmark", "priority",
        "rating",
    )  # fmt: skip
    return {"status": _status(request), **{name: getattr(request, name) for name in names}}


def _status(request: Request) -> str:
    return "open" if request.status in _OPEN else request.status


def _street(name: str) -> str:
    words = fold(name).replace(".", " ").split()
    short = {
        "sk": "sokak",
        "sok": "sokak",
        "sokagi": "sokak",
        "cd": "cadde",
        "cad": "cadde",
        "caddesi": "cadde",
        "bulvari": "bulvar",
    }
    return " ".join(short.get(word, word) for word in words)


def _span(text: str) -> timedelta:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\w*\s*", text)
    if match is None:
        raise ConfigError(f"a wait like '50h' is expected, not '{text}'")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


async def replay(
    paths: Iterable[Path],
    make_stage: Callable[[str], Stage],
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Play all scenarios of the files, each on a stage of its own."""
    outcomes = []
    for path in paths:
        for scenario in read_scenarios(path):
            outcome = await Player(scenario, make_stage(str(scenario.get("id", "?")))).play()
            outcomes.append(outcome)
            on_outcome(outcome)
    return outcomes
