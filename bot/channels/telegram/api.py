"""The Bot API as the channel needs it: python-telegram-bot's Bot, the raw JSON of updates, quiet logs, our errors."""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.translation import translated
from bot.errors import CredentialsRefused, Rejected, TransientError, UncertainError

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_CHUNK = 64 * 1024
DOWNLOAD_SECONDS = 120.0


class RawBot(Bot):
    """A Bot whose updates are JSON: one that the library cannot read must not stop those behind it."""

    __slots__ = ()

    async def raw_updates(self, timeout: float, read_timeout: float, **parameters: Any) -> list[Any]:
        """As getUpdates answers. `timeout` is how long Telegram waits for something to happen, in seconds."""
        parameters["timeout"] = int(timeout)
        result = await self._post("getUpdates", parameters, read_timeout=read_timeout + timeout)
        return result if isinstance(result, list) else []


@dataclass(frozen=True)
class Endpoint:
    """Where the Bot API is and who we are; `seconds` is the time-out of each step of a request."""

    base: str
    token: str
    seconds: float = 10.0

    @property
    def bot_id(self) -> str:
        """The public half of the token."""
        return self.token.partition(":")[0]

    def make_bot(self, calls: HTTPXRequest, polling: HTTPXRequest) -> RawBot:
        """A Bot; don't initialize() it: that would write the token into an error message."""
        silence()
        base = self.base.rstrip("/")
        return RawBot(
            self.token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=calls,
            get_updates_request=polling,
        )

    def make_connections(self, most: int) -> HTTPXRequest:
        """A pool of at most `most` connections."""
        return HTTPXRequest(
            connection_pool_size=most,
            connect_timeout=self.seconds,
            read_timeout=self.seconds,
            write_timeout=self.seconds,
            pool_timeout=self.seconds,
            httpx_kwargs={"verify": _certificates()},
        )

    def make_downloader(self) -> httpx.Client:
        """The client for `download`; may be used by several threads."""
        return httpx.Client(timeout=self.seconds, verify=_certificates())

    @asynccontextmanager
    async def errors(self, repeatable: bool = False) -> AsyncIterator[None]:
        """Translates what is raised inside. What may be asked again without harm (`repeatable`) is never uncertain."""
        if not _TOKEN.fullmatch(self.token):
            raise CredentialsRefused("the Telegram token does not look like 123456:ABC…")
        try:
            yield
        except TelegramError as error:
            ours = translated(error)
            if repeatable and isinstance(ours, UncertainError):
                ours = TransientError(str(ours))
            ours.args = tuple(str(part).replace(self.token, "…") for part in ours.args)
            raise ours from error

    def download(self, client: httpx.Client, url: str) -> Iterator[bytes]:
        """The bytes of a file, as they come. Raises Rejected where it is gone, TransientError for all that may pass."""
        end = monotonic() + DOWNLOAD_SECONDS
        try:
            with client.stream("GET", url) as response:
                if response.status_code in (400, 404, 410):
                    raise Rejected("the file is gone")
                if response.status_code != 200:
                    raise TransientError(f"the file's server answers {response.status_code}")
                for chunk in response.iter_bytes(_CHUNK):
                    yield chunk
                    if monotonic() > end:
                        raise TransientError("the download takes too long")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransientError(f"the download broke: {type(error).__name__}") from None  # the error knows the URL


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes 0.1 s."""
    return httpx.create_ssl_context()


def silence() -> None:
    """httpx logs URLs, which hold the token; the library logs texts of citizens and answers that it cannot read."""
    for name, level in (("httpx", logging.WARNING), ("httpcore", logging.WARNING), ("telegram", logging.CRITICAL)):
        logging.getLogger(name).setLevel(level)
