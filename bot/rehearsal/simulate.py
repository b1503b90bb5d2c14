"""Every text is sent by a simulated citizen of its own through the real engine; the report says what became of it.

The citizen answers the bot's questions: an address of its own in the municipality when asked where, yes to the
confirmation, the first choice where several are offered, 'different' when asked whether it is somebody else's problem.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.domain.conversation import Conversation, Mode
from bot.domain.messages import Button, EventKind, Reply
from bot.rehearsal.stage import Heard, Stage
from bot.service.turn import TurnDone

PATIENCE = 8
STREETS = ("Gül", "Lale", "Çınar", "Zambak", "Kavak", "Menekşe", "Defne", "Papatya", "Ihlamur", "Sümbül", "Nergis")


@dataclass
class Fate:
    """What became of one text."""

    text: str
    outcome: str
    unit: str | None = None
    service: str | None = None
    questions: int = 0
    asked_service: bool = False


@dataclass
class Report:
    """The figures of a run; seconds are wall clock, turn times milliseconds."""

    fates: list[Fate] = field(default_factory=list)
    turn_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, outcome: str) -> int:
        return sum(fate.outcome == outcome for fate in self.fates)

    def share(self, name: str) -> float:
        """Of all messages, those for which the flag is set."""
        number = sum(bool(getattr(fate, name)) for fate in self.fates)
        return round(number / max(1, len(self.fates)), 3)

    def filed_share(self) -> float:
        """Filed or joined without a person, of what is the municipality's matter."""
        ours = len(self.fates) - self.count("declined")
        return round((self.count("filed") + self.count("filed_twice") + self.count("joined")) / max(1, ours), 3)

    def as_json(self) -> dict[str, Any]:
        questions = [fate.questions for fate in self.fates] or [0]
        return {
            "messages": len(self.fates),
            "filed": self.count("filed") + self.count("filed_twice"),
            "joined": self.count("joined"),
            "declined": self.count("declined"),
            "escalated": self.count("escalated"),
            "lost": self.count("lost"),
            "filed_twice": self.count("filed_twice"),
            "questions_median": statistics.median(questions),
            "questions_p90": sorted(questions)[int(0.9 * (len(questions) - 1))],
            "seconds": round(self.seconds, 1),
            "turn_ms_median": round(statistics.median(self.turn_ms or [0]), 1),
            "asked_between_services": sum(fate.asked_service for fate in self.fates),
            "asked_between_services_share": self.share("asked_service"),
            "filed_share_of_not_declined": self.filed_share(),
            "answered": self.count("answered"),
        }

    def show(self, console: Console) -> None:
        """A table by unit or body, then the figures."""
        table = Table("unit or body", "outcome", "messages", title="What became of the messages")
        for (unit, outcome), number in sorted(Counter((f.unit or "-", f.outcome) for f in self.fates).items()):
            table.add_row(unit, outcome, str(number))
        console.print(table)
        for name, value in self.as_json().items():
            console.print(f"{name:24} {value}", highlight=False)


async def simulate(texts: Sequence[str], stage: Stage, on_done: Callable[[], None] = lambda: None) -> Report:
    """Play all texts on one stage, so that citizens may meet each other's requests."""
    report = Report()
    began = time.perf_counter()
    declined: set[int] = set()

    def on_turn(done: TurnDone) -> None:
        report.turn_ms.append(done.worked * 1000)
        if done.declined is not None:
            declined.add(done.conversation_id)

    stage.turns._on_turn = on_turn
    for index, text in enumerate(texts):
        report.fates.append(await _Citizen(stage, index, text, declined).play())
        on_done()
    report.seconds = time.perf_counter() - began
    return report


class _Citizen:
    def __init__(self, stage: Stage, index: int, text: str, declined: Set[int]) -> None:
        self._stage, self._declined = stage, declined
        self._account = f"citizen-{index}"
        self._text = text
        names = stage.municipality.neighbourhoods
        self._address = f"{names[index % len(names)]} Mahallesi {STREETS[index % len(STREETS)]} Sokak {index % 90 + 1}"
        self._fate = Fate(text, "lost")

    async def play(self) -> Fate:
        heard = await self._stage.play(self._stage.event("fake", self._account, text=self._text))
        for _ in range(PATIENCE):
            question = self._question(heard)
            if question is None:
                break
            heard = await self._answer(question)
        self._judge()
        return self._fate

    def _question(self, heard: Sequence[Heard]) -> Reply | None:
        asked = [message.reply for message in heard if message.account == self._account and message.reply.asks]
        self._fate.questions += len(asked)
        return asked[-1] if asked else None

    async def _answer(self, question: Reply) -> list[Heard]:
        stage = self._stage
        verbs = {button.payload.split(":")[0]: button for button in question.buttons}
        button: Button | None = None
        if "ok" in verbs:
            button = verbs["ok"]
        elif "service" in verbs:
            self._fate.asked_service = True
            button = next(b for b in question.buttons if b.payload.startswith("service:"))
        elif "same" in verbs:
            button = verbs["same"]
        elif "place" in verbs:
            button = verbs["place"]
        if button is not None:
            return await stage.play(stage.event("fake", self._account, EventKind.BUTTON, button=button.payload))
        if question.wants_location or "skip" in verbs:
            return await stage.play(stage.event("fake", self._account, text=self._address))
        return await stage.play(stage.event("fake", self._account, text=self._text))

    def _judge(self) -> None:
        with self._stage.database.reads() as uow:
            conversation = _conversation(uow, self._account)
            if conversation is None or conversation.id is None:
                return
            requests = uow.requests.of_citizen(conversation.citizen_id)
            own = [request for request in requests if request.citizen_id == conversation.citizen_id]
            keys = [request.filing_key for request in own]
            thread = uow.conversations.thread(conversation.id)
        replies = [message.text or "" for message in thread if message.direction == "out"]
        fate = self._fate
        if own:
            fate.unit, fate.service = own[0].unit or own[0].body, own[0].service
            twice = len(keys) != len(set(keys)) or len({(r.service, r.description) for r in own}) != len(own)
            fate.outcome = "filed_twice" if twice else "filed"
        elif requests:
            fate.outcome = "joined"
        elif conversation.mode == Mode.PERSON:
            fate.outcome = "escalated"
        elif conversation.id in self._declined:
            fate.outcome = "declined"
        elif replies:
            fate.outcome = "answered"


def _conversation(uow: Any, account: str) -> Conversation | None:
    found: Conversation | None = uow.conversations._of_thread("fake", account)
    return found
