"""Files are brought before the turn, or given up with the reason; a message is never stuck. On both databases."""

from __future__ import annotations

import asyncio
import hashlib
import random
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.fetching import FetchWorker
from bot.domain.messages import EventKind, FileRef, InboxRow, IncomingEvent
from bot.errors import CredentialsRefused, Rejected, TransientError
from bot.service.receiving import Receiver
from tests.delivery.conftest import Office

pytestmark = pytest.mark.anyio


def fetcher(office: Office, **more: Any) -> FetchWorker:
    return FetchWorker(office.uows, {"telegram": office.telegram}, office.clock, random.Random(1), **more)


def receive(
    office: Office, *remotes: str, number: int = 1, channel: str = "telegram", size: int | None = None, **more: Any
) -> None:
    files = tuple(FileRef("photo", f"{remote}.jpg", "image/jpeg", remote, size) for remote in remotes)
    event = IncomingEvent(
        channel=channel,
        event_id=str(number),
        sender="ayse",
        thread="ayse",
        kind=EventKind.PHOTO if files else EventKind.TEXT,
        occurred_at=office.clock.now(),
        sequence=number,
        text="" if files else "konteyner dolu",
        files=files,
        **more,
    )
    assert Receiver(office.uows, office.clock, 2.0).receive(event) == 1


def inbox(office: Office, number: int = 1) -> InboxRow:
    with office.uows() as uow:
        row = uow.inbox.get(number)
        assert row is not None
        return row


def files(office: Office, number: int = 1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = inbox(office, number).payload["files"]
    return found


async def test_a_file_is_brought_and_the_message_becomes_ready_under_its_hash(office: Office) -> None:
    office.telegram.files["p1"] = b"jpeg"
    receive(office, "p1")
    assert inbox(office).state == "fetching"
    assert await fetcher(office).drain() == 1
    row = inbox(office)
    assert (row.state, row.attempts) == ("ready", 0)
    (file,) = files(office)
    assert (file["sha256"], file["size"], file["problem"]) == (hashlib.sha256(b"jpeg").hexdigest(), 4, None)


async def test_a_transient_error_is_tried_again_after_a_pause_and_brought_files_are_kept(office: Office) -> None:
    office.telegram.files |= {"p1": b"one", "p2": b"two"}
    receive(office, "p1", "p2")
    office.telegram.fail_next(TransientError("500"))
    worker = fetcher(office)
    assert await worker.drain() == 1
    row = inbox(office)
    assert row.state == "fetching"
    assert office.clock.now() + timedelta(seconds=1) < row.ready_at <= office.clock.now() + timedelta(seconds=2)
    assert [file["sha256"] is not None for file in files(office)] == [False, True]
    office.clock.advance(timedelta(seconds=2))
    await worker.drain()
    assert inbox(office).state == "ready"
    assert office.telegram.calls == 3


@pytest.mark.parametrize("error", [TransientError("500"), CredentialsRefused("401"), OSError("disk")])
async def test_after_six_attempts_in_about_two_minutes_the_message_goes_on_without_its_file(
    office: Office, error: Exception
) -> None:
    receive(office, "p1")
    office.telegram.fail_next(*[error] * 20)
    worker, began = fetcher(office), office.clock.now()
    while inbox(office).state == "fetching":
        assert office.clock.now() - began < timedelta(minutes=3)
        await worker.drain()
        office.clock.advance(timedelta(seconds=1))
    assert office.telegram.calls == 6
    assert office.clock.now() - began > timedelta(seconds=60)
    assert files(office)[0]["problem"] == "gone"


async def test_what_can_never_be_brought_is_given_up_at_once(office: Office) -> None:
    receive(office, "p1")
    office.telegram.fail_next(Rejected("404"))
    await fetcher(office).drain()
    assert inbox(office).state == "ready"
    assert files(office)[0]["problem"] == "gone"


async def test_a_file_over_the_limit_is_not_even_asked_for(office: Office) -> None:
    receive(office, "p1", size=2001)
    await fetcher(office, max_file=2000).drain()
    assert inbox(office).state == "ready"
    assert files(office)[0]["problem"] == "too_large"
    assert office.telegram.calls == 0


async def test_a_message_of_a_channel_that_is_not_set_up_any_more_is_not_stuck(office: Office) -> None:
    receive(office, "p1", channel="x_dm")
    worker = fetcher(office)
    for _ in range(6):
        await worker.drain()
        office.clock.advance(timedelta(seconds=60))
    assert inbox(office).state == "ready"
    assert files(office)[0]["problem"] == "gone"


async def test_a_killed_fetch_is_taken_up_again_when_its_claim_ran_out(office: Office) -> None:
    office.telegram.files["p1"] = b"jpeg"
    receive(office, "p1")
    assert len(fetcher(office)._claim(office.clock.now())) == 1
    worker = fetcher(office)
    assert await worker.drain() == 0
    office.clock.advance(timedelta(seconds=90))
    assert await worker.drain() == 1
    assert inbox(office).state == "ready"


async def test_two_workers_do_not_fetch_the_same_message(office: Office) -> None:
    for number in range(1, 7):
        office.telegram.files[f"p{number}"] = b"jpeg"
        receive(office, f"p{number}", number=number)
    await asyncio.gather(fetcher(office).drain(), fetcher(office).drain())
    assert office.telegram.calls == 6


async def test_a_photo_waits_for_its_words_as_a_text_does(office: Office) -> None:
    office.telegram.files["p1"] = b"jpeg"
    receive(office, "p1")
    await fetcher(office, gather_seconds=2).drain()
    assert inbox(office).ready_at == office.clock.now() + timedelta(seconds=2)


async def test_the_photos_of_an_album_become_ready_together(office: Office) -> None:
    office.telegram.files |= {"p1": b"one", "p2": b"two"}
    receive(office, "p1", number=1, album="a")
    receive(office, "p2", number=2, album="a")
    office.telegram.fail_next(TransientError("500"))
    worker = fetcher(office, gather_seconds=2)
    await worker.drain()
    states = sorted((inbox(office, number).state, inbox(office, number).ready_at) for number in (1, 2))
    assert [state for state, _ in states] == ["fetching", "ready"]
    assert states[1][1] > office.clock.now() + timedelta(seconds=2)
    office.clock.advance(timedelta(seconds=3))
    await worker.drain()
    assert [(inbox(office, n).state, inbox(office, n).ready_at) for n in (1, 2)] == [("ready", office.clock.now())] * 2


async def test_the_loop_fetches_until_it_is_stopped(office: Office) -> None:
    office.telegram.files["p1"] = b"jpeg"
    receive(office, "p1")
    stop = asyncio.Event()
    running = asyncio.create_task(fetcher(office).run(stop))
    async with asyncio.timeout(10):
        while inbox(office).state == "fetching":
            await asyncio.sleep(0.02)
    stop.set()
    await asyncio.wait_for(running, 5)
