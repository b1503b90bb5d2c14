"""Rate limits in memory: strict for one session, generous for one address, where a family or a network may be."""

from __future__ import annotations

import ipaddress
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import HTTPConnection


@dataclass(frozen=True)
class Rate:
    """`burst` at once, then one more every `seconds`."""

    burst: int
    seconds: float


RATES: Mapping[str, Rate] = {
    "message:session": Rate(15, 3),
    "message:address": Rate(300, 0.2),
    "upload:session": Rate(10, 20),
    "upload:address": Rate(120, 2),
    "read:session": Rate(60, 0.5),
    "read:address": Rate(1200, 0.05),
    "stream:session": Rate(30, 3),
    "stream:address": Rate(600, 0.2),
    "begin:address": Rate(120, 1),
    "track:address": Rate(30, 10),
    "track:number": Rate(10, 600),
    "login:address": Rate(40, 5),
    "login:name": Rate(10, 60),
    "link:address": Rate(20, 15),
    "api:token": Rate(120, 0.25),
    "api:refused": Rate(20, 15),
}


class TooMany(Exception):
    """Over the limit; `retry_after` in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"over the limit, again in {retry_after} s")
        self.retry_after = retry_after


class Limits:
    """Token buckets by kind and key. `monotonic` gives seconds; `most` bounds how many buckets are kept."""

    def __init__(self, monotonic: Callable[[], float], rates: Mapping[str, Rate] = RATES, most: int = 100_000) -> None:
        self._monotonic = monotonic
        self._rates = rates
        self._most = most
        self._full_at: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def take(self, kind: str, key: str) -> None:
        """Count one; raises TooMany, and counts nothing, where the bucket is empty."""
        with self._lock:
            now = self._monotonic()
            wait = self._wait(kind, key, now)
            if wait > 0:
                raise TooMany(math.ceil(wait))
            if len(self._full_at) >= self._most:
                self._forget(now)
            full_at = max(self._full_at.get((kind, key), now), now)
            self._full_at[kind, key] = full_at + self._rates[kind].seconds

    def check(self, kind: str, key: str) -> None:
        """As `take`, but counts nothing."""
        with self._lock:
            wait = self._wait(kind, key, self._monotonic())
        if wait > 0:
            raise TooMany(math.ceil(wait))

    def _wait(self, kind: str, key: str, now: float) -> float:
        """A bucket is the moment when it is full again: over `burst` steps ahead there is nothing left to take."""
        rate = self._rates[kind]
        ahead = self._full_at.get((kind, key), now) - now
        return ahead - (rate.burst - 1) * rate.seconds

    def _forget(self, now: float) -> None:
        self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
        if len(self._full_at) >= self._most:
            self._full_at.clear()


def address_of(connection: HTTPConnection) -> str:
    """The sender's address; of IPv6 the network of one household (/64)."""
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)
