"""The one gate of requests: transitions, history, notifications, numbers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from bot.db.tables import history, notes, outbox, requests
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.messages import EventKind, IncomingEvent
from bot.domain.requests import Filing, Kind, Place, Priority, Status
from bot.errors import StaleVersion, TransitionRefused, UserError
from bot.ports import UnitOfWorkFactory
from bot.service.requests import RequestDesk, check_version, find_request
from tests.support import selcuklu

NOON = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
NIGHT = datetime(2026, 6, 8, 21, 0, tzinfo=UTC)
TOWN = selcuklu()


def desk(uow: SqlUnitOfWork, now: datetime = NOON) -> RequestDesk:
    return RequestDesk(uow, TOWN, now, b"key")


def citizen(uow: SqlUnitOfWork, name: str) -> tuple[int, int]:
    event = IncomingEvent("fake", f"e{name}", name, name, EventKind.TEXT, NOON)
    conversation = uow.conversations.of_event(event, NOON)
    assert conversation.id is not None
    return conversation.citizen_id, conversation.id


def file(uow: SqlUnitOfWork, key: str = "1.0", service: str = "waste_container", who: str = "ayşe") -> str:
    filing = Filing(key, service, Kind.COMPLAINT, "konteyner dolu, adım Ayşe", Place("Yazır", "Selçuklu", "Gül Sokak"))
    return desk(uow).file(filing, *citizen(uow, who), "fake").tracking_no


def test_the_same_draft_is_filed_once(uows: UnitOfWorkFactory) -> None:
    for _ in range(2):
        with uows() as uow:
            assert file(uow) == "SLC-2026-000001"
            uow.commit()


def test_numbers_are_unique_and_without_gaps_under_concurrency(uows: UnitOfWorkFactory, engine: Engine) -> None:
    def many(worker: int) -> None:
        for index in range(5):
            with uows() as uow:
                file(uow, f"{worker}.{index}", who=f"w{worker}")
                uow.commit()

    threads = [threading.Thread(target=many, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        numbers = connection.execute(select(requests.c.number).order_by(requests.c.number)).scalars().all()
    assert list(numbers) == list(range(1, 21))


def test_leaving_without_commit_rolls_back(uows: UnitOfWorkFactory, engine: Engine) -> None:
    with uows() as uow:
        file(uow)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(requests)).scalar_one() == 0


def test_resolution_is_told_with_a_survey_and_quiet_hours_hold_it(uows: UnitOfWorkFactory, engine: Engine) -> None:
    with uows() as uow:
        number = file(uow)
        uow.commit()
    with uows() as uow:
        desk(uow, NIGHT).change(find_request(uow, number), Status.RESOLVED, "staff:ali", note="Boşaltıldı.")
        uow.commit()
    with engine.connect() as connection:
        row = connection.execute(select(outbox).where(outbox.c.kind == "notification")).one()
    assert "çözüldü. Not: Boşaltıldı." in row.body["text"]
    assert [button["label"] for button in row.body["buttons"]] == ["1", "2", "3", "4", "5", "Çözülmedi"]
    assert row.not_before.replace(tzinfo=UTC) == datetime(2026, 6, 9, 5, 0, tzinfo=UTC)


def test_a_followers_notification_holds_nothing_of_the_first_citizen(uows: UnitOfWorkFactory, engine: Engine) -> None:
    with uows() as uow:
        number = file(uow)
        desk(uow).join(find_request(uow, number), *citizen(uow, "ali"), "bende de var")
        uow.commit()
    with uows() as uow:
        desk(uow).change(find_request(uow, number), Status.RESOLVED, "staff:x")
        uow.commit()
    with engine.connect() as connection:
        bodies = connection.execute(select(outbox.c.body).where(outbox.c.kind == "notification")).scalars().all()
    assert len(bodies) == 2
    assert all("Ayşe" not in str(body) and "Gül" not in str(body) for body in bodies)


def test_what_staff_wrote_to_the_one_who_filed_is_not_told_to_followers(
    uows: UnitOfWorkFactory, engine: Engine
) -> None:
    with uows() as uow:
        request = find_request(uow, file(uow))
        follower, conversation = citizen(uow, "ali")
        desk(uow).join(request, follower, conversation, "bende de var")
        desk(uow).change(request, Status.RESOLVED, "staff:x", note="Ayşe Hanım, kapınızdaki konteyner boşaltıldı.")
        uow.commit()
    with engine.connect() as connection:
        told = connection.execute(
            select(outbox.c.conversation_id, outbox.c.body).where(outbox.c.kind == "notification")
        )
        notified = {conversation_id: body["text"] for conversation_id, body in told}
    assert len(notified) == 2 and all("çözüldü" in text for text in notified.values())
    assert ["Ayşe Hanım" in text for _, text in sorted(notified.items())] == [True, False]
    assert "Ayşe Hanım" not in notified[conversation]


def test_a_refused_step_changes_nothing(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        number = file(uow)
        uow.commit()
    with uows() as uow, pytest.raises(TransitionRefused):
        desk(uow).change(find_request(uow, number), Status.REOPENED, "staff:x")
    with uows() as uow:
        assert find_request(uow, number).status == Status.RECEIVED


def test_history_holds_a_hash_and_the_words_lie_in_a_note(uows: UnitOfWorkFactory, engine: Engine) -> None:
    with uows() as uow:
        number = file(uow)
        desk(uow).add_note(find_request(uow, number), "kapıcıya sorun", "citizen:1")
        uow.commit()
    with engine.connect() as connection:
        entry = connection.execute(select(history).where(history.c.action == "note_citizen")).one()
        words = connection.execute(select(notes.c.text)).scalar_one()
    assert words == "kapıcıya sorun"
    assert entry.note_hash and "kapıcı" not in str(entry)


def test_a_forwarded_service_is_recorded_as_forwarded(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        number = file(uow, service="power_outage")
        request = find_request(uow, number)
        assert (request.status, request.body, request.unit) == (Status.FORWARDED, "medas", None)


def test_reopening_ends_after_thirty_days(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        request = find_request(uow, file(uow))
        desk(uow).change(request, Status.RESOLVED, "staff:x")
        assert desk(uow, NOON + timedelta(days=29)).can_reopen(request)
        assert not desk(uow, NOON + timedelta(days=31)).can_reopen(request)


def test_a_rating_is_kept_once_per_resolution(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        request = find_request(uow, file(uow))
        owner = request.citizen_id or 0
        desk(uow).change(request, Status.RESOLVED, "staff:x")
        assert desk(uow).rate(request, owner, 4)
        assert not desk(uow).rate(request, owner, 1)
        desk(uow).reopen(request, "citizen:1", "olmamış")
        desk(uow).change(request, Status.RESOLVED, "staff:x")
        assert desk(uow).rate(request, owner, 2)
        assert request.rating == 2


def test_reopening_lets_followers_rate_anew_and_asks_nobody_meanwhile(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        request = find_request(uow, file(uow))
        follower, conversation = citizen(uow, "ali")
        desk(uow).join(request, follower, conversation, "bende de")
        desk(uow).change(request, Status.RESOLVED, "staff:x")
        assert desk(uow).rate(request, follower, 1)
        assert [row.what for row in uow.conversations.awaited(conversation, NOON)] == ["rating"]
        desk(uow).reopen(request, "citizen:1", "olmamış")
        assert not uow.conversations.awaited(conversation, NOON)
        desk(uow).change(request, Status.RESOLVED, "staff:x")
        assert desk(uow).rate(request, follower, 5)
        assert [found.rating for found in uow.requests.followers(request.id or 0)] == [5]


def test_the_reason_of_a_reopening_is_the_citizens_note_not_the_staffs(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        request = find_request(uow, file(uow))
        desk(uow).change(request, Status.RESOLVED, "staff:x")
        desk(uow).reopen(request, "citizen:1", "kapımda hâlâ duruyor")
        assert [(note.kind, note.text) for note in uow.requests.notes(request.id or 0)] == [
            ("citizen", "kapımda hâlâ duruyor")
        ]


def test_a_withdrawn_request_that_others_follow_goes_on_with_them(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        request = find_request(uow, file(uow))
        follower, conversation = citizen(uow, "ali")
        desk(uow).join(request, follower, conversation, "bende de")
        desk(uow).withdraw(request, "citizen:1")
        assert request.status == Status.RECEIVED
        assert request.citizen_id == follower


def test_a_duplicate_brings_its_citizens_to_the_one_that_stays(uows: UnitOfWorkFactory, engine: Engine) -> None:
    with uows() as uow:
        stays, goes = file(uow), file(uow, "2.0", who="ali")
        desk(uow).join(find_request(uow, goes), *citizen(uow, "veli"), "bende de")
        desk(uow).merge(find_request(uow, goes), find_request(uow, stays), "staff:x")
        uow.commit()
    with uows() as uow:
        gone, kept = find_request(uow, goes), find_request(uow, stays)
        assert (gone.status, gone.duplicate_of) == (Status.DUPLICATE, kept.id)
        told = [follower.citizen_id for follower in uow.requests.followers(kept.id or 0)]
        assert told == [citizen(uow, "ali")[0], citizen(uow, "veli")[0]]
        assert not uow.requests.followers(gone.id or 0)
    with engine.connect() as connection:
        bodies = connection.execute(select(outbox.c.body).where(outbox.c.kind == "notification")).scalars().all()
    assert len(bodies) == 2 and all(stays in body["text"] for body in bodies)


def test_nothing_is_merged_into_itself_or_into_what_has_ended(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        one, other = find_request(uow, file(uow)), find_request(uow, file(uow, "2.0", who="ali"))
        desk(uow).change(other, Status.RESOLVED, "staff:x", notify=False)
        for into in (one, other):
            with pytest.raises(UserError, match="merge_refused"):
                desk(uow).merge(one, into, "staff:x")
        assert one.status == Status.RECEIVED


def test_what_was_no_duplicate_stands_on_its_own_again(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        stays, goes = find_request(uow, file(uow)), find_request(uow, file(uow, "2.0", who="ali"))
        desk(uow).merge(goes, stays, "staff:x")
        desk(uow).separate(goes, "staff:x")
        assert (goes.status, goes.duplicate_of) == (Status.RECEIVED, None)
        assert not uow.requests.followers(stays.id or 0)


def test_a_corrected_service_brings_the_request_to_who_is_responsible(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        request = find_request(uow, file(uow))
        desk(uow).reclassify(request, "power_outage", "staff:x")
        assert (request.status, request.body, request.unit) == (Status.FORWARDED, "medas", None)
        desk(uow).reclassify(request, "road_damage", "staff:x")
        assert (request.status, request.body, request.unit) == (Status.ASSIGNED, None, "public_works")


def test_words_for_the_staff_alone_are_not_told(uows: UnitOfWorkFactory, engine: Engine) -> None:
    with uows() as uow:
        desk(uow).assign(find_request(uow, file(uow)), "parks", "staff:x", "ağaç da var", told=False)
        uow.commit()
    with engine.connect() as connection:
        bodies = connection.execute(select(outbox.c.body).where(outbox.c.kind == "notification")).scalars().all()
        assert connection.execute(select(notes.c.kind)).scalars().all() == ["internal"]
    assert len(bodies) == 1 and "ağaç" not in str(bodies)


def test_who_saw_an_older_version_is_told(uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        request = find_request(uow, file(uow))
        check_version(request, request.version)
        desk(uow).prioritize(request, Priority.URGENT, "staff:x")
        with pytest.raises(StaleVersion):
            check_version(request, 1)
