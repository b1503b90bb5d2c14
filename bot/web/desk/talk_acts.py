"""What somebody does in a conversation: take it, answer, undo, note, hand it back, close it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from starlette.responses import RedirectResponse, Response

from bot.errors import NotFound, StaleVersion
from bot.ports import UnitOfWork
from bot.service.policy import Right
from bot.service.publicity import PublicDesk
from bot.service.replying import PRESENT, ReplyDesk
from bot.service.reviews import ReviewDesk
from bot.web.desk.conversation import ConversationScreen
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

QUEUE = f"{PREFIX}/kuyruk"
Act = Callable[[UnitOfWork, Visit, int], None]


class TalkActs:
    """The posts of the conversation page; each is one unit of work."""

    def __init__(self, desk: Desk, screen: ConversationScreen) -> None:
        self._desk, self._screen = desk, screen

    def routes(self) -> list[DeskRoute]:
        staying: dict[str, Act] = {
            "al": self._take,
            "birak": self._release,
            "devral": self._take_over,
            "not": self._note,
        }
        routes = [self._route(f"/gorusme/{{item:int}}/{path}", self._stay(act)) for path, act in staying.items()]
        return [
            *routes,
            self._route("/gorusme/{item:int}/tut", self.keep),
            self._route("/gorusme/{item:int}/yanit", self.reply),
            self._route("/gorusme/{item:int}/onayla", self.approve),
            self._route("/gorusme/{item:int}/reddet", self.reject),
            self._route("/gorusme/{item:int}/geri-ver", self.hand_back),
            self._route("/gorusme/{item:int}/kapat", self.close),
            self._route("/yanit/{outbox:int}/geri-al", self.undo),
        ]

    def _route(self, path: str, screen: Callable[[Visit], Response]) -> DeskRoute:
        return DeskRoute(path, screen, Right.ANSWER, ("POST",))

    # -- staying on the page
    def _stay(self, act: Act) -> Callable[[Visit], Response]:
        def screen(visit: Visit) -> Response:
            item_id = int(visit.path["item"])
            with self._desk.writes() as uow:
                act(uow, visit, item_id)
                uow.commit()
            return self._stayed(visit, item_id)

        return screen

    def _take(self, uow: UnitOfWork, visit: Visit, item_id: int) -> None:
        self._reviews(uow, visit).take(item_id, visit.staff.username, PRESENT)

    def _release(self, uow: UnitOfWork, visit: Visit, item_id: int) -> None:
        self._reviews(uow, visit).release(item_id, visit.staff.username)

    def _take_over(self, uow: UnitOfWork, visit: Visit, item_id: int) -> None:
        until = visit.now + timedelta(hours=self._desk.settings.handover_hours)
        self._reviews(uow, visit).take_over(item_id, visit.staff.username, until, PRESENT)

    def _note(self, uow: UnitOfWork, visit: Visit, item_id: int) -> None:
        item = uow.reviews.get(item_id)
        if item is None or item.conversation_id is None:
            raise NotFound("review_not_found", id=item_id)
        self._replies(uow, visit).note(item.conversation_id, visit.text("text", 4000))

    def keep(self, visit: Visit) -> Response:
        """The page is still open: the hold goes on. Raises StaleVersion where it was lost."""
        with self._desk.writes() as uow:
            kept = uow.reviews.keep(int(visit.path["item"]), visit.staff.username, visit.now + PRESENT)
            uow.commit()
        if not kept:
            raise StaleVersion("hold_lost")
        return Response(status_code=204)

    def reply(self, visit: Visit) -> Response:
        """Answer; with `kapat` the matter is closed by it."""
        item_id = int(visit.path["item"])
        closing = bool(visit.text("kapat"))
        with self._desk.writes() as uow:
            replies = self._replies(uow, visit)
            text, key = visit.text("text", 20_000), visit.text("key", 40) or None
            row = (replies.send_and_close if closing else replies.send)(item_id, text, key)
            if closing:
                self._release(uow, visit, item_id)
            uow.commit()
        if closing:
            return self._left(visit, f"{QUEUE}?gitti={row.id}")
        return self._stayed(visit, item_id)

    def undo(self, visit: Visit) -> Response:
        """Take back what has not left yet: its words are in the page again, to be changed."""
        with self._desk.writes() as uow:
            item_id = self._replies(uow, visit).undo(int(visit.path["outbox"]))
            uow.commit()
        return self._left(visit, f"{PREFIX}/gorusme/{item_id}" if item_id else QUEUE)

    # -- leaving the page
    def approve(self, visit: Visit) -> Response:
        item_id = int(visit.path["item"])
        with self._desk.writes() as uow:
            text = visit.text("text", 4000) if "text" in visit.form else None
            row = self._replies(uow, visit).approve(item_id, text)
            self._release(uow, visit, item_id)
            uow.commit()
        return self._left(visit, f"{QUEUE}?gitti={row.id}")

    def reject(self, visit: Visit) -> Response:
        item_id = int(visit.path["item"])
        with self._desk.writes() as uow:
            self._reviews(uow, visit).take(item_id, visit.staff.username, PRESENT)
            PublicDesk(uow, self._desk.municipality, visit.now).reject(
                item_id, visit.staff.username, visit.text("reason", 200)
            )
            self._release(uow, visit, item_id)
            uow.commit()
        return self._left(visit, f"{QUEUE}?tamam=reddedildi")

    def hand_back(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            item_id = int(visit.path["item"])
            self._reviews(uow, visit).hand_back(item_id, visit.staff.username)
            self._release(uow, visit, item_id)
            uow.commit()
        return self._left(visit, f"{QUEUE}?tamam=geri-verildi")

    def close(self, visit: Visit) -> Response:
        """Close without an answer, with a reason: one of those offered, or one's own words."""
        reason = visit.text("reason_own", 200) or visit.text("reason", 200)
        with self._desk.writes() as uow:
            item_id = int(visit.path["item"])
            self._reviews(uow, visit).close(item_id, visit.staff.username, reason)
            self._release(uow, visit, item_id)
            uow.commit()
        return self._left(visit, f"{QUEUE}?tamam=kapatildi")

    # -- helpers
    def _reviews(self, uow: UnitOfWork, visit: Visit) -> ReviewDesk:
        return ReviewDesk(uow, self._desk.municipality, visit.now)

    def _replies(self, uow: UnitOfWork, visit: Visit) -> ReplyDesk:
        hours = timedelta(hours=self._desk.settings.handover_hours)
        return ReplyDesk(uow, self._desk.municipality, visit.now, visit.staff.username, hours)

    def _stayed(self, visit: Visit, item_id: int) -> Response:
        if not visit.htmx:
            return RedirectResponse(f"{PREFIX}/gorusme/{item_id}", 303)
        with self._desk.reads() as uow:
            page = self._screen.of_item(visit, uow, uow.session, item_id)
        return self._screen.parts(visit, page)

    def _left(self, visit: Visit, target: str) -> Response:
        if visit.htmx:
            return Response(status_code=204, headers={"hx-redirect": target})
        return RedirectResponse(target, 303)
