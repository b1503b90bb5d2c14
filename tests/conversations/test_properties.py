"""Whatever citizens, staff, time and crashes do: the laws hold.

Random plays on several conversations at once. Texts carry what the understanding would find in them, so that thousands
of turns run without a model; each citizen's words hold a mark of their own, by which leaks are seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db.tables import inbox, messages, outbox, requests
from bot.domain.conversation import Draft, ReviewReason, Step
from bot.domain.messages import Button, EventKind, InboxState
from bot.domain.requests import Kind, Place, Status
from bot.domain.understanding import Act, Understanding
from bot.domain.workflow import TRANSITIONS
from bot.engine.scripted import ScriptedEngine
from bot.errors import UserError
from bot.ports import TurnSession
from bot.rehearsal.stage import Stage
from bot.service.incidents import IncidentDesk
from bot.service.requests import RequestDesk
from bot.service.reviews import ReviewDesk
from tests.support import report, selcuklu, understood

TOWN = selcuklu()
PEOPLE = (("telegram", "a"), ("web", "b"), ("x_mention", "c"), ("telegram", "d"))
SERVICES = ("waste_container", "road_damage", "street_light", "water_outage", "staff_conduct", "property_tax", "noise")
PLACES = {
    "nowhere": Place(),
    "yazir": Place("Yazır", "Selçuklu"),
    "gul": Place("Yazır", "Selçuklu", "Gül Sokak", "12"),
    "sille": Place("Sille", "Selçuklu", landmark="caminin yanı"),
    "meram": Place("Havzan", "Meram"),
    "pin": Place(latitude=37.93, longitude=32.42),
}
PHONE = "05321112233"
ACTS = (
    Act.GREET, Act.THANK, Act.GOODBYE, Act.ASK_STATUS, Act.ASK_INFORMATION, Act.ADD_INFORMATION, Act.CORRECT,
    Act.CANCEL_REQUEST, Act.NOT_RESOLVED, Act.ASK_HUMAN, Act.COMPLAIN_ABOUT_BOT, Act.ABUSIVE, Act.EMERGENCY,
    Act.LANGUAGE_OTHER, Act.OUT_OF_SCOPE, Act.SKIP,
)  # fmt: skip
PLAIN = ("evet", "hayır", "vazgeç", "geç", "tamam", "farklı", "yine de kaydet", "5", "görevli", "???", "", "/start")
FORGED = (
    "ok:",
    "ok:999.0",
    "cancel:1",
    "cancel:2",
    "rate:1:9",
    "rate:1:5",
    "reopen:1",
    "place:99",
    "place:1.0:3",
    "service:none",
    "service:1.0:noise",
    "skip:1.0",
    "new:1.0",
    ":",
)


class Killed(BaseException):
    """The process is gone at once: nothing that it has not committed is there."""


class Telling(Mapping[str, Understanding]):
    """Understands texts like 'report|road_damage|gul|some words'."""

    def __getitem__(self, text: str) -> Understanding:
        name, _, rest = text.partition("|")
        if name in ("evet", "tamam"):
            return understood(text, Act.AFFIRM)
        if name == "hayır":
            return understood(text, Act.DENY)
        if name == "several":
            first, second = report(text, "road_damage"), report(text, "waste_container")
            return replace(first, problems=(*first.problems, *second.problems), place=PLACES["gul"])
        if name == "report":
            service, where, *_ = rest.split("|")
            return report(text, service, 0.9, place=PLACES[where], phone=PHONE)
        if name in set(Act):
            number, _, where = rest.partition("|")
            no = number if number.startswith("SLC-") else None
            return understood(text, Act(name), place=PLACES.get(where.split("|")[0], Place()), tracking_no=no)
        rating = int(text) if text.isdigit() else None
        return understood(text, Act.RATE if rating else Act.OUT_OF_SCOPE, rating=rating)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Play:
    """One random play; every method is one thing that may happen."""

    turns = 0

    def __init__(self, folder: Path) -> None:
        names = tuple(dict.fromkeys(channel for channel, _ in PEOPLE))
        self.stage = Stage.at(folder / "play.db", ScriptedEngine(Telling(), self._turn), TOWN, names=names)
        self.loop = asyncio.Runner()
        self.kill_turn = False
        self.confirmed: set[str] = set()
        self.offered: dict[str, list[Button]] = {}

    def _turn(self, turn: TurnSession) -> None:
        Play.turns += 1
        if self.kill_turn:
            self.kill_turn = False
            raise Killed

    def send(self, who: int, kind: EventKind = EventKind.TEXT, **more: Any) -> None:
        channel, account = PEOPLE[who]
        drafts = self._drafts(channel, account)
        agreed = drafts[:1] if more.get("text") in ("evet", "tamam") else []
        agreed += [draft for draft in drafts if more.get("button") == f"ok:{draft.key}"]
        self.confirmed.update(draft.key for draft in agreed if draft.step is Step.CONFIRM)
        self.stage.receiver.receive(self.stage.event(channel, account, kind, **more))
        self.stage.clock.advance(timedelta(seconds=3))
        self._run(self.stage.turns.drain)

    def say(self, who: int, text: str) -> None:
        self.send(who, text=text)

    def report(self, who: int, service: str, where: str) -> None:
        self.say(who, f"report|{service}|{where}|gizli-{PEOPLE[who][1]}")

    def act(self, who: int, act: Act, number: int, where: str) -> None:
        found = self._numbers()
        self.say(who, f"{act}|{found[number % len(found)] if found else ''}|{where}|gizli-{PEOPLE[who][1]}")

    def press(self, who: int, which: int) -> None:
        """A button that this citizen was ever offered, however old, or a forged one."""
        pool = [button.payload for button in self.offered.get(PEOPLE[who][1], [])] + list(FORGED)
        self.send(who, EventKind.BUTTON, button=pool[which % len(pool)])

    def photo(self, who: int) -> None:
        self.send(who, EventKind.PHOTO, files=(self.stage.photo(),))

    def position(self, who: int) -> None:
        self.send(who, EventKind.LOCATION, latitude=37.93, longitude=32.42)

    def voice(self, who: int) -> None:
        self.send(who, EventKind.VOICE)

    def wait(self, hours: int) -> None:
        self.stage.clock.advance(timedelta(hours=hours - 1))
        self._run(lambda: self.stage.wait(timedelta(hours=1)))

    def deliver(self) -> None:
        """What was said arrives; its buttons can be pressed from now on."""
        before = len(self.stage.heard)
        self._run(self.stage.settle)
        for heard in self.stage.heard[before:]:
            self.offered.setdefault(heard.account, []).extend(heard.reply.buttons)

    def staff(self, which: int, after: Status) -> None:
        numbers = self._numbers()
        if not numbers:
            return
        with self.stage.database.writes() as uow, suppress(UserError):
            request = uow.requests.by_number(numbers[which % len(numbers)])
            assert request is not None
            RequestDesk(uow, TOWN, self.stage.clock.now(), b"key").change(request, after, "staff:can", note="bakıldı")
            uow.commit()

    def review(self, which: int, what: str) -> None:
        with self.stage.database.writes() as uow, suppress(UserError):
            items = uow.reviews.open_items()
            if not items:
                return
            desk, item = ReviewDesk(uow, TOWN, self.stage.clock.now()), items[which % len(items)].id or 0
            if what == "reply":
                desk.reply(item, "can", "Merhaba, ilgileniyoruz.")
            elif what == "handback":
                desk.hand_back(item, "can")
            else:
                desk.close(item, "can", "görüldü")
            uow.commit()

    def incident(self, service: str, area: str | None) -> None:
        now = self.stage.clock.now()
        with self.stage.database.writes() as uow:
            desk = IncidentDesk(uow, TOWN, now)
            running = desk.in_force()
            if running:
                desk.end(running[0].id or 0, "can")
            else:
                areas = [area] if area else []
                desk.announce(service, areas, "Arıza gideriliyor.", now + timedelta(hours=5), "can")
            uow.commit()

    def killed(self, who: int, service: str) -> None:
        """The process dies at the end of this turn, before its commit; another takes over."""
        self.kill_turn = True
        self.report(who, service, "gul")

    def killed_sending(self, who: int) -> None:
        """The process dies after the provider's answer came and before it was written down."""
        self.stage.channels[PEOPLE[who][0]].fail_next(Killed())  # type: ignore[arg-type]  # it is raised like an error
        self.say(who, f"{Act.GREET}|")
        self.deliver()

    def _run(self, something: Callable[[], Any]) -> None:
        while True:
            try:
                self.loop.run(something())
                break
            except Killed:
                self.stage.clock.advance(timedelta(minutes=10))
                something = self.stage.settle

    def _drafts(self, channel: str, account: str) -> list[Draft]:
        with self.stage.database.reads() as uow:
            found = uow.conversations._of_thread(channel, account)  # type: ignore[attr-defined]  # the repository's own
            return list(found.drafts) if found else []

    def _numbers(self) -> list[str]:
        with self.stage.database.reads() as uow:
            return [request.tracking_no for request in uow.requests.search(limit=1000)]

    # -- the laws
    def check(self) -> None:
        with self.stage.database.engine.connect() as connection:
            came = connection.execute(select(inbox.c.id, inbox.c.state)).all()
            shown = set(connection.scalars(select(messages.c.inbox_id).where(messages.c.inbox_id.is_not(None))))
            public = [
                str(body["text"])
                for body in connection.scalars(select(outbox.c.body).where(outbox.c.channel == "x_mention"))
            ]
            private = select(requests.c.filing_key).where(requests.c.channel != "x_mention")
            keys = list(connection.scalars(private))
        assert {state for _, state in came} <= {InboxState.HANDLED}, "every message was answered, none failed"
        assert {row for row, _ in came} == shown, "and stands in its thread"
        assert set(keys) <= self.confirmed, "nothing is filed in private without a confirmation"
        for text in public:
            assert not any(secret in text for secret in ("gizli", PHONE, "SLC-", "Gül Sokak", "caminin")), text
        self._check_requests()
        for heard in self.stage.heard:
            others = {f"gizli-{account}" for _, account in PEOPLE} - {f"gizli-{heard.account}"}
            assert not any(mark in heard.reply.text for mark in others), heard

    def _check_requests(self) -> None:
        with self.stage.database.reads() as uow:
            reasons = {item.reason for item in uow.reviews.open_items()}
            assert ReviewReason.TURN_FAILED not in reasons
            for number in self._numbers():
                request = uow.requests.by_number(number)
                assert request is not None and request.id is not None, "reachable by its number"
                history = uow.requests.history(request.id)
                assert history[0].action == "filed"
                status = str(history[0].to_status)
                for entry in history[1:]:
                    if entry.to_status is not None and entry.action == "status":
                        assert entry.from_status == status and Status(entry.to_status) in TRANSITIONS[Status(status)]
                        status = entry.to_status
                assert request.status == status
                assert Kind(request.kind)

    def check_numbers(self) -> None:
        """Each citizen gets an answer about the own request by its number, and none about others'."""
        with self.stage.database.reads() as uow:
            for request in uow.requests.search(limit=1000):
                for channel, account in PEOPLE:
                    found = uow.conversations._of_thread(channel, account)  # type: ignore[attr-defined]  # as above
                    if found is None or found.public or found.mode == "person":
                        continue
                    mine = request.citizen_id == found.citizen_id or found.citizen_id in [
                        follower.citizen_id for follower in uow.requests.followers(request.id or 0)
                    ]
                    self._ask(channel, account, request.tracking_no, mine)

    def _ask(self, channel: str, account: str, number: str, mine: bool) -> None:
        event = self.stage.event(channel, account, text=f"{Act.ASK_STATUS}|{number}")
        heard = [m.reply.text for m in self.loop.run(self.stage.play(event)) if m.account == account]
        assert any(f"{number} numaralı başvurunuz" in text for text in heard) == mine, (number, heard)


