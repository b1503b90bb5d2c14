"""What staff did: the rows of the audit with filters, newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from bot.db.audit_queries import AuditFilter, AuditRow, audit_rows, verify_chain
from bot.domain.requests import Status
from bot.errors import UserError
from bot.service.policy import Right
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit
from bot.web.desk.words import ROLES

PAGE_ROWS = 100
FIELDS = ("actor", "action", "object", "since", "until")
ACTIONS: Mapping[str, str] = {
    "logged_in": "Giriş yaptı",
    "login_locked": "Giriş kilitlendi",
    "session_revoked": "Oturum kapattı",
    "sessions_revoked": "Oturumlar kapatıldı",
    "password_set": "Parola değişti",
    "codes_on": "İki adımlı giriş açıldı",
    "codes_off": "İki adımlı giriş kapatıldı",
    "staff_enrolled": "Hesap açıldı",
    "role_set": "Yetki değişti",
    "described": "Kişi bilgisi değişti",
    "deactivated": "Hesap kapatıldı",
    "activated": "Hesap yeniden açıldı",
    "oidc_linked": "Kurum hesabı bağlandı",
    "link_made": "Bağlantı oluşturuldu",
    "link_withdrawn": "Bağlantı geri alındı",
    "token_made": "Program anahtarı oluşturuldu",
    "token_revoked": "Program anahtarı iptal edildi",
    "personal_seen": "Kişisel veriye bakıldı",
    "exported_personal": "Kişisel veriyle dışa aktarıldı",
    "exported": "Dışa aktarıldı",
    "citizen_copied": "Vatandaşın verisi kopyalandı",
    "citizen_erased": "Vatandaşın verisi silindi",
    "copy_wished": "Vatandaş verisini istedi",
    "erasure_wished": "Vatandaş silinmesini istedi",
    "forgotten": "Süresi dolan veri silindi",
    "request_filed": "Başvuru kaydedildi",
    "request_status": "Başvuru durumu değişti",
    "request_reclassified": "Başvurunun hizmeti düzeltildi",
    "request_amended": "Başvurunun yeri düzeltildi",
    "request_priority": "Başvurunun önceliği değişti",
    "request_merged": "Başvurular birleştirildi",
    "request_separated": "Başvurular ayrıldı",
    "request_note_staff": "Başvuruya not eklendi",
    "request_note_internal": "Başvuruya iç not eklendi",
    "request_note_citizen": "Başvuruya vatandaşın sözü eklendi",
    "request_files_added": "Başvuruya dosya eklendi",
    "review_taken": "Kaydı üstlendi",
    "taken_over": "Görüşmeyi devraldı",
    "review_replied": "Yanıt yazdı",
    "reply_undone": "Yanıtı geri aldı",
    "review_closed": "Kaydı kapattı",
    "note_added": "İç not ekledi",
    "public_approved": "Açık yanıtı onayladı",
    "public_rejected": "Açık yanıtı reddetti",
    "public_answers_paused": "Açık yanıtları durdurdu",
    "public_answers_open": "Açık yanıtları başlattı",
    "incident_announced": "Kesinti duyurdu",
    "incident_extended": "Kesintinin süresini değiştirdi",
    "incident_ended": "Kesintiyi bitirdi",
    "canned_saved": "Hazır yanıtı kaydetti",
    "canned_archived": "Hazır yanıtı kaldırdı",
    "x_authorised": "X hesabı bağlandı",
    "requests_imported": "Durumlar dosyadan aktarıldı",
}
"""The first part of an action (before ':') in words."""
PURPOSES: Mapping[str, str] = {"setup": "ilk kurulum", "invitation": "davet", "reset": "yeni parola"}
"""What one-time links are for."""
_PAGES = {"staff": "kisiler", "review": "gorusme"}


class Audit:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/denetim", self.show, Right.SEE_AUDIT),
            DeskRoute("/denetim/dogrula", self.verify, Right.SEE_AUDIT, ("POST",)),
        ]

    def show(self, visit: Visit) -> Response:
        before = visit.asked("oncesi")
        if before and not (before.isdecimal() and len(before) < 19):
            raise UserError("not_a_number")
        wanted = AuditFilter(
            actor=visit.asked("actor"),
            action=visit.asked("action"),
            object=visit.asked("object"),
            since=self._midnight(visit.asked("since")),
            until=self._midnight(visit.asked("until"), timedelta(days=1)),
        )
        with self._desk.reads() as uow:
            rows = audit_rows(uow.session, wanted, int(before) if before else None, PAGE_ROWS + 1)
            staff = uow.staff.all()
        older = rows[PAGE_ROWS - 1].id if len(rows) > PAGE_ROWS else None
        asked = {
            name: value for name in ("actor", "action", "object", "since", "until") if (value := visit.asked(name))
        }
        return self._desk.page(
            visit,
            "desk/audit.html",
            rows=rows[:PAGE_ROWS],
            older=f"{PREFIX}/denetim?{urlencode(asked | {'oncesi': older})}" if older else None,
            asked=asked,
            people={one.actor: one.name for one in staff},
            actions=ACTIONS,
            page_of=page_of,
            told_of=self._told_of,
        )

    def verify(self, visit: Visit) -> Response:
        """Check the chain; an htmx partial."""
        with self._desk.reads() as uow:
            verdict = verify_chain(uow.session)
        return self._desk.page(visit, "desk/_audit_verdict.html", verdict=verdict)

    def _told_of(self, detail: str, say: Callable[[str], str]) -> str:
        """What follows an action's ':' in words: roles, statuses and units have names, the rest are codes."""
        municipality, texts = self._desk.municipality, self._desk.texts
        names = {status.value: texts.status(status) for status in Status} | dict(municipality.units)
        names |= {role: say(name) for role, name in {**ROLES, **PURPOSES}.items()}
        return ", ".join(names.get(part, part) for part in detail.split(":"))

    def _midnight(self, day: str, later: timedelta = timedelta()) -> datetime | None:
        """The beginning of a day in the municipality's time zone. Raises UserError."""
        if not day:
            return None
        try:
            return datetime.combine(date.fromisoformat(day), time(), self._desk.municipality.timezone) + later
        except (ValueError, OverflowError) as error:
            raise UserError("not_a_day") from error


def page_of(row: AuditRow) -> str | None:
    """The page of the object that a row is about, where it has one."""
    kind, _, number = row.object.partition(":")
    return f"{PREFIX}/{_PAGES[kind]}/{number}" if kind in _PAGES and number.isdecimal() else None
