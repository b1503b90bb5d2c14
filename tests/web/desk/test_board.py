"""The board and changing many at once."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.db.request_queries import OPEN_STATUSES, RequestFilter, board
from bot.domain.requests import Status
from bot.domain.staff import Role
from bot.service.requests import RequestDesk, find_request
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import StaffBrowser, file_request, reread
from tests.web.stage import Stage


def move(stage: Stage, number: str, *statuses: Status) -> None:
    with stage.uows() as uow:
        desk = RequestDesk(uow, stage.municipality, stage.clock.now(), b"k")
        for status in statuses:
            desk.change(find_request(uow, number), status, "staff:x", notify=False)
        uow.commit()


def ids_of(browser: StaffBrowser, *numbers: str) -> list[str]:
    return [str(reread(browser.stage, number).id) for number in numbers]


def test_a_column_holds_its_number_and_its_most_urgent_cards(both: Stage) -> None:
    filed = [file_request(both, urgent=index == 3).tracking_no for index in range(5)]
    file_request(both, "road_damage")
    with both.reads() as uow:
        columns = board(uow.session, RequestFilter(unit="cleaning"), OPEN_STATUSES, 2)
    number, cards = columns[Status.RECEIVED]
    assert number == 5 and [card.tracking_no for card in cards] == [filed[3], filed[0]]
    assert columns[Status.REOPENED] == (0, ())


def test_what_ended_long_ago_is_not_on_the_board(desk_client: DeskClient, stage: Stage) -> None:
    old, new = (file_request(stage).tracking_no for _ in range(2))
    move(stage, old, Status.RESOLVED)
    stage.clock.advance(timedelta(days=8))
    move(stage, new, Status.RESOLVED)
    page = desk_client(Role.REVIEWER).get("/masa/basvurular/pano").text
    assert new in page and old not in page


def test_work_begins_from_the_card_of_the_version_that_was_seen(desk_client: DeskClient, stage: Stage) -> None:
    own, other = file_request(stage).tracking_no, file_request(stage, "road_damage").tracking_no
    ali = desk_client(Role.UNIT_STAFF, "cleaning")
    page = ali.get("/masa/basvurular/pano").text
    assert own in page and other not in page
    version = {"version": str(reread(stage, own).version)}
    assert ali.post(f"/masa/basvurular/pano/{own}/basla", {"version": "99"}).status_code == 409
    assert ali.post(f"/masa/basvurular/pano/{other}/basla", version).status_code == 404
    assert ali.post(f"/masa/basvurular/pano/{own}/basla", version).status_code == 303
    assert reread(stage, own).status == Status.IN_PROGRESS


def test_the_preview_changes_nothing_and_names_what_will_not_fit(desk_client: DeskClient, stage: Stage) -> None:
    fits, ended = (file_request(stage).tracking_no for _ in range(2))
    move(stage, ended, Status.RESOLVED)
    seda = desk_client(Role.SUPERVISOR)
    page = seda.post("/masa/basvurular/toplu", {"action": "resolved", "id": ids_of(seda, fits, ended)}).text
    assert "1 başvuru değişecek, 1 başvuru değişmeyecek" in page
    assert f'value="{fits}:' in page and f'value="{ended}:' not in page
    assert reread(stage, fits).status == Status.RECEIVED


def test_each_is_changed_by_itself_and_the_list_says_what_became_of_it(desk_client: DeskClient, stage: Stage) -> None:
    one, moved, gone = (file_request(stage).tracking_no for _ in range(3))
    seda = desk_client(Role.SUPERVISOR)
    preview = seda.post("/masa/basvurular/toplu", {"action": "resolved", "id": ids_of(seda, one, moved, gone)}).text
    chosen = re.findall(r'name="chosen" value="([^"]+)"', preview)
    assert len(chosen) == 3
    move(stage, moved, Status.IN_PROGRESS)
    fields = {"action": "resolved", "chosen": [*chosen, "SLC-1999-000001:1"], "note": "Toplandı."}
    page = seda.post("/masa/basvurular/toplu/uygula", fields).text
    assert "2 başvuru değişti, 2 başvuru değişmedi" in page and "siz bakarken değişti" in page
    assert [reread(stage, number).status for number in (one, moved, gone)] == ["resolved", "in_progress", "resolved"]
    with stage.reads() as uow:
        entry = uow.requests.history(reread(stage, one).id or 0)[-1]
    assert (entry.actor, entry.reason) == (seda.actor, "bulk")


def test_many_are_given_to_a_unit_with_a_reason_or_made_urgent(desk_client: DeskClient, stage: Stage) -> None:
    numbers = [file_request(stage).tracking_no for _ in range(2)]
    seda = desk_client(Role.SUPERVISOR)
    fields = {"action": "assign", "chosen": [f"{number}:1" for number in numbers], "unit": "parks"}
    assert seda.post("/masa/basvurular/toplu/uygula", fields).status_code == 422
    assert seda.post("/masa/basvurular/toplu/uygula", {**fields, "note": "x", "unit": "?"}).status_code == 422
    seda.post("/masa/basvurular/toplu/uygula", {**fields, "note": "park içinde"})
    assert {reread(stage, number).unit for number in numbers} == {"parks"}
    version = reread(stage, numbers[0]).version
    seda.post("/masa/basvurular/toplu/uygula", {"action": "urgent", "chosen": [f"{numbers[0]}:{version}"]})
    assert reread(stage, numbers[0]).priority == "urgent"


def test_who_may_not_change_many_is_refused(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage).tracking_no
    for role in (Role.REVIEWER, Role.UNIT_STAFF, Role.AUDITOR):
        person = desk_client(role, "cleaning" if role == Role.UNIT_STAFF else None)
        assert "toplu" not in person.get("/masa/basvurular").text
        fields = {"action": "resolved", "chosen": f"{number}:1"}
        assert person.post("/masa/basvurular/toplu/uygula", fields).status_code == 403
    assert reread(stage, number).status == Status.RECEIVED


def test_nothing_chosen_too_many_and_unknown_actions_are_told(desk_client: DeskClient, stage: Stage) -> None:
    seda = desk_client(Role.SUPERVISOR)
    assert seda.post("/masa/basvurular/toplu", {"action": "resolved"}).status_code == 422
    assert seda.post("/masa/basvurular/toplu", {"action": "cancelled", "id": "1"}).status_code == 422
    many = {"action": "resolved", "id": [str(number) for number in range(1, 202)]}
    answer = seda.post("/masa/basvurular/toplu", many)
    assert answer.status_code == 422 and "200" in answer.text
