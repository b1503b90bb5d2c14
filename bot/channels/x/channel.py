"""The sending sides of X (the Channel of bot/ports.py): answers in public threads, and direct messages."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.channels.files import GONE, DiskFiles
from bot.channels.splitting import parts
from bot.channels.x.api import XApi
from bot.channels.x.parsing import MENTION, MESSAGE, Account
from bot.channels.x.translation import Duplicate
from bot.domain.messages import FileRef, Reply
from bot.domain.publicity import MOST_WEIGHT
from bot.domain.weighing import weight
from bot.errors import Rejected
from bot.ports import Clock, Delivered

MESSAGE_LIMIT = 10_000
_RECENT = timedelta(hours=24)
_SLACK = timedelta(minutes=2)
_NAMES = re.compile(r"^(?:@\w+\s+)+")
_LINKS = re.compile(r"https?://\S+")


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
        """Post; the id of the post is the answer. What the account said a short while ago is said in other words."""
        if weight(reply.text) > MOST_WEIGHT:
            raise Rejected(f"over {MOST_WEIGHT} weighted characters")
        try:
            return await self._post(address, reply, reply.text)
        except Duplicate:
            now = self._x.clock.now()
            earlier = await self.sent_already(address, reply, now - _RECENT)
            return earlier or await self._post(address, reply, _varied(reply.text, now))

    async def _post(self, address: dict[str, Any], reply: Reply, text: str) -> Delivered:
        link = f"https://x.com/messages/compose?recipient_id={self._x.account.user_id}"
        wanted = link if reply.invites and self._x.dm_link else None
        return Delivered(await self._x.api.reply(text, str(address["post_id"]), wanted))

    async def sent_already(self, address: dict[str, Any], reply: Reply, since: datetime) -> Delivered | None:
        """The post of our timeline that says this in answer to that post; None where there is none."""
        posts = await self._x.api.own_posts(self._x.account.user_id, since - _SLACK)
        for post in posts:
            answered = {str(ref["id"]) for ref in post.get("referenced_tweets") or () if ref["type"] == "replied_to"}
            if str(address["post_id"]) in answered and _same(str(post.get("text", "")), reply.text):
                return Delivered(str(post["id"]))
        return None


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
        for message in await self._x.api.messages_with(str(address["participant_id"])):
            ours = str(message.get("sender_id")) == self._x.account.user_id
            later = datetime.fromisoformat(str(message["created_at"])) >= since - _SLACK
            if ours and later and _same(str(message.get("text", "")), last):
                return Delivered(str(message["id"]))
        return None

    def _worded(self, reply: Reply) -> str:
        labels = ", ".join(button.label for button in reply.buttons)
        return f"{reply.text}\n\n{self._x.labels.answers.format(labels=labels)}" if labels else reply.text


def _same(theirs: str, ours: str) -> bool:
    """X puts names before an answer and shortens links; one that was varied begins like the text."""
    return _plain(theirs).startswith(_plain(ours))


def _plain(text: str) -> str:
    return " ".join(_LINKS.sub("", _NAMES.sub("", text.replace("&amp;", "&"))).split())


def _varied(text: str, now: datetime) -> str:
    """The text with the minute behind it, where that fits."""
    varied = f"{text} ({now:%H.%M})"
    if weight(varied) > MOST_WEIGHT:
        raise Rejected("said already, and too long for a variation")
    return varied
