"""A post or direct message of the X API v2 → an IncomingEvent. Pure, and total: everything with an id becomes an event.

Source: https://docs.x.com/x-api/fundamentals/data-dictionary
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.messages import EventKind, FileRef, IncomingEvent

MENTION, MESSAGE = "x_mention", "x_dm"
Json = Mapping[str, Any]
_NONSENSE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
_OUR_LINKS = re.compile(r"https://t\.co/\w+")
_NAMES = re.compile(r"(?<!\w)@\w{1,20}")
_ROBOT_NAME = re.compile(r"bot$|^bot_", re.IGNORECASE)
_ROBOT_SAYS = re.compile(
    r"\botomatik hesap\b|\bautomated (account|by)\b|\bbot hesab|\bbir bot(?:um|tur)?\b", re.IGNORECASE
)
_OWN_FILE = re.compile(r"https://(?:\w+\.)?(?:x|twitter)\.com/(?:\w+/status/\d+/(?:photo|video)/|messages/media/)")


@dataclass(frozen=True)
class Account:
    """The municipality's account, and accounts that are left alone."""

    user_id: str
    username: str
    ignored: frozenset[str] = frozenset()


class Includes:
    """The objects that a page brings along, by their keys."""

    def __init__(self, includes: Json) -> None:
        self._users = {str(user.get("id")): user for user in includes.get("users") or ()}
        self._media = {str(media.get("media_key")): media for media in includes.get("media") or ()}

    def user(self, user_id: str) -> Json:
        found: Json = self._users.get(user_id, {})
        return found

    def files(self, item: Json) -> tuple[FileRef, ...]:
        """Photos and films that are attached to a post or message."""
        keys = (item.get("attachments") or {}).get("media_keys") or ()
        found = (_file(self._media[str(key)]) for key in keys if str(key) in self._media)
        return tuple(file for file in found if file is not None)


def event_id_of(item: object) -> int | None:
    """The number of a post or message; None where the JSON is neither."""
    found = item.get("id") if isinstance(item, Mapping) else None
    return int(found) if isinstance(found, str) and found.isdigit() and len(found) < 20 else None


def parse_post(post: Json, includes: Includes, account: Account, now: datetime) -> IncomingEvent:
    """The event of a post that mentions us. What is not for us keeps neither words nor names."""
    try:
        return _post(post, includes, account)
    except _NONSENSE:
        return left_alone(post, MENTION, now)


def parse_message(message: Json, includes: Includes, account: Account, now: datetime) -> IncomingEvent:
    """The event of a direct message; our own and those of groups are not for us."""
    try:
        return _message(message, includes, account)
    except _NONSENSE:
        return left_alone(message, MESSAGE, now)


def left_alone(item: Json, channel: str, now: datetime) -> IncomingEvent:
    """Stored, so that it is not read again; not answered."""
    return IncomingEvent(
        channel,
        str(item["id"]),
        "left_alone",
        "left_alone",
        EventKind.UNREADABLE,
        now,
        sequence=int(item["id"]),
        public=channel == MENTION,
        for_us=False,
    )


def deleted(post_id: str, ref: str, author_id: str, thread: str, now: datetime) -> IncomingEvent:
    """The event of a post that its author took back: an edit that leaves nothing. `ref` names its first version."""
    return IncomingEvent(
        MENTION,
        f"deleted:{post_id}",
        author_id,
        thread,
        EventKind.TEXT,
        now,
        sequence=int(post_id),
        edits=ref,
        message_ref=ref,
        public=True,
    )


def _post(post: Json, includes: Includes, account: Account) -> IncomingEvent:
    at = datetime.fromisoformat(post["created_at"])
    number, author_id = str(post["id"]), str(post["author_id"])
    author = includes.user(author_id)
    username, text = author.get("username"), _text(post)
    if not _is_for_us(post, author_id, author, text, account):
        return left_alone(post, MENTION, at)
    versions = [str(version) for version in post.get("edit_history_tweet_ids") or (number,)]
    files = includes.files(post)
    return IncomingEvent(
        MENTION,
        number,
        author_id,
        f"{post.get('conversation_id') or number}:{author_id}",
        EventKind.PHOTO if files else EventKind.TEXT,
        at,
        sequence=int(number),
        text=text,
        files=files,
        edits=versions[0] if len(versions) > 1 else None,
        message_ref=versions[0],
        display_name=_printable(author.get("name")),
        address={
            "post_id": number,
            "author_id": author_id,
            "username": _printable(username) or "",
            "url": f"https://x.com/{_printable(username) or 'i'}/status/{number}",
        },
        public=True,
    )


def _is_for_us(post: Json, author_id: str, author: Json, text: str, account: Account) -> bool:
    """Our own posts, retweets, quotes without words of their own, and robots are left alone."""
    kinds = {reference["type"] for reference in post.get("referenced_tweets") or ()}
    if author_id == account.user_id or "retweeted" in kinds or text.startswith("RT @"):
        return False
    username = str(author.get("username", ""))
    robot = _ROBOT_NAME.search(username) or _ROBOT_SAYS.search(str(author.get("description") or ""))
    if username.lower() in account.ignored or robot:
        return False
    words = _NAMES.sub("", _OUR_LINKS.sub("", text)).strip()
    return bool(words) or (bool(post.get("attachments")) and "quoted" not in kinds)


def _message(message: Json, includes: Includes, account: Account) -> IncomingEvent:
    at = datetime.fromisoformat(message["created_at"])
    number, sender = str(message["id"]), str(message["sender_id"])
    group = "-" not in str(message.get("dm_conversation_id", "-"))
    if sender == account.user_id or group or message.get("event_type", "MessageCreate") != "MessageCreate":
        return left_alone(message, MESSAGE, at)
    files = includes.files(message)
    author = includes.user(sender)
    return IncomingEvent(
        MESSAGE,
        number,
        sender,
        sender,
        EventKind.PHOTO if files else EventKind.TEXT,
        at,
        sequence=int(number),
        text=_text(message),
        files=files,
        message_ref=number,
        display_name=_printable(author.get("name")),
        address={"participant_id": sender, "username": _printable(author.get("username")) or ""},
    )


def _text(item: Json) -> str:
    """The words; X writes & and < as HTML does, and adds links of its own to what is attached."""
    text = html.unescape(str((item.get("note_tweet") or {}).get("text") or item.get("text") or ""))
    own = {str(link.get("url")) for link in _links(item) if link.get("media_key") or _attached(link)}
    for link in own:
        text = text.replace(link, "")
    return text.strip()


def _links(item: Json) -> list[Json]:
    entities = (item.get("note_tweet") or {}).get("entities") or item.get("entities") or {}
    return [link for link in entities.get("urls") or () if link.get("url")]


def _attached(link: Json) -> bool:
    """Whether X itself put the link there for a photo or film; what citizens link to stays."""
    return _OWN_FILE.match(str(link.get("expanded_url"))) is not None


def _file(media: Json) -> FileRef | None:
    if media.get("type") == "photo" and media.get("url"):
        return FileRef("photo", "foto.jpg", "image/jpeg", remote=str(media["url"]))
    films = [variant for variant in media.get("variants") or () if variant.get("content_type") == "video/mp4"]
    if films:
        best = max(films, key=lambda variant: int(variant.get("bit_rate") or 0))
        return FileRef("video", "video.mp4", "video/mp4", remote=str(best["url"]))
    return None


def _printable(text: object) -> str | None:
    return "".join(c for c in str(text or "") if c.isprintable())[:200].strip() or None
