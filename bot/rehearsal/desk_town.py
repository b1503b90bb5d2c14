"""A year of a municipality's desk, made up in half a minute: citizens, conversations, requests, history, review items.

Everything comes from a seeded generator, so the same numbers give the same year. Rows are written table by table,
without the services; what belongs together (the history of a request, the words of a conversation) is kept so here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, text

from bot.db import tables
from bot.domain.conversation import ReviewReason
from bot.domain.requests import Status
from bot.domain.workflow import OPEN
from bot.municipality import Municipality
from bot.turkish import fold, lower

CHUNK = 5000
YEAR, RECENT = timedelta(days=365), timedelta(days=40)
OPEN_SHARE = 0.55
"""Of the requests of the last days."""
FIRST = ("Ayşe", "Fatma", "Emine", "Hatice", "Zeynep", "Elif", "Mehmet", "Mustafa", "Ahmet", "Ali", "Hasan", "İbrahim")
LAST = ("Yılmaz", "Kaya", "Demir", "Çelik", "Şahin", "Yıldız", "Öztürk", "Aydın", "Arslan", "Doğan", "Koç", "Çetin")
STREETS = ("Gül", "Lale", "Menekşe", "Çınar", "Ihlamur", "Kavak", "Pınar", "Şelale", "Yıldırım", "Zambak")
WHERE = ("okulun önünde", "parkın yanında", "durağın karşısında", "caminin arkasında", "köşe başında", "site girişinde")
SINCE = ("iki gündür", "bir haftadır", "sabahtan beri", "bayramdan beri", "geçen aydan beri", "dün akşamdan beri")
WISH = ("ilgilenir misiniz", "bakılmasını rica ederim", "çözüm bekliyoruz", "mağdur oluyoruz", "teşekkür ederim")
CHANNELS = ("telegram", "telegram", "telegram", "web", "web", "x_dm", "x_mention")
ENDS = {Status.RESOLVED: 80, Status.REJECTED: 8, Status.FORWARDED: 8, Status.CANCELLED: 4}
UNDER_WAY = {Status.RECEIVED: 3, Status.ASSIGNED: 8, Status.IN_PROGRESS: 6, Status.REOPENED: 1}
STAFF = ("staff:ayse", "staff:mehmet", "staff:temizlik")
Row = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How much there shall be."""

    requests: int = 50_000
    messages: int = 100_000
    citizens: int = 20_000
    items: int = 4_000
    failures: int = 300


