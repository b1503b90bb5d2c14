"""Which rows may be claimed, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

from bot.domain.messages import OutboxKind, OutboxState
from tests.delivery.conftest import Office


def test_one_message_of_a_conversation_at_a_time_in_the_order_written(office: Office) -> None:
    ayse, fatma = office.conversation("ayse"), office.conversation("fatma")
    first, second, other = office.write("1", ayse), office.write("2", ayse), office.write("3", fatma)
    assert office.claim() == [first, other]
    assert office.claim() == []
    with office.uows() as uow:
        row = uow.outbox.get(first)
        assert row is not None
        row.state = OutboxState.SENT
        uow.commit()
    assert office.claim() == [second]


def test_a_message_held_by_quiet_hours_does_not_block_later_replies(office: Office) -> None:
    ayse = office.conversation()
    night = office.clock.now() + timedelta(hours=8)
    office.write("held", ayse, OutboxKind.NOTIFICATION, not_before=night)
    reply = office.write("reply", ayse)
    assert office.claim() == [reply]


def test_a_held_message_that_became_due_and_a_later_one_do_not_go_at_once(office: Office) -> None:
    ayse = office.conversation()
    held = office.write("held", ayse, not_before=office.clock.now() + timedelta(seconds=5))
    office.write("reply", ayse)
    office.clock.advance(timedelta(seconds=6))
    assert office.claim() == [held]
    assert office.claim() == []


def test_a_held_message_waits_while_a_later_one_is_being_sent(office: Office) -> None:
    ayse = office.conversation()
    office.write("held", ayse, not_before=office.clock.now() + timedelta(seconds=5))
    reply = office.write("reply", ayse)
    assert office.claim() == [reply]
    office.clock.advance(timedelta(seconds=6))
    assert office.claim() == []


def test_a_message_that_waits_for_its_retry_blocks_the_later_ones(office: Office) -> None:
    ayse = office.conversation()
    first = office.write("1", ayse)
    office.write("2", ayse)
    with office.uows() as uow:
        row = uow.outbox.get(first)
        assert row is not None
        row.retry_at = office.clock.now() + timedelta(seconds=30)
        uow.commit()
    assert office.claim() == []
    office.clock.advance(timedelta(seconds=30))
    assert office.claim() == [first]


def test_failed_and_withdrawn_messages_block_nobody(office: Office) -> None:
    ayse = office.conversation()
    first, second, third = (office.write(text, ayse) for text in "123")
    with office.uows() as uow:
        for outbox_id, state in ((first, OutboxState.FAILED), (second, OutboxState.WITHDRAWN)):
            row = uow.outbox.get(outbox_id)
            assert row is not None
            row.state = state
        uow.commit()
    assert office.claim() == [third]


def test_alerts_belong_to_no_conversation_and_do_not_wait_for_each_other(office: Office) -> None:
    alerts = [office.write(text, None, OutboxKind.ALERT) for text in "123"]
    assert office.claim() == alerts


def test_a_claim_whose_lease_ran_out_is_abandoned_and_not_claimed_again(office: Office) -> None:
    row = office.write("1", office.conversation())
    assert office.claim(seconds=40) == [row]
    with office.uows() as uow:
        assert not uow.outbox.abandoned(office.clock.now())
    office.clock.advance(timedelta(seconds=40))
    assert office.claim() == []
    with office.uows() as uow:
        assert [found.id for found in uow.outbox.abandoned(office.clock.now())] == [row]


def test_claims_in_parallel_never_take_the_same_row_nor_two_of_a_conversation(office: Office) -> None:
    conversations = [office.conversation(f"citizen{number}") for number in range(8)]
    for number in range(5):
        for conversation in conversations:
            office.write(f"{conversation.id}-{number}", conversation)
    taken: list[int] = []
    clashes: list[int] = []
    flying: set[int] = set()
    guard = threading.Lock()

    def work() -> None:
        idle = 0
        while idle < 20:
            with office.uows() as uow:
                rows = list(uow.outbox.claim(office.clock.now(), 40, 3, ["telegram"]))
                uow.commit()
            idle = 0 if rows else idle + 1
            for row in rows:
                assert row.id is not None and row.conversation_id is not None
                with guard:
                    if row.conversation_id in flying:
                        clashes.append(row.id)
                    flying.add(row.conversation_id)
                    taken.append(row.id)
                with guard:
                    flying.discard(row.conversation_id)
                with office.uows() as uow:
                    sent = uow.outbox.get(row.id, lock=True)
                    assert sent is not None
                    sent.state = OutboxState.SENT
                    uow.commit()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(set(taken)), "a row was claimed twice"
    assert len(taken) == 40
    assert not clashes
    by_conversation: dict[str, list[int]] = {}
    for row_id in taken:
        by_conversation.setdefault(office.row(row_id).key.split("-")[0], []).append(row_id)
    assert all(ids == sorted(ids) for ids in by_conversation.values())
