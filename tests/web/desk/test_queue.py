"""The queue: the order of urgency, filters, the search, drafts approved, the switch, news."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.db.pulse_queries import pulse
from bot.db.queue_queries import QueueFilter, found_talks, queue
from bot.domain.conversation import ReviewReason
from bot.domain.messages import OutboxKind, OutboxState, Reply
from bot.domain.publicity import Category
from bot.domain.staff import Role
from bot.errors import NotAllowed, StaleVersion, UserError
from bot.service.publicity import About, PublicDesk
from bot.service.replying import ReplyDesk
from bot.service.reviews import ReviewDesk
from bot.web.desk.reasons import CHANNELS, REASONS
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import file_request
from tests.web.desk.talks import Matter, escalate, filed_and_unsure, item_of
from tests.web.stage import Stage

REVIEWER = Role.REVIEWER


def ids(stage: Stage, wanted: QueueFilter | None = None) -> list[int]:
    with stage.reads() as uow:
        return [row.id for row in queue(uow.session, wanted or QueueFilter(), stage.clock.now()).rows]


def drafted(stage: Stage, text: str = "Ekibimize haber verdik.") -> Matter:
    """A public post with a drafted answer that waits for approval."""
    matter = escalate(
        stage, "Lambalar yanmıyor", reason=ReviewReason.PUBLIC_ANSWER, handover=False, channel="x_mention", public=True
    )
    with stage.uows() as uow:
        conversation = uow.conversations.get(matter.conversation)
        assert conversation is not None
        PublicDesk(uow, stage.municipality, stage.clock.now()).answer(
            conversation, Reply(text, public=True), f"draft:{matter.item}", OutboxKind.REPLY, About(Category.REPORT)
        )
        uow.commit()
    return matter


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(ReviewReason)
    assert {"telegram", "web", "x_dm", "x_mention"} <= set(CHANNELS)


def test_urgent_ones_come_first_then_what_is_due(both: Stage) -> None:
    first, second = escalate(both), escalate(both)
    urgent = escalate(both, "Kablo yerde", reason=ReviewReason.URGENT, handover=False)
    with both.uows() as uow:
        for matter, minutes in ((first, 60), (second, 10), (urgent, 90)):
            item = uow.reviews.get(matter.item)
            assert item is not None
            item.due_at = both.clock.now() + timedelta(minutes=minutes)
        uow.commit()
    assert ids(both) == [urgent.item, second.item, first.item]


def test_filters_leave_what_was_asked_for(both: Stage) -> None:
    asked, abuse = escalate(both, channel="web"), escalate(both, reason=ReviewReason.ABUSE)
    urgent = escalate(both, "Kablo yerde", reason=ReviewReason.URGENT, handover=False)
    with both.uows() as uow:
        ReviewDesk(uow, both.municipality, both.clock.now()).take(asked.item, "ayse")
        uow.commit()
    assert ids(both, QueueFilter(reason="abuse")) == [abuse.item]
    assert ids(both, QueueFilter(channel="web")) == [asked.item]
    assert ids(both, QueueFilter(urgent=True)) == [urgent.item]
    assert ids(both, QueueFilter(state="mine", mine="ayse")) == [asked.item]
    assert set(ids(both, QueueFilter(state="free"))) == {abuse.item, urgent.item}
    both.clock.advance(timedelta(minutes=31))
    assert len(ids(both, QueueFilter(state="free"))) == 3, "a hold that is over holds nothing"
    with both.uows() as uow:
        ReviewDesk(uow, both.municipality, both.clock.now()).close(abuse.item, "can", "bakıldı")
        uow.commit()
    assert ids(both, QueueFilter(state="closed")) == [abuse.item]
    assert len(ids(both, QueueFilter(state="all"))) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cop", True),
        ("ÇÖP", True),
        ("çöp kaldirim", True),
        ("fatma isik", True),
        ("slc-2026-000001", True),
        ("lamba", False),
    ],
)
def test_the_search_reads_turkish_however_it_is_typed(both: Stage, query: str, found: bool) -> None:
    request = file_request(both, text="COP kaldırımda kaldı", name="Fatma Işık")
    matter = escalate(both, "bakar mısınız", reason=ReviewReason.SENSITIVE, handover=False, request=request)
    assert ids(both, QueueFilter(query=query)) == ([matter.item] if found else [])
    with both.reads() as uow:
        talks = [talk.id for talk in found_talks(uow.session, query)]
    assert talks == ([matter.conversation] if found else [])


def test_a_search_with_signs_of_the_database_finds_nothing(both: Stage) -> None:
    escalate(both)
    assert ids(both, QueueFilter(query="%")) == [] and ids(both, QueueFilter(query="_' OR 1=1 --")) == []


def test_pages_hold_everything_once(both: Stage) -> None:
    made = {escalate(both).item for _ in range(45)}
    with both.reads() as uow:
        pages = [queue(uow.session, QueueFilter(page=page), both.clock.now()) for page in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [40, 5, 0] and pages[0].total == 45
    assert {row.id for page in pages for row in page.rows} == made


def test_the_page_shows_reason_channel_wait_and_holder(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), escalate(stage, channel="web")
    ayse.post(f"/masa/gorusme/{matter.item}/al")
    stage.clock.advance(timedelta(seconds=70))
    page = can.get("/masa/kuyruk").text
    for words in ("Görevli istedi", "Web sohbeti", "Bekliyor: 1 dk", f"● {ayse.user.name}", "[telefon]", "A. Y."):
        assert words in page
    assert "0532" not in page
    assert "Sizde" in ayse.get("/masa/kuyruk/liste").text


def test_a_page_that_renews_itself_keeps_no_session_awake(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can = desk_client(REVIEWER), desk_client(REVIEWER)
    for _ in range(7):
        stage.clock.advance(timedelta(minutes=10))
        by_itself = ayse.get("/masa/kuyruk/liste", headers={"x-by-itself": "1"}, follow_redirects=False)
        assert can.get("/masa/kuyruk/liste", follow_redirects=False).status_code == 200
    assert by_itself.headers["location"].startswith("/masa/giris")


def test_strange_filters_are_no_filters(stage: Stage, desk_client: DeskClient) -> None:
    ayse, _ = desk_client(REVIEWER), escalate(stage)
    for query in (
        "durum=x&sayfa=-1",
        "sayfa=99999999",
        "sayfa=abc",
        "sebep=' OR 1",
        "gitti=abc",
        "gitti=99999999999999999",
    ):
        assert ayse.get(f"/masa/kuyruk?{query}").status_code == 200


def test_a_view_is_kept_and_dropped(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can = desk_client(REVIEWER), desk_client(REVIEWER)
    kept = ayse.post("/masa/gorunumler/queue", {"name": "Hakaretler", "query": "sebep=abuse"})
    assert kept.headers["location"] == "/masa/kuyruk?sebep=abuse"
    assert "Hakaretler" in ayse.get("/masa/kuyruk").text and "Hakaretler" not in can.get("/masa/kuyruk").text


def test_posts_on_one_event_show_their_count(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage, channel="x_mention", public=True)
    with stage.uows() as uow:
        item = uow.reviews.get(matter.item)
        assert item is not None
        item.count = 12
        uow.commit()
    assert "12 paylaşım" in ayse.get("/masa/kuyruk").text


def test_a_draft_is_approved_by_one_press_and_can_be_undone(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), drafted(stage)
    assert "Ekibimize haber verdik." in ayse.get("/masa/kuyruk").text
    answer = ayse.post(f"/masa/gorusme/{matter.item}/onayla")
    row = stage.outbox()[-1]
    assert answer.headers["location"] == f"/masa/kuyruk?gitti={row.id}"
    assert (row.state, row.not_before) == (OutboxState.PENDING, stage.clock.now() + timedelta(seconds=10))
    assert ayse.post(f"/masa/yanit/{row.id}/geri-al").headers["location"] == f"/masa/gorusme/{matter.item}"
    assert stage.outbox()[-1].state == OutboxState.HELD and item_of(stage, matter).state == "taken"
    ayse.post(f"/masa/gorusme/{matter.item}/onayla", {"text": "Ekibimiz yolda."})
    assert stage.outbox()[-1].body["text"] == "Ekibimiz yolda."
    assert ayse.post(f"/masa/gorusme/{matter.item}/onayla").status_code == 422


def test_a_draft_is_refused_with_a_reason(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), drafted(stage)
    assert ayse.post(f"/masa/gorusme/{matter.item}/reddet").status_code == 422
    assert ayse.post(f"/masa/gorusme/{matter.item}/reddet", {"reason": "Bizim değil"}).status_code == 303
    assert stage.outbox()[-1].state == OutboxState.WITHDRAWN
    assert can.post(f"/masa/gorusme/{matter.item}/onayla").status_code == 422


def test_an_approval_never_makes_personal_data_public(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), drafted(stage)
    refused = ayse.post(f"/masa/gorusme/{matter.item}/onayla", {"text": "Sizi 0532 123 45 67 arayacak"})
    assert refused.status_code == 422 and "telefon" in refused.text
    assert stage.outbox()[-1].state == OutboxState.HELD


def test_the_switch_is_on_every_page_and_stops_what_is_public(stage: Stage, desk_client: DeskClient) -> None:
    ayse, auditor = desk_client(REVIEWER), desk_client(Role.AUDITOR)
    for page in ("/masa/kuyruk", "/masa/kesintiler", "/masa/hazir-yanitlar", "/masa/basvurular"):
        assert "Açık yanıtları durdur" in ayse.get(page).text
    assert (
        ayse.post("/masa/acik-yanitlar", {"stop": "1", "back": "/masa/kesintiler"})
        .headers["location"]
        .endswith("kesintiler")
    )
    assert "Açık yanıtlar DURDU" in ayse.get("/masa/kuyruk").text
    assert "Açık yanıtlar durdu" in auditor.get("/masa/kuyruk").text
    assert auditor.post("/masa/acik-yanitlar", {"stop": "0"}).status_code == 403
    with stage.reads() as uow:
        assert PublicDesk(uow, stage.municipality, stage.clock.now()).paused()
    assert ayse.post("/masa/acik-yanitlar", {"stop": "0", "back": "//evil.example"}).headers["location"] == "/masa"
    with stage.reads() as uow:
        assert not PublicDesk(uow, stage.municipality, stage.clock.now()).paused()


def test_who_turns_the_switch_comes_back_to_the_page_with_its_query(stage: Stage, desk_client: DeskClient) -> None:
    """Also from a page that a form has shown: there, to the one that the form was sent from."""
    seda = desk_client(Role.SUPERVISOR)
    matter, request = escalate(stage), file_request(stage)

    def back(page: str) -> str:
        return page.split('name="back" value="')[1].split('"')[0].replace("&amp;", "&")

    assert back(seda.get("/masa/kuyruk?acil=1&ara=cop").text) == "/masa/kuyruk?acil=1&ara=cop"
    seen = seda.post(f"/masa/gorusme/{matter.item}/goster", follow_redirects=True)
    assert seda.get(back(seen.text)).status_code == 200
    fields = {"id": str(request.id), "action": "in_progress", "query": ""}
    referer = {"referer": "http://testserver/masa/basvurular?durum=received"}
    preview = seda.post("/masa/basvurular/toplu", fields, headers=referer)
    assert preview.status_code == 200 and back(preview.text) == "/masa/basvurular?durum=received"
    target = seda.post("/masa/acik-yanitlar", {"stop": "1", "back": back(preview.text)}).headers["location"]
    assert target == "/masa/basvurular?durum=received"
    assert "data-confirm" in seda.get("/masa/kuyruk").text, "to start them again is asked once more"


def test_how_a_matter_was_closed_has_words(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), drafted(stage)
    ayse.post(f"/masa/gorusme/{matter.item}/reddet", {"reason": "Yanlış kişi"})
    erased = escalate(stage)
    with stage.uows() as uow:
        item = uow.reviews.get(erased.item)
        assert item is not None
        item.state, item.closed_at, item.closed_reason = "closed", stage.clock.now(), "erased"
        uow.commit()
    page = ayse.get("/masa/kuyruk?durum=closed").text
    assert "taslak reddedildi: Yanlış kişi" in page and "vatandaşın verisi silindi" in page
    assert "rejected" not in page and "erased" not in page
    ayse.post("/masa/hesabim/dil", {"language": "en"})
    assert "draft refused: Yanlış kişi" in ayse.get("/masa/kuyruk?durum=closed").text


def test_incidents_are_announced_and_ended(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(REVIEWER)
    fields = {"service": "waste_container", "text": "Araçlar gecikti.", "neighbourhood": ["Yazır", "Bosna Hersek"]}
    local = stage.municipality.local(stage.clock.now() + timedelta(hours=3))
    past = ayse.post("/masa/kesintiler", fields | {"until": "2020-01-01T10:00"})
    assert past.status_code == 422 and "geçmişte" in past.text and "Araçlar gecikti." in past.text
    assert ayse.post("/masa/kesintiler", fields | {"until": f"{local:%Y-%m-%dT%H:%M}"}).status_code == 303
    with stage.reads() as uow:
        (incident,) = uow.incidents.in_force(stage.clock.now())
    assert incident.neighbourhoods == ["Yazır", "Bosna Hersek"] and incident.created_by == ayse.actor
    assert abs(incident.until - stage.clock.now() - timedelta(hours=3)) < timedelta(minutes=1)
    assert "Araçlar gecikti." in ayse.get("/masa/kesintiler").text
    assert ayse.post(f"/masa/kesintiler/{incident.id}/bitir").status_code == 303
    assert ayse.post(f"/masa/kesintiler/{incident.id}/bitir").status_code == 422
    assert ayse.post("/masa/kesintiler/999/bitir").status_code == 404


def test_an_incident_lasts_longer_than_was_thought(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(REVIEWER)
    fields = {"service": "power_outage", "text": "Elektrik arızası biliniyor.", "until": "2026-11-23T14:00"}
    ayse.post("/masa/kesintiler", fields)
    with stage.reads() as uow:
        (incident,) = uow.incidents.newest(5)
    place = f"/masa/kesintiler/{incident.id}/uzat"
    assert ayse.post(place, {"until": "2026-11-23T18:30"}).headers["location"].endswith("uzatildi")
    page = ayse.get("/masa/kesintiler").text
    assert "18:30" in page and ayse.user.name in page.split("Şu anda")[1]
    assert ayse.post(place, {"until": "2020-01-01T10:00"}).status_code == 422
    assert ayse.post(place, {"until": "yarın"}).status_code == 422
    ayse.post(f"/masa/kesintiler/{incident.id}/bitir")
    assert ayse.post(place, {"until": "2026-11-23T20:00"}).status_code == 422


def test_canned_replies_are_kept_filled_and_archived(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), filed_and_unsure(stage)
    wrong = ayse.post("/masa/hazir-yanitlar", {"title": "Yeni", "text": "Sayın {isim}"})
    assert wrong.status_code == 422 and "{isim}" in wrong.text and "Sayın" in wrong.text
    fields = {"title": "Bizim yanıt", "text": "{no} için {birim:-e} haber verdik.", "service": "waste_container"}
    assert ayse.post("/masa/hazir-yanitlar", fields).status_code == 303
    with stage.reads() as uow:
        (kept,) = uow.staff.canned()
    assert matter.request is not None
    filled = f"{matter.request.tracking_no} için Temizlik İşleri Müdürlüğüne haber verdik."
    assert filled in ayse.get(f"/masa/gorusme/{matter.item}").text
    assert ayse.post(f"/masa/hazir-yanitlar/{kept.id}", fields | {"service": "road_damage"}).status_code == 303
    assert "Bizim yanıt" not in ayse.get(f"/masa/gorusme/{matter.item}").text, "it is for another service now"
    assert ayse.post(f"/masa/hazir-yanitlar/{kept.id}/sil").status_code == 303
    assert "Bizim yanıt" not in ayse.get("/masa/hazir-yanitlar").text
    assert ayse.post("/masa/hazir-yanitlar/999/sil").status_code == 404


def test_the_pulse_tells_what_changed(both: Stage) -> None:
    matter = escalate(both)
    with both.reads() as uow:
        before = pulse(uow.session, {matter.conversation})
    other = escalate(both, "Kablo yerde", reason=ReviewReason.URGENT, handover=False)
    with both.reads() as uow:
        after = pulse(uow.session, {matter.conversation})
    assert after.news(before) == {"open": 2, "new": [other.item], "urgent": True}
    assert not after.changed(before, matter.conversation)
    with both.uows() as uow:
        ReplyDesk(uow, both.municipality, both.clock.now(), "ayse").send(matter.item, "Merhaba")
        uow.commit()
    with both.reads() as uow:
        said = pulse(uow.session, {matter.conversation})
    assert said.changed(after, matter.conversation) and said.news(after) == {"open": 2, "new": [], "urgent": False}
    with both.uows() as uow:
        assert uow.reviews.keep(matter.item, "ayse", both.clock.now() + timedelta(hours=1))
        uow.commit()
    with both.reads() as uow:
        assert pulse(uow.session, {matter.conversation}).news(said) is None, "a heartbeat is no news"


def test_of_many_who_take_at_once_one_has_it(both: Stage, engine: Engine) -> None:
    matter = escalate(both)
    other = escalate(both, thread="same-thread")
    second = escalate(both, thread="same-thread", reason=ReviewReason.ABUSE)
    for first_item, second_item in ((matter.item, matter.item), (other.item, second.item)):
        outcomes: list[str] = []
        begun = threading.Barrier(6)

        def answer(name: str, item: int, begun: threading.Barrier, outcomes: list[str]) -> None:
            begun.wait()
            try:
                with both.uows() as uow:
                    ReplyDesk(uow, both.municipality, both.clock.now(), name).send(item, f"{name} yanıtladı")
                    uow.commit()
                outcomes.append(name)
            except (NotAllowed, StaleVersion):
                outcomes.append("")

        threads = [
            threading.Thread(target=answer, args=(f"kisi{n}", (first_item, second_item)[n % 2], begun, outcomes))
            for n in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(outcomes) == 6 and len([name for name in outcomes if name]) == 1
    assert len([row for row in both.outbox() if row.kind == OutboxKind.STAFF_REPLY]) == 2


def test_undo_and_delivery_never_both_win(both: Stage) -> None:
    matter = escalate(both)
    with both.uows() as uow:
        row = ReplyDesk(uow, both.municipality, both.clock.now(), "ayse").send(matter.item, "Merhaba")
        uow.commit()
    both.clock.advance(timedelta(seconds=10))
    with both.uows() as uow:
        claimed = uow.outbox.claim(both.clock.now(), 60, 10, ["telegram"])
        uow.commit()
    assert [each.id for each in claimed] == [row.id]
    with pytest.raises(UserError, match="too_late_to_undo"), both.uows() as uow:
        ReplyDesk(uow, both.municipality, both.clock.now(), "ayse").undo(row.id or 0)
