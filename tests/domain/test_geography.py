"""Positions: how far, and which neighbourhood."""

from __future__ import annotations

import pytest

from bot.domain.geography import metres_between
from bot.municipality import NEARBY_METRES
from tests.support import selcuklu


def test_a_degree_of_latitude_is_some_111_kilometres() -> None:
    assert metres_between((38.0, 32.5), (39.0, 32.5)) == pytest.approx(111_195, rel=1e-3)
    assert metres_between((38.0, 32.5), (38.0, 32.5)) == 0


def test_a_position_gets_the_nearest_neighbourhood_only_nearby() -> None:
    town = selcuklu()
    latitude, longitude = town.positions["Sille"]
    assert town.nearest(latitude + 0.001, longitude) == "Sille"
    assert NEARBY_METRES < 20_000
    assert town.nearest(latitude - 0.2, longitude) is None
