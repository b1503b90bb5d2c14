"""The municipality's texts, filled in. Variants alternate by a counter, so a run repeats itself exactly."""

from __future__ import annotations

from datetime import datetime

from bot.domain.requests import Place, Request
from bot.errors import ConfigError
from bot.municipality import Body, Municipality
from bot.turkish import TextFormatter

_FORMATTER = TextFormatter()


class Texts:
    """Texts of one municipality; `variant` is any counter, for instance the number of the turn."""

    def __init__(self, municipality: Municipality) -> None:
        self.municipality = municipality

    def __call__(self, key: str, variant: int = 0, **data: object) -> str:
        """The text `key`. Moments in `data` are shown in the municipality's time zone."""
        variants = self.municipality.texts.get(key)
        if not variants:
            raise ConfigError(f"the texts lack '{key}'")
        shown = {
            name: self.municipality.local(value) if isinstance(value, datetime) else value
            for name, value in data.items()
        }
        return _FORMATTER.format(variants[variant % len(variants)], **shown)

    def status(self, status: str) -> str:
        return self(f"state_{status}")

    def service(self, code: str) -> str:
        return self.municipality.services[code].short

    def phone_of(self, body: Body) -> str:
        """', telefon: 186', or '' where the body has none."""
        return self("responsible_phone", phone=body.phone) if body.phone else ""

    def place(self, place: Place) -> str:
        """'Yazır Mahallesi, Osmanlı Caddesi No: 12 (A101)', or '' where nothing is known."""
        street = place.street or ""
        if place.door_no:
            street = f"{street} No: {place.door_no}".strip()
        neighbourhood = f"{place.neighbourhood} Mahallesi" if place.neighbourhood else ""
        text = ", ".join(part for part in (neighbourhood, street) if part)
        if place.landmark:
            text = f"{text} ({place.landmark})" if text else place.landmark
        if not text and place.latitude is not None:
            return "paylaştığınız konum"
        return text

    def about(self, request: Request) -> str:
        """'Çöp konteyneri, Yazır Mahallesi: kapağı kopmuş, koku yapıyor': what the team reads first."""
        where = self.place(request.place)
        return f"{self.service(request.service)}{', ' if where else ''}{where}: {request.description[:300]}"

    def area(self, request: Request) -> str:
        """', Yazır' for a list of one's own requests, or ''."""
        return f", {request.neighbourhood}" if request.neighbourhood else ""
