"""One request of a staff member's browser, with what every screen needs to answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import FormData, QueryParams, UploadFile

from bot.domain.staff import StaffSession, StaffUser
from bot.errors import UserError
from bot.service.policy import Right, may, require
from bot.service.receiving import clean


@dataclass(frozen=True)
class Visit:
    """`staff` and `session` are None only on pages before the login. `path` holds the route's parameters."""

    url_path: str
    query: QueryParams
    path: Mapping[str, Any]
    form: FormData
    now: datetime
    address: str
    agent: str
    htmx: bool
    known: tuple[StaffUser, StaffSession] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"

    @property
    def here(self) -> str:
        """The address of the page, with its query: of what a post shows, that of the page it was sent from."""
        if self.method in ("GET", "HEAD"):
            return self.url_path + (f"?{self.query}" if self.query else "")
        before = urlsplit(self.headers.get("referer", ""))
        return before.path + (f"?{before.query}" if before.query else "")

    @property
    def staff(self) -> StaffUser:
        assert self.known is not None
        return self.known[0]

    @property
    def session(self) -> StaffSession:
        assert self.known is not None
        return self.known[1]

    @property
    def staff_id(self) -> int:
        assert self.staff.id is not None
        return self.staff.id

    def may(self, right: Right, unit: str | None = None) -> bool:
        return self.known is not None and may(self.staff, right, unit)

    def require(self, right: Right, unit: str | None = None) -> None:
        """Raise NotAllowed unless the visitor has the right, for this directorate."""
        require(self.staff, right, unit)

    def text(self, name: str, most: int = 4000) -> str:
        """A cleaned, stripped field of the form; empty where it is missing."""
        value = self.form.get(name)
        return clean(value).strip()[:most] if isinstance(value, str) else ""

    def password(self, name: str) -> str:
        """A field as it was typed, blanks and all."""
        value = self.form.get(name)
        return value[:1000] if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        return [clean(value).strip()[:200] for value in self.form.getlist(name) if isinstance(value, str)]

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number of the form. Raises UserError where it is none and there is no default."""
        value = self.text(name, 18)
        if value.lstrip("-").isdecimal():
            return int(value)
        if default is None or value:
            raise UserError("not_a_number", field=name)
        return default

    def asked(self, name: str, default: str = "") -> str:
        """A cleaned parameter of the query."""
        return clean(self.query.get(name, default)).strip()[:200]

    def upload(self, name: str) -> UploadFile | None:
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def uploads(self, name: str) -> Sequence[UploadFile]:
        return [value for value in self.form.getlist(name) if isinstance(value, UploadFile) and value.filename]
