"""What all screens of the desk share: the database, the clock, the templates and their language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from bot.config import Settings
from bot.db.chat_queries import Transactions
from bot.errors import UserError
from bot.municipality import Municipality
from bot.ports import Clock, Mailer
from bot.service.policy import Right
from bot.service.texts import Texts
from bot.web.chat import UploadStore
from bot.web.desk.live import DeskHub
from bot.web.desk.visit import Visit
from bot.web.limits import Limits

TEMPLATES = Path(__file__).parent.parent / "templates"
ENGLISH = Path(__file__).parent / "english.yml"

PROBLEMS: Mapping[str, str] = {
    "not_allowed": "Bu işlem için yetkiniz yok.",
    "login_refused": "Kullanıcı adı veya parola yanlış. Beş yanlış denemeden sonra hesap bir süre kilitlenir.",
    "form_outdated": "Sayfa eskimiş. Lütfen sayfayı yenileyip yeniden deneyin.",
    "stale_version": "Bu kayıt siz bakarken değişti. Lütfen sayfayı yenileyin.",
    "transition_refused": "Bu durumdan o duruma geçilemez.",
    "taken_by_other": "Bu görüşmeyle şu anda {by} ilgileniyor.",
    "review_closed": "Bu kayıt kapatılmış.",
    "review_not_found": "Böyle bir kayıt yok.",
    "request_not_found": "{number} numaralı başvuru bulunamadı.",
    "empty_reply": "Yanıt boş olamaz.",
    "reason_needed": "Lütfen bir gerekçe yazın.",
    "no_conversation": "Bu kaydın görüşmesi yok.",
    "unknown_service": "Böyle bir hizmet yok: {service}",
    "unknown_unit": "Böyle bir birim yok: {unit}",
    "unknown_body": "Böyle bir kurum yok: {body}",
    "username_taken": "Bu kullanıcı adı kullanılamaz.",
    "username_refused": "Kullanıcı adında küçük harf (a–z), rakam, nokta ve tire olabilir; en çok 40 karakter.",
    "password_short": "Parola en az {least} karakter olmalı.",
    "password_long": "Parola en çok {most} karakter olabilir.",
    "password_weak": "Bu parola kolay tahmin edilir. Lütfen başka bir parola seçin.",
    "password_differs": "İki parola aynı değil.",
    "password_wrong": "Şimdiki parolanız yanlış.",
    "code_wrong": "Kod yanlış ya da süresi geçmiş. Lütfen yeni kodu girin.",
    "too_many": "Çok fazla deneme yapıldı. Lütfen {seconds} saniye sonra yeniden deneyin.",
    "link_over": "Bu bağlantı kullanılmış, geri alınmış ya da süresi geçmiş. Yöneticinizden yenisini isteyebilirsiniz.",
    "last_administrator": "Bu, son yönetici: önce başka birini yönetici yapın.",
    "unknown_role": "Böyle bir yetki yok.",
    "unit_needed": "Birim görevlisinin birimini seçin.",
    "token_name": "Anahtarın adı: küçük harf (a–z), rakam ve tire, en az iki karakter.",
    "token_taken": "Bu adla bir anahtar var.",
    "email_refused": "E-posta adresi geçerli değil.",
    "not_a_form": "Form okunamadı.",
    "not_a_number": "Sayı bekleniyordu.",
    "not_a_day": "Tarih bekleniyordu (örneğin 2026-11-23).",
    "not_found": "Aradığınız sayfa yok.",
    "method_not_allowed": "Bu adres yalnızca bir formla çalışır. Geldiğiniz sayfaya dönüp yeniden deneyin.",
    "too_large": "Gönderdiğiniz dosya ya da metin çok büyük.",
    "too_slow": "Bağlantı çok yavaş: gönderilenin tamamı gelmedi. Lütfen yeniden deneyin.",
    "foreign_origin": "Bu istek başka bir siteden geldi; kabul edilmedi.",
    "refused": "Bu istek kabul edilmedi.",
    "try_again": "Şu anda veritabanına ulaşılamıyor. Birkaç saniye sonra yeniden deneyin; yazdığınız kaybolmaz.",
    "internal": "Beklenmeyen bir hata oldu; kayda geçti. Lütfen yeniden deneyin, sürerse yöneticinize bildirin.",
}
"""What staff read where something cannot be done; screens add their own with `Desk.problems`."""


class Desk:
    """Shared by all screens. Raises nothing by itself; `told` puts an error into words."""

    def __init__(
        self,
        settings: Settings,
        municipality: Municipality,
        writes: Transactions,
        reads: Transactions,
        clock: Clock,
        files: UploadStore,
        limits: Limits,
        mail: Mailer | None = None,
    ) -> None:
        self.settings, self.municipality = settings, municipality
        self.writes, self.reads, self.clock, self.files, self.limits = writes, reads, clock, files, limits
        self.mail = mail
        self.hub = DeskHub(reads)
        self.texts = Texts(municipality)
        self.problems: dict[str, str] = dict(PROBLEMS)
        self.words: dict[str, str] = {}  # of the codes that errors name as `what`
        self.everywhere: dict[str, Any] = {}  # what screens put into every template
        self._english: Mapping[str, str] = yaml.safe_load(ENGLISH.read_text(encoding="utf-8")) or {}
        self._environments = {language: self._environment(language) for language in ("tr", "en")}

    def page(self, visit: Visit, template: str, *, status: int = 200, **context: Any) -> Response:
        """A template as a response; `visit`, `desk` and `Right` are there in every template."""
        shown = self._environments[self.language(visit)].get_template(template)
        return HTMLResponse(shown.render(visit=visit, now=visit.now, **self.everywhere, **context), status)

    def language(self, visit: Visit) -> str:
        return "en" if visit.known is not None and visit.staff.language == "en" else "tr"

    def told(self, visit: Visit, error: UserError) -> str:
        """The error in the visitor's language."""
        pattern = self.problems.get(error.key, "Bu işlem yapılamadı ({key}).")
        data = dict(error.data)
        if isinstance(what := data.get("what"), str):
            data["what"] = self.say(visit, self.words.get(what, what))
        if isinstance(by := data.get("by"), str):
            data["by"] = self._name_of(by)
        return self.say(visit, pattern, key=error.key, **data)

    def _name_of(self, username: str) -> str:
        """What colleagues call the person; the username itself where nobody has it."""
        with self.reads() as uow:
            user = uow.staff.by_username(username)
        return user.name if user is not None else username

    def say(self, visit: Visit, pattern: str, **data: object) -> str:
        """A Turkish text of the desk in the visitor's language, filled."""
        shown = self._english.get(pattern, pattern) if self.language(visit) == "en" else pattern
        return shown.format(**{"key": "", **data}) if "{" in shown else shown

    def local(self, moment: datetime) -> datetime:
        return self.municipality.local(moment)

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(),
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )

        def translated(text: str, **data: object) -> str:
            shown = self._english.get(text, text) if language == "en" else text
            return shown.format(**data) if data else shown

        environment.globals |= {
            "_": translated,
            "language": language,
            "desk": self,
            "municipality": self.municipality,
            "texts": self.texts,
            "Right": Right,
        }
        environment.filters |= {"moment": self._moment, "day": self._day, "span": _spans[language]}
        return environment

    def _moment(self, moment: datetime | None) -> str:
        return f"{self.local(moment):%d.%m.%Y %H:%M}" if moment else "–"

    def _day(self, moment: datetime | None) -> str:
        return f"{self.local(moment):%d.%m.%Y}" if moment else "–"


def _span(units: tuple[str, str, str]) -> Callable[[timedelta], str]:
    def shown(span: timedelta) -> str:
        """A length of time in its largest unit, as people say it: '12 dk', '3 sa', '2 gün'."""
        minutes = max(0, int(span.total_seconds() // 60))
        if minutes < 60:
            return f"{minutes} {units[0]}"
        return f"{minutes // 60} {units[1]}" if minutes < 48 * 60 else f"{minutes // 1440} {units[2]}"

    return shown


_spans = {"tr": _span(("dk", "sa", "gün")), "en": _span(("min", "h", "days"))}
