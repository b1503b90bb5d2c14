"""A small plot of a position among the neighbourhoods' centres: no tiles, no foreign host."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.municipality import Municipality

WIDTH, HEIGHT = 280, 160
METRES_HIGH = 4000.0
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Dot:
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Plot:
    """The position lies in the middle; `dots` are the neighbourhoods' centres around it, in pixels."""

    latitude: float
    longitude: float
    dots: tuple[Dot, ...]
    nearest: str | None
    width: int = WIDTH
    height: int = HEIGHT


def plot(municipality: Municipality, position: tuple[float, float]) -> Plot:
    """The plot of (latitude, longitude)."""
    latitude, longitude = position
    scale = HEIGHT / METRES_HIGH
    shrink = math.cos(math.radians(latitude))
    dots = []
    for name, (north, east) in municipality.positions.items():
        x = WIDTH / 2 + (east - longitude) * _METRES_PER_DEGREE * shrink * scale
        y = HEIGHT / 2 - (north - latitude) * _METRES_PER_DEGREE * scale
        if 10 <= x <= WIDTH - 10 and 14 <= y <= HEIGHT - 10:
            dots.append(Dot(name, round(x, 1), round(y, 1)))
    return Plot(latitude, longitude, tuple(dots), municipality.nearest(latitude, longitude))
