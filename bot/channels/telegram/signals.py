"""Passing signals after the commit: the answer to a button press, the typing sign. Best effort, never waited for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.intake import Accepted
from bot.domain.messages import EventKind
from bot.errors import HizmetError

log = logging.getLogger(__name__)


class Signals:
    """Where `most` are under way, typing signs are left out: on a day of flood they would come too late anyway."""

    def __init__(self, channel: TelegramChannel, most: int = 20) -> None:
        self._channel = channel
        self._most = most
        self._under_way: set[asyncio.Task[None]] = set()

    def give(self, accepted: Iterable[Accepted]) -> None:
        """Begin the signals for what was just stored; returns at once."""
        for each in accepted:
            if each.event.kind is EventKind.BUTTON:
                query = each.update["callback_query"]
                message = query["message"]
                self._begin(self._channel.answer_button(str(query["id"])))
                self._begin(self._channel.remove_keyboard(message["chat"]["id"], message["message_id"]))
            elif each.bot_answers and not each.event.public and len(self._under_way) < self._most:
                self._begin(self._channel.show_typing(each.event.address))

    async def aclose(self) -> None:
        """Give up what is still under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _begin(self, signal: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_quietly(signal))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _quietly(signal: Coroutine[Any, Any, None]) -> None:
    try:
        await signal
    except HizmetError as error:
        log.debug("telegram: a passing signal did not arrive: %s", type(error).__name__)
