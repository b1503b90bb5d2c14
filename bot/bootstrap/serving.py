"""The serving roles in one asyncio process: channels (receiving), delivery (fetching, sending, sweeping) and web."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import signal
import socket
from collections.abc import Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.bootstrap.channels import build_side
from bot.bootstrap.wiring import Database, municipality_of, open_database
from bot.channels.alerts import AlertChannel, mailer
from bot.channels.files import DiskFiles
from bot.channels.side import Around, Loop
from bot.channels.webhook import WebhookChannel
from bot.clock import SystemClock
from bot.config import Settings
from bot.delivery.fetching import FetchWorker
from bot.delivery.limits import staff_chat_rates
from bot.delivery.retention import RetentionKeeper
from bot.delivery.sweeping import Sweeper
from bot.delivery.worker import DeliveryWorker
from bot.errors import ConfigError
from bot.operations.health import operations_routes
from bot.ports import Channel
from bot.service.receiving import Receiver
from bot.service.webhooks import keep_switch
from bot.web.app import create_app
from bot.web.patience import HeadDeadline

log = logging.getLogger(__name__)


class Serving:
    """Builds what the chosen roles need and runs it until SIGTERM."""

    def __init__(self, settings: Settings, roles: frozenset[str]) -> None:
        self._settings, self._roles = settings, roles
        self._clock = SystemClock()
        self._database: Database = open_database(settings)
        self._municipality = municipality_of(settings.municipality)
        self._files = DiskFiles(settings.files)
        self._receiver = Receiver(self._database.writes, self._clock, settings.gather_seconds)
        self._owner = f"{socket.gethostname()}:{os.getpid()}"
        talks = roles & {"channels", "delivery"}
        self._sides = [build_side(name, self._around(name)) for name in settings.channels] if talks else []

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Until SIGTERM or Ctrl-C, or until `stop` where it is given."""
        with self._database.writes() as uow:
            keep_switch(uow, self._settings.webhook is not None, self._clock.now())
            uow.commit()
        stop = _stopped_by_signals() if stop is None else stop
        loops: list[Loop] = []
        routes: list[BaseRoute] = []
        if "channels" in self._roles:
            loops += [loop for side in self._sides for loop in side.loops]
            routes += [route for side in self._sides for route in side.routes]
        if "delivery" in self._roles:
            loops += self._delivery_loops()
        web = self._server(routes) if "web" in self._roles else None
        tasks = [asyncio.create_task(each(stop)) for each in loops]
        if web is not None:
            tasks.append(asyncio.create_task(_serve(*web, stop)))
        log.info("serving", extra={"roles": ",".join(sorted(self._roles))})
        await _until_stopped(stop, tasks)
        for side in self._sides:
            await side.aclose()
        self._database.engine.dispose()

    def _around(self, name: str) -> Around:
        return Around(
            settings=self._settings,
            block=self._settings.block(name.rpartition(".")[2]),
            uows=self._database.writes,
            municipality=self._municipality,
            files=self._files,
            receiver=self._receiver,
            clock=self._clock,
            owner=self._owner,
        )

    def _delivery_loops(self) -> Sequence[Loop]:
        channels: dict[str, Channel] = {channel.name: channel for side in self._sides for channel in side.channels}
        channels["alert"] = AlertChannel(self._settings, channels.get("telegram"))
        channels["webhook"] = WebhookChannel(self._settings.webhook, self._clock)
        writes, clock = self._database.writes, self._clock
        rates = {"alert": staff_chat_rates()}
        for side in self._sides:
            rates |= side.rates
        return (
            DeliveryWorker(writes, channels, clock, self._municipality, random.Random(), rates=rates).run,
            FetchWorker(
                writes,
                channels,
                clock,
                random.Random(),
                gather_seconds=self._settings.gather_seconds,
                max_file=self._settings.max_file,
            ).run,
            Sweeper(writes, self._municipality, clock, self._owner, self._settings.secret.encode()).run,
            RetentionKeeper(writes, self._files, self._municipality, clock, self._owner).run,
        )

    def _server(self, routes: Sequence[BaseRoute]) -> tuple[uvicorn.Server, Starlette]:
        app = create_app(
            settings=self._settings,
            municipality=self._municipality,
            engine_uows=self._database.writes,
            reads=self._database.reads,
            receiver=self._receiver,
            files=self._files,
            clock=self._clock,
            mail=mailer(self._settings),
            extra_routes=(*operations_routes(self._settings, self._database.engine), *routes),
        )
        _check_port(self._settings.host, self._settings.port)
        config = uvicorn.Config(
            app,
            host=self._settings.host,
            port=self._settings.port,
            log_config=None,
            ws="none",
            access_log=False,
            proxy_headers=True,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=5,
            http=HeadDeadline,
            h11_max_incomplete_event_size=16 * 1024,
        )
        server = uvicorn.Server(config)
        return server, app


def _stopped_by_signals() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(f"port {port} on {host} cannot be used ({error.strerror}); set HIZMET_PORT") from error


async def _serve(server: uvicorn.Server, app: Starlette, stop: asyncio.Event) -> None:
    async def watch() -> None:
        await stop.wait()
        app.state.chat_hub.close()
        app.state.desk_hub.close()
        server.should_exit = True

    watcher = asyncio.create_task(watch())
    with contextlib.suppress(asyncio.CancelledError):
        await server._serve()
    watcher.cancel()


async def _until_stopped(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the signal; a loop that ends by an error stops the process, so that its supervisor starts it anew."""
    waiter = asyncio.create_task(stop.wait())
    under_way: set[asyncio.Task[Any]] = {waiter, *tasks}
    while not waiter.done():
        done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        if any(task.exception() for task in done):
            break
    stop.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
