"""The conversation page: who has it, what is said, what is undone, what is filed and corrected."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.commands.requests import export_labels
from bot.db.desk_tables import internal_notes
from bot.db.tables import audit, outbox
from bot.domain.conversation import Mode, ReviewReason
from bot.domain.messages import FileRef, Message, OutboxKind, OutboxRow, OutboxState
from bot.domain.requests import Status
from bot.domain.staff import Role
from tests.channels.pictures import jpeg
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import file_request, reread
from tests.web.desk.talks import Matter, escalate, filed_and_unsure, item_of
from tests.web.stage import Stage

REVIEWER, AUDITOR = Role.REVIEWER, Role.AUDITOR


def path(matter: Matter, act: str = "") -> str:
    return f"/masa/gorusme/{matter.item}" + (f"/{act}" if act else "")


def audited(stage: Stage, action: str) -> int:
    with stage.reads() as uow:
        return uow.session.scalar(select(func.count()).where(audit.c.action == action)) or 0


def test_the_thread_is_shown_masked_and_a_look_at_personal_data_is_recorded(
    stage: Stage, desk_client: DeskClient
) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage)
    page = ayse.get(path(matter)).text
    assert "Görevliyle görüşmek istiyorum" in page and "A. Y." in page
    assert "0532" not in page and "Ayşe Yılmaz" not in page
    assert audited(stage, "personal_seen") == 0
    looked = ayse.post(path(matter, "goster"))
    assert looked.status_code == 303 and looked.headers["location"].startswith(f"{path(matter)}?bak=")
    seen = ayse.get(looked.headers["location"])
    assert seen.status_code == 200 and "0532 123 45 67" in seen.text and "Ayşe Yılmaz" in seen.text
    assert audited(stage, "personal_seen") == 1


def test_a_look_is_granted_to_one_session_for_half_an_hour(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), escalate(stage)
    page = ayse.post(path(matter, "goster"), follow_redirects=True).text
    grant = page.split('data-grant="')[1].split('"')[0]
    parts = f"{path(matter, 'parcalar')}?bak={grant}"
    assert "0532 123 45 67" in ayse.get(parts).text
    assert "0532 123 45 67" not in can.get(parts).text
    other = escalate(stage, "Başkası, 0533 999 88 77")
    assert "0533" not in ayse.get(f"{path(other, 'parcalar')}?bak={grant}").text
    stage.clock.advance(timedelta(minutes=31))
    assert "0532 123 45 67" not in ayse.get(parts).text


def test_who_takes_it_has_it_alone_and_withdraws_the_bots_words(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), escalate(stage)
    assert ayse.post(path(matter, "al")).status_code == 303
    assert [row.state for row in stage.outbox() if row.kind == OutboxKind.REPLY] == [OutboxState.WITHDRAWN]
    refused = can.post(path(matter, "al"))
    assert refused.status_code == 403
    assert can.post(path(matter, "yanit"), {"text": "Merhaba"}).status_code == 403
    assert "bağlıyorum" not in can.get(path(matter)).text, "a withdrawn reply was never said"


def test_who_comes_too_late_reads_the_holder_s_name_not_the_username(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), escalate(stage)
    ayse.post(path(matter, "al"))
    can.post("/masa/hesabim/dil", {"language": "en"})
    for act, fields in (("al", {}), ("yanit", {"text": "Merhaba"}), ("kapat", {"reason": "Bakıldı"})):
        refused = can.post(path(matter, act), fields)
        notice = can.post(path(matter, act), fields, headers={"hx-request": "true"})
        for told in (refused.text, notice.text):
            assert f"{ayse.user.name} has this conversation now." in told, act
            assert ayse.user.username not in told, act
    with stage.uows() as uow:  # somebody who has no account here any more
        uow.reviews.get(matter.item, lock=True).taken_by = "eski-arkadas"
        uow.commit()
    assert "eski-arkadas has this conversation now." in can.post(path(matter, "al")).text


def test_two_items_of_one_conversation_are_one_matter(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can = desk_client(REVIEWER), desk_client(REVIEWER)
    first = escalate(stage, thread="same")
    second = escalate(stage, thread="same", reason=ReviewReason.ABUSE)
    assert ayse.post(path(first, "al")).status_code == 303
    assert can.post(path(second, "al")).status_code == 403


def test_who_closes_one_item_lets_the_others_go(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can = desk_client(REVIEWER), desk_client(REVIEWER)
    first, second = escalate(stage, thread="same"), escalate(stage, thread="same", reason=ReviewReason.ABUSE)
    ayse.post(path(first, "al"))
    assert item_of(stage, second).taken_by == ayse.user.username
    ayse.post(path(first, "kapat"), {"reason": "Bakıldı"})
    assert item_of(stage, second).state == "open"
    assert can.post(path(second, "al")).status_code == 303


def test_a_page_that_is_left_lets_its_matter_go(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), escalate(stage)
    ayse.post(path(matter, "al"))
    for _ in range(4):
        stage.clock.advance(timedelta(seconds=60))
        assert ayse.post(path(matter, "tut")).status_code == 204
    assert can.post(path(matter, "al")).status_code == 403
    stage.clock.advance(timedelta(seconds=130))
    assert can.post(path(matter, "al")).status_code == 303
    assert ayse.post(path(matter, "tut")).status_code == 409
    assert can.post(path(matter, "birak")).status_code == 303
    assert item_of(stage, matter).state == "open"


def test_a_reply_leaves_after_ten_seconds_and_can_be_undone_until_then(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage)
    assert ayse.post(path(matter, "yanit"), {"text": "Ekibimiz yolda."}).status_code == 303
    row = stage.outbox()[-1]
    assert (row.kind, row.not_before - stage.clock.now()) == (OutboxKind.STAFF_REPLY, timedelta(seconds=10))
    assert "Ekibimiz yolda." in ayse.get(path(matter)).text
    assert ayse.post(f"/masa/yanit/{row.id}/geri-al").status_code == 303
    assert stage.outbox()[-1].state == OutboxState.WITHDRAWN
    assert "Ekibimiz yolda." not in ayse.get(path(matter)).text
    stage.clock.advance(timedelta(seconds=1))
    ayse.post(path(matter, "yanit"), {"text": "Ekibimiz şimdi yolda."})
    stage.clock.advance(timedelta(seconds=10))
    late = ayse.post(f"/masa/yanit/{stage.outbox()[-1].id}/geri-al")
    assert late.status_code == 422 and "Geç kaldınız" in late.text


def test_a_form_that_is_sent_twice_answers_once(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage)
    fields = {"text": "Ekibimiz yolda.", "key": "0123456789abcdef"}
    assert ayse.post(path(matter, "yanit"), fields).status_code == 303
    stage.clock.advance(timedelta(seconds=1))
    assert ayse.post(path(matter, "yanit"), fields).status_code == 422
    assert len([row for row in stage.outbox() if row.kind == OutboxKind.STAFF_REPLY]) == 1


def test_a_colleagues_reply_cannot_be_undone(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), escalate(stage)
    ayse.post(path(matter, "yanit"), {"text": "Ekibimiz yolda."})
    assert can.post(f"/masa/yanit/{stage.outbox()[-1].id}/geri-al").status_code == 404
    assert can.post("/masa/yanit/999999/geri-al").status_code == 404


def test_undoing_a_reply_that_closed_the_matter_opens_it_again(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage)
    answer = ayse.post(path(matter, "yanit"), {"text": "Ekibimiz yolda.", "kapat": "1"})
    row = stage.outbox()[-1]
    assert answer.headers["location"] == f"/masa/kuyruk?gitti={row.id}"
    assert (item_of(stage, matter).state, stage.conversation().mode) == ("closed", Mode.BOT)
    assert f"/masa/yanit/{row.id}/geri-al" in ayse.get(answer.headers["location"]).text
    assert ayse.post(f"/masa/yanit/{row.id}/geri-al").headers["location"] == path(matter)
    assert (item_of(stage, matter).state, stage.conversation().mode) == ("taken", Mode.PERSON)
    assert stage.outbox()[-1].state == OutboxState.WITHDRAWN


@pytest.mark.parametrize(
    ("text", "channel", "problem"),
    [("", "telegram", "boş olamaz"), ("x" * 4097, "telegram", "4097"), ("{} [birim] bakacak", "web", "[birim]")],
)
def test_what_cannot_be_sent_is_told(
    stage: Stage, desk_client: DeskClient, text: str, channel: str, problem: str
) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage, channel=channel)
    refused = ayse.post(path(matter, "yanit"), {"text": text})
    assert refused.status_code == 422 and problem in refused.text
    assert not [row for row in stage.outbox() if row.kind == OutboxKind.STAFF_REPLY]


def test_a_public_reply_with_personal_data_is_stopped_with_the_reason(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(REVIEWER)
    matter = escalate(stage, "Lamba yanmıyor", channel="x_mention", public=True, handover=False)
    assert "HERKESE AÇIK" in ayse.get(path(matter)).text
    refused = ayse.post(path(matter, "yanit"), {"text": "Sizi 0532 123 45 67 numarasından arayacağız"})
    assert refused.status_code == 422 and "telefon numarası" in refused.text
    measured = ayse.post(path(matter, "olc"), {"text": "Sizi 0532 123 45 67 numarasından arayacağız"})
    assert "telefon numarası" in measured.text and "/ 280" in measured.text
    assert "/ 280" in ayse.post(path(matter, "olc"), {"text": "Ekibimiz yolda."}).text


def test_private_and_public_replies_look_different(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(REVIEWER)
    private, public = escalate(stage), escalate(stage, channel="x_mention", public=True)
    assert "reply-private" in ayse.get(path(private)).text and "reply-public" in ayse.get(path(public)).text


def test_handing_back_and_closing_end_the_handover(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage)
    assert "Asistan susuyor" in ayse.get(path(matter)).text
    assert ayse.post(path(matter, "geri-ver")).headers["location"].endswith("tamam=geri-verildi")
    assert (item_of(stage, matter).closed_reason, stage.conversation().mode) == ("handed_back", Mode.BOT)
    assert stage.outbox()[-1].state == OutboxState.PENDING


def test_closing_without_an_answer_needs_a_reason(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage)
    assert ayse.post(path(matter, "kapat"), {"reason": " "}).status_code == 422
    ayse.post(path(matter, "kapat"), {"reason": "Bilgi için okundu", "reason_own": "Telefonla arandı"})
    assert item_of(stage, matter).closed_reason == "Telefonla arandı"
    assert "Telefonla arandı" in ayse.get(path(matter)).text
    assert ayse.post(path(matter, "yanit"), {"text": "geç"}).status_code == 422


def test_taking_over_silences_the_assistant(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), filed_and_unsure(stage)
    assert "Asistan yanıtlıyor" in ayse.get(path(matter)).text
    ayse.post(path(matter, "devral"))
    assert stage.conversation().mode == Mode.PERSON
    assert "Asistan susuyor" in ayse.get(path(matter)).text


def test_notes_are_the_teams_alone(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), escalate(stage)
    ayse.post(path(matter, "not"), {"text": "Geçen ay da aramıştı"})
    assert "Geçen ay da aramıştı" in can.get(path(matter)).text
    with stage.reads() as uow:
        assert uow.session.scalar(select(internal_notes.c.author)) == ayse.actor
    assert all("Geçen ay" not in str(row.body) for row in stage.outbox())


def test_a_corrected_service_goes_to_its_unit_and_is_a_label(
    stage: Stage, desk_client: DeskClient, tmp_path: Path
) -> None:
    ayse, matter = desk_client(REVIEWER), filed_and_unsure(stage)
    assert matter.request is not None
    before = matter.request
    fields = {"request": before.id, "version": before.version, "service": "road_damage", "unit": before.unit or ""}
    assert ayse.post(path(matter, "duzelt"), fields).status_code == 303
    after = reread(stage, before.tracking_no)
    assert after.service == "road_damage" and after.unit == stage.municipality.services["road_damage"].unit
    labels = tmp_path / "labels.jsonl"
    export_labels(stage.settings, labels)
    assert [json.loads(line)["service"] for line in labels.read_text().splitlines()] == ["road_damage"]
    assert ayse.post(path(matter, "duzelt"), fields).status_code == 409, "somebody else changed it in between"


def test_place_and_unit_are_corrected_through_the_gate(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), filed_and_unsure(stage)
    assert matter.request is not None
    unit = next(code for code in stage.municipality.units if code != matter.request.unit)
    place = {"neighbourhood": "Bosna Hersek", "street": "Lale Sokak", "door_no": "7"}
    number, version = matter.request.tracking_no, matter.request.version
    fields = {"request": matter.request.id, "version": version, "unit": unit, **place}
    refused = ayse.post(path(matter, "duzelt"), fields)
    assert refused.status_code == 422 and "gerekçe" in refused.text, "who chooses a unit says why"
    ayse.post(path(matter, "duzelt"), fields | {"note": "Orası parkın içi"})
    after = reread(stage, number)
    assert (after.unit, after.neighbourhood, after.door_no, after.status) == (unit, "Bosna Hersek", "7", "assigned")
    with stage.reads() as uow:
        actions = [entry.action for entry in uow.requests.history(after.id or 0) if entry.actor == ayse.actor]
    assert actions == ["amended", "status"]


def test_a_wrong_street_is_removed_from_a_place(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), filed_and_unsure(stage)
    assert matter.request is not None
    fields = {"request": matter.request.id, "version": matter.request.version, "neighbourhood": "Yazır", "street": "",
              "door_no": "", "landmark": "okulun yanı"}  # fmt: skip
    assert ayse.post(path(matter, "duzelt"), fields).status_code == 303
    place = reread(stage, matter.request.tracking_no).place
    assert (place.neighbourhood, place.street, place.landmark) == ("Yazır", None, "okulun yanı")
    assert place.district == "Selçuklu"


def test_service_and_unit_are_corrected_together(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), filed_and_unsure(stage)
    assert matter.request is not None
    fields = {"request": matter.request.id, "version": matter.request.version, "service": "road_damage"}
    ayse.post(path(matter, "duzelt"), fields | {"unit": "parks", "note": "Yol parkın içinde"})
    after = reread(stage, matter.request.tracking_no)
    assert (after.service, after.unit) == ("road_damage", "parks")


def test_the_masked_words_of_a_message_are_filed_as_they_were(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage, "Konteyner taştı, telefonum 0532 123 45 67, arayın")
    form = ayse.get(path(matter)).text.split('id="file"')[1].split("</form>")[0]
    assert "telefonum [telefon]" in form and "0532" not in form
    source = form.split('name="source" value="')[1].split('"')[0]
    fields = {"key": "0123456789abcdef", "service": "waste_container", "source": source,
              "description": "Konteyner iki gündür taşık, telefonum [telefon], arayın"}  # fmt: skip
    assert ayse.post(path(matter, "basvuru"), fields).status_code == 303
    with stage.reads() as uow:
        (filed,) = uow.requests.search()
    assert filed.description == "Konteyner iki gündür taşık, telefonum 0532 123 45 67, arayın"


def test_a_foreign_message_is_no_source(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage, "Konteyner taştı")
    other = escalate(stage, "Numaram 0533 999 88 77")
    form = ayse.get(path(other)).text
    source = form.split('name="source" value="')[1].split('"')[0]
    fields = {
        "key": "0123456789abcdef",
        "service": "waste_container",
        "source": source,
        "description": "Numaram [telefon]",
    }
    ayse.post(path(matter, "basvuru"), fields)
    with stage.reads() as uow:
        (filed,) = uow.requests.search()
    assert filed.description == "Numaram [telefon]"


def test_a_second_request_is_linked_only_where_that_is_said(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), filed_and_unsure(stage)
    assert matter.request is not None
    form = ayse.get(path(matter)).text
    box = form.split('name="linked"')[0].rsplit("<input", 1)[1]
    assert 'type="checkbox"' in box
    fields = {"key": "0123456789abcdef", "service": "noise", "description": "Bir de gürültü"}
    ayse.post(path(matter, "basvuru"), fields)
    ayse.post(path(matter, "basvuru"), fields | {"key": "1123456789abcdef", "linked": str(matter.request.id)})
    with stage.reads() as uow:
        links = [request.linked_to for request in sorted(uow.requests.search(), key=lambda each: each.id or 0)]
    assert links == [None, None, matter.request.id]


def test_two_people_learn_that_they_have_the_same_citizen(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), escalate(stage)
    other = escalate(stage, "X'ten de yazdım", channel="x_dm")
    with stage.uows() as uow:
        mine, theirs = uow.conversations.get(matter.conversation), uow.conversations.get(other.conversation)
        assert mine is not None and theirs is not None
        theirs.citizen_id = mine.citizen_id
        uow.commit()
    can.post(path(other, "al"))
    page = ayse.get(path(matter)).text
    assert "başka bir görüşmesi" in page and can.user.name in page
    assert "başka bir görüşmesi" not in can.get(path(matter)).text, "one's own hold is no warning"
    stage.clock.advance(timedelta(minutes=3))
    assert "başka bir görüşmesi" not in ayse.get(path(matter)).text


def test_older_lines_stay_where_the_page_renews_itself(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage, "En eski ileti")
    with stage.uows() as uow:
        for number in range(210):
            uow.conversations.say(Message(matter.conversation, "in", "citizen", f"İleti {number}", stage.clock.now()))
        uow.commit()
    assert "En eski ileti" not in ayse.get(path(matter)).text.split('id="thread"')[1].split("</ol>")[0]
    looked = ayse.post(path(matter, "goster"), follow_redirects=True).text
    older = looked.split("Daha eski iletileri")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    page = ayse.get(older).text
    links = page.split('data-links="')[1].split('"')[0].replace("&amp;", "&")
    assert "En eski ileti" in page and "eski=1" in links and "bak=" in links
    parts = ayse.get(f"{path(matter, 'parcalar')}{links}").text
    assert "En eski ileti" in parts and "Ayşe Yılmaz" in parts


def test_people_have_their_names_and_codes_their_words(stage: Stage, desk_client: DeskClient) -> None:
    ayse, can, matter = desk_client(REVIEWER), desk_client(REVIEWER), escalate(stage)
    with stage.uows() as uow:
        uow.conversations.say(Message(matter.conversation, "in", "citizen", None, stage.clock.now(), kind="sticker"))
        for row in uow.session.scalars(select(OutboxRow)):
            row.state, row.error = OutboxState.FAILED, "transient_too_often"
        uow.commit()
    ayse.post(path(matter, "al"))
    page = can.get(path(matter)).text
    assert f"{ayse.user.name} ilgileniyor" in page and f"● {ayse.user.name}" in can.get("/masa/kuyruk").text
    assert "(çıkartma)" in page and "kanala ulaşılamadı" in page and "transient" not in page


def test_a_request_of_somebody_else_is_not_there(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter, other = desk_client(REVIEWER), filed_and_unsure(stage), file_request(stage, name="Başka Biri")
    fields = {"request": other.id, "version": other.version, "service": "road_damage"}
    assert ayse.post(path(matter, "duzelt"), fields).status_code == 404
    assert reread(stage, other.tracking_no).service == other.service


def test_a_request_is_filed_once_from_the_conversation_and_the_citizen_reads_its_number(
    stage: Stage, desk_client: DeskClient
) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage)
    fields = {
        "key": "0123456789abcdef01234567",
        "service": "waste_container",
        "description": "Konteyner taşmış",
        "neighbourhood": "Yazır",
        "tell": "1",
    }
    for _ in range(2):
        assert ayse.post(path(matter, "basvuru"), fields).status_code == 303
    with stage.reads() as uow:
        requests = uow.requests.search()
        filed = [entry.actor for entry in uow.requests.history(requests[0].id or 0)]
    assert len(requests) == 1 and filed == [ayse.actor]
    told = [row.body["text"] for row in stage.outbox() if row.kind == OutboxKind.STAFF_REPLY]
    assert len(told) == 1 and requests[0].tracking_no in told[0]
    assert item_of(stage, matter).request_id == requests[0].id
    assert requests[0].tracking_no in ayse.get(path(matter)).text


@pytest.mark.parametrize(
    "wrong", [{"service": "nothing"}, {"description": " "}, {"key": "x"}, {"neighbourhood": "Yok Mahallesi"}]
)
def test_what_cannot_be_filed_is_told(stage: Stage, desk_client: DeskClient, wrong: dict[str, str]) -> None:
    ayse, matter = desk_client(REVIEWER), escalate(stage)
    fields = {"key": "0123456789abcdef", "service": "waste_container", "description": "Konteyner"} | wrong
    assert ayse.post(path(matter, "basvuru"), fields).status_code == 422
    with stage.reads() as uow:
        assert not uow.requests.search()


def test_duplicates_are_merged_and_the_citizen_follows(stage: Stage, desk_client: DeskClient) -> None:
    ayse, matter, other = desk_client(REVIEWER), filed_and_unsure(stage), file_request(stage, name="Başka Biri")
    assert matter.request is not None
    assert other.tracking_no in ayse.get(path(matter)).text, "similar open requests are offered"
    ayse.post(path(matter, "birlestir"), {"request": matter.request.id, "version": 99, "into": other.tracking_no})
    assert reread(stage, matter.request.tracking_no).status != Status.DUPLICATE, "somebody else changed it in between"
    fields = {"request": matter.request.id, "version": matter.request.version, "into": other.tracking_no}
    ayse.post(path(matter, "birlestir"), fields)
    assert reread(stage, matter.request.tracking_no).status == Status.DUPLICATE
    with stage.reads() as uow:
        assert len(uow.requests.followers(other.id or 0)) == 1


def test_photos_and_positions_are_shown(stage: Stage, desk_client: DeskClient) -> None:
    sha256, size = stage.files.put([jpeg()], 1_000_000)
    photo = FileRef("photo", "çöp.jpg", "image/jpeg", size=size, sha256=sha256)
    matter = escalate(stage, "Burada", files=(photo,), position=(37.94, 32.49))
    ayse = desk_client(REVIEWER)
    page = ayse.get(path(matter)).text
    file = page.split('src="/masa/dosya/')[1].split('"')[0]
    assert "<svg" in page and "37.94000" in page
    shown = ayse.get(f"/masa/dosya/{file}")
    assert shown.status_code == 200 and shown.headers["content-type"] == "image/jpeg"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["x-content-type-options"] == "nosniff"


def test_what_is_no_picture_is_only_downloaded(stage: Stage, desk_client: DeskClient) -> None:
    sha256, size = stage.files.put([b"<script>alert(1)</script>"], 1_000_000)
    page = FileRef("document", "a.html", "text/html", size=size, sha256=sha256)
    matter = escalate(stage, "Ek", files=(page,))
    ayse = desk_client(REVIEWER)
    file = ayse.get(path(matter)).text.split('href="/masa/dosya/')[1].split('"')[0]
    got = ayse.get(f"/masa/dosya/{file}")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")


def test_unit_staff_see_files_of_their_own_requests_only(stage: Stage, desk_client: DeskClient) -> None:
    request = file_request(stage)
    sha256, size = stage.files.put([jpeg()], 1_000_000)
    photo = FileRef("photo", "a.jpg", "image/jpeg", size=size, sha256=sha256)
    matter = escalate(stage, "Ek", files=(photo,))
    with stage.uows() as uow:
        file = uow.requests.attachment_like(matter.conversation, sha256)
        assert file is not None
        id_ = file.id
        uow.commit()
    own = desk_client(Role.UNIT_STAFF, request.unit)
    foreign = desk_client(Role.UNIT_STAFF, next(unit for unit in stage.municipality.units if unit != request.unit))
    nowhere = desk_client(Role.UNIT_STAFF)
    assert own.get(f"/masa/dosya/{id_}").status_code == 404, "it belongs to no request yet"
    with stage.uows() as uow:
        uow.requests.attachments([id_ or 0])[0].request_id = request.id
        uow.commit()
    answers = [browser.get(f"/masa/dosya/{id_}").status_code for browser in (own, foreign, nowhere)]
    assert answers == [200, 404, 404]


def test_an_auditor_reads_and_changes_nothing(stage: Stage, desk_client: DeskClient) -> None:
    auditor, matter = desk_client(AUDITOR), escalate(stage)
    page = auditor.get(path(matter)).text
    assert "Görevliyle görüşmek istiyorum" in page
    assert path(matter, "yanit") not in page and path(matter, "al") not in page
    for act in ("al", "yanit", "not", "geri-ver", "kapat", "basvuru", "duzelt", "birlestir", "onayla", "reddet"):
        assert auditor.post(path(matter, act), {"text": "x", "reason": "x"}).status_code == 403
    assert item_of(stage, matter).state == "open"


def test_hostile_words_are_only_words(stage: Stage, desk_client: DeskClient) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    ayse, matter = desk_client(REVIEWER), escalate(stage, evil, name=evil)
    ayse.post(path(matter, "not"), {"text": evil})
    page = ayse.post(path(matter, "goster"), follow_redirects=True).text
    assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page


def test_a_conversation_without_an_item_is_read_and_taken_up(stage: Stage, desk_client: DeskClient) -> None:
    ayse, request = desk_client(REVIEWER), file_request(stage)
    place = f"/masa/gorusmeler/{request.conversation_id}"
    assert "Ele al" in ayse.get(place).text
    target = ayse.post(f"{place}/ac").headers["location"]
    assert "Görevli açtı" in ayse.get(target).text
    assert not [row for row in stage.outbox() if row.kind == OutboxKind.ALERT], "nobody needs to be called"
    assert ayse.get("/masa/gorusmeler/99999").status_code == 404
    assert ayse.get("/masa/gorusme/99999").status_code == 404


def test_an_item_without_a_conversation_is_shown_and_closed(stage: Stage, desk_client: DeskClient) -> None:
    from bot.service.reviews import ReviewDesk  # noqa: PLC0415

    with stage.uows() as uow:
        item = ReviewDesk(uow, stage.municipality, stage.clock.now()).open(
            ReviewReason.OVERDUE, summary="Temizlik İşleri: 4 başvurunun süresi geçti"
        )
        uow.commit()
    ayse = desk_client(REVIEWER)
    assert "4 başvurunun süresi geçti" in ayse.get(f"/masa/gorusme/{item.id}").text
    assert ayse.post(f"/masa/gorusme/{item.id}/kapat", {"reason": "Bakıldı"}).status_code == 303


def test_outbox_rows_of_staff_hold_back_what_comes_after(stage: Stage, desk_client: DeskClient) -> None:
    """A reply that can still be undone is not overtaken by what the assistant says once it has the conversation."""
    ayse, matter = desk_client(REVIEWER), escalate(stage)
    ayse.post(path(matter, "yanit"), {"text": "Ekibimiz yolda."})
    ayse.post(path(matter, "geri-ver"))
    with stage.uows() as uow:
        assert not uow.outbox.claim(stage.clock.now(), 60, 10, ["telegram"])
        stage.clock.advance(timedelta(seconds=10))
        first = uow.outbox.claim(stage.clock.now(), 60, 10, ["telegram"])
        uow.commit()
    assert [row.body["text"] for row in first] == ["Ekibimiz yolda."]
    with stage.reads() as uow:
        states = uow.session.execute(select(outbox.c.state).order_by(outbox.c.id)).scalars().all()
    assert states[-2:] == [OutboxState.SENDING, OutboxState.PENDING]
