"""`hizmet run`: one process for serving, one for the dialogue, watched by this one."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import logging
import os
import signal
import subprocess
import sys
import time

from bot.bootstrap.wiring import municipality_of
from bot.commands.users import new_set_up_link
from bot.config import Settings
from bot.db.migrate import upgrade
from bot.errors import ConfigError, HizmetError
from bot.nlu.chosen import model_in_use
from bot.operations.logging import set_up_logging

log = logging.getLogger(__name__)
ROLES = frozenset({"channels", "dialogue", "delivery", "web"})
SERVING = ROLES - {"dialogue"}


def run(settings: Settings, roles: str, workers: int) -> None:
    """Run the roles until SIGTERM or Ctrl-C. Raises ConfigError for what is wrong before anything starts."""
    wanted = ROLES if roles == "all" else frozenset(part.strip() for part in roles.split(","))
    unknown = wanted - ROLES
    if unknown:
        raise ConfigError(f"unknown role {', '.join(sorted(unknown))}; there are {', '.join(sorted(ROLES))}")
    if workers:
        settings = dataclasses.replace(settings, workers=workers)
    set_up_logging(settings)
    municipality_of(settings.municipality)
    if "dialogue" in wanted:
        model_in_use(settings.models)
    _upgrade_patiently(settings)
    if wanted == {"dialogue"}:
        importlib.import_module("bot.bootstrap.dialogue").run_dialogue(settings)
    elif "dialogue" not in wanted:
        if "web" in wanted:
            _offer_set_up(settings)
        serving = importlib.import_module("bot.bootstrap.serving")
        asyncio.run(serving.Serving(settings, wanted).run())
    else:
        _Supervisor(settings, wanted).run()


def _offer_set_up(settings: Settings) -> None:
    """On the first run, tell how the first administrator gets in."""
    link = new_set_up_link(settings)
    if link is not None:
        print(f"Masa: nobody has an account yet. One-time set-up link, good for a day:\n  {link}", flush=True)


def _upgrade_patiently(settings: Settings) -> None:
    """Migrate; a database that is away at the start is waited for."""
    pause = 1.0
    while True:
        try:
            upgrade(settings.database)
            return
        except ConfigError:
            raise
        except HizmetError as error:
            log.warning("waiting for the database: %s", error)
            time.sleep(pause)
            pause = min(15.0, pause * 2)


class _Supervisor:
    """Starts one process a group of roles and starts those anew that die."""

    def __init__(self, settings: Settings, roles: frozenset[str]) -> None:
        self._settings = settings
        self._groups = {"serving": roles & SERVING, "dialogue": frozenset({"dialogue"})}
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        began = {name: 0.0 for name in self._groups}
        print(f"Hizmet Masası: http://{self._settings.host}:{self._settings.port}/  (Ctrl-C ends it)", flush=True)
        while not self._stopping:
            for name, roles in self._groups.items():
                child = self._children.get(name)
                if child is not None and child.poll() is None:
                    continue
                if child is not None:
                    log.error("the %s process ended with status %s; it is started anew", name, child.returncode)
                    if time.monotonic() - began[name] < 5:
                        if child.returncode == 2:  # a setting is wrong: it has said which
                            self._stop(signal.SIGTERM, None)
                            break
                        time.sleep(2)
                began[name] = time.monotonic()
                self._children[name] = self._start(roles)
            time.sleep(0.3)
        codes = [child.wait(timeout=60) for child in self._children.values()]
        if 2 in codes:
            sys.exit(2)

    def _start(self, roles: frozenset[str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "bot.cli", "run", "--roles", ",".join(sorted(roles))]
        environment = os.environ | {"HIZMET_WORKERS": str(self._settings.workers)}
        return subprocess.Popen(command, env=environment)

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True
        for child in self._children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
