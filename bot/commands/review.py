"""`hizmet review …`: the staff side until the desk is opened in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bot.bootstrap.wiring import municipality_of, open_database
from bot.clock import SystemClock
from bot.config import Settings
from bot.errors import NotFound
from bot.service.publicity import PublicDesk
from bot.service.reviews import ReviewDesk

out = Console()


def _in_desk(settings: Settings, act: Callable[[ReviewDesk], object], done: str) -> None:
    with open_database(settings).writes() as uow:
        act(ReviewDesk(uow, municipality_of(settings.municipality), SystemClock().now()))
        uow.commit()
    out.print(done)


def show_list(settings: Settings, as_json: bool) -> None:
    """Open items, urgent first, with how long they wait."""
    now = SystemClock().now()
    with open_database(settings).reads() as uow:
        items = uow.reviews.open_items()
    if as_json:
        for item in items:
            print(json.dumps({"id": item.id, "reason": item.reason, "urgent": item.urgent, "state": item.state}))
        return
    table = Table("id", "reason", "kind", "urgent", "waits", "held by")
    for item in items:
        minutes = int((now - item.created_at).total_seconds() // 60)
        held = item.taken_by if item.taken_by and item.taken_until and item.taken_until > now else ""
        kind = "handover" if item.handover else "review"
        table.add_row(str(item.id), item.reason, kind, "ACİL" if item.urgent else "", f"{minutes} min", held)
    out.print(table)


def show(settings: Settings, item_id: int) -> None:
    """The item's summary and the conversation as the citizen sees it."""
    municipality = municipality_of(settings.municipality)
    with open_database(settings).reads() as uow:
        item = uow.reviews.get(item_id)
        if item is None:
            raise NotFound("review_not_found", id=item_id)
        thread = uow.conversations.thread(item.conversation_id, 40) if item.conversation_id else []
        request = uow.requests.get(item.request_id) if item.request_id else None
    out.print(f"#{item.id} {item.reason} {item.state}", highlight=False)
    if request is not None:
        out.print(f"{request.tracking_no}: {request.service}, {request.status}", highlight=False)
    out.print(item.summary, markup=False, highlight=False)
    if item.suggested_reply:
        out.print(f"→ {item.suggested_reply}", markup=False, highlight=False)
    for message in thread:
        moment = f"{municipality.local(message.at):%d.%m. %H:%M}"
        out.print(f"{moment} {message.author:12} {message.text or message.kind}", markup=False, highlight=False)


def take(settings: Settings, item_id: int, staff: str) -> None:
    _in_desk(settings, lambda desk: desk.take(item_id, staff), f"#{item_id} is yours")


def reply(settings: Settings, item_id: int, text: str, staff: str) -> None:
    _in_desk(settings, lambda desk: desk.reply(item_id, staff, text), f"#{item_id}: the answer is on its way")


def approve(settings: Settings, item_id: int, text: str | None, staff: str) -> None:
    """Send a drafted public answer, in other words where `text` is given."""
    _in_public(
        settings, lambda desk: desk.approve(item_id, staff, text), f"#{item_id}: the public answer is on its way"
    )


def reject(settings: Settings, item_id: int, reason: str, staff: str) -> None:
    """A drafted public answer is never sent."""
    _in_public(settings, lambda desk: desk.reject(item_id, staff, reason), f"#{item_id}: the draft is withdrawn")


def _in_public(settings: Settings, act: Callable[[PublicDesk], object], done: str) -> None:
    with open_database(settings).writes() as uow:
        act(PublicDesk(uow, municipality_of(settings.municipality), SystemClock().now()))
        uow.commit()
    out.print(done)


def hand_back(settings: Settings, item_id: int, staff: str) -> None:
    _in_desk(settings, lambda desk: desk.hand_back(item_id, staff), f"#{item_id}: handed back to the bot")


def close(settings: Settings, item_id: int, reason: str, staff: str) -> None:
    _in_desk(settings, lambda desk: desk.close(item_id, staff, reason), f"#{item_id}: closed")
