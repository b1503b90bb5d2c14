"""The webhook: one signed post for each entry of a request's history, nothing personal in it, failures are seen."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.fake import FakeChannel
from bot.channels.webhook import WebhookChannel, key_of
from bot.config import WebhookSettings
from bot.delivery.worker import DeliveryWorker
from bot.domain.conversation import ReviewItem
from bot.domain.messages import OutboxRow, OutboxState, Reply
from bot.domain.requests import Filing, Kind, Place, Request, Status
from bot.errors import ConfigError, CredentialsRefused, RateLimited, Rejected, TransientError, UncertainError
from bot.service.requests import RequestDesk, find_request
from bot.service.webhooks import keep_switch
from tests.delivery.conftest import Office

SECRET = "a secret of twenty-four signs or more"
MESSAGE = json.dumps({"id": "history-7", "type": "request.status", "data": {"service": "çöp"}})
pytestmark = pytest.mark.anyio


@dataclass
class Receiver:
    """A program of the municipality that answers as it is told."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    took: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def hook(self, request: HttpRequest) -> Response:
        self.took.append((dict(request.headers), await request.body()))
        if self.hangs_up:
            raise RuntimeError("hangs up")
        return Response(status_code=self.status, headers=self.headers)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    app = Starlette(routes=[Route("/hook", made.hook, methods=["POST"])])
    config = uvicorn.Config(app, host="127.0.0.1", port=0, ws="none", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/hook"
    yield made
    server.should_exit = True
    thread.join(10)


async def send(office: Office, url: str, text: str = MESSAGE) -> str | None:
    channel = WebhookChannel(WebhookSettings(url, SECRET), office.clock)
    try:
        return (await channel.send({}, Reply(text))).provider_id
    finally:
        await channel.aclose()


# -- the post
async def test_a_post_is_signed_over_its_id_its_time_and_its_body(office: Office, receiver: Receiver) -> None:
    assert await send(office, receiver.url) == "history-7"
    ((headers, body),) = receiver.took
    assert body == MESSAGE.encode() and headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == str(int(office.clock.now().timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, TransientError), (503, TransientError), (404, TransientError), (429, RateLimited),
        (401, CredentialsRefused), (403, CredentialsRefused), (400, Rejected), (410, Rejected), (302, Rejected),
    ],
)  # fmt: skip
async def test_an_answer_is_told_as_one_error_of_ours(
    office: Office, receiver: Receiver, status: int, error: type[Exception]
) -> None:
    receiver.status, receiver.headers = status, {"retry-after": "7", "location": "http://127.0.0.1:1/"}
    with pytest.raises(error) as told:
        await send(office, receiver.url)
    assert type(told.value) is error
    if isinstance(told.value, RateLimited):
        assert told.value.retry_after == 7
    assert len(receiver.took) == 1


async def test_nobody_there_may_pass_and_a_lost_answer_is_uncertain(office: Office) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}/hook"
        with pytest.raises(TransientError):
            await send(office, closed)
        taken.listen()

        def hang_up() -> None:
            connection, _ = taken.accept()
            connection.recv(10_000)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(UncertainError):
            await send(office, closed)
        thread.join()


def test_a_secret_may_come_in_the_form_of_standard_webhooks() -> None:
    assert key_of("whsec_" + base64.b64encode(b"key").decode()) == b"key"
    assert key_of("plain") == b"plain"
    with pytest.raises(ConfigError):
        key_of("whsec_not base64!")


# -- the rows
def listen(office: Office, on: bool = True) -> None:
    with office.uows() as uow:
        keep_switch(uow, on, office.clock.now())
        uow.commit()


def rows(office: Office) -> list[OutboxRow]:
    with office.uows() as uow:
        found = uow.session.scalars(select(OutboxRow)).all()  # type: ignore[attr-defined]  # the real unit of work
        return [row for row in found if row.kind == "webhook"]


def filed_by(office: Office, account: str) -> Request:
    conversation = office.conversation(account)
    filing = Filing(f"draft-{account}", "waste_collection", Kind.COMPLAINT, "konteyner dolu", Place("Yazır"))
    with office.uows() as uow:
        desk = RequestDesk(uow, office.municipality, office.clock.now(), b"key")
        request = desk.file(filing, conversation.citizen_id, conversation.id or 0, "telegram")
        uow.commit()
    return request


def worker(office: Office, hook: FakeChannel) -> DeliveryWorker:
    return DeliveryWorker(office.uows, {"webhook": hook}, office.clock, office.municipality, random.Random(1))


def change(office: Office, number: str, after: Status, note: str | None = None) -> None:
    with office.uows() as uow:
        desk = RequestDesk(uow, office.municipality, office.clock.now(), b"key")
        desk.change(find_request(uow, number), after, "staff:ayse", note=note)
        uow.commit()


async def test_each_entry_of_the_history_becomes_one_post_without_words_or_names(office: Office) -> None:
    listen(office)
    request = filed_by(office, "ayse")
    change(office, request.tracking_no, Status.IN_PROGRESS, note="Ekip 0532 123 45 67 numarasını aradı")
    filed, started = (json.loads(row.body["text"]) for row in rows(office))
    assert (filed["type"], started["type"]) == ("request.filed", "request.status")
    data: dict[str, Any] = started["data"]
    assert (data["from"], data["to"], data["by"]) == ("received", "in_progress", "staff")
    assert data["request"] == request.tracking_no and started["id"] != filed["id"]
    shown = json.dumps([filed, started])
    assert "0532" not in shown and "ayse" not in shown and request.description not in shown


async def test_nothing_is_written_where_nobody_listens(office: Office) -> None:
    filed_by(office, "ayse")
    listen(office)
    listen(office, on=False)
    filed_by(office, "fatma")
    assert rows(office) == []


async def test_the_worker_posts_what_was_written(office: Office) -> None:
    listen(office)
    filed_by(office, "ayse")
    hook = FakeChannel("webhook")
    await worker(office, hook).drain()
    assert [json.loads(text)["type"] for text in hook.texts] == ["request.filed"]
    assert [row.state for row in rows(office)] == [OutboxState.SENT]


async def test_a_deaf_program_is_one_matter_for_the_team_a_day(office: Office) -> None:
    listen(office)
    hook = FakeChannel("webhook")
    hook.fail_next(*(Rejected("410") for _ in range(3)))
    for account in ("a", "b", "c"):
        filed_by(office, account)
    await worker(office, hook).drain()
    assert {row.state for row in rows(office)} == {OutboxState.FAILED}

    def items() -> list[ReviewItem]:
        with office.uows() as uow:
            return [item for item in uow.reviews.open_items() if item.matter == "webhook"]

    assert len(items()) == 1
    office.clock.advance(timedelta(days=1, seconds=1))
    hook.fail_next(Rejected("410"))
    filed_by(office, "d")
    await worker(office, hook).drain()
    assert len(items()) == 2