who = st.integers(0, len(PEOPLE) - 1)
number = st.integers(0, 30)
service = st.sampled_from(SERVICES)
steps = st.one_of(
    st.tuples(st.just("report"), who, service, st.sampled_from(sorted(PLACES))),
    st.tuples(st.just("report"), who, service, st.just("gul")),
    st.tuples(st.just("say"), who, st.sampled_from(PLAIN)),
    st.tuples(st.just("say"), who, st.sampled_from(("evet", "evet", "several|", "report|noise|pin|x"))),
    st.tuples(st.just("press"), who, number),
    st.tuples(st.just("act"), who, st.sampled_from(ACTS), number, st.sampled_from(sorted(PLACES))),
    st.tuples(st.just("photo"), who),
    st.tuples(st.just("position"), who),
    st.tuples(st.just("voice"), who),
    st.tuples(st.just("wait"), st.sampled_from((1, 3, 26))),
    st.tuples(st.just("staff"), number, st.sampled_from(sorted(Status))),
    st.tuples(st.just("review"), number, st.sampled_from(("reply", "handback", "close"))),
    st.tuples(st.just("incident"), service, st.sampled_from((None, "Yazır"))),
    st.tuples(st.just("killed"), who, service),
    st.tuples(st.just("killed_sending"), who),
)


plays = st.lists(steps, min_size=30, max_size=60)
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example]


def play_out(folder: Path, play: list[tuple[Any, ...]]) -> None:
    """All steps, a delivery now and then, two days of rest; then the laws are checked."""
    stage = Play(folder)
    try:
        for index, (name, *arguments) in enumerate(play):
            getattr(stage, name)(*arguments)
            if index % 6 == 0:
                stage.deliver()
        stage.wait(48)
        stage.deliver()
        stage.check()
        stage.check_numbers()
    finally:
        stage.loop.close()
        stage.stage.database.engine.dispose()


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=CALM)
@given(play=plays)
def test_the_laws_hold_whatever_happens(tmp_path_factory: pytest.TempPathFactory, play: list[tuple[Any, ...]]) -> None:
    play_out(tmp_path_factory.mktemp("play"), play)
    assert Play.turns > 0


@pytest.mark.soak
@settings(max_examples=400, deadline=None, suppress_health_check=CALM)
@given(play=plays)
def test_the_laws_hold_in_thousands_of_turns(
    tmp_path_factory: pytest.TempPathFactory, play: list[tuple[Any, ...]]
) -> None:
    play_out(tmp_path_factory.mktemp("play"), play)
