"""The pages that people see: the chat, full or in a frame, and the form that asks for a request's status."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import anyio.to_thread
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from bot.db.chat_queries import Transactions
from bot.municipality import Municipality
from bot.service.receiving import clean
from bot.service.texts import Texts
from bot.web.limits import Limits, TooMany, address_of
from bot.web.sessions import ChatSessions

HERE = Path(__file__).parent
_JAVASCRIPT = "text/javascript; charset=utf-8"


@dataclass(frozen=True)
class Standing:
    """What number and code show: where the request stands and when; nothing of what it is about."""

    number: str
    status: str
    filed: datetime
    changed: datetime
    due: datetime | None


class Pages:
    def __init__(
        self, municipality: Municipality, sessions: ChatSessions, limits: Limits, reads: Transactions, max_file: int
    ) -> None:
        self._municipality, self._sessions, self._limits, self._reads = municipality, sessions, limits, reads
        self._max_file = max_file
        self._texts = Texts(municipality)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), trim_blocks=True
        )
        self._templates.globals |= {"municipality": municipality, "texts": self._texts, "text": self._texts}

    def routes(self) -> list[Route]:
        return [
            Route("/", self.full),
            Route("/sohbet", self.framed),
            Route("/widget.js", self.widget),
            Route("/takip", self.ask),
            Route("/takip", self.show, methods=["POST"]),
        ]

    async def full(self, request: Request) -> Response:
        return self._chat(request, framed=False)

    async def framed(self, request: Request) -> Response:
        """The same page for the widget's frame."""
        return self._chat(request, framed=True)

    async def widget(self, request: Request) -> Response:
        return FileResponse(HERE / "static" / "widget.js", media_type=_JAVASCRIPT)

    async def ask(self, request: Request) -> Response:
        """The form; a link may bring number and code along."""
        query = request.query_params
        return self._tracking(query.get("no", ""), query.get("kod", ""))

    async def show(self, request: Request) -> Response:
        """Status and dates for who has number and code. A wrong number and a wrong code are answered alike."""
        form = await request.form(max_files=0, max_fields=10, max_part_size=4096)
        number, code = (clean(str(form.get(name, ""))).strip().upper()[:40] for name in ("no", "kod"))
        try:
            self._limits.take("track:address", address_of(request))
            self._limits.check("track:number", number)
        except TooMany as error:
            refused = self._tracking(number, "", problem="track_slow_down", status=429)
            refused.headers["retry-after"] = str(error.retry_after)
            return refused
        standing = await anyio.to_thread.run_sync(self._standing, number, code)
        if standing is None:
            self._limits.take("track:number", number)
            return self._tracking(number, "", problem="track_unknown", status=404)
        return self._tracking(number, "", standing=standing)

    def _standing(self, number: str, code: str) -> Standing | None:
        with self._reads() as uow:
            request = uow.requests.by_number(number)
        expected = request.access_code if request else ""
        if not hmac.compare_digest(code.encode(), (expected or "\0").encode()) or request is None:
            return None
        return Standing(request.tracking_no, request.status, request.created_at, request.updated_at, request.due_at)

    def _chat(self, request: Request, framed: bool) -> Response:
        session = self._sessions.find_or_begin(request)
        shown = {name.removeprefix("web_"): self._shown(name) for name in self._municipality.texts if _is_web(name)}
        config = {"session": session.tag, "maxFile": self._max_file, "framed": framed, "texts": shown}
        response = HTMLResponse(
            self._templates.get_template("chat.html").render(
                config=json.dumps(config, ensure_ascii=False),
                starters=self._municipality.texts.get("web_starters", ()),
                framed=framed,
            )
        )
        self._sessions.keep(session, request, response)
        return response

    def _shown(self, name: str) -> str:
        return self._texts(name, phone=self._municipality.phone)

    def _tracking(
        self, number: str, code: str, *, problem: str | None = None, standing: Standing | None = None, status: int = 200
    ) -> Response:
        page = self._templates.get_template("track.html")
        return HTMLResponse(page.render(number=number, code=code, problem=problem, standing=standing), status)


def _is_web(name: str) -> bool:
    return name.startswith("web_") and name != "web_starters"
