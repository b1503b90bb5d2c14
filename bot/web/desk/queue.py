"""The queue: what needs a person, in the order of urgency; filtered, searched, kept as views, alive."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from bot.db.queue_queries import PAGE, STATES, QueueFilter, found_talks, open_channels, open_counts, queue
from bot.db.request_queries import staff_names
from bot.domain.messages import OutboxState
from bot.ports import UnitOfWork
from bot.service.policy import Right
from bot.service.replying import ANSWERED
from bot.web.desk import reasons
from bot.web.desk.frame import Desk
from bot.web.desk.personal import Shown
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.views import QUEUE
from bot.web.desk.visit import Visit

PATH = f"{PREFIX}/kuyruk"
MOST_PAGES = 500
STATE_NAMES = {"open": "Bekleyenler", "free": "Boşta", "mine": "Bende", "closed": "Kapananlar", "all": "Tümü"}


@dataclass(frozen=True)
class Leaving:
    """A reply that leaves in `seconds` and can be undone until then; `base`: the page to which `text` comes back."""

    outbox_id: int
    seconds: int
    base: str = ""
    text: str = ""


class QueueScreen:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[DeskRoute]:
        see = Right.SEE_QUEUE
        return [
            DeskRoute("/kuyruk", self.show, see),
            DeskRoute("/kuyruk/liste", self.show_list, see),
            DeskRoute("/canli/{topic:int}", None, see, stream=self.stream),
        ]

    async def stream(self, visit: Visit) -> Response:
        """News of the queue (topic 0) or of a conversation, as server-sent events."""
        return self._desk.hub.response(int(visit.path["topic"]))

    def show(self, visit: Visit) -> Response:
        return self._list(visit, "desk/queue.html")

    def show_list(self, visit: Visit) -> Response:
        """The list alone, as the page reads it anew."""
        return self._list(visit, "desk/_queue_list.html")

    def _list(self, visit: Visit, template: str) -> Response:
        given = {name: visit.asked(name) for name in ("durum", "sebep", "kanal", "acil", "ara", "sayfa")}
        wanted = filter_of(given, visit.staff.username)
        with self._desk.reads() as uow:
            found = queue(uow.session, wanted, visit.now)
            talks = found_talks(uow.session, wanted.query) if wanted.query else []
            context: dict[str, Any] = {
                "counts": open_counts(uow.session),
                "channels": open_channels(uow.session),
                "views": uow.staff.views(visit.staff_id, QUEUE),
                "leaving": self._leaving(uow, visit),
                "people": staff_names(uow.session),
            }
        listed = {row.conversation_id for row in found.rows}
        context |= {
            "found": found,
            "wanted": wanted,
            "talks": [talk for talk in talks if talk.id not in listed],
            "states": STATE_NAMES,
            "reasons": reasons,
            "shown": Shown(self._desk.municipality, False),
            "pages": min(MOST_PAGES, math.ceil(found.total / PAGE)),
            "query": query_of(wanted),
            "link": lambda **change: f"{PATH}?{query_of(wanted, **change)}",
            "chosen_note": visit.asked("tamam"),
        }
        return self._desk.page(visit, template, **context)

    def _leaving(self, uow: UnitOfWork, visit: Visit) -> Leaving | None:
        """The message that leaves in some seconds and can be undone; its words only for who wrote them."""
        gone = visit.asked("gitti")
        row = uow.outbox.get(int(gone)) if gone.isdecimal() and len(gone) < 18 else None
        if row is None or row.id is None or row.state != OutboxState.PENDING or row.not_before <= visit.now:
            return None
        seconds = math.ceil((row.not_before - visit.now).total_seconds())
        item = uow.reviews.of_outbox(row.id)
        if item is None or item.taken_by != visit.staff.username or item.closed_reason != ANSWERED:
            return Leaving(row.id, seconds)
        return Leaving(row.id, seconds, f"{PREFIX}/gorusme/{item.id}", str(row.body["text"]))


def filter_of(given: dict[str, str], username: str) -> QueueFilter:
    """The filter of a query string; what is not known counts as not asked."""
    state, page = given.get("durum", ""), given.get("sayfa", "")
    return QueueFilter(
        state=state if state in STATES else "open",
        reason=given.get("sebep") or None,
        channel=given.get("kanal") or None,
        urgent=given.get("acil") == "1",
        query=given.get("ara", "").strip()[:100],
        page=max(1, min(MOST_PAGES, int(page))) if page.isdecimal() and len(page) < 6 else 1,
        mine=username,
    )


def query_of(wanted: QueueFilter, **change: Any) -> str:
    """The filter as a query string, with `change` (durum, sebep, kanal, acil, ara, sayfa) made to it."""
    values: dict[str, Any] = {
        "durum": wanted.state if wanted.state != "open" else "",
        "sebep": wanted.reason or "",
        "kanal": wanted.channel or "",
        "acil": "1" if wanted.urgent else "",
        "ara": wanted.query,
    } | change
    return urlencode({name: value for name, value in values.items() if value})
