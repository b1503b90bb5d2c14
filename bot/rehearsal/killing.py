"""SIGKILL at random moments while messages flow: nothing lost, nothing filed twice, order kept, every citizen answered.

`python -m bot.rehearsal.killing --kills 20` runs on SQLite (one dialogue process) and PostgreSQL (two), each with a
delivery process that is killed as well. Exit status 1 where a rule was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, String, cast, func, literal, select

from bot.bootstrap.dialogue import load_engine
from bot.bootstrap.wiring import open_database
from bot.clock import SystemClock
from bot.config import Settings, load_settings
from bot.db.migrate import upgrade
from bot.db.tables import conversations, inbox, messages, outbox, requests
from bot.ports import DialogueEngine
from bot.rehearsal.crew import crew_settings, end, event, fork_delivery, fork_dialogue
from bot.rehearsal.postgres import running_server
from bot.service.receiving import Receiver

SCRIPT = (
    "merhaba",
    "sokağımızdaki çöp konteyneri doldu taşıyor, boşaltılmadı",
    "Yazır Mahallesi {street} Sokak {door}",
    "evet",
    "başvurum ne durumda",
    "teşekkürler",
)
PATIENCE = 120.0


@dataclass
class KillReport:
    """What was done and which rules were broken."""

    database: str
    kills: int = 0
    citizens: int = 0
    messages: int = 0
    requests: int = 0
    resent: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)


class _Run:
    def __init__(self, settings: Settings, engine: DialogueEngine, workers: int, kills: int, seed: int) -> None:
        self._settings, self._engine, self._workers, self._kills = settings, engine, workers, kills
        self._ledger = settings.home / "ledger"
        self._random = random.Random(seed)
        self._database = open_database(settings)
        self._receiver = Receiver(self._database.writes, SystemClock(), 0.0)
        self._progress: dict[str, int] = {}
        self._numbers = iter(range(1, 10_000_000))
        self._children: dict[int, Callable[[], int]] = {}

    def run(self) -> KillReport:
        began = time.monotonic()
        report = KillReport(self._database.engine.dialect.name)
        for index in range(self._workers):
            self._start(lambda index=index: self._dialogue(index))  # type: ignore[misc]  # mypy: default in a lambda
        self._start(lambda: fork_delivery(self._settings, self._ledger))
        next_kill = time.monotonic() + 0.5
        deadline = time.monotonic() + PATIENCE + self._kills * 2
        while time.monotonic() < deadline:
            unfinished = self._feed(more=report.kills < self._kills)
            if report.kills < self._kills and time.monotonic() >= next_kill:
                self._kill()
                report.kills += 1
                next_kill = time.monotonic() + self._random.uniform(0.05, 0.6)
            elif report.kills >= self._kills and not unfinished and self._quiet():
                break
            self._revive()
            time.sleep(0.02)
        end(*self._children)
        report.citizens = len(self._progress)
        with self._database.engine.connect() as connection:
            self._check(connection, report)
        self._database.engine.dispose()
        report.seconds = round(time.monotonic() - began, 1)
        return report

    # -- processes
    def _dialogue(self, index: int) -> int:
        return fork_dialogue(self._settings, self._engine, (index, self._workers))

    def _start(self, make: Callable[[], int]) -> None:
        self._database.engine.dispose()
        self._children[make()] = make

    def _kill(self) -> None:
        victim = self._random.choice(sorted(self._children))
        os.kill(victim, signal.SIGKILL)

    def _revive(self) -> None:
        while True:
            try:
                child, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if child == 0:
                return
            make = self._children.pop(child, None)
            if make is not None:
                self._start(make)

    # -- citizens
    def _feed(self, more: bool) -> bool:
        """Send each citizen's next message once the last was answered; True while somebody is not done."""
        with self._database.engine.connect() as connection:
            rows = connection.execute(
                select(conversations.c.thread, func.count())
                .join(inbox, inbox.c.conversation_id == conversations.c.id)
                .where(inbox.c.state.in_(["handled", "failed"]))
                .group_by(conversations.c.thread)
            ).all()
        handled = {str(thread): int(number) for thread, number in rows}
        waiting = [name for name, step in self._progress.items() if step < len(SCRIPT)]
        if more and len(waiting) < 8:
            name = f"citizen-{len(self._progress)}"
            self._progress[name] = 0
            waiting.append(name)
        for name in waiting:
            step = self._progress[name]
            if handled.get(name, 0) == step:
                number = int(name.split("-")[1])
                text = SCRIPT[step].format(street=f"{1000 + number * 7}.", door=number % 60 + 1)
                sent = event(next(self._numbers), name, text)
                self._receiver.receive(sent)
                if self._random.random() < 0.2:
                    self._receiver.receive(sent)  # the provider repeats itself
                self._progress[name] = step + 1
        return bool(waiting) or any(handled.get(name, 0) < step for name, step in self._progress.items())

    def _quiet(self) -> bool:
        with self._database.engine.connect() as connection:
            waiting = select(func.count()).select_from(outbox).where(outbox.c.state.in_(["pending", "sending"]))
            return connection.execute(waiting).scalar_one() == 0

    # -- rules
    def _check(self, connection: Connection, report: KillReport) -> None:
        def count(query: object) -> int:
            return int(connection.execute(query).scalar_one())  # type: ignore[call-overload]  # a select of a count

        sent = sum(self._progress.values())
        report.messages = count(select(func.count()).select_from(inbox))
        report.requests = count(select(func.count()).select_from(requests))
        broken = report.broken
        if report.messages != sent:
            broken.append(f"{sent} messages were sent, {report.messages} stored")
        unhandled = count(select(func.count()).select_from(inbox).where(inbox.c.state != "handled"))
        if unhandled:
            broken.append(f"{unhandled} messages were not handled")
        in_thread = count(select(func.count()).select_from(messages).where(messages.c.direction == "in"))
        if in_thread != sent:
            broken.append(f"{in_thread} of {sent} messages stand in the threads")
        if report.requests != report.citizens:
            broken.append(f"{report.citizens} citizens, {report.requests} requests")
        numbers = connection.execute(select(requests.c.number).order_by(requests.c.number)).scalars().all()
        if list(numbers) != list(range(1, len(numbers) + 1)):
            broken.append("tracking numbers have gaps or doubles")
        answered = select(func.count()).select_from(inbox).where(~self._answer_exists())
        unanswered = count(answered)
        if unanswered:
            broken.append(f"{unanswered} messages have no answer")
        self._check_ledger(connection, report)

    def _answer_exists(self) -> ColumnElement[bool]:
        key = literal("reply:") + cast(inbox.c.id, String) + literal(":0")
        return select(outbox.c.id).where(outbox.c.key == key).exists()

    def _check_ledger(self, connection: Connection, report: KillReport) -> None:
        """Everything written was sent, in order; a message may stand twice where a kill left its outcome unknown."""
        rows = connection.execute(
            select(conversations.c.thread, outbox.c.body)
            .join(conversations, conversations.c.id == outbox.c.conversation_id)
            .order_by(outbox.c.id)
        ).all()
        wanted: dict[str, list[str]] = defaultdict(list)
        for thread, body in rows:
            wanted[thread].append(body["text"].replace("\n", " ")[:200])
        got: dict[str, list[str]] = defaultdict(list)
        for line in self._ledger.read_text(encoding="utf-8").splitlines():
            name, _, text = line.partition("\t")
            got[name].append(text)
        for name, texts in wanted.items():
            position, resent = 0, 0
            for text in got[name]:
                if position < len(texts) and text == texts[position]:
                    position += 1
                elif position and text == texts[position - 1]:
                    resent += 1
                else:
                    report.broken.append(f"{name}: message {position + 1} came out of order")
                    break
            else:
                if position < len(texts):
                    report.broken.append(f"{name}: {len(texts) - position} messages were never sent")
            report.resent += resent


def run_kills(settings: Settings, engine: DialogueEngine, url: str, workers: int, kills: int, seed: int) -> KillReport:
    """One run on one database. The rules that were broken are in `broken`."""
    with tempfile.TemporaryDirectory(prefix="hizmet-kill-") as folder:
        home = Path(folder)
        (home / "ledger").touch()
        upgrade(url)
        return _Run(crew_settings(settings, url, home), engine, workers, kills, seed).run()


def main() -> int:
    """Both databases, one after the other; one JSON object each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    settings = load_settings()
    engine = load_engine(settings)
    reports = []
    with tempfile.TemporaryDirectory(prefix="hizmet-kill-") as folder:
        url = f"sqlite:///{folder}/hizmet.db"
        reports.append(run_kills(settings, engine, url, 1, arguments.kills, arguments.seed))
        print(json.dumps(vars(reports[-1])), flush=True)
    with running_server() as server:
        reports.append(run_kills(settings, engine, server.empty_database(), 2, arguments.kills, arguments.seed))
        print(json.dumps(vars(reports[-1])), flush=True)
    return 1 if any(report.broken for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
