"""The doctor's look at the X account: its keys, each permission, the month's reads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from bot.channels.x.api import XApi
from bot.channels.x.budget import Reads, Spent
from bot.channels.x.keys import Keyring, XKeys
from bot.channels.x.reading import snowflake
from bot.config import Settings
from bot.db.engine import make_engine
from bot.db.unit_of_work import SqlUnitOfWork
from bot.errors import ConfigError, CredentialsRefused, HizmetError, RateLimited
from bot.operations.findings import Finding, fail, ok, warn
from bot.ports import Clock, UnitOfWorkFactory
from bot.sealing import Sealer

NEARLY = 0.8
_PERMISSIONS = (
    "in console.x.com give the application 'Read and write and Direct message', then: hizmet channels x login"
)


def check_x(settings: Settings, clock: Clock, username: str | None = None) -> Iterator[Finding]:
    """What is wrong with the account, in the order in which to mend it. `username`: the municipality's on X."""
    if not settings.x.configured:
        yield ok("x", "not set up (HIZMET_X_CONSUMER_KEY)")
        return
    engine = make_engine(settings.database, pooled=False)
    try:
        yield from _check(settings, partial(SqlUnitOfWork, engine), clock, username)
    finally:
        engine.dispose()


def _check(settings: Settings, uows: UnitOfWorkFactory, clock: Clock, username: str | None) -> Iterator[Finding]:
    keyring = Keyring(settings.x, uows, clock, Sealer(settings.secret))
    try:
        keys = keyring.kept()
    except ConfigError as error:
        yield fail("x", str(error), "hizmet channels x login")
        return
    if keys is None:
        yield warn("x", "no account is authorised", "hizmet channels x login")
        return
    if username and username.lower() != keys.username.lower():
        yield warn(
            "x", f"@{keys.username} is authorised, the municipality's file names @{username}", "mend one of them"
        )
    yield from asyncio.run(_ask(keyring, keys, clock))
    yield _budget(Reads(uows, keys.user_id, settings.x.month_reads).spent(clock.now()), settings.x.month_reads)


async def _ask(keyring: Keyring, keys: XKeys, clock: Clock) -> list[Finding]:
    """One small question for each permission; none of them brings a post."""
    api = XApi(keyring, clock)
    since = str(snowflake(clock.now()))
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        "x account": api.me,
        "x reads mentions": partial(api.mentions, keys.user_id, since, None, 5),
        "x reads messages": partial(api.messages, None, 1),
    }
    try:
        return [await _permission(name, question) for name, question in questions.items()]
    finally:
        await api.aclose()


async def _permission(name: str, question: Callable[[], Awaitable[object]]) -> Finding:
    try:
        answer = await question()
    except CredentialsRefused as error:
        return fail(name, str(error), _PERMISSIONS)
    except RateLimited:
        return ok(name, "allowed; its limit is used up for the moment")
    except HizmetError as error:
        return warn(name, f"{type(error).__name__}: {error}", "check the network and HIZMET_X_API; try again")
    if not isinstance(answer, dict):
        return ok(name, "allowed")
    access = str(answer.get("access", ""))
    if access and "directmessages" not in access.replace("-", ""):
        return fail(name, f"@{answer['username']} may only {access}", _PERMISSIONS)
    return ok(name, f"@{answer['username']}")


def _budget(spent: Spent, plan: int) -> Finding:
    found = f"{spent.posts} of {plan} posts read in {spent.month}, {spent.messages} messages, {spent.requests} requests"
    if spent.posts >= plan:
        return fail(
            "x budget", found, "raise the plan and HIZMET_X_MONTH_READS; until then mentions wait for next month"
        )
    if spent.posts >= plan * NEARLY:
        return warn("x budget", found, "raise the plan and HIZMET_X_MONTH_READS before it is used up")
    return ok("x budget", found)
