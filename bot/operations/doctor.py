"""`hizmet doctor`: checks everything that the system needs and says how to mend what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.config import ROOT, Settings
from bot.operations.connections import check_clock, check_database, check_mail, check_telegram
from bot.operations.content import check_holidays, check_model, check_municipality
from bot.operations.findings import Finding, Level
from bot.operations.machine import check_disk, check_file_store, check_port, check_python, check_time_zones
from bot.operations.x_account import check_x
from bot.ports import Clock

_STYLE = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


def examine(
    settings: Settings, find_model: Callable[[], Path], clock: Clock | None = None, domain: Path = ROOT / "domain.yml"
) -> Iterator[Finding]:
    """All findings, in the order in which to mend them. `find_model` raises ConfigError where there is none."""
    now = (clock or SystemClock()).now()
    yield check_python()
    yield check_time_zones()
    finding, municipality = check_municipality(settings.municipality)
    yield finding
    if municipality is not None:
        yield check_holidays(municipality, municipality.local(now).date())
    yield check_model(find_model, domain)
    yield check_disk(settings.home)
    yield check_file_store(settings.files)
    database = check_database(settings.database)
    yield database
    if database.level is Level.OK:
        yield check_clock(settings.database, now)
    yield check_port(settings.host, settings.port)
    yield check_telegram(settings)
    if database.level is Level.OK:
        yield from check_x(settings, clock or SystemClock(), municipality.accounts.get("x") if municipality else None)
    yield check_mail(settings)


def show(findings: Sequence[Finding], console: Console) -> None:
    """A table; what must be mended stands beside it."""
    table = Table("check", "", "found", "how to mend it")
    for finding in findings:
        style = _STYLE[finding.level]
        table.add_row(finding.check, f"[{style}]{finding.level}[/]", _plain(finding.found), _plain(finding.mend))
    console.print(table)


def healthy(findings: Sequence[Finding]) -> bool:
    """False where the system can't work as it stands; warnings don't count."""
    return all(finding.level is not Level.FAIL for finding in findings)


def _plain(text: str) -> str:
    """Brackets in what was found are no markup."""
    return text.replace("[", r"\[")
