"""Buttons of a reply as Telegram's keyboards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.domain.messages import Button, Reply

PAYLOAD_BYTES = 64
# (label no longer than, buttons a row): ratings in one row, short words three a row, everything else in rows of its own
_WIDTHS = ((2, 5), (14, 3))
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


@dataclass(frozen=True)
class Labels:
    """What the channel's own buttons say."""

    location: str = "Konum paylaş"
    private_chat: str = "Özelden yazın"


def keyboard(address: dict[str, Any], reply: Reply, labels: Labels) -> Markup | None:
    """The keyboard under a reply. In a group only the way to the private chat: others would press and see the rest.

    A reply without buttons takes away the keyboard for sharing a location.
    """
    if reply.public or "reply_to" in address:
        link = address.get("private_chat")
        return InlineKeyboardMarkup([[InlineKeyboardButton(labels.private_chat, url=link)]]) if link else None
    if reply.wants_location:
        place = [KeyboardButton(labels.location, request_location=True)]
        typed = [[KeyboardButton(button.label) for button in row] for row in rows(reply.buttons)]
        return ReplyKeyboardMarkup([place, *typed], resize_keyboard=True, one_time_keyboard=True)
    if reply.buttons:
        return InlineKeyboardMarkup([[_inline(button) for button in row] for row in rows(reply.buttons)])
    chat = address["chat_id"]
    return ReplyKeyboardRemove() if isinstance(chat, int) and chat > 0 else None


def rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """The buttons in their order, as many in a row as their labels allow."""
    found: list[list[Button]] = []
    last = 0
    for button in buttons:
        width = next((width for length, width in _WIDTHS if len(button.label) <= length), 1)
        if found and width == last and len(found[-1]) < width:
            found[-1].append(button)
        else:
            found.append([button])
        last = width
    return found


def _inline(button: Button) -> InlineKeyboardButton:
    payload = button.payload.encode()[:PAYLOAD_BYTES].decode(errors="ignore")
    return InlineKeyboardButton(button.label, callback_data=payload)
