"""A Telegram update → an IncomingEvent. Pure, and total: every update with an id becomes an event, none raises.

Source: https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.channels.telegram.content import Content, content_of, printable
from bot.domain.messages import EventKind, IncomingEvent

CHANNEL = "telegram"
# What we ask Telegram for. Other kinds are understood as "not for us" where they come all the same.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
Update = dict[str, Any]
_NONSENSE = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, OSError)


def update_id(update: object) -> int | None:
    """The id of an update; None where the JSON is no update at all."""
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if isinstance(found, int) and 0 <= found < 2**63 else None


def parse_update(update: Update, bot_username: str, now: datetime) -> IncomingEvent:
    """The event of an update. `now` stands where Telegram tells no time; `bot_username` without @, '' if unknown.

    What is not for us keeps neither words nor names: an event without sender's name, text and files.
    """
    try:
        if "callback_query" in update:
            return _button(update, bot_username, now)
        if "my_chat_member" in update:
            return _membership(update, now)
        for name in ("message", "edited_message"):
            if name in update:
                return _message(update, update[name], bot_username, edited=name == "edited_message")
        return unreadable(update, now)
    except _NONSENSE:
        return unreadable(update, now)


def unreadable(update: Update, now: datetime) -> IncomingEvent:
    """The event of an update that this bot does not know: stored, not answered. Its text names the kind of update."""
    kinds = sorted(str(name) for name in update if name != "update_id")
    thread = printable(f"unknown:{kinds[0] if kinds else ''}", 100)
    return _event(update, EventKind.UNREADABLE, now, sender="unknown", thread=thread, text=thread, for_us=False)


def reachable(update: Update) -> bool | None:
    """False where the citizen blocked the bot, True where they let it in again, None where the update says neither."""
    try:
        membership = update["my_chat_member"]
        if membership["chat"]["type"] != "private":
            return None
        return bool(membership["new_chat_member"]["status"] not in ("kicked", "left"))
    except (KeyError, TypeError):
        return None


@dataclass(frozen=True)
class _Writer:
    """Who wrote where. In a group each member has a conversation of their own, answered in public."""

    user: dict[str, Any]
    chat: dict[str, Any]

    @property
    def private(self) -> bool:
        return bool(self.chat["type"] == "private")

    @property
    def sender(self) -> str:
        return str(int(self.user["id"]))

    @property
    def thread(self) -> str:
        chat = int(self.chat["id"])
        return str(chat) if self.private else f"group:{chat}:{self.sender}"

    @property
    def display_name(self) -> str | None:
        return printable(f"{self.user.get('first_name') or ''} {self.user.get('last_name') or ''}", 200) or None

    def address(self, message: dict[str, Any], bot_username: str) -> dict[str, Any]:
        """What is needed to answer; in a group the message to answer, its topic, and where the private chat is."""
        address: dict[str, Any] = {"chat_id": int(self.chat["id"])}
        if self.private:
            return address
        address["reply_to"] = int(message["message_id"])
        if message.get("is_topic_message") and message.get("message_thread_id"):
            address["topic"] = int(message["message_thread_id"])
        if bot_username:
            address["private_chat"] = f"https://t.me/{bot_username}"
        return address


def _message(update: Update, message: dict[str, Any], bot_username: str, edited: bool) -> IncomingEvent:
    at = datetime.fromtimestamp(message.get("edit_date") or message["date"], UTC)
    writer = _Writer(message.get("from") or message["sender_chat"], message["chat"])
    content = _content(message)
    if not _is_for_us(message, writer, content, bot_username, edited):
        # one's own chat keeps its thread; what a group says among itself is kept as "something was said in this group"
        thread = writer.thread if writer.private else f"group:{int(writer.chat['id'])}"
        sender = writer.sender if writer.private else thread
        return _event(update, content.kind, at, sender=sender, thread=thread, for_us=False, public=not writer.private)
    reference = str(int(message["message_id"]))
    album = message.get("media_group_id")
    return _event(
        update,
        content.kind,
        at,
        sender=writer.sender,
        thread=writer.thread,
        text=_without(content.text, bot_username) if not writer.private else content.text,
        latitude=content.latitude,
        longitude=content.longitude,
        files=content.files if writer.private else (),
        edits=reference if edited else None,
        album=printable(album, 80) if album else None,
        message_ref=reference,
        display_name=writer.display_name,
        address=writer.address(message, bot_username),
        public=not writer.private,
    )


def _content(message: dict[str, Any]) -> Content:
    """Who wrote nonsense is still answered."""
    try:
        return content_of(message)
    except _NONSENSE:
        return Content(EventKind.UNREADABLE)


def _is_for_us(message: dict[str, Any], writer: _Writer, content: Content, bot_username: str, edited: bool) -> bool:
    if content.notice or writer.user.get("is_bot"):
        return False
    if edited and content.kind is EventKind.LOCATION:  # a live location moves every few seconds
        return False
    if writer.private:
        return True
    if edited or writer.chat["type"] not in ("group", "supergroup"):
        return False
    us = bot_username.lower()
    if content.kind is EventKind.COMMAND and not content.mentions:
        return True
    answered = (message.get("reply_to_message") or {}).get("from") or {}
    return bool(us) and (us in content.mentions or str(answered.get("username", "")).lower() == us)


def _button(update: Update, bot_username: str, now: datetime) -> IncomingEvent:
    query = update["callback_query"]
    message = query["message"]
    writer = _Writer(query["from"], message["chat"])
    return _event(
        update,
        EventKind.BUTTON,
        now,
        sender=writer.sender,
        thread=writer.thread,
        button=printable(query["data"], 64),
        message_ref=str(int(message["message_id"])),
        display_name=writer.display_name,
        address=writer.address(message, bot_username),
        public=not writer.private,
    )


def _membership(update: Update, now: datetime) -> IncomingEvent:
    """The bot was blocked, let in again, added to a group or removed from one: noted, not answered."""
    chat = update["my_chat_member"]["chat"]
    chat_id = str(int(chat["id"]))
    if chat["type"] != "private":
        return _event(
            update, EventKind.UNREADABLE, now, f"group:{chat_id}", f"group:{chat_id}", for_us=False, public=True
        )
    sender = str(int(update["my_chat_member"]["from"]["id"]))
    address = {"chat_id": int(chat_id)}
    return _event(update, EventKind.UNREADABLE, now, sender, chat_id, for_us=False, address=address)


def _event(update: Update, kind: EventKind, at: datetime, sender: str, thread: str, **rest: Any) -> IncomingEvent:
    number = update["update_id"]
    return IncomingEvent(CHANNEL, str(number), sender, thread, kind, at, sequence=number, **rest)


def _without(text: str, bot_username: str) -> str:
    """The text without the bot's own name."""
    words = text.split(" ")
    return " ".join(word for word in words if word.lower() != f"@{bot_username.lower()}").strip()
