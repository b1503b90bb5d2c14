"""What citizens and staff attached, for who may see it: from a path of its own, with safe types, never to be run."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import FileResponse, Response

from bot.errors import NotFound
from bot.service.policy import Right, may
from bot.web.desk.frame import Desk
from bot.web.desk.routing import DeskRoute
from bot.web.desk.visit import Visit

SHOWN = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}
"""Types that the browser may show in the page; everything else is only downloaded, as bytes."""
_HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, max-age=3600",
}


class Files:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[DeskRoute]:
        return [DeskRoute("/dosya/{file:int}", self.show, Right.SEE_REQUESTS)]

    def show(self, visit: Visit) -> Response:
        """A file of a request that the visitor may see, or of a conversation for who sees the queue."""
        with self._desk.reads() as uow:
            found = next(iter(uow.requests.attachments([int(visit.path["file"])])), None)
            if found is None:
                raise NotFound("not_found")
            request = uow.requests.get(found.request_id) if found.request_id is not None else None
        allowed = may(visit.staff, Right.SEE_QUEUE) or (
            request is not None and may(visit.staff, Right.SEE_REQUESTS, request.unit or "")
        )
        path = Path(self._desk.files.path(found.sha256))
        if not allowed or not path.is_file():
            raise NotFound("not_found")
        suffix = SHOWN.get(found.mime)
        return FileResponse(
            path,
            media_type=found.mime if suffix else "application/octet-stream",
            filename=f"ek-{found.id}{suffix or '.bin'}",
            content_disposition_type="inline" if suffix else "attachment",
            headers=_HEADERS,
        )
