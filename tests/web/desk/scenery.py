"""One of everything that a route of the desk can name, twice: of the cleaning unit and of the parks unit."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image
from sqlalchemy import Table, func, select

from bot.db.desk_tables import staff_sessions
from bot.db.mapping import metadata
from bot.db.tables import outbox
from bot.domain.conversation import ReviewReason
from bot.domain.incidents import Incident
from bot.domain.messages import FileRef, OutboxRow, OutboxState
from bot.domain.requests import Attachment
from bot.domain.staff import CannedReply, Role, SavedView
from bot.service.accounts import Accounts
from bot.service.requests import RequestDesk, find_request
from bot.service.tokens import Tokens
from bot.web.desk.figure_words import DEFINITIONS
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.screens import all_routes
from bot.web.limits import Limits
from tests.web.desk.office import enroll, file_request
from tests.web.desk.talks import escalate
from tests.web.stage import Stage

UNITS = {"cleaning": "waste_container", "parks": "park_maintenance"}
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Things:
    """What belongs to one unit, by the names that routes have for their parameters; `secret` stands in its words."""

    unit: str
    secret: str
    names: Mapping[str, Any]

    def path(self, route: DeskRoute) -> str:
        """The route's address with these things."""
        return PREFIX + PARAMETER.sub(lambda found: str(self.names[found[1]]), route.path)


def desk_of(stage: Stage) -> Desk:
    limits = Limits(stage.ticking)
    return Desk(stage.settings, stage.municipality, stage.uows, stage.reads, stage.clock, stage.files, limits)


def routes_of(stage: Stage) -> list[DeskRoute]:
    found = all_routes(desk_of(stage))
    assert len(found) > 60, "no routes to walk: did the list move?"
    return found


def things_of(stage: Stage, unit: str, *, words: str | None = None, name: str = "Ayşe Yılmaz") -> Things:
    """A request with everything beside it. `words` are in all that a citizen or colleague can write."""
    secret = words or f"gizli-{unit}-sözcükler"
    request = file_request(stage, UNITS[unit], secret, name=name)
    photo = _photo(stage, unit)
    matter = escalate(
        stage, secret, reason=ReviewReason.SENSITIVE, handover=False, request=request, name=name, files=(photo,)
    )
    staff = enroll(stage, Role.REVIEWER)
    with stage.uows() as uow:
        now = stage.clock.now()
        kept = find_request(uow, request.tracking_no)
        desk = RequestDesk(uow, stage.municipality, now, stage.settings.secret.encode())
        desk.add_note(kept, secret, "staff:ayse", kind="internal")
        kept.landmark = secret[:200]
        kept.duplicate_of = _first_of_the_other_unit(uow, unit)
        file_id = uow.requests.add_attachment(_attached(photo, kept.id, kept.conversation_id, now))
        incident = Incident(UNITS[unit], ("Yazır",), secret, now, now.replace(year=now.year + 1), "staff:ayse", now)
        uow.incidents.add(incident)
        reply, view = (
            CannedReply(secret[:120], secret.replace("{", "(").replace("}", ")"), now, "staff:ayse"),
            SavedView("requests", "b", "q=1", now, staff.id),
        )
        uow.staff.add(reply)
        uow.staff.add(view)
        invitation = Accounts(uow, stage.municipality, now, "staff:ayse").invite("reviewer", None, None)
        Tokens(uow, stage.municipality, now).make(f"{unit}-program", unit, True, "staff:ayse")
        row = OutboxRow(f"staff:{unit}", "staff_reply", "telegram", {"text": secret}, OutboxState.PENDING, now, now,
                        matter.conversation)  # fmt: skip
        row.body = {"text": secret, "buttons": [], "asks": False, "wants_location": False, "public": False}
        uow.outbox.add(row)
        uow.commit()
        link, token = uow.staff.open_links(now)[0], uow.staff.tokens()[0]
        last_row = uow.session.scalar(select(func.max(outbox.c.id)))
    names = {
        "no": request.tracking_no,
        "item": matter.item,
        "conversation": matter.conversation,
        "topic": matter.conversation,
        "file": file_id,
        "outbox": last_row,
        "incident": incident.id,
        "reply": reply.id,
        "id": view.id,
        "page": "requests",
        "figure": next(iter(DEFINITIONS)),
        "staff_id": staff.id,
        "link_id": link.id,
        "token_id": token.id,
        "session_id": 10**6,
        "token": invitation,
    }
    return Things(unit, secret, names)


def _first_of_the_other_unit(uow: Any, unit: str) -> int | None:
    """A request of the other unit, so that each of the two is merged into what the other has."""
    others = [request for request in uow.requests.search() if request.unit != unit]
    if others and others[0].duplicate_of is None:
        others[0].duplicate_of = next(each.id for each in uow.requests.search() if each.unit == unit)
    return others[0].id if others else None


def snapshot(stage: Stage) -> dict[str, list[Any]]:
    """Every row of every table, except when people were last seen."""
    tables: list[Table] = [table for table in metadata.sorted_tables if table is not staff_sessions]
    assert len(tables) > 20
    with stage.reads() as uow:
        return {
            table.name: sorted(tuple(map(str, row)) for row in uow.session.execute(select(table))) for table in tables
        }


def _photo(stage: Stage, unit: str) -> FileRef:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal" if unit == "parks" else "navy").save(made, "JPEG")
    sha256, size = stage.files.put([made.getvalue()], 1_000_000)
    assert sha256 == hashlib.sha256(made.getvalue()).hexdigest()
    return FileRef("photo", "foto.jpg", "image/jpeg", size=size, sha256=sha256)


def _attached(photo: FileRef, request_id: int | None, conversation_id: int | None, now: Any) -> Attachment:
    return Attachment(
        sha256=photo.sha256 or "",
        mime=photo.mime,
        size=photo.size or 0,
        name=photo.name,
        kind=photo.kind,
        at=now,
        conversation_id=conversation_id,
        request_id=request_id,
    )
