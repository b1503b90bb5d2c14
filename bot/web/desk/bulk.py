"""Changing many requests at once: a preview that says what will happen to each, then one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from bot.db.request_queries import RequestRow, rows_of
from bot.domain.requests import Priority, Status
from bot.domain.workflow import TRANSITIONS
from bot.errors import UserError
from bot.service.policy import Right, bound_to
from bot.service.requests import check_version
from bot.web.desk.frame import Desk
from bot.web.desk.request_access import changed, gate, request_page
from bot.web.desk.requests_filter import asked_by
from bot.web.desk.routing import DeskRoute
from bot.web.desk.visit import Visit

MOST = 200
NOTE = 1000
ACTIONS: Mapping[str, str] = {
    Status.IN_PROGRESS: "İşleme al",
    Status.RESOLVED: "Çözüldü olarak kapat",
    Status.REJECTED: "Olumsuz sonuçlandır",
    "assign": "Başka birime ilet",
    Priority.URGENT: "Acil yap",
    Priority.NORMAL: "Acil değil",
}


@dataclass(frozen=True)
class Prospect:
    """A request with what stands against the change: a message key, None where nothing does."""

    row: RequestRow
    refused: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of one request; `problem` in the visitor's language, None where it was changed."""

    number: str
    problem: str | None


class Bulk:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.problems |= {
            "nothing_chosen": "Lütfen en az bir başvuru seçin.",
            "too_many_chosen": "Bir seferde en çok {most} başvuru değiştirilebilir.",
            "unknown_action": "Böyle bir işlem yok.",
            "same_already": "Zaten öyle.",
        }

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/basvurular/toplu", self.preview, Right.CHANGE_MANY, ("POST",)),
            DeskRoute("/basvurular/toplu/uygula", self.apply, Right.CHANGE_MANY, ("POST",)),
        ]

    def preview(self, visit: Visit) -> Response:
        """Nothing changes yet. Requests that the change doesn't fit are named with the reason."""
        action, ids = self._action(visit), _chosen(visit, "id")
        with self._desk.reads() as uow:
            rows = rows_of(uow.session, ids, bound_to(visit.staff))
        prospects = [Prospect(row, _refusal(action, row)) for row in rows]
        return self._page(visit, "desk/bulk.html", action, prospects=prospects, outcomes=None)

    def apply(self, visit: Visit) -> Response:
        """One transaction each: what one of them refuses doesn't touch the others."""
        action, note, unit = self._action(visit), visit.text("note", NOTE), visit.text("unit", 40)
        if action in (Status.REJECTED, "assign") and not note:
            raise UserError("reason_needed")
        if action == "assign" and unit not in self._desk.municipality.units:
            raise UserError("unknown_unit", unit=unit)
        chosen = [given.partition(":") for given in visit.texts("chosen")][: MOST + 1]
        _check_number(chosen)
        outcomes = [self._one(visit, action, number, version) for number, _, version in chosen]
        return self._page(visit, "desk/bulk.html", action, prospects=[], outcomes=outcomes)

    def _one(self, visit: Visit, action: str, number: str, version: str) -> Outcome:
        try:
            with self._desk.writes() as uow:
                request = changed(visit, uow, number)
                check_version(request, int(version) if version.isdecimal() else 0)
                desk, actor = gate(self._desk, visit, uow), visit.staff.actor
                note, told = visit.text("note", NOTE) or None, visit.text("told", 1) == "1"
                if action == "assign":
                    desk.assign(request, visit.text("unit", 40), actor, note, told)
                elif action in set(Priority):
                    desk.prioritize(request, Priority(action), actor)
                else:
                    desk.change(request, Status(action), actor, reason="bulk", note=note, told=told)
                uow.commit()
        except UserError as error:
            return Outcome(number, self._desk.told(visit, error))
        return Outcome(number, None)

    def _action(self, visit: Visit) -> str:
        action = visit.text("action", 20)
        if action not in ACTIONS:
            raise UserError("unknown_action")
        return action

    def _page(self, visit: Visit, template: str, action: str, **context: Any) -> Response:
        asked = asked_by(visit, self._desk.municipality, visit.text("query", 2000))
        return request_page(self._desk, visit, template, asked=asked, action=action, actions=ACTIONS, **context)


def _refusal(action: str, row: RequestRow) -> str | None:
    if action in set(Priority):
        return "same_already" if row.priority == action else None
    after = Status.ASSIGNED if action == "assign" else Status(action)
    return None if after in TRANSITIONS[Status(row.status)] else "transition_refused"


def _chosen(visit: Visit, name: str) -> list[int]:
    ids = [int(text) for text in visit.texts(name) if text.isdecimal() and len(text) < 16]
    _check_number(ids)
    return ids


def _check_number(chosen: Sequence[object]) -> None:
    if not chosen:
        raise UserError("nothing_chosen")
    if len(chosen) > MOST:
        raise UserError("too_many_chosen", most=MOST)
