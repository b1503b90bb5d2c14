"""Accounts of one person are joined only by who holds both: codes go both ways."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from bot.db.tables import citizens, conversations, followers, identities, notes, requests
from bot.domain.requests import Filing, Kind, Place
from bot.ports import UnitOfWorkFactory
from bot.service.linking import code_in, wants_link
from bot.service.privacy import PrivacyDesk
from bot.service.requests import RequestDesk
from tests.service.test_public_posts import Square, town


@pytest.fixture
def square(engine: Engine, uows: UnitOfWorkFactory) -> Square:
    return Square(engine, uows, town())


def says(square: Square, text: str, who: str, channel: str) -> str:
    return square.says(text, who, channel)[0]


def files(square: Square, conversation: int, key: str) -> int:
    with square.uows() as uow:
        there = uow.conversations.get(conversation)
        assert there is not None
        filing = Filing(key, "waste_container", Kind.COMPLAINT, "konteyner", Place("Yazır", "Selçuklu"))
        desk = RequestDesk(uow, square.municipality, square.clock.now(), b"secret")
        request = desk.file(filing, there.citizen_id, conversation, there.channel)
        uow.commit()
    return request.id or 0


def citizens_of(engine: Engine, table: object = identities) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(select(table.c.citizen_id).order_by(table.c.id)).scalars())  # type: ignore[attr-defined]


def given(text: str) -> str:
    code = code_in(text)
    assert code is not None, text
    return code


def test_two_accounts_become_one_person_s(square: Square, engine: Engine) -> None:
    first = given(says(square, "hesabımı bağla", "ayse", "x_dm"))
    proof = given(says(square, first, "99", "telegram"))
    assert "birleştirildi" in says(square, f"kodum {proof.lower()}", "ayse", "x_dm")
    assert len(set(citizens_of(engine))) == 1
    assert len(set(citizens_of(engine, conversations))) == 1
    assert "birleştirildi" in square.channels["telegram"].texts[-1]
    assert "zaten" in says(square, given(says(square, "hesabımı bağla", "ayse", "x_dm")), "99", "telegram")


def test_requests_of_both_are_seen_from_both(square: Square, engine: Engine) -> None:
    first = given(says(square, "hesabımı bağla", "ayse", "x_dm"))
    proof = given(says(square, first, "99", "telegram"))
    mine, theirs = files(square, 1, "a.0"), files(square, 2, "b.0")
    with square.uows() as uow:
        there = uow.conversations.get(2)
        request = uow.requests.get(mine)
        assert there is not None and request is not None
        desk = RequestDesk(uow, square.municipality, square.clock.now(), b"secret")
        assert desk.join(request, there.citizen_id, 2, "bende de")
        uow.commit()
    says(square, proof, "ayse", "x_dm")
    assert len(set(citizens_of(engine, requests))) == 1
    assert citizens_of(engine, followers) == []  # nobody follows their own
    with square.uows() as uow:
        kept = uow.conversations.get(1)
        assert kept is not None
        assert {request.id for request in uow.requests.of_citizen(kept.citizen_id)} == {mine, theirs}


def test_what_was_written_before_the_accounts_were_joined_is_erased_with_the_citizen(
    square: Square, engine: Engine
) -> None:
    says(square, "merhaba", "ayse", "x_dm")
    says(square, "merhaba", "99", "telegram")
    says(square, "merhaba", "fatma", "x_dm")
    _, his, hers = citizens_of(engine)
    request = files(square, 3, "fatma")
    with square.uows() as uow:
        followed = uow.requests.get(request, lock=True)
        assert followed is not None
        RequestDesk(uow, square.municipality, square.clock.now(), b"secret").join(followed, his, 2, "zakkumun dibinde")
        uow.commit()
    proof = given(says(square, given(says(square, "hesabımı bağla", "ayse", "x_dm")), "99", "telegram"))
    says(square, proof, "ayse", "x_dm")
    [one] = set(citizens_of(engine)) - {hers}
    with square.uows() as uow:
        PrivacyDesk(uow, square.municipality, square.clock.now()).erase(one, "staff:can")
        uow.commit()
    with engine.connect() as connection:
        assert connection.execute(select(notes.c.text)).scalars().all() == [None]


def test_a_code_that_somebody_was_talked_into_writing_leads_nowhere(square: Square, engine: Engine) -> None:
    bait = given(says(square, "hesabımı bağla", "hirsiz", "x_dm"))
    says(square, bait, "kurban", "telegram")
    assert len(set(citizens_of(engine))) == 2
    assert "geçersiz" in says(square, bait, "hirsiz", "x_dm")


def test_the_second_code_is_good_for_the_first_account_only(square: Square, engine: Engine) -> None:
    first = given(says(square, "hesabımı bağla", "ayse", "x_dm"))
    proof = given(says(square, first, "99", "telegram"))
    assert "geçersiz" in says(square, proof, "can", "x_dm")
    assert len(set(citizens_of(engine))) == 3


@pytest.mark.parametrize("minutes", [16, 60])
def test_a_code_is_good_for_a_quarter_of_an_hour_and_once(square: Square, minutes: int) -> None:
    first = given(says(square, "hesabımı bağla", "ayse", "x_dm"))
    newer = given(says(square, "bağlantı kodu verir misiniz", "ayse", "x_dm"))
    assert "geçersiz" in says(square, first, "99", "telegram") or first == newer
    square.clock.advance(timedelta(minutes=minutes))
    assert "geçersiz" in says(square, newer, "99", "telegram")


def test_in_public_a_code_means_nothing(square: Square, engine: Engine) -> None:
    first = given(says(square, "hesabımı bağla", "ayse", "x_dm"))
    assert square.says(f"@SelcukluBelediyesi {first}", "can") == []
    assert "BAG" in says(square, first, "99", "telegram")


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Telegram hesabımı bağlamak istiyorum", True),
        ("iki hesabı birleştirir misiniz", True),
        ("eşleştirme kodu", True),
        ("banka hesabına ödeme yaptım, bağlantı koptu", False),
        ("su hesabım yüksek geldi", False),
    ],
)
def test_the_wish_is_heard(text: str, wish: bool) -> None:
    assert wants_link(text) is wish


def test_who_was_known_first_stays(square: Square, engine: Engine) -> None:
    first = given(says(square, "hesabımı bağla", "ayse", "x_dm"))
    proof = given(says(square, first, "99", "telegram"))
    says(square, proof, "ayse", "x_dm")
    with engine.connect() as connection:
        oldest = connection.execute(select(citizens.c.id).order_by(citizens.c.id)).scalars().first()
    assert set(citizens_of(engine)) == {oldest}
