"""The sending side of Telegram (the Channel of bot/ports.py), and the questions that polling and webhook ask."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from telegram import LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction

from bot.channels.files import GONE, TOO_LARGE, DiskFiles
from bot.channels.splitting import parts
from bot.channels.telegram.api import Endpoint
from bot.channels.telegram.keyboards import Labels, keyboard
from bot.channels.telegram.parsing import ALLOWED_UPDATES, CHANNEL
from bot.config import Settings
from bot.domain.messages import FileRef, Reply
from bot.errors import HizmetError, Rejected
from bot.ports import Delivered

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """One per process. `seconds` bounds each step of a request; `part_pause` is between the parts of a long text."""

    name = CHANNEL

    def __init__(
        self,
        settings: Settings,
        files: DiskFiles,
        labels: Labels = Labels(),  # noqa: B008  # frozen
        seconds: float = 10.0,
        part_pause: float = 1.0,
    ) -> None:
        self.endpoint = Endpoint(settings.telegram_api, settings.require_telegram(), seconds)
        self.webhook_secret = settings.telegram_webhook_secret
        self._files = files
        self._labels = labels
        self._limit = settings.max_file
        self._part_pause = part_pause
        self._connections = (self.endpoint.make_connections(64), self.endpoint.make_connections(2))
        self._bot = self.endpoint.make_bot(*self._connections)
        self._downloader = self.endpoint.make_downloader()
        self._downloads = ThreadPoolExecutor(2, "telegram-download")  # a slow file must not hold up the database's
        self._username = ""

    # -- sending
    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        """Send; a text over 4,096 characters in parts, the buttons under the last, whose id is the answer.

        Where a later part fails, the error is that part's: sending again repeats the parts before it.
        """
        texts = parts(reply.text)
        for text in texts[:-1]:
            await self._send(address, text, None)
            await asyncio.sleep(self._part_pause)
        return Delivered(await self._send(address, texts[-1], keyboard(address, reply, self._labels)))

    async def _send(self, address: dict[str, Any], text: str, markup: Any) -> str:
        answered = address.get("reply_to")
        async with self.endpoint.errors():
            sent = await self._bot.send_message(
                address["chat_id"],
                text,
                reply_markup=markup,
                message_thread_id=address.get("topic"),
                link_preview_options=_NO_PREVIEW,
                reply_parameters=ReplyParameters(answered, allow_sending_without_reply=True) if answered else None,
            )
        return str(sent.message_id)

    # -- files
    async def fetch(self, file: FileRef) -> FileRef:
        """Bring the bytes; a file over the limit or gone at Telegram comes back with its `problem`."""
        if file.size is not None and file.size > self._limit:
            return replace(file, problem=TOO_LARGE)
        try:
            async with self.endpoint.errors(repeatable=True):
                found = await self._bot.get_file(file.remote or "")
            url = found.file_path or ""
            return await asyncio.get_running_loop().run_in_executor(self._downloads, self._bring, file, url)
        except Rejected as error:
            return replace(file, problem=TOO_LARGE if "too big" in str(error) else GONE)

    def _bring(self, file: FileRef, url: str) -> FileRef:
        chunks: Iterator[bytes] = self.endpoint.download(self._downloader, url)
        return self._files.keep(file, chunks, self._limit)

    # -- receiving
    async def username(self) -> str:
        """The bot's name without @; '' as long as Telegram cannot be asked."""
        if not self._username:
            try:
                await self.introduce()
            except HizmetError:
                return ""
        return self._username

    async def introduce(self) -> str:
        """Ask Telegram who we are: also the proof that the token is right."""
        async with self.endpoint.errors(repeatable=True):
            self._username = (await self._bot.get_me()).username or ""
        return self._username

    async def updates(self, offset: int | None, wait: float) -> list[Any]:
        """The next updates as JSON; waits up to `wait` seconds for one. Confirms all below `offset`."""
        async with self.endpoint.errors(repeatable=True):
            return await self._bot.raw_updates(
                wait, self.endpoint.seconds, offset=offset, allowed_updates=list(ALLOWED_UPDATES)
            )

    async def set_webhook(self, url: str) -> None:
        async with self.endpoint.errors(repeatable=True):
            await self._bot.set_webhook(
                url, secret_token=self.webhook_secret, allowed_updates=list(ALLOWED_UPDATES), max_connections=20
            )

    async def delete_webhook(self) -> None:
        async with self.endpoint.errors(repeatable=True):
            await self._bot.delete_webhook(drop_pending_updates=False)

    # -- passing signals
    async def answer_button(self, query_id: str) -> None:
        """End the waiting sign of a pressed button."""
        async with self.endpoint.errors(repeatable=True):
            await self._bot.answer_callback_query(query_id)

    async def remove_keyboard(self, chat_id: int, message_id: int) -> None:
        """Take the buttons away from a message."""
        async with self.endpoint.errors(repeatable=True):
            await self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=None)

    async def show_typing(self, address: dict[str, Any]) -> None:
        async with self.endpoint.errors(repeatable=True):
            await self._bot.send_chat_action(
                address["chat_id"], ChatAction.TYPING, message_thread_id=address.get("topic")
            )

    async def aclose(self) -> None:
        for connections in self._connections:
            await connections.shutdown()
        self._downloads.shutdown(wait=False, cancel_futures=True)
        self._downloader.close()
