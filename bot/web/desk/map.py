"""The map of requests: points for Leaflet without anything personal, and the same as a table by neighbourhood."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from bot.db.map_queries import Point, by_area, points
from bot.db.request_queries import OPEN_STATUSES
from bot.errors import ConfigError
from bot.service.policy import Right
from bot.web.desk.frame import Desk
from bot.web.desk.request_access import request_page
from bot.web.desk.request_words import STATUSES
from bot.web.desk.requests_filter import asked_by
from bot.web.desk.routing import DeskRoute
from bot.web.desk.views import REQUESTS
from bot.web.desk.visit import Visit
from bot.web.guards import policy

MOST_POINTS = 3000
_HOST = re.compile(r"(\{s\}\.)?[A-Za-z0-9.-]+(:\d{1,5})?")


class Map:
    def __init__(self, desk: Desk) -> None:
        """Raises ConfigError for a wrong HIZMET_TILES_URL."""
        self._desk = desk
        self._tiles = desk.settings.tiles_url
        self._images = tiles_origin(self._tiles) if self._tiles else None

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/harita", self.show, Right.SEE_REQUESTS),
            DeskRoute("/harita/veri.json", self.data, Right.SEE_REQUESTS),
        ]

    def show(self, visit: Visit) -> Response:
        asked = asked_by(visit, self._desk.municipality)
        with self._desk.reads() as uow:
            areas = by_area(uow.session, asked.filter, visit.now)
            views = uow.staff.views(visit.staff_id, REQUESTS)
        labels = [[name, *place] for name, place in self._desk.municipality.positions.items()]
        page = request_page(
            self._desk,
            visit,
            "desk/map.html",
            asked=asked,
            areas=areas,
            number=sum(area.number for area in areas),
            most=MOST_POINTS,
            views=views,
            labels=json.dumps(labels, ensure_ascii=False),
            tiles=self._tiles or "",
            attribution=self._desk.settings.tiles_attribution or "",
        )
        if self._images:  # the one page that may load pictures from another host: the tiles
            page.headers["content-security-policy"] = policy(images=self._images)
            page.headers["referrer-policy"] = "strict-origin-when-cross-origin"
        return page

    def data(self, visit: Visit) -> Response:
        """GeoJSON (RFC 7946). Numbers, places and states; no names and no words of citizens."""
        asked = asked_by(visit, self._desk.municipality)
        with self._desk.reads() as uow:
            found = points(uow.session, asked.filter, MOST_POINTS)
        words = {status: self._desk.say(visit, word) for status, word in STATUSES.items()}
        features = [feature for point in found if (feature := self._feature(point, words, visit.now)) is not None]
        collection = {"type": "FeatureCollection", "features": features}
        text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
        return Response(text, media_type="application/geo+json")

    def _feature(self, point: Point, words: Mapping[str, str], now: datetime) -> dict[str, Any] | None:
        town = self._desk.municipality
        own = point.latitude is not None and point.longitude is not None
        place = (point.latitude, point.longitude) if own else town.positions.get(point.neighbourhood or "")
        if place is None or place[0] is None or place[1] is None:
            return None
        late = point.due_at is not None and point.due_at < now and point.status in OPEN_STATUSES
        return {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(place[1], 5), round(place[0], 5)]},
            "properties": {
                "number": point.tracking_no,
                "status": words[point.status],
                "service": town.services[point.service].short,
                "neighbourhood": point.neighbourhood or "",
                "late": late,
                "urgent": point.priority == "urgent",
                "exact": own,
            },
        }


def tiles_origin(url: str) -> str:
    """The host of the tiles as the content security policy names it. Raises ConfigError for what is no such address."""
    parts = urlsplit(url)
    names = all(f"{{{name}}}" in url for name in "zxy")
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(parts.netloc) or not names:
        raise ConfigError(
            f"HIZMET_TILES_URL: '{url}' is not an address like https://tiles.example/{{z}}/{{x}}/{{y}}.png"
        )
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"
