"""The web chat as a channel: the database holds the message, the citizen's browser fetches it."""

from __future__ import annotations

from typing import Any

from bot.channels.side import Around, ChannelSide
from bot.domain.messages import FileRef, Reply
from bot.ports import Delivered

NAME = "web"


def build(around: Around) -> ChannelSide:
    """The sending side; what receives is the page itself (bot/web)."""
    return ChannelSide((WebChatChannel(),))


class WebChatChannel:
    """Nothing is sent: a message is `waiting` until a browser acknowledges it (docs/web-chat.md)."""

    name = NAME

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        return Delivered(waiting=True)

    async def fetch(self, file: FileRef) -> FileRef:
        """Uploads arrive with their bytes stored, so there is nothing to bring."""
        return file

    async def aclose(self) -> None:
        return None
