"""People at the desk and citizens who filed something, for the tests of every screen."""

from __future__ import annotations

import itertools
from typing import Any

import httpx
from starlette.testclient import TestClient

from bot.domain.messages import EventKind, IncomingEvent, Message
from bot.domain.requests import Filing, Kind, Place, Request
from bot.domain.staff import Role, StaffUser
from bot.service.requests import RequestDesk, find_request
from bot.service.staff import StaffDesk, digest
from bot.web.desk.routing import COOKIE
from tests.web.stage import Stage

PASSWORD = "kavak yelleri eser"
PHONE = "0532 123 45 67"
_numbers = itertools.count(1)


def enroll(stage: Stage, role: Role, unit: str | None = None, username: str | None = None) -> StaffUser:
    """An account with PASSWORD; its name is 'role-n' where none is given."""
    username = username or f"{role}-{next(_numbers)}"
    with stage.uows() as uow:
        user = StaffDesk(uow, stage.clock.now()).enroll(username, username.title(), role, PASSWORD, unit)
        uow.commit()
    return user


class StaffBrowser:
    """A browser in which somebody is logged in: `post` sends the form's token along. `client` is the bare one."""

    def __init__(self, stage: Stage, client: TestClient, user: StaffUser) -> None:
        self.stage, self.client, self.user = stage, client, user

    @property
    def actor(self) -> str:
        return self.user.actor

    @property
    def csrf(self) -> str:
        """The token that the session's forms carry."""
        with self.stage.reads() as uow:
            found = uow.staff.session_of(digest(self.client.cookies[COOKIE]))
        assert found is not None
        return found[0].csrf

    def log_in(self) -> httpx.Response:
        fields = {"username": self.user.username, "password": PASSWORD}
        return self.client.post("/masa/giris", data=fields, follow_redirects=False)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """A form of the desk; redirects are not followed, so that a test sees where it leads."""
        more = {"follow_redirects": False} | more
        return self.client.post(path, data={"csrf": self.csrf, **(fields or {})}, **more)


def file_request(
    stage: Stage,
    service: str = "waste_container",
    text: str = "Çöp konteyneri taştı",
    *,
    name: str = "Ayşe Yılmaz",
    channel: str = "telegram",
    thread: str | None = None,
    place: Place = Place(neighbourhood="Yazır", district="Selçuklu", street="Gül Sokak"),  # noqa: B008 - frozen
    kind: Kind = Kind.COMPLAINT,
    urgent: bool = False,
    contact: str | None = PHONE,
) -> Request:
    """A citizen writes `text` on a channel and the request is filed; the same `thread` is the same conversation."""
    number = next(_numbers)
    now = stage.clock.now()
    thread = thread or f"thread-{number}"
    event = IncomingEvent(
        channel=channel,
        event_id=f"event-{number}",
        sender=thread,
        thread=thread,
        kind=EventKind.TEXT,
        occurred_at=now,
        text=text,
        display_name=name,
        address={"chat_id": number},
    )
    with stage.uows() as uow:
        conversation = uow.conversations.of_event(event, now)
        assert conversation.id is not None
        uow.conversations.say(Message(conversation.id, "in", "citizen", text, now))
        filing = Filing(f"test:{number}", service, kind, text, place, urgent=urgent, contact=contact)
        desk = RequestDesk(uow, stage.municipality, now, stage.settings.secret.encode())
        request = desk.file(filing, conversation.citizen_id, conversation.id, channel)
        uow.commit()
    return request


def reread(stage: Stage, tracking_no: str) -> Request:
    with stage.reads() as uow:
        return find_request(uow, tracking_no, lock=False)
