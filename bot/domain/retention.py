"""How long personal data are kept; the municipality's file sets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class LegalRetention:
    """Closed requests of these services stay whole for `span`, also when the citizen wants erasure; `name` says why."""

    services: tuple[str, ...]
    span: timedelta
    name: str


@dataclass(frozen=True)
class Retention:
    """Afterwards it is anonymised by schedule: `requests` from their end, `conversations` from the last message."""

    requests: timedelta = timedelta(days=5 * 365 + 1)
    conversations: timedelta = timedelta(days=2 * 365)
    by_law: tuple[LegalRetention, ...] = ()

    def legal(self, service: str) -> LegalRetention | None:
        """The law that keeps requests of the service, if there is one."""
        return next((law for law in self.by_law if service in law.services), None)
