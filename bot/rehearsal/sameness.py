"""How well 'the same problem again' is told: `python -m bot.rehearsal.sameness [FILE]`.

Precision and recall over pairs judged by hand, for each threshold of wording; with the pairs that the thresholds in
use get wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.config import ROOT
from bot.domain.requests import Place
from bot.service.dialogue.sameness import ALIKE, Told, is_same

PAIRS = ROOT / "tests" / "service" / "same_problems.yml"
THRESHOLDS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6)


@dataclass(frozen=True)
class Pair:
    """`later`: written after the measure was fixed, so that nothing could be tuned on it."""

    service: str
    own: bool
    same: bool
    there: Told
    here: Told
    later: bool = False


@dataclass(frozen=True)
class Score:
    """Shares of the pairs: of those told to be the same, and of those that are."""

    precision: float
    recall: float
    pairs: int


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Pair(row["service"], row["own"], row["same"], _told(row["there"]), _told(row["here"]), row.get("later", False))
        for row in rows
    ]


def _told(row: dict[str, Any]) -> Told:
    latitude, longitude = row.get("at", (None, None))
    return Told(row["t"], Place(row.get("n"), None, row.get("s"), row.get("d"), row.get("l"), latitude, longitude))


def score(pairs: Sequence[Pair], words: float | None = None) -> Score:
    """`words`: another threshold than those in use."""
    told = [pair for pair in pairs if is_same(pair.there, pair.here, pair.own, words)]
    hits = sum(pair.same for pair in told)
    same = sum(pair.same for pair in pairs)
    return Score(hits / len(told) if told else 1.0, hits / same if same else 1.0, len(pairs))


def table(pairs: Sequence[Pair]) -> str:
    """Markdown."""
    lines = ["| words | own: precision | own: recall | others': precision | others': recall |", "|---|---|---|---|---|"]
    for words in THRESHOLDS:
        scores = [score([pair for pair in pairs if pair.own is own], words) for own in (True, False)]
        cells = " | ".join(f"{one.precision:.2f} | {one.recall:.2f}" for one in scores)
        lines.append(f"| {words:.2f} | {cells} |")
    return "\n".join(lines)


def later(pairs: Sequence[Pair]) -> str:
    """The threshold in use on the pairs that it was not chosen on."""
    found = [score([pair for pair in pairs if pair.later and pair.own is own]) for own in (True, False)]
    own, others = (f"precision {one.precision:.2f} and recall {one.recall:.2f} on {one.pairs}" for one in found)
    return f"On the later pairs alone: own {own}, others' {others}."


def main() -> None:
    pairs = read_pairs(Path(sys.argv[1]) if len(sys.argv) > 1 else PAIRS)
    print(f"{len(pairs)} pairs; in use: {ALIKE}\n")
    print(table(pairs))
    print(f"\n{later(pairs)}")
    for pair in pairs:
        if is_same(pair.there, pair.here, pair.own) is not pair.same:
            fault = "missed" if pair.same else "wrongly joined"
            print(f"\n{fault}, {pair.service}: {pair.there.text} / {pair.here.text}")


if __name__ == "__main__":
    main()
