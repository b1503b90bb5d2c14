"""The folder of models: list them, choose one, say whether a new one may take over."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import comb
from pathlib import Path

from bot.errors import ConfigError, NotFound
from bot.nlu.chosen import CHOSEN, model_in_use
from bot.nlu.measures import Pair, class_scores

MARGIN = 0.05
"""How far the F1 of a class may fall, by default."""
OWN_MARGIN = 0.15
"""How far the F1 of a service may fall on the project's own messages: a municipality may mean some words otherwise."""
CHANCE = 0.001
"""A fall counts where chance alone would take so many right answers away less often than this. With some sixty classes
watched at once, a larger share would refuse every second model that is no worse."""
LEAST_SUPPORT = 8
"""Classes with fewer held-out messages don't decide: one message would be more than the margin."""


@dataclass(frozen=True)
class StoredModel:
    """One archive; `figures` are those that its training measured (`<name>.json` beside it)."""

    name: str
    made_at: datetime
    size: int
    in_use: bool
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Fall:
    """A class that the new model knows less well."""

    label: str
    before: float
    after: float
    support: int


def list_models(models: Path) -> list[StoredModel]:
    """All archives of the folder, newest first; empty where there is none."""
    archives = sorted(models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    used = model_in_use(models) if archives else None
    return [
        StoredModel(
            path.name,
            datetime.fromtimestamp(path.stat().st_mtime, UTC),
            path.stat().st_size,
            path == used,
            _figures(path),
        )
        for path in archives
    ]


def use_model(models: Path, name: str) -> Path:
    """Choose the archive `name` (with or without `.tar.gz`). Raises NotFound."""
    archive = models / (name if name.endswith(".tar.gz") else f"{name}.tar.gz")
    if not archive.is_file() or archive.parent != models:
        raise NotFound("model_not_found", name=name)
    temporary = models / f"{CHOSEN}.new"
    temporary.write_text(archive.name, encoding="utf-8")
    temporary.replace(models / CHOSEN)
    return archive


def write_figures(archive: Path, figures: Mapping[str, float]) -> None:
    """Keep what was measured beside the archive."""
    _beside(archive).write_text(json.dumps(dict(figures), indent=1), encoding="utf-8")


def falls(right: list[str], before: list[str | None], after: list[str | None], margin: float = MARGIN) -> list[Fall]:
    """The classes whose F1 falls by more than `margin`, and not by chance, from the old to the new model, worst first.

    Chance is judged by the sign test of McNemar (1947) over the messages of which one model alone is right. `right`
    are the labels of the held-out messages, `before` and `after` what the models said, in the same order.
    """
    if not len(right) == len(before) == len(after):
        raise ConfigError(f"held-out part: {len(right)} labels, {len(before)} and {len(after)} answers")
    old: list[Pair] = list(zip(right, before, strict=True))
    new: list[Pair] = list(zip(right, after, strict=True))
    later = {score.label: score for score in class_scores(new)}
    found = [
        Fall(score.label, score.f1, later[score.label].f1, score.support)
        for score in class_scores(old)
        if score.support >= LEAST_SUPPORT and score.f1 - later[score.label].f1 > margin
    ]
    real = [fall for fall in found if _chance(fall.label, old, new) < CHANCE]
    return sorted(real, key=lambda fall: fall.after - fall.before)


def _chance(label: str, old: Sequence[Pair], new: Sequence[Pair]) -> float:
    """How probable it is that two models that are equally good differ so much on the messages of a class, or more."""
    concerned = [
        (one == label, before == label, after == label) for (one, before), (_, after) in zip(old, new, strict=True)
    ]
    lost = sum(before == one != after for one, before, after in concerned)
    won = sum(after == one != before for one, before, after in concerned)
    changed = lost + won
    return float(sum(comb(changed, count) for count in range(lost, changed + 1)) / 2**changed)


def _beside(archive: Path) -> Path:
    return archive.with_name(archive.name.removesuffix(".tar.gz") + ".json")


def _figures(archive: Path) -> dict[str, float]:
    path = _beside(archive)
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
