"""How many posts may be read now: a month's budget spread over the month, and requests counted over 15 minutes."""

from __future__ import annotations

import calendar
import json
from collections import deque
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.ports import UnitOfWorkFactory

WINDOW = timedelta(minutes=15)
RESERVE = 0.25
"""Share of the month's reads that may be spent before its time: a storm is read at once as long as it lasts."""
SMALLEST_PAGE = 5
READS = "x:reads:"
"""The beginning of the name of the row that keeps what an account read."""

_SLOWEST = 300.0


@dataclass(frozen=True)
class Spent:
    """What was read in a calendar month (UTC): posts count against `plan`, messages and requests are only told."""

    month: str
    plan: int = 0
    posts: int = 0
    messages: int = 0
    requests: int = 0


def month_of(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y-%m}"


def elapsed(now: datetime) -> float:
    """The share of the month that is over, from 0 to 1."""
    now = now.astimezone(UTC)
    days = calendar.monthrange(now.year, now.month)[1]
    begin = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (now - begin) / timedelta(days=days)


def next_month(now: datetime) -> datetime:
    now = now.astimezone(UTC)
    begin = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return begin + timedelta(days=calendar.monthrange(now.year, now.month)[1])


def allowance(month_reads: int, posts: int, now: datetime) -> int:
    """Posts that may be read now: what the month's course has brought so far and the reserve, never over the month."""
    earned = int(month_reads * min(1.0, elapsed(now) + RESERVE))
    return max(0, earned - posts)


def earned_at(month_reads: int, posts: int, wanted: int, now: datetime) -> datetime:
    """When `wanted` posts may be read; the next month's beginning where this one brings no more."""
    if posts + wanted > month_reads:
        return next_month(now)
    begin = next_month(now) - timedelta(days=calendar.monthrange(now.year, now.month)[1])
    share = (posts + wanted) / month_reads - RESERVE
    return max(now, begin + (next_month(now) - begin) * share + timedelta(seconds=1))


class Reads:
    """The account's reads of this month: a row of the database, seen by doctor and metrics."""

    def __init__(self, uows: UnitOfWorkFactory, user_id: str, plan: int) -> None:
        self._uows, self._name, self.plan = uows, f"{READS}{user_id}", plan

    def spent(self, now: datetime) -> Spent:
        with self._uows() as uow:
            return parse_spent(uow.leases.value(self._name), now)

    def left(self, now: datetime) -> int:
        """Posts that may be read this month at all. What cannot wait needn't keep to the month's course."""
        return max(0, self.plan - self.spent(now).posts)

    def count(self, now: datetime, posts: int = 0, messages: int = 0) -> Spent:
        """One request more, and what it brought; committed at once, whatever becomes of the posts."""
        with self._uows() as uow:
            uow.leases.hold(self._name, "", now, 0.0)  # locks the row: others count at the same time
            spent = parse_spent(uow.leases.value(self._name), now)
            spent = replace(
                spent,
                plan=self.plan,
                posts=spent.posts + posts,
                messages=spent.messages + messages,
                requests=spent.requests + 1,
            )
            uow.leases.set_value(self._name, json.dumps(asdict(spent)))
            uow.commit()
        return spent


def parse_spent(value: str | None, now: datetime) -> Spent:
    """What was kept; a new month begins with nothing."""
    spent = Spent(**json.loads(value)) if value else Spent(month_of(now))
    return spent if spent.month == month_of(now) else Spent(month_of(now), spent.plan)


class Window:
    """Requests of the last 15 minutes, against the plan's limit and what X's headers say."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: deque[datetime] = deque()
        self._shut_until: datetime | None = None

    def wait(self, now: datetime) -> float:
        """Seconds until a request may be made."""
        while self._made and now - self._made[0] >= WINDOW:
            self._made.popleft()
        waits = [0.0]
        if len(self._made) >= self._most:
            waits.append((self._made[0] + WINDOW - now).total_seconds())
        if self._shut_until is not None:
            waits.append((self._shut_until - now).total_seconds())
        return max(waits)

    def made(self, now: datetime, left: int | None = None, resets_at: datetime | None = None) -> None:
        """A request was made; `left` and `resets_at` are X's headers."""
        self._made.append(now)
        if left == 0 and resets_at is not None:
            self._shut_until = resets_at

    def shut(self, until: datetime) -> None:
        """X answered 429."""
        self._shut_until = until

    def spacing(self) -> float:
        """Seconds between requests that keep a third of the window for paging."""
        return WINDOW.total_seconds() / max(1.0, self._most * 2 / 3)


@dataclass
class Pace:
    """The pause between two looks: short while something comes, longer by half after each that found nothing."""

    shortest: float
    longest: float = _SLOWEST
    seconds: float = 0.0

    def after(self, found: int) -> float:
        grown = max(self.seconds, self.shortest) * 1.5
        self.seconds = self.shortest if found or not self.seconds else min(max(self.longest, self.shortest), grown)
        return self.seconds