class Town:
    """The year that ends at `now`."""

    def __init__(self, municipality: Municipality, now: datetime, size: Size, seed: int = 7) -> None:
        self._town, self._now, self._size = municipality, now, size
        self._random = random.Random(seed)
        self._services = sorted(municipality.services, key=lambda code: fold(code)[::-1])
        self._weights = [1 / (place + 3) for place in range(len(self._services))]
        self._channels = [self._random.choice(CHANNELS) for _ in range(size.citizens)]

    def fill(self, engine: Engine) -> None:
        """Write everything into a database with empty tables."""
        requests = list(self._requests())
        with engine.begin() as connection:
            _write(connection, tables.citizens, self._citizens())
            _write(connection, tables.identities, self._identities())
            _write(connection, tables.conversations, self._conversations())
            _write(connection, tables.messages, self._messages())
            _write(connection, tables.requests, iter(requests))
            _write(connection, tables.history, self._history(requests))
            _write(connection, tables.followers, self._followers())
            _write(connection, tables.review_items, self._items())
            _write(connection, tables.outbox, self._failures())
            last = {"year": self._now.year, "last": len(requests)}
            connection.execute(insert(tables.counters), [last])
        _settle(engine)

    def _citizens(self) -> Iterator[Row]:
        for id_ in range(1, self._size.citizens + 1):
            name = f"{self._random.choice(FIRST)} {self._random.choice(LAST)}"
            phone = f"05{self._random.randrange(10**8, 10**9)}" if id_ % 3 == 0 else None
            yield {
                "id": id_,
                "display_name": name,
                "phone": phone,
                "folded": fold(f"{name} {phone or ''}").strip(),
                "created_at": self._now - YEAR,
                "erased_at": None,
            }

    def _identities(self) -> Iterator[Row]:
        for id_, channel in enumerate(self._channels, 1):
            yield {
                "id": id_,
                "citizen_id": id_,
                "channel": channel,
                "external_id": f"load-{id_}",
                "reachable": True,
                "created_at": self._now - YEAR,
            }

    def _conversations(self) -> Iterator[Row]:
        for id_, channel in enumerate(self._channels, 1):
            yield {
                "id": id_,
                "channel": channel,
                "thread": f"load-{id_}",
                "identity_id": id_,
                "citizen_id": id_,
                "address": {"chat_id": id_},
                "public": channel == "x_mention",
                "mode": "bot",
                "handover_confirmed": False,
                "drafts": (),
                "misunderstandings": 0,
                "insults": 0,
                "last_in_at": self._now - YEAR * self._random.random(),
                "turns": 5,
                "created_at": self._now - YEAR,
            }

    def _messages(self) -> Iterator[Row]:
        for id_ in range(1, self._size.messages + 1):
            said, item = id_ % 2 == 1, id_ * self._size.items // self._size.messages
            by_person = id_ % 20 == 0 and item
            words = self._words() if said else "Başvurunuzu aldık, ilgili birime iletiyoruz."
            at = self._now - YEAR * (1 - id_ / (self._size.messages + 1))
            conversation = 1 + (id_ // 2 * 7919) % self._size.citizens
            if by_person:
                conversation = self._talk_of(item)
                at = min(self._now, self._opened(item) + timedelta(minutes=self._random.expovariate(1 / 25)))
            yield {
                "id": id_,
                "conversation_id": conversation,
                "direction": "in" if said else "out",
                "author": "citizen" if said else STAFF[0] if by_person else "bot",
                "kind": "text",
                "text": words,
                "extra": {},
                "at": at,
                "folded": fold(words),
            }

    def _talk_of(self, item: int) -> int:
        return 1 + (item * 7919) % self._size.citizens

    def _opened(self, item: int) -> datetime:
        return self._now - YEAR * (1 - item / (self._size.items + 1))

    def _requests(self) -> Iterator[Row]:
        for id_ in range(1, self._size.requests + 1):
            filed = self._now - YEAR * (1 - id_ / (self._size.requests + 1))
            recent = self._now - filed < RECENT
            under_way = recent and self._random.random() < OPEN_SHARE
            status = self._chosen(UNDER_WAY if under_way else ENDS)
            yield self._request(id_, filed, status)

    def _request(self, id_: int, filed: datetime, status: Status) -> Row:
        pick = self._random
        code = pick.choices(self._services, self._weights)[0]
        service = self._town.services[code]
        neighbourhood = pick.choice(self._town.neighbourhoods)
        street, citizen = f"{pick.choice(STREETS)} Sokak", 1 + (id_ * 7919) % self._size.citizens
        words, number = self._words(service.short), f"{self._town.prefix}-{self._now.year}-{id_:06d}"
        done = filed + min(timedelta(hours=pick.expovariate(1 / 60)), (self._now - filed) * pick.random())
        centre = self._town.positions.get(neighbourhood) or pick.choice(sorted(self._town.positions.values()))
        placed = id_ % 3 == 0
        return {
            "id": id_,
            "tracking_no": number,
            "year": self._now.year,
            "number": id_,
            "filing_key": f"load:{id_}",
            "access_code": f"{id_:06X}"[-6:],
            "citizen_id": citizen,
            "conversation_id": citizen,
            "service": code,
            "kind": "complaint",
            "unit": service.unit,
            "body": service.body,
            "description": words,
            "neighbourhood": neighbourhood,
            "district": self._town.district,
            "street": street,
            "door_no": str(pick.randrange(1, 90)),
            "latitude": round(centre[0] + pick.gauss(0, 0.008), 6) if placed else None,
            "longitude": round(centre[1] + pick.gauss(0, 0.008), 6) if placed else None,
            "channel": self._channels[citizen - 1],
            "priority": "urgent" if pick.random() < 0.03 else "normal",
            "due_at": filed + timedelta(hours=service.target_hours) if service.target_hours else None,
            "status": status,
            "sensitive": False,
            "confidence": round(pick.uniform(0.5, 1), 3),
            "rating": pick.choice((1, 2, 3, 4, 4, 5, 5, 5)) if status is Status.RESOLVED and id_ % 4 == 0 else None,
            "reopened_count": int(status is Status.REOPENED),
            "created_at": filed,
            "updated_at": done,
            "resolved_at": done if status is Status.RESOLVED else None,
            "closed_at": None if status in OPEN else done,
            "folded": fold(" ".join((number, words, neighbourhood, street))),
            "version": 1,
        }

    def _history(self, requests: list[Row]) -> Iterator[Row]:
        for row in requests:
            entry = {"request_id": row["id"], "at": row["created_at"], "actor": f"citizen:{row['citizen_id']}"}
            yield {**entry, "action": "filed", "from_status": None, "to_status": "received"}
            after = row["created_at"] + timedelta(minutes=self._random.expovariate(1 / 240))
            step = {"request_id": row["id"], "actor": self._random.choice(STAFF), "action": "status"}
            if row["status"] != Status.RECEIVED:
                begun = min(after, row["closed_at"] or after)
                yield {**step, "at": begun, "from_status": "received", "to_status": "assigned"}
            if row["closed_at"]:
                yield {**step, "at": row["closed_at"], "from_status": "assigned", "to_status": row["status"]}
            if row["status"] == Status.REOPENED:
                yield {**step, "at": after, "from_status": "resolved", "to_status": "reopened"}

    def _followers(self) -> Iterator[Row]:
        for id_ in range(20, self._size.requests, 20):
            citizen = 1 + (id_ * 104729 + 5) % self._size.citizens
            row = {"request_id": id_, "citizen_id": citizen, "conversation_id": citizen, "at": self._now}
            yield row

    def _items(self) -> Iterator[Row]:
        reasons = [
            reason for reason in ReviewReason if reason not in (ReviewReason.PUBLIC_ANSWER, ReviewReason.PRIVACY)
        ]
        waiting = self._size.items - 150
        for id_ in range(1, self._size.items + 1):
            opened = self._opened(id_)
            closed = id_ <= waiting
            yield {
                "id": id_,
                "conversation_id": self._talk_of(id_),
                "reason": self._random.choice(reasons),
                "handover": id_ % 3 == 0,
                "urgent": id_ % 50 == 0,
                "state": "closed" if closed else "open",
                "summary": self._words(),
                "count": 1,
                "due_at": opened + timedelta(hours=2),
                "version": 1,
                "created_at": opened,
                "closed_at": opened + timedelta(minutes=40) if closed else None,
                "closed_reason": "answered" if closed else None,
            }

    def _failures(self) -> Iterator[Row]:
        for id_ in range(1, self._size.failures + 1):
            at = self._now - YEAR * self._random.random()
            conversation = self._random.randrange(1, self._size.citizens + 1)
            yield {
                "key": f"load:{id_}",
                "kind": "notification",
                "channel": self._channels[conversation - 1],
                "conversation_id": conversation,
                "body": {"text": "", "buttons": [], "asks": False, "wants_location": False, "public": False},
                "state": "failed",
                "created_at": at,
                "not_before": at,
                "attempts": 5,
                "error": "unreachable",
            }

    def _words(self, about: str = "") -> str:
        pick = self._random
        about = about or self._town.services[pick.choice(self._services)].short
        parts = (
            pick.choice(STREETS),
            "Sokak",
            pick.choice(WHERE),
            lower(about),
            pick.choice(SINCE),
            pick.choice(WISH),
        )
        return " ".join(parts)

    def _chosen(self, weights: dict[Status, int]) -> Status:
        return self._random.choices(list(weights), list(weights.values()))[0]


def _write(connection: Connection, table: Table, rows: Iterator[Row]) -> None:
    while chunk := list(islice(rows, CHUNK)):
        connection.execute(insert(table), chunk)


def _settle(engine: Engine) -> None:
    """The database's own numbers go on behind ours, and it knows how its values are spread."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", write=True) as connection:
        if engine.dialect.name == "postgresql":
            for table in (tables.citizens, tables.identities, tables.conversations, tables.messages, tables.requests,
                          tables.review_items):  # fmt: skip
                behind = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                connection.execute(text(behind))
        connection.execute(text("ANALYZE"))
