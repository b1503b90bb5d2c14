"""`hizmet chat | parse | replay | simulate | bench`: the engine on a stage."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.bootstrap.dialogue import load_engine
from bot.bootstrap.wiring import municipality_of
from bot.config import Settings
from bot.domain.messages import EventKind
from bot.nlu.information import InformationFinder
from bot.ports import DialogueEngine
from bot.rehearsal.replay import Outcome, read_scenarios, replay
from bot.rehearsal.simulate import Report, simulate
from bot.rehearsal.stage import Stage

out = Console()
err = Console(stderr=True)


@contextmanager
def _stages(settings: Settings, engine: DialogueEngine | None = None) -> Iterator[object]:
    """A maker of stages in a temporary folder; the model is loaded once."""
    if engine is None:
        with err.status("Loading the model …"):
            engine = load_engine(settings)
    municipality = municipality_of(settings.municipality)
    finder = InformationFinder(municipality.information)
    with tempfile.TemporaryDirectory(prefix="hizmet-") as folder:
        count = iter(range(1_000_000))

        def make(name: str) -> Stage:
            path = Path(folder) / f"{next(count)}.db"
            return Stage.at(path, engine, municipality, find_information=finder.find)

        yield make


def run_replay(settings: Settings, files: list[Path], as_json: bool) -> bool:
    """Replay scenario files; True where all passed."""
    total = sum(len(read_scenarios(path)) for path in files)

    def show(outcome: Outcome) -> None:
        if as_json:
            print(json.dumps(outcome.as_json(), ensure_ascii=False), flush=True)
            return
        mark = "[green]passed[/]" if outcome.passed else "[red]failed[/]"
        out.print(f"{outcome.id:12} {mark}")
        for failure in outcome.failures:
            out.print(f"             {failure}", markup=False, highlight=False)

    with _stages(settings) as make:
        outcomes = asyncio.run(replay(files, make, show))  # type: ignore[arg-type]  # see _stages
    passed = sum(outcome.passed for outcome in outcomes)
    if not as_json:
        out.print(f"{passed} of {total} passed")
    return passed == total


def run_simulate(settings: Settings, file: Path, as_json: bool) -> Report:
    """Simulate citizens over a file of texts; a table by unit and the figures."""
    texts = list(_texts(file))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _stages(settings) as make, Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("citizens", total=len(texts))
        stage: Stage = make("simulate")  # type: ignore[operator]  # see _stages
        report = asyncio.run(simulate(texts, stage, lambda: progress.advance(task)))
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        report.show(out)
    return report


def run_chat(settings: Settings) -> None:
    """Talk in the terminal; '[n]' presses the n-th button."""

    async def main(stage: Stage) -> None:
        out.print("Yazın ve Enter'a basın; düğmeler için numarasını yazın (örn. [1]). Çıkmak için Ctrl-D.")
        payloads: list[str] = []
        for line in sys.stdin:
            text = line.rstrip("\n")
            number = text.strip("[] ")
            if text.startswith("[") and number.isdigit() and 0 < int(number) <= len(payloads):
                heard = await stage.play(
                    stage.event("web", "terminal", EventKind.BUTTON, button=payloads[int(number) - 1])
                )
            else:
                heard = await stage.play(stage.event("web", "terminal", text=text))
            for message in heard:
                out.print(message.reply.text, style="cyan", markup=False, highlight=False)
                payloads = [button.payload for button in message.reply.buttons] or payloads
                for index, button in enumerate(message.reply.buttons, 1):
                    out.print(f"   [{index}] {button.label}", markup=False, highlight=False)

    with _stages(settings) as make:
        asyncio.run(main(make("chat")))  # type: ignore[operator]  # see _stages


def _texts(file: Path) -> Iterator[str]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield str(json.loads(line)["text"])
        except (ValueError, KeyError, TypeError):
            err.print(f"{file}:{number}: expected a JSON object with 'text'; the line is left out", style="yellow")
