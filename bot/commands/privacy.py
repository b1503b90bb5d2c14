"""`hizmet privacy …`: what staff do about personal data (KVKK)."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.bootstrap.wiring import municipality_of, open_database
from bot.channels.files import DiskFiles
from bot.clock import SystemClock
from bot.config import Settings
from bot.delivery.retention import RetentionKeeper
from bot.errors import NotFound
from bot.operations.citizen_copy import write_copy
from bot.ports import UnitOfWork
from bot.service.privacy import PrivacyDesk
from bot.service.requests import find_request

out = Console()


def show_list(settings: Settings) -> None:
    """Open wishes, the most urgent first, and what an erasure waits for."""
    municipality = municipality_of(settings.municipality)
    table = Table("wish", "citizen", "kind", "asked", "due", "waits for")
    with open_database(settings).reads() as uow:
        desk = PrivacyDesk(uow, municipality, SystemClock().now())
        for wish in uow.privacy.open_wishes():
            waits = desk.open_requests(wish.citizen_id) if wish.kind == "erase" else ()
            table.add_row(
                str(wish.id),
                str(wish.citizen_id),
                wish.kind,
                f"{municipality.local(wish.asked_at):%d.%m.%Y}",
                f"{municipality.local(wish.due_at):%d.%m.%Y}",
                ", ".join(request.tracking_no for request in waits),
            )
    out.print(table)


def export(settings: Settings, who: str, target: Path, staff: str) -> None:
    """Everything of a citizen as a ZIP; an open wish is fulfilled by it and the citizen is told."""
    with open_database(settings).writes() as uow:
        desk = PrivacyDesk(uow, municipality_of(settings.municipality), SystemClock().now())
        copy = desk.copy(_citizen(uow, who), f"staff:{staff}")
        files = write_copy(copy, target, DiskFiles(settings.files).path)
        uow.commit()
    rows = sum(len(found) for found in copy.records.values())
    out.print(f"citizen {copy.citizen_id}: {rows} rows, {files} files → {target}", highlight=False)


def erase(settings: Settings, who: str, staff: str) -> None:
    """Erase a citizen at once; what the law keeps is named."""
    with open_database(settings).writes() as uow:
        desk = PrivacyDesk(uow, municipality_of(settings.municipality), SystemClock().now())
        erased = desk.erase(_citizen(uow, who), f"staff:{staff}")
        uow.commit()
    files = DiskFiles(settings.files)
    for sha256 in erased.files:
        files.remove(sha256)
    out.print(f"erased; {len(erased.files)} files gone; kept: {'; '.join(erased.kept) or '-'}", highlight=False)


def retention(settings: Settings) -> None:
    """Work off wishes and anonymise what is old, now; otherwise it is done once a day."""
    clock = SystemClock()
    municipality = municipality_of(settings.municipality)
    keeper = RetentionKeeper(
        open_database(settings).writes, DiskFiles(settings.files), municipality, clock, "the command"
    )
    out.print(f"done; {keeper.work(clock.now())} files gone", highlight=False)


def _citizen(uow: UnitOfWork, who: str) -> int:
    """By the number that `privacy list` shows, or by a tracking number."""
    if who.isdigit():
        return int(who)
    citizen_id = find_request(uow, who, lock=False).citizen_id
    if citizen_id is None:
        raise NotFound("erased_already", request=who)
    return citizen_id
