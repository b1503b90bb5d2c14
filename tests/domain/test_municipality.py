"""The municipality is data: read whole, and every mistake told with its line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import ConfigError
from bot.municipality import load_municipality
from tests.support import SELCUKLU, SMALL, selcuklu, small_municipality

ISTANBUL = ZoneInfo("Europe/Istanbul")


def test_the_example_is_complete() -> None:
    town = selcuklu()
    assert len(town.services) == 53
    assert len(town.units) == 15
    assert len(town.information) >= 40
    assert {"Meram", "Karatay"} <= set(town.outside)
    assert town.services["power_outage"].body == "medas"
    assert town.bodies["medas"].phone == "186"


def test_a_second_municipality_is_a_second_file(tmp_path: Path) -> None:
    town = load_municipality(small_municipality(tmp_path))
    assert (town.name, town.prefix, len(town.services)) == ("Küçükova Belediyesi", "KCK", 3)


@pytest.mark.parametrize(
    ("before", "after", "line", "expected"),
    [
        ("unit: works, target_hours: 24", "unit: wroks, target_hours: 24", 20, "a unit (works), not 'wroks'"),
        ("target_hours: 24", "target_hours: soon", 20, "a number of hours"),
        ("place: required, joinable: true", "place: anywhere", 20, "how the place is treated"),
        ("prefix: KCK\n", "", 1, "the key 'prefix'"),
        ("timezone: Europe/Istanbul", "timezone: Europe/Konya", 7, "a time zone"),
        ('date: "2026-10-29"', "date: 29.10.2026", 14, "a date like"),
        ("neighbourhoods: [Yukarı, Aşağı]", "neighbourhoods: [Yukarı, Aşağı", 24, "not valid YAML"),
        ("prefix: KCK", "prefix: KCK\nprefux: X", 7, "'prefux' is not known"),
        ("phone:", "  phone:", 9, "not valid YAML"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_what_is_expected(
    tmp_path: Path, before: str, after: str, line: int, expected: str
) -> None:
    path = tmp_path / "town.yml"
    path.write_text(SMALL.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"town\.yml") as caught:
        load_municipality(path)
    assert expected in str(caught.value)
    assert caught.value.line == line


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_municipality(tmp_path / "none.yml")


def test_due_times_move_to_the_next_working_hour() -> None:
    town = selcuklu()
    friday = datetime(2026, 6, 12, 16, 0, tzinfo=ISTANBUL)
    assert town.due("waste_collection", friday) == datetime(2026, 6, 15, 8, 30, tzinfo=ISTANBUL)


def test_around_the_clock_services_are_due_at_night_too() -> None:
    night = datetime(2026, 6, 12, 23, 0, tzinfo=ISTANBUL)
    assert selcuklu().due("dead_animal", night) == night + timedelta(hours=12)


def test_a_half_day_ends_at_noon() -> None:
    town = selcuklu()
    assert town.works_at(datetime(2026, 10, 28, 12, 0, tzinfo=ISTANBUL))
    assert not town.works_at(datetime(2026, 10, 28, 14, 0, tzinfo=ISTANBUL))
    assert not town.works_at(datetime(2026, 10, 29, 10, 0, tzinfo=ISTANBUL))


def test_quiet_hours_end_in_the_morning() -> None:
    town = selcuklu()
    assert town.quiet_until(datetime(2026, 6, 8, 23, 30, tzinfo=ISTANBUL)) == datetime(
        2026, 6, 9, 8, 0, tzinfo=ISTANBUL
    )
    assert town.quiet_until(datetime(2026, 6, 9, 3, 0, tzinfo=UTC)) is not None
    assert town.quiet_until(datetime(2026, 6, 9, 10, 0, tzinfo=ISTANBUL)) is None


def test_every_text_the_code_names_is_there() -> None:
    named: set[str] = set()
    files = list((SELCUKLU.parent.parent / "service").rglob("*.py"))
    assert files
    for file in files:
        source = file.read_text(encoding="utf-8")
        named |= set(re.findall(r"(?:say|texts|_texts|button_for)\(\s*\"([a-z_]+)\"", source))
    assert len(named) > 60
    assert named <= set(selcuklu().texts)
