"""Wires Telegram: polling, or the webhook where its secret is set, and the sending side."""

from __future__ import annotations

from functools import partial

from bot.channels.side import Around, ChannelSide
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.keyboards import Labels
from bot.channels.telegram.polling import TelegramPoller
from bot.channels.telegram.webhook import announce_webhook, telegram_routes
from bot.domain.rates import ChannelRates, Rate
from bot.errors import ConfigError


def build(around: Around) -> ChannelSide:
    settings, uows, clock = around.settings, around.uows, around.clock
    channel = TelegramChannel(settings, around.files, Labels(location=around.text("button_location")))
    rates = {channel.name: telegram_rates()}
    if not settings.telegram_webhook_secret:
        poller = TelegramPoller(channel, around.receiver, uows, clock, around.owner)
        return ChannelSide((channel,), rates, (poller.poll,))
    if not settings.public_url:
        raise ConfigError("HIZMET_TELEGRAM_WEBHOOK_SECRET is set: HIZMET_PUBLIC_URL is needed too")
    routes = tuple(telegram_routes(channel, around.receiver, uows, clock))
    return ChannelSide((channel,), rates, (partial(announce_webhook, channel, settings.public_url),), routes)


def telegram_rates(processes: int = 1) -> ChannelRates:
    """Telegram's 30 messages a second, shared by the delivery processes of one token, and 1 a second to a chat.

    Below 30 by one, so that no window of a second holds 31 where the network bunches messages.
    """
    return ChannelRates(Rate(29.0 / processes), Rate(1.0))
