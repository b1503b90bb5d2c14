"""Telegram: messages in by polling or webhook, replies out. The wiring is in `side`."""

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.keyboards import Labels
from bot.channels.telegram.polling import PollState, PollTiming, TelegramPoller
from bot.channels.telegram.webhook import announce_webhook, telegram_routes

__all__ = [
    "Labels",
    "PollState",
    "PollTiming",
    "TelegramChannel",
    "TelegramPoller",
    "announce_webhook",
    "telegram_routes",
]
