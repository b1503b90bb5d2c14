"""`hizmet channels …`: what is connected, stopping public answers, authorising the X account."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from rich.console import Console
from rich.prompt import Prompt
from rich.table import Table

from bot.bootstrap.wiring import municipality_of, open_database
from bot.channels.x.api import XApi
from bot.channels.x.budget import Reads
from bot.channels.x.keys import NewKeys, XKeys, make_keyring
from bot.channels.x.login import login_by_link, login_by_pin
from bot.clock import SystemClock
from bot.config import Settings
from bot.errors import ConfigError
from bot.ports import Clock
from bot.service.publicity import PublicDesk

out = Console()
PAUSABLE = ("x",)
OWN = ("webchat", "telegram", "x")


def show_list(settings: Settings) -> None:
    """Each channel, whether it is connected, and what there is to know of it."""
    table = Table("channel", "connected", "remarks")
    table.add_row("web", "yes", f"http://{settings.host}:{settings.port}/")
    by = "webhook" if settings.telegram_webhook_secret else "polling"
    table.add_row("telegram", "yes" if settings.telegram_token else "no", by if settings.telegram_token else "")
    table.add_row("x", *_x(settings))
    for name in settings.channels:
        if name not in OWN:
            table.add_row(name.rpartition(".")[2], "yes", f"HIZMET_CHANNELS: {name}")
    out.print(table)


def _x(settings: Settings) -> tuple[str, str]:
    if not settings.x.configured:
        return "no", "HIZMET_X_CONSUMER_KEY or HIZMET_X_CLIENT_ID is not set"
    database, clock = open_database(settings), SystemClock()
    keys = make_keyring(settings, database.writes, clock).kept()
    if keys is None:
        return "no", "hizmet channels x login"
    spent = Reads(database.writes, keys.user_id, settings.x.month_reads).spent(clock.now())
    with database.reads() as uow:
        paused = PublicDesk(uow, municipality_of(settings.municipality), clock.now()).paused()
    read = f"@{keys.username}; {spent.posts} of {settings.x.month_reads} posts read in {spent.month}"
    return "yes", read + ("; public answers are paused" if paused else "")


def pause(settings: Settings, channel: str, staff: str) -> None:
    """Stop everything public at once."""
    _turn(settings, channel, staff, "pause", "public answers are paused; private messages go on")


def resume(settings: Settings, channel: str, staff: str) -> None:
    """Let public answers leave again, those that waited too."""
    _turn(settings, channel, staff, "resume", "public answers leave again")


def _turn(settings: Settings, channel: str, staff: str, how: str, said: str) -> None:
    if channel not in PAUSABLE:
        raise ConfigError(f"only {', '.join(PAUSABLE)} speaks in public; '{channel}' cannot be paused")
    with open_database(settings).writes() as uow:
        desk = PublicDesk(uow, municipality_of(settings.municipality), SystemClock().now())
        getattr(desk, how)(staff)
        uow.commit()
    out.print(said)


def login(settings: Settings, oauth2: bool, redirect: str) -> None:
    """Authorise the account and keep its keys, sealed; then say what they allow."""
    clock = SystemClock()
    database = open_database(settings)
    keyring = make_keyring(settings, database.writes, clock)
    if oauth2:
        keys = login_by_link(settings.x, keyring, clock, redirect, _bring_address)
    else:
        keys = login_by_pin(settings.x, _bring_pin)
    keys = asyncio.run(_introduced(NewKeys(settings.x, keys), clock))
    keyring.keep(keys)
    username = keys.username
    with database.writes() as uow:
        uow.audit.record(clock.now(), "command", "x_authorised", f"x:{username}")
        uow.commit()
    wanted = municipality_of(settings.municipality).accounts.get("x", username)
    if wanted.lower() != username.lower():
        out.print(f"[yellow]this is @{username}, but the municipality's file names @{wanted}[/]")
    out.print(f"@{username} is authorised. A running system takes it up by itself; check with: hizmet doctor")


async def _introduced(new: NewKeys, clock: Clock) -> XKeys:
    """The keys with whose they are, as X says. Raises CredentialsRefused where X doesn't take them."""
    api = XApi(new, clock)
    try:
        me = await api.me()
    finally:
        await api.aclose()
    return replace(new.keys, user_id=str(me["id"]), username=str(me["username"]))


def _bring_pin(address: str) -> str:
    out.print(
        "Open this address in a browser where the municipality's account is logged in, and allow the application:"
    )
    out.print(address, soft_wrap=True, highlight=False)
    return Prompt.ask("The number that X shows")


def _bring_address(address: str) -> str:
    out.print(
        "Open this address in a browser where the municipality's account is logged in, and allow the application:"
    )
    out.print(address, soft_wrap=True, highlight=False)
    return Prompt.ask("The whole address that the browser was sent to afterwards")
