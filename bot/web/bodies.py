"""What a browser may post to the chat, read strictly: anything else is a BadInput with a key."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Sequence
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from bot.service.receiving import clean

MAX_ID = 2**63 - 1
MAX_SEEN = 500


class BadInput(Exception):
    """What came in cannot be taken; `key` goes to the browser."""

    def __init__(self, key: str, status: int = 400) -> None:
        super().__init__(key)
        self.key = key
        self.status = status


async def json_of(request: Request) -> dict[str, Any]:
    """The body as a JSON object."""
    try:
        data = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise BadInput("not_json") from error
    if not isinstance(data, dict):
        raise BadInput("not_json")
    return data


async def upload_of(request: Request) -> tuple[UploadFile, dict[str, str]]:
    """The file and the text fields of a multipart form; larger files lie in a temporary file, not in memory."""
    try:
        form = await request.form(max_files=1, max_fields=4, max_part_size=16 * 1024)
    except (MultiPartException, UnicodeError) as error:
        raise BadInput("not_a_form") from error
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise BadInput("file_missing")
    return file, {name: value for name, value in form.items() if isinstance(value, str)}


def text_of(data: dict[str, Any], name: str = "text") -> str:
    """Words that are left after cleaning; never empty."""
    value = data.get(name)
    cleaned = clean(value).strip() if isinstance(value, str) else ""
    if not cleaned:
        raise BadInput("empty")
    return cleaned


def client_id_of(data: dict[str, Any]) -> str:
    """The message's id, a UUID that the browser made, in its normal form."""
    try:
        return str(uuid.UUID(str(data.get("id"))))
    except ValueError as error:
        raise BadInput("bad_id") from error


def position_of(data: dict[str, Any]) -> tuple[float, float]:
    """Latitude and longitude in degrees."""
    return _degrees(data.get("latitude"), 90), _degrees(data.get("longitude"), 180)


def seen_of(data: dict[str, Any]) -> Sequence[int]:
    """Ids of messages."""
    ids = data.get("seen")
    if not isinstance(ids, list) or len(ids) > MAX_SEEN:
        raise BadInput("bad_ids")
    if any(type(value) is not int or not 0 < value <= MAX_ID for value in ids):
        raise BadInput("bad_ids")
    return ids


def message_id_of(value: str | None) -> int:
    """A message's id in a query or header; 0 where it is none."""
    if value and value.isascii() and value.isdecimal() and len(value) < 20:
        return min(int(value), MAX_ID)
    return 0


def file_name_of(name: str | None) -> str:
    """The name without a path, at most 120 characters."""
    cleaned = clean(name or "").replace("\\", "/").rsplit("/", 1)[-1].replace("\n", " ").strip()
    return cleaned[-120:] or "dosya"


def _degrees(value: object, most: int) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadInput("bad_position")
    if not math.isfinite(value) or abs(value) > most:
        raise BadInput("bad_position")
    return round(float(value), 6)
