"""The figures count what their definitions say, on both databases, and are read as a page and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from bot.db.figure_queries import Figures, Period, figures, standing
from bot.domain.conversation import ReviewReason
from bot.domain.messages import Message, OutboxKind, OutboxRow, OutboxState
from bot.domain.requests import Place, Request, Status
from bot.domain.staff import Role
from bot.service.requests import RequestDesk, find_request
from bot.service.reviews import ReviewDesk
from bot.web.desk.figure_words import DEFINITIONS
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import file_request
from tests.web.stage import NOON, Stage

DAY = Period(NOON - timedelta(hours=9), NOON + timedelta(hours=15))
LATER = NOON + timedelta(days=40)


def change(stage: Stage, number: str, status: Status, actor: str = "staff:ayse") -> None:
    with stage.uows() as uow:
        desk = RequestDesk(uow, stage.municipality, stage.clock.now(), b"k")
        desk.change(find_request(uow, number), status, actor, notify=False)
        uow.commit()


def counted(stage: Stage, period: Period = DAY, now: datetime = LATER) -> Figures:
    with stage.reads() as uow:
        return figures(uow.session, period, now)


def review(stage: Stage, request: Request, handover: bool = False) -> None:
    with stage.uows() as uow:
        conversation = uow.conversations.get(request.conversation_id or 0)
        desk = ReviewDesk(uow, stage.municipality, stage.clock.now())
        desk.open(ReviewReason.ASKED_FOR_PERSON, conversation, handover=handover)
        uow.commit()


def say(stage: Stage, request: Request, author: str) -> None:
    with stage.uows() as uow:
        direction = "in" if author == "citizen" else "out"
        uow.conversations.say(Message(request.conversation_id or 0, direction, author, "…", stage.clock.now()))
        uow.commit()


def test_what_comes_in_is_counted_by_channel_service_place_and_unit(both: Stage) -> None:
    file_request(both, channel="web")
    file_request(both, "road_damage", place=Place("Bosna Hersek"))
    file_request(both, place=Place(latitude=37.9, longitude=32.4))
    both.clock.advance(timedelta(days=2))
    file_request(both)
    found = counted(both)
    assert (found.filed, found.filed_before) == (3, 0)
    assert counted(both, Period(DAY.until, DAY.until + timedelta(days=1))).filed_before == 3
    assert dict(found.by_channel) == {"telegram": 2, "web": 1}
    assert list(found.by_service) == [("waste_container", 2), ("road_damage", 1)]
    assert dict(found.by_neighbourhood) == {"Yazır": 1, "Bosna Hersek": 1}
    assert {(unit.unit, unit.filed, unit.open) for unit in found.by_unit} == {
        ("cleaning", 2, 3),
        ("public_works", 1, 1),
    }
    assert [(hour, filed) for hour, filed, _ in found.hours] == [(datetime(2026, 11, 23, 9, tzinfo=UTC), 3)]


def test_times_are_the_middle_and_the_ninth_of_ten(both: Stage) -> None:
    filed = [file_request(both).tracking_no for _ in range(10)]
    for number in filed:
        both.clock.advance(timedelta(hours=1))
        change(both, number, Status.IN_PROGRESS)
        change(both, number, Status.RESOLVED)
    found = counted(both)
    assert (found.first_step.number, found.first_step.median, found.first_step.most) == (
        10,
        timedelta(hours=5),
        timedelta(hours=9),
    )
    assert (found.to_resolve.median, found.to_resolve.most) == (timedelta(hours=5), timedelta(hours=9))
    assert found.resolved == 10


def test_without_any_there_is_no_time_and_no_share(both: Stage) -> None:
    found = counted(both)
    assert found.to_resolve.median is None and found.overdue.percent is None and found.rating is None


def test_the_first_answer_is_a_persons_after_the_matter_came_to_people(both: Stage) -> None:
    request = file_request(both)
    say(both, request, "staff:ayse")  # before it came to people: no answer to it
    both.clock.advance(timedelta(minutes=5))
    review(both, request)
    both.clock.advance(timedelta(minutes=10))
    say(both, request, "bot")
    both.clock.advance(timedelta(minutes=10))
    say(both, request, "staff:ayse")
    found = counted(both)
    assert (found.first_answer.number, found.first_answer.median) == (1, timedelta(minutes=20))
    assert list(found.escalations) == [("asked_for_person", 1)]


def test_who_waits_for_a_person_waits_too_where_the_hold_ran_out(both: Stage) -> None:
    request = file_request(both)
    review(both, request)
    with both.uows() as uow:
        (item,) = uow.reviews.open_of(request.conversation_id or 0)
        ReviewDesk(uow, both.municipality, both.clock.now()).take(item.id or 0, "ayse", timedelta(minutes=2))
        uow.commit()
    with both.reads() as uow:
        now = both.clock.now()
        assert standing(uow.session, now).waiting == 0
        assert standing(uow.session, now + timedelta(minutes=3)).waiting == 1


def test_late_is_what_was_not_done_by_its_time(both: Stage) -> None:
    in_time, late, still_open, given_away = (file_request(both).tracking_no for _ in range(4))
    change(both, in_time, Status.RESOLVED)
    change(both, given_away, Status.FORWARDED)
    both.clock.advance(timedelta(days=10))
    change(both, late, Status.RESOLVED)
    week = Period(NOON, NOON + timedelta(days=8))
    share = counted(both, week).overdue
    assert (share.part, share.whole) == (2, 3)
    assert counted(both, week, NOON).overdue.whole == 0, "whose time is still to come isn't late"
    with both.reads() as uow:
        now = standing(uow.session, both.clock.now())
    assert (now.open, now.overdue) == (1, 1) and still_open


def test_handled_alone_is_what_no_person_wrote_in_and_none_was_given_to(both: Stage) -> None:
    alone, answered, handed, quiet = (file_request(both) for _ in range(4))
    say(both, answered, "staff:ayse")
    review(both, handed, handover=True)
    review(both, quiet)
    share = counted(both).alone
    assert (share.part, share.whole) == (2, 4) and alone


def test_ratings_reopenings_and_failures(both: Stage) -> None:
    first, second = (file_request(both).tracking_no for _ in range(2))
    for number, stars in ((first, 5), (second, 2)):
        change(both, number, Status.RESOLVED)
        with both.uows() as uow:
            find_request(uow, number).rating = stars
            uow.commit()
    change(both, second, Status.REOPENED, "citizen:1")
    with both.uows() as uow:
        for kind, state in ((OutboxKind.NOTIFICATION, OutboxState.FAILED), (OutboxKind.ALERT, OutboxState.FAILED),
                            (OutboxKind.REPLY, OutboxState.SENT)):  # fmt: skip
            row = OutboxRow(f"k:{kind}", kind, "telegram", {"text": ""}, state, NOON, NOON)
            uow.outbox.add(row)
        uow.commit()
    found = counted(both)
    assert found.ratings == {5: 1, 2: 1} and found.rating == 3.5
    assert (found.reopened.part, found.reopened.whole) == (1, 2)
    assert list(found.failures) == [("telegram", 1)]


def test_every_figure_has_its_definition_and_its_numbers(desk_client: DeskClient, stage: Stage) -> None:
    file_request(stage)
    seda = desk_client(Role.SUPERVISOR)
    page = seda.get("/masa/gostergeler").text
    for figure, definition in DEFINITIONS.items():
        assert definition.split(".")[0].split("'")[0] in page, figure
        assert f"/masa/gostergeler/{figure}.csv?bas=2026-10-25&amp;son=2026-11-23" in page
        answer = seda.get(f"/masa/gostergeler/{figure}.csv?bas=2026-10-25&son=2026-11-23")
        assert answer.status_code == 200 and answer.content.startswith(b"\xef\xbb\xbf"), figure
    rows = list(csv.reader(io.StringIO(seda.get("/masa/gostergeler/gelen.csv").text.lstrip("\ufeff")), delimiter=";"))
    assert len(rows) == 31 and rows[-1] == ["23.11.2026", "1", "0"]


def test_days_are_those_of_the_municipality(desk_client: DeskClient, stage: Stage) -> None:
    stage.clock.advance(timedelta(hours=12, minutes=30))  # 00.30 of the next day there
    file_request(stage)
    text = desk_client(Role.SUPERVISOR).get("/masa/gostergeler/gelen.csv?sure=7").text
    assert "24.11.2026;1;0" in text and "23.11.2026;0;0" in text


def test_numbers_are_kept_for_a_minute(desk_client: DeskClient, stage: Stage) -> None:
    seda = desk_client(Role.SUPERVISOR)
    assert "0 başvuru geldi" in seda.get("/masa/gostergeler").text
    file_request(stage)
    assert "0 başvuru geldi" in seda.get("/masa/gostergeler").text
    stage.clock.advance(timedelta(minutes=1))
    assert "1 başvuru geldi" in seda.get("/masa/gostergeler").text


def test_wrong_periods_lead_back_and_wrong_names_are_not_found(desk_client: DeskClient) -> None:
    seda = desk_client(Role.SUPERVISOR)
    for query in ("bas=x&son=y", "bas=2026-11-23&son=2026-11-01", "bas=2000-01-01&son=2026-11-01", "bas=1999-01-01"):
        assert seda.get(f"/masa/gostergeler?{query}", follow_redirects=False).status_code == 303
        assert seda.get(f"/masa/gostergeler/gelen.csv?{query}").status_code == 404
    assert seda.get("/masa/gostergeler/baska.csv").status_code == 404


def test_unit_staff_have_no_figures(desk_client: DeskClient) -> None:
    ali = desk_client(Role.UNIT_STAFF, "cleaning")
    assert ali.get("/masa/gostergeler").status_code == 403
    assert ali.get("/masa/gostergeler/gelen.csv").status_code == 403
