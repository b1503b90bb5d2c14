"""The map: points without anything personal, by right; pictures of another host on this page alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.db.map_queries import by_area
from bot.db.request_queries import RequestFilter
from bot.domain.requests import Place
from bot.domain.staff import Role
from bot.errors import ConfigError
from bot.web.desk.map import tiles_origin
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import PHONE, file_request
from tests.web.stage import Stage

HERE = Place("Yazır", "Selçuklu", "Gül Sokak", "12", "mavi kapı", 37.93911234, 32.45701234)
TILES = "https://{s}.tiles.example/{z}/{x}/{y}.png"


def test_a_point_tells_number_place_and_state_and_nothing_personal(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage, place=HERE, text=f"beni arayın {PHONE}", urgent=True).tracking_no
    answer = desk_client(Role.REVIEWER).get("/masa/harita/veri.json")
    assert answer.headers["content-type"].startswith("application/geo+json")
    (feature,) = answer.json()["features"]
    assert feature["geometry"]["coordinates"] == [32.45701, 37.93911]
    assert feature["properties"]["number"] == number and feature["properties"]["urgent"]
    assert set(feature["properties"]) == {"number", "status", "service", "neighbourhood", "late", "urgent", "exact"}
    assert not any(word in answer.text for word in (PHONE, "Ayşe", "Gül", "mavi"))


def test_without_a_position_it_lies_at_the_neighbourhoods_centre(desk_client: DeskClient, stage: Stage) -> None:
    file_request(stage, place=Place("Yazır"))
    file_request(stage, place=Place("Fatih"))  # nobody knows where its centre is
    features = desk_client(Role.REVIEWER).get("/masa/harita/veri.json").json()["features"]
    centre = stage.municipality.positions["Yazır"]
    assert [feature["geometry"]["coordinates"] for feature in features] == [[centre[1], centre[0]]]
    assert not features[0]["properties"]["exact"]


def test_unit_staff_see_their_own_points_and_numbers(desk_client: DeskClient, stage: Stage) -> None:
    own = file_request(stage, place=HERE).tracking_no
    file_request(stage, "road_damage", place=HERE)
    ali = desk_client(Role.UNIT_STAFF, "cleaning")
    features = ali.get("/masa/harita/veri.json?durum=hepsi&birim=public_works").json()["features"]
    assert features == []
    features = ali.get("/masa/harita/veri.json").json()["features"]
    assert [feature["properties"]["number"] for feature in features] == [own]


def test_the_table_says_the_same_as_the_map(both: Stage) -> None:
    file_request(both, place=HERE, urgent=True)
    late = file_request(both, place=Place("Yazır"))
    file_request(both, place=Place(latitude=37.9, longitude=32.4))
    with both.reads() as uow:
        areas = by_area(uow.session, RequestFilter(), late.due_at or both.clock.now())
        late_areas = by_area(uow.session, RequestFilter(), both.clock.now().replace(year=2027))
    assert {(area.neighbourhood, area.number, area.urgent) for area in areas} == {("Yazır", 2, 1), (None, 1, 0)}
    assert {area.neighbourhood: area.overdue for area in late_areas} == {"Yazır": 2, None: 1}


def test_only_this_page_may_load_pictures_of_the_tiles_host(desk_client: DeskClient, stage: Stage) -> None:
    stage.settings = replace(stage.settings, tiles_url=TILES, tiles_attribution="© <b>Harita</b>")
    ayse = desk_client(Role.REVIEWER)
    page = ayse.get("/masa/harita")
    assert "img-src 'self' blob: https://*.tiles.example;" in page.headers["content-security-policy"]
    assert "script-src 'self';" in page.headers["content-security-policy"] and "<b>Harita" not in page.text
    assert "tiles.example" not in ayse.get("/masa/basvurular").headers["content-security-policy"]


def test_without_tiles_nothing_is_loaded_from_elsewhere(desk_client: DeskClient) -> None:
    page = desk_client(Role.REVIEWER).get("/masa/harita")
    assert "img-src 'self' blob:;" in page.headers["content-security-policy"]
    assert 'data-tiles=""' in page.text and "Bosna Hersek" in page.text


@pytest.mark.parametrize("url", ["tiles", "ftp://x/{z}/{x}/{y}", "https://x.example/{z}/{x}", "https://a b/{z}{x}{y}",
                                 "https://x.example; script-src */{z}/{x}/{y}"])  # fmt: skip
def test_a_wrong_address_of_tiles_is_told_at_the_start(url: str) -> None:
    with pytest.raises(ConfigError, match="HIZMET_TILES_URL"):
        tiles_origin(url)
