"""The sending sides of X (the Channel of bot/ports.py): answers in public threads, and direct messages."""

from __future__ import annotations

import asyncio
import hashlib
import html
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.channels.files import GONE, DiskFiles
from bot.channels.splitting import parts
from bot.channels.x.api import PAGE, XApi
from bot.channels.x.budget import SMALLEST_PAGE, Reads
from bot.channels.x.parsing import MENTION, MESSAGE, Account
from bot.channels.x.translation import CREDITS_WAIT, Duplicate
from bot.domain.messages import FileRef, Reply
from bot.domain.publicity import MOST_WEIGHT
from bot.domain.weighing import LINK, weight
from bot.errors import Rejected, TransientError
from bot.ports import Clock, Delivered

MESSAGE_LIMIT = 10_000
_RECENT = timedelta(hours=24)
_SLACK = timedelta(minutes=2)
_VARIATIONS = 3
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_NAMES = re.compile(r"^(?:@\w+\s+)+")
_VARIED = re.compile(rf"(?: \([{_LETTERS}]{{4}}\))?")


@dataclass(frozen=True)
class XLabels:
    """What the channel adds: X has no buttons, so their labels are named ({labels})."""

    answers: str = "Yanıt olarak yazabilirsiniz: {labels}"


@dataclass(frozen=True)
class XParts:
    """What both sides share."""

    api: XApi
    account: Account
    files: DiskFiles
    clock: Clock
    reads: Reads
    max_file: int = 20 * 1024 * 1024
    labels: XLabels = XLabels()
    dm_link: bool = False


class _XChannel:
    """Files, and the end; the two sides differ in how they speak."""

    def __init__(self, shared: XParts) -> None:
        self._x = shared
        self._downloads = ThreadPoolExecutor(2, "x-download")  # a slow file must not hold up the database's threads

    async def fetch(self, file: FileRef) -> FileRef:
        """Bring the bytes; a file that is gone comes back with its `problem`."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._downloads, self._bring, file)
        except Rejected:
            return replace(file, problem=GONE)

    def _bring(self, file: FileRef) -> FileRef:
        return self._x.files.keep(file, self._x.api.download(file.remote or ""), self._x.max_file)

    async def aclose(self) -> None:
        self._downloads.shutdown(wait=False, cancel_futures=True)
        await self._x.api.aclose()


class XPublicChannel(_XChannel):
    """Answers a citizen's post. X takes answers only to posts that mention or quote the account, as ours all do."""

    name = MENTION

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        """Post; the id of the post is the answer. What the account said a short while ago gets a sign of its own."""
        if weight(reply.text) > MOST_WEIGHT:
            raise Rejected(f"over {MOST_WEIGHT} weighted characters")
        try:
            return await self._post(address, reply, reply.text)
        except Duplicate:
            earlier = await self.sent_already(address, reply, self._x.clock.now() - _RECENT)
        return earlier or await self._post_varied(address, reply)

    async def _post_varied(self, address: dict[str, Any], reply: Reply) -> Delivered:
        for number in range(_VARIATIONS):
            try:
                return await self._post(address, reply, _varied(reply.text, f"{address['post_id']}:{number}"))
            except Duplicate:
                continue
        raise Rejected("said already, with every sign")

    async def _post(self, address: dict[str, Any], reply: Reply, text: str) -> Delivered:
        link = f"https://x.com/messages/compose?recipient_id={self._x.account.user_id}"
        wanted = link if reply.invites and self._x.dm_link else None
        return Delivered(await self._x.api.reply(text, str(address["post_id"]), wanted))

    async def sent_already(self, address: dict[str, Any], reply: Reply, since: datetime) -> Delivered | None:
        """The post of our timeline that says this in answer to that post; None where there is none."""
        async for post in self._own_posts(since - _SLACK):
            answered = {str(ref["id"]) for ref in post.get("referenced_tweets") or () if ref["type"] == "replied_to"}
            if str(address["post_id"]) in answered and _same(str(post.get("text", "")), reply.text):
                return Delivered(str(post["id"]))
        return None

    async def _own_posts(self, since: datetime) -> AsyncIterator[dict[str, Any]]:
        """Back to `since`, page by page. They count as reads, and may use all that is left of the month."""
        token = None
        while True:
            now = self._x.clock.now()
            left = await asyncio.to_thread(self._x.reads.left, now)
            if left < SMALLEST_PAGE:
                raise TransientError("the month's reads are used up", CREDITS_WAIT)
            page = await self._x.api.own_posts(self._x.account.user_id, since, token, min(PAGE, left))
            await asyncio.to_thread(self._x.reads.count, now, len(page.data))
            for post in page.data:
                yield post
            if (token := page.next) is None:
                return


class XPrivateChannel(_XChannel):
    """Direct messages to a citizen who wrote to us."""

    name = MESSAGE

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        """Send, a very long text in parts; the id of the last part's event is the answer."""
        sent = ""
        for text in parts(self._worded(reply), MESSAGE_LIMIT):
            sent = await self._x.api.message(str(address["participant_id"]), text)
        return Delivered(sent)

    async def sent_already(self, address: dict[str, Any], reply: Reply, since: datetime) -> Delivered | None:
        """The message of ours in the conversation that says this; None where there is none."""
        last = parts(self._worded(reply), MESSAGE_LIMIT)[-1]
        async for message in self._messages(str(address["participant_id"]), since - _SLACK):
            ours = str(message.get("sender_id")) == self._x.account.user_id
            if ours and _same(str(message.get("text", "")), last):
                return Delivered(str(message["id"]))
        return None

    async def _messages(self, participant_id: str, since: datetime) -> AsyncIterator[dict[str, Any]]:
        """Newest first, back to `since`; X has no start time here."""
        token = None
        while True:
            page = await self._x.api.messages_with(participant_id, token)
            await asyncio.to_thread(self._x.reads.count, self._x.clock.now(), 0, len(page.data))
            for message in page.data:
                if datetime.fromisoformat(str(message["created_at"])) < since:
                    return
                yield message
            if (token := page.next) is None:
                return

    def _worded(self, reply: Reply) -> str:
        labels = ", ".join(button.label for button in reply.buttons)
        return f"{reply.text}\n\n{self._x.labels.answers.format(labels=labels)}" if labels else reply.text


def _same(theirs: str, ours: str) -> bool:
    """X writes & and < as HTML does, puts names before an answer and shortens links, also those without https://."""
    said, wanted = _plain(html.unescape(theirs)), _plain(ours)
    return said.startswith(wanted) and _VARIED.fullmatch(said[len(wanted) :]) is not None


def _plain(text: str) -> str:
    return " ".join(LINK.sub("", _NAMES.sub("", text)).split())


def _varied(text: str, seed: str) -> str:
    """The text with a sign behind it, another one for each post that is answered; where that fits."""
    digest = hashlib.sha256(seed.encode()).digest()
    varied = f"{text} ({''.join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:4])})"
    if weight(varied) > MOST_WEIGHT:
        raise Rejected("said already, and too long for a variation")
    return varied
