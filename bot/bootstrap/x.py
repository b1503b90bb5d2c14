"""Wires the X account: what watches it, answers for it and receives its webhook."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from starlette.routing import BaseRoute

from bot.bootstrap.wiring import Database
from bot.channels.backoff import pause
from bot.channels.files import DiskFiles
from bot.channels.x.api import XApi
from bot.channels.x.budget import Reads, Window
from bot.channels.x.channel import XLabels, XParts, XPrivateChannel, XPublicChannel
from bot.channels.x.intake import XIntake
from bot.channels.x.keys import Keyring, XKeys
from bot.channels.x.parsing import Account
from bot.channels.x.polling import WatchTiming, XWatcher
from bot.channels.x.reading import Mentions, Messages
from bot.channels.x.vanishing import Vanishing
from bot.channels.x.webhook import x_routes
from bot.config import Settings, XSettings
from bot.errors import ConfigError
from bot.municipality import Municipality
from bot.ports import Channel, Clock
from bot.sealing import Sealer
from bot.service.receiving import Receiver
from bot.service.texts import Texts

log = logging.getLogger(__name__)
_SAFETY_NET = 3600.0
"""Seconds between looks where the webhook brings everything: they find what it missed."""


def make_keyring(settings: Settings, database: Database, clock: Clock) -> Keyring:
    return Keyring(settings.x, database.writes, clock, Sealer(settings.secret))


@dataclass(frozen=True)
class XSide:
    """The account while the system runs. `keys` None: no account is authorised yet; every `look_for_keys` seconds it is
    looked whether one is."""

    settings: XSettings
    keyring: Keyring
    keys: XKeys | None
    parts: XParts | None
    watcher: XWatcher | None
    routes: tuple[BaseRoute, ...] = ()
    look_for_keys: float = 15.0

    @classmethod
    def build(
        cls,
        settings: Settings,
        database: Database,
        municipality: Municipality,
        files: DiskFiles,
        receiver: Receiver,
        clock: Clock,
        owner: str,
    ) -> XSide:
        keyring = make_keyring(settings, database, clock)
        keys = keyring.kept()
        if keys is None:
            return cls(settings.x, keyring, None, None, None)
        account = Account(keys.user_id, keys.username, frozenset(name.lower() for name in settings.x.ignored))
        api, intake = XApi(keyring, clock), XIntake(receiver, database.writes)
        x = settings.x
        reads = Reads(database.writes, keys.user_id, x.month_reads)
        streams = (
            Mentions(api, account, intake, reads, Window(x.window_mentions), clock),
            Messages(api, account, intake, reads, Window(x.window_messages), clock),
            Vanishing(api, account, intake, reads, database.writes, clock),
        )
        timing = WatchTiming(shortest=x.poll_seconds)
        routes: tuple[BaseRoute, ...] = ()
        if x.webhook:
            if not x.consumer_secret:
                raise ConfigError("HIZMET_X_WEBHOOK is set: HIZMET_X_CONSUMER_SECRET is needed too")
            timing = replace(timing, shortest=_SAFETY_NET, longest=_SAFETY_NET)
            routes = tuple(x_routes(account, x.consumer_secret, intake, clock))
        labels = XLabels(Texts(municipality)("x_answers", labels="{labels}"))
        parts = XParts(api, account, files, clock, reads, settings.max_file, labels, x.dm_link)
        return cls(x, keyring, keys, parts, XWatcher(streams, database.writes, clock, owner, timing), routes)

    async def watch(self, stop: asyncio.Event) -> None:
        """Watch the account; without one, wait until it is authorised and let the process start anew with it."""
        if self.watcher is not None:
            await self.watcher.watch(stop)
            return
        log.warning("x: no account is authorised; run: hizmet channels x login")
        while not stop.is_set():
            await pause(stop, self.look_for_keys)
            if await asyncio.to_thread(self.keyring.kept) is not None:
                raise ConfigError("an X account was authorised: starting anew with it")

    def channels(self) -> dict[str, Channel]:
        """Both sending sides; none without an account."""
        if self.parts is None:
            return {}
        return {channel.name: channel for channel in (XPublicChannel(self.parts), XPrivateChannel(self.parts))}
