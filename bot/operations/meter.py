"""How long turns take, counted in the dialogue's processes and read in the one that serves /metrics.

A dialogue process keeps a TurnMeter and writes its state into a lease row with each heartbeat: the database is the only
thing that the processes share. A process that starts anew starts at zero, which Prometheus expects of counters.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass, field

LEASE = "meter:dialogue:"
BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds."""


@dataclass
class Histogram:
    """Observations by bucket; the last count is for what exceeds every bound."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds

    def cumulated(self) -> list[tuple[str, float]]:
        """Buckets as Prometheus writes them."""
        running, result = 0, []
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), self.counts, strict=True):
            running += count
            result.append((bound, float(running)))
        return result


@dataclass
class TurnMeter:
    """Pass `turn` as what the turn worker calls after each turn; write `state()` to the lease LEASE + shard."""

    worked: Histogram = field(default_factory=Histogram)
    waited: Histogram = field(default_factory=Histogram)
    messages: int = 0
    replies: int = 0

    def turn(self, worked: float, waited: float, messages: int, replies: int) -> None:
        """Count one turn; `worked` and `waited` (from 'may begin' to commit) in seconds."""
        self.worked.observe(worked)
        self.waited.observe(max(0.0, waited))
        self.messages += messages
        self.replies += replies

    def state(self) -> str:
        return json.dumps(
            {
                "worked": vars(self.worked),
                "waited": vars(self.waited),
                "messages": self.messages,
                "replies": self.replies,
            }
        )

    @classmethod
    def of(cls, state: str) -> TurnMeter:
        """What `state` wrote. Raises ValueError for anything else."""
        try:
            data = json.loads(state)
            meter = cls(Histogram(**data["worked"]), Histogram(**data["waited"]), data["messages"], data["replies"])
        except (TypeError, KeyError) as error:
            raise ValueError("not the state of a TurnMeter") from error
        if len(meter.worked.counts) != len(BUCKETS) + 1 or len(meter.waited.counts) != len(BUCKETS) + 1:
            raise ValueError("the state of another version's TurnMeter")
        return meter
