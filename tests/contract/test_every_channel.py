"""Every channel of bot/channels keeps both halves of the contract: what it owes to delivery, and to the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pkgutil import iter_modules

import pytest

import bot.channels
import tests.channels.telegram.test_sending as telegram_sending
import tests.channels.x.test_sending as x_sending
from bot.bootstrap.channels import builder_of
from bot.errors import ConfigError
from tests.contract import test_channel_contract as sending
from tests.contract import test_receiving_contract as receiving

assert telegram_sending and x_sending, "imported so that their contracts are known"


def channels() -> Iterator[str]:
    for module in iter_modules(bot.channels.__path__):
        if not module.ispkg or find_spec(f"bot.channels.{module.name}.side"):
            try:
                builder_of(module.name)
            except ConfigError:
                continue  # a helper
            yield module.name


NAMES = tuple(channels())


def test_the_channels_are_found() -> None:
    assert set(NAMES) >= {"telegram", "webchat", "x"}


@pytest.mark.parametrize("contract", [sending.ChannelContract, receiving.ReceivingContract])
def test_every_channel_keeps_the_contract(contract: type) -> None:
    kept = {each.of for each in contract.__subclasses__()}
    assert kept >= {"fake", *NAMES}
