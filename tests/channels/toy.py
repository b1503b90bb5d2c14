"""A channel in one file: people write by putting files into a folder, and read what lies in another one.

HIZMET_TOY_FOLDER names the folder: `in/<number>.<who>` is a message, `out/<number>.<who>` an answer.
"""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from bot.channels.backoff import pause
from bot.channels.side import Around, ChannelSide
from bot.domain.messages import EventKind, FileRef, IncomingEvent, Reply
from bot.domain.rates import ChannelRates, Rate
from bot.errors import ConfigError, Rejected
from bot.ports import Delivered


def build(around: Around) -> ChannelSide:
    if "folder" not in around.block:
        raise ConfigError("HIZMET_TOY_FOLDER is not set")
    folder = Path(around.block["folder"])
    rates = {"toy": ChannelRates(Rate(100.0, burst=10.0), Rate(10.0, burst=10.0))}
    return ChannelSide((ToyChannel(folder),), rates, (partial(watch, folder, around),))


async def watch(folder: Path, around: Around, stop: asyncio.Event) -> None:
    while not stop.is_set():
        for path in sorted((folder / "in").iterdir()):
            number, who = path.name.split(".")
            now, text = around.clock.now(), path.read_text(encoding="utf-8")
            event = IncomingEvent(
                "toy",
                number,
                who,
                who,
                EventKind.TEXT,
                now,
                int(number),
                text,
                address={"who": who},
                message_ref=number,
            )
            await asyncio.to_thread(around.receiver.receive, event)
            path.unlink()  # acknowledged once it is stored
        await pause(stop, 0.02)


class ToyChannel:
    name = "toy"

    def __init__(self, folder: Path) -> None:
        self._out = folder / "out"

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        number = len(list(self._out.iterdir())) + 1
        (self._out / f"{number}.{address['who']}").write_text(reply.text, encoding="utf-8")
        return Delivered(str(number))

    async def fetch(self, file: FileRef) -> FileRef:
        raise Rejected("no files here")

    async def aclose(self) -> None:
        """Nothing is held."""
