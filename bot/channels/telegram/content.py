"""What a Telegram message holds: kind, text, files, position. Pure; raises ValueError and the like for nonsense.

Source: https://core.telegram.org/bots/api#message
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.domain.messages import EventKind, FileRef

_COMMAND = re.compile(r"/(start|yardim|help|durum|iptal)(?:@(\w+))?(?=\s|$)", re.IGNORECASE)
# field of the message, kind of the event, kind of the file, name and type where the message tells none
_FILES = (
    ("animation", EventKind.VIDEO, "video", "animasyon.mp4", "video/mp4"),  # before document: an animation is both
    ("document", EventKind.DOCUMENT, "document", "dosya", "application/octet-stream"),
    ("voice", EventKind.VOICE, "voice", "ses.ogg", "audio/ogg"),
    ("audio", EventKind.VOICE, "voice", "ses.mp3", "audio/mpeg"),
    ("video", EventKind.VIDEO, "video", "video.mp4", "video/mp4"),
    ("video_note", EventKind.VIDEO, "video", "video.mp4", "video/mp4"),
)
# Telegram's own notices in a chat: nobody wrote them, so nobody awaits an answer.
_NOTICES = frozenset(
    re.findall(
        r"\w+",
        """new_chat_members left_chat_member new_chat_title new_chat_photo delete_chat_photo pinned_message
        group_chat_created supergroup_chat_created channel_chat_created migrate_to_chat_id migrate_from_chat_id
        message_auto_delete_timer_changed users_shared chat_shared connected_website write_access_allowed passport_data
        proximity_alert_triggered boost_added chat_background_set forum_topic_created forum_topic_edited
        forum_topic_closed forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden
        giveaway_created giveaway_completed video_chat_scheduled video_chat_started video_chat_ended
        video_chat_participants_invited checklist_tasks_done checklist_tasks_added paid_message_price_changed""",
    )
)


@dataclass(frozen=True)
class Content:
    """`mentions` are the bot names that the text addresses; `notice` says that Telegram itself wrote it."""

    kind: EventKind
    text: str = ""
    files: tuple[FileRef, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    mentions: frozenset[str] = frozenset()
    notice: bool = False


def content_of(message: dict[str, Any]) -> Content:
    """The content of a message, whatever it is; UNREADABLE for what this bot does not know."""
    if not _NOTICES.isdisjoint(message):
        return Content(EventKind.UNREADABLE, notice=True)
    text = str(message.get("text") or message.get("caption") or "")
    entities = message.get("entities") or message.get("caption_entities") or ()
    mentions = frozenset(_mentions(text, entities))
    if "text" in message:
        return _words(text, mentions)
    if "location" in message or "venue" in message:
        return _place(message)
    if "contact" in message:
        return Content(EventKind.TEXT, f"Telefon: {_phone(message['contact'])}")
    if "sticker" in message:
        return Content(EventKind.STICKER, str(message["sticker"].get("emoji") or ""))
    if "photo" in message:
        return Content(EventKind.PHOTO, text, (_photo(message["photo"]),), mentions=mentions)
    for name, kind, file_kind, file_name, mime in _FILES:
        if name in message:
            return Content(kind, text, (_file(message[name], file_kind, file_name, mime),), mentions=mentions)
    return Content(EventKind.UNREADABLE, text, mentions=mentions)


def printable(text: object, length: int) -> str:
    """A name as a database and a screen can hold it: no control, direction or half characters."""
    return "".join(c for c in str(text) if c.isprintable())[:length].strip()


def _words(text: str, mentions: frozenset[str]) -> Content:
    command = _COMMAND.match(text)
    if command is None:
        return Content(EventKind.TEXT, text, mentions=mentions)
    to = {command[2].lower()} if command[2] else set()
    return Content(EventKind.COMMAND, f"/{command[1].lower()}{text[command.end() :]}", mentions=mentions | to)


def _mentions(text: str, entities: Any) -> list[str]:
    """Names after @, in lower case. Offsets count UTF-16 code units."""
    units = text.encode("utf-16-le", "surrogatepass")
    found = []
    for entity in entities:
        if entity["type"] == "mention":
            start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
            found.append(units[start:end].decode("utf-16-le", "replace").lstrip("@").lower())
        elif entity["type"] == "text_mention":
            found.append(str(entity["user"].get("username", "")).lower())
    return found


def _place(message: dict[str, Any]) -> Content:
    venue = message.get("venue") or {}
    location = message.get("location") or venue["location"]
    latitude, longitude = float(location["latitude"]), float(location["longitude"])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("a position outside the world")
    text = ", ".join(str(venue[name]) for name in ("title", "address") if venue.get(name))
    return Content(EventKind.LOCATION, text, latitude=latitude, longitude=longitude)


def _phone(contact: dict[str, Any]) -> str:
    number = str(contact["phone_number"])
    return f"+{number}" if re.fullmatch(r"90\d{10}", number) else number


def _photo(sizes: list[dict[str, Any]]) -> FileRef:
    largest = max(sizes, key=lambda size: (size.get("width", 0) * size.get("height", 0), size.get("file_size", 0)))
    return _file(largest, "photo", "foto.jpg", "image/jpeg")


def _file(file: dict[str, Any], kind: str, name: str, mime: str) -> FileRef:
    size = file.get("file_size")
    return FileRef(
        kind=kind,
        name=printable(file.get("file_name") or name, 200).replace("/", "_").replace("\\", "_") or name,
        mime=printable(file.get("mime_type") or mime, 100),
        remote=str(file["file_id"]),
        size=int(size) if size is not None else None,
    )
