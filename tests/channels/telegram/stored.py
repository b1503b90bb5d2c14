"""What the tests read back from the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from bot.db.tables import identities
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.messages import InboxRow, IncomingEvent
from bot.ports import UnitOfWork, UnitOfWorkFactory
from bot.service.receiving import Receiver, event_of


def inbox(uows: UnitOfWorkFactory) -> Sequence[InboxRow]:
    """All rows, in the order of their conversation's sequence."""
    with uows() as uow:
        assert isinstance(uow, SqlUnitOfWork)
        return uow.session.scalars(select(InboxRow).order_by(InboxRow.sequence)).all()  # type: ignore[arg-type]  # mapped


def events(uows: UnitOfWorkFactory) -> list[IncomingEvent]:
    return [event_of(row) for row in inbox(uows)]


def reachable(uows: UnitOfWorkFactory, sender: str) -> bool:
    with uows() as uow:
        assert isinstance(uow, SqlUnitOfWork)
        query = select(identities.c.reachable).where(identities.c.external_id == sender)
        return bool(uow.session.scalars(query).one())


@dataclass
class Troubled:
    """A receiver that meets `troubles` first, one a call; and that never can store the events named in `poison`."""

    receiver: Receiver
    troubles: list[Exception] = field(default_factory=list)
    poison: frozenset[str] = frozenset()

    def store(self, uow: UnitOfWork, event: IncomingEvent) -> bool:
        if self.troubles:
            raise self.troubles.pop(0)
        if event.event_id in self.poison and event.for_us:
            raise UnicodeEncodeError("utf-8", "x", 0, 1, "a value that the database refuses")
        return self.receiver.store(uow, event)
