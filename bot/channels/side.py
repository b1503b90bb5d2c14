"""What a channel brings into the running system, and what it is built from.

A channel is a module of bot/channels (or a package with a module `side`) that has `build(around) -> ChannelSide`. It is
named in HIZMET_CHANNELS and loaded only then; its own settings are the block HIZMET_<NAME>_… .
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import BaseRoute

from bot.channels.files import DiskFiles
from bot.config import Settings
from bot.domain.rates import ChannelRates
from bot.municipality import Municipality
from bot.ports import Channel, Clock, UnitOfWorkFactory
from bot.service.receiving import Receiver

Loop = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Around:
    """`block` holds the channel's own settings, HIZMET_<NAME>_KEY as `key`; `owner` names this process in leases."""

    settings: Settings
    block: Mapping[str, str]
    uows: UnitOfWorkFactory
    municipality: Municipality
    files: DiskFiles
    receiver: Receiver
    clock: Clock
    owner: str

    def text(self, key: str) -> str:
        """A text of the municipality as it is written, fields and all."""
        return self.municipality.texts[key][0]


@dataclass(frozen=True)
class ChannelSide:
    """`channels` send (role delivery), no faster than `rates` says by their names; `loops` and `routes` receive (role
    channels). A loop runs until its event is set; an error that ends it ends the process, which is started anew.
    """

    channels: tuple[Channel, ...] = ()
    rates: Mapping[str, ChannelRates] = field(default_factory=dict)
    loops: tuple[Loop, ...] = ()
    routes: tuple[BaseRoute, ...] = ()

    async def aclose(self) -> None:
        for channel in self.channels:
            await channel.aclose()


Builder = Callable[[Around], ChannelSide]
"""Raises ConfigError for settings that are missing or wrong."""
