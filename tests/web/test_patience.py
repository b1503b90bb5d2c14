"""Slow clients: who drips a head or a body holds no connection for long, and a slow line is still served."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.web.patience import BodyDeadline, HeadDeadline


class Short(HeadDeadline):
    head_seconds = 0.5


async def echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def slow_answer(request: Request) -> Response:
    time.sleep(1.0)
    return PlainTextResponse("done")


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    app = Starlette(
        routes=[Route("/", echo, methods=["GET", "POST"]), Route("/slow", slow_answer)],
        middleware=[Middleware(BodyDeadline, seconds=0.5, rate=100.0)],
    )
    config = uvicorn.Config(app, host="127.0.0.1", port=0, ws="none", http=Short, log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with serving() as address:
        yield address


def everything(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    connection.settimeout(8)
    parts = []
    while part := connection.recv(4096):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nhost: x\r\ncontent-len"])
def test_a_head_that_never_ends_is_not_waited_for(address: tuple[str, int], beginning: bytes) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(beginning)
        assert everything(connection) == b""


def test_a_head_that_drips_in_is_not_waited_for(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(OSError):
            for number in range(100):
                connection.sendall(f"x-{number}: y\r\n".encode())
                time.sleep(0.1)


def test_a_body_that_drips_in_is_ended(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\nconnection: close\r\n\r\nabc")
        assert everything(connection).startswith(b"HTTP/1.1 408")


def test_a_body_over_a_slow_but_steady_line_comes_through(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 400\r\nconnection: close\r\n\r\n")
        for _ in range(10):
            connection.sendall(b"x" * 40)
            time.sleep(0.1)
        answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"400")


def test_who_waits_for_a_slow_answer_is_not_cut_off(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert everything(connection).endswith(b"done")


def test_a_connection_serves_several_requests(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        for _ in range(4):
            connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            connection.settimeout(5)
            assert b"200 OK" in connection.recv(4096)
            time.sleep(0.2)
