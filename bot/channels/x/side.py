"""Wires the X account: what watches it, answers for it and receives its webhook."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from functools import partial

from starlette.routing import BaseRoute

from bot.channels.backoff import pause
from bot.channels.side import Around, ChannelSide
from bot.channels.x.api import XApi
from bot.channels.x.budget import Reads, Window
from bot.channels.x.channel import XLabels, XParts, XPrivateChannel, XPublicChannel
from bot.channels.x.intake import XIntake
from bot.channels.x.keys import Keyring, make_keyring
from bot.channels.x.parsing import MENTION, MESSAGE, Account
from bot.channels.x.polling import WatchTiming, XWatcher
from bot.channels.x.reading import Mentions, Messages
from bot.channels.x.vanishing import Vanishing
from bot.channels.x.webhook import x_routes
from bot.domain.rates import ChannelRates, Rate
from bot.errors import ConfigError

log = logging.getLogger(__name__)
_SAFETY_NET = 3600.0
"""Seconds between looks where the webhook brings everything: they find what it missed."""
_LOOK_FOR_KEYS = 15.0
RATES = {
    MENTION: ChannelRates(Rate(100 / 900, burst=20.0), Rate(1 / 5, burst=2.0)),
    MESSAGE: ChannelRates(Rate(15 / 900, burst=5.0), Rate(1.0, burst=3.0)),
}
"""100 posts and 15 direct messages (1,440 a day) in 15 minutes of an account.
Source: https://docs.x.com/x-api/fundamentals/rate-limits"""


def build(around: Around) -> ChannelSide:
    """Both sides of the account; where none is authorised yet, only the wait for it."""
    x, uows, clock = around.settings.x, around.uows, around.clock
    if not x.configured:
        raise ConfigError("X needs HIZMET_X_CONSUMER_KEY and HIZMET_X_CONSUMER_SECRET, or HIZMET_X_CLIENT_ID")
    keyring = make_keyring(around.settings, uows, clock)
    keys = keyring.kept()
    if keys is None:
        return ChannelSide(loops=(partial(wait_for_account, keyring),))
    account = Account(keys.user_id, keys.username, frozenset(name.lower() for name in x.ignored))
    api, intake = XApi(keyring, clock), XIntake(around.receiver, uows)
    reads = Reads(uows, keys.user_id, x.month_reads)
    streams = (
        Mentions(api, account, intake, reads, Window(x.window_mentions), clock),
        Messages(api, account, intake, reads, Window(x.window_messages), clock),
        Vanishing(api, account, intake, reads, uows, clock),
    )
    timing, routes = WatchTiming(shortest=x.poll_seconds), tuple[BaseRoute, ...]()
    if x.webhook:
        if not x.consumer_secret:
            raise ConfigError("HIZMET_X_WEBHOOK is set: HIZMET_X_CONSUMER_SECRET is needed too")
        timing = replace(timing, shortest=_SAFETY_NET, longest=_SAFETY_NET)
        routes = tuple(x_routes(account, x.consumer_secret, intake, clock))
    labels = XLabels(around.text("x_answers"))
    parts = XParts(api, account, around.files, clock, reads, around.settings.max_file, labels, x.dm_link)
    watcher = XWatcher(streams, uows, clock, around.owner, timing)
    return ChannelSide((XPublicChannel(parts), XPrivateChannel(parts)), RATES, (watcher.watch,), routes)


async def wait_for_account(keyring: Keyring, stop: asyncio.Event, seconds: float = _LOOK_FOR_KEYS) -> None:
    """Wait until an account is authorised, and let the process start anew with it."""
    log.warning("x: no account is authorised; run: hizmet channels x login")
    while not stop.is_set():
        await pause(stop, seconds)
        if await asyncio.to_thread(keyring.kept) is not None:
            raise ConfigError("an X account was authorised: starting anew with it")
