"""`hizmet audit …`: the chain of what staff did."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table

from bot.bootstrap.wiring import municipality_of, open_database
from bot.config import Settings
from bot.db.audit_queries import AuditFilter, audit_rows, verify_chain

out = Console()


def verify(settings: Settings, head: str | None) -> bool:
    """Whether every row follows from the one before; says which is the first that doesn't.

    The printed head, kept elsewhere, shows later (`head`) that nothing was cut off at the end.
    """
    with open_database(settings).reads() as uow:
        verdict = verify_chain(uow.session, head)
    if verdict.broken is not None:
        print(f"broken at row {verdict.broken}: {verdict.problem}")
        return False
    if head and not verdict.head_found:
        print("the given head is not in the chain: rows at its end were removed")
        return False
    print(f"{verdict.rows} rows, unbroken; head {verdict.head or '-'}")
    return True


def show_list(settings: Settings, actor: str, action: str, object_: str, limit: int, as_json: bool) -> None:
    """Newest first."""
    municipality = municipality_of(settings.municipality)
    wanted = AuditFilter(actor=actor, action=action, object=object_)
    with open_database(settings).reads() as uow:
        rows = audit_rows(uow.session, wanted, limit=limit)
    if as_json:
        for row in rows:
            fields = {"id": row.id, "at": row.at.isoformat(), "actor": row.actor}
            print(json.dumps(fields | {"action": row.action, "object": row.object}, ensure_ascii=False))
        return
    table = Table("id", "when", "who", "what", "on")
    for row in rows:
        moment = f"{municipality.local(row.at):%d.%m.%Y %H:%M:%S}"
        table.add_row(str(row.id), moment, row.actor, row.action, row.object)
    out.print(table)
