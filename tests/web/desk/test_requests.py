"""One request and the table of them: who sees what, who changes what, and that nothing is overwritten unseen."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.db.request_queries import SORTS, RequestFilter, table_page
from bot.db.tables import attachments, audit, history, outbox
from bot.domain.requests import Place, Status
from bot.domain.staff import Role
from bot.service.requests import RequestDesk, find_request
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import PHONE, StaffBrowser, enroll, file_request, reread
from tests.web.stage import Stage

JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c0b0b0c1912130f141d1a1f1e1d"
    "1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e333432ffc0000b080001000101011100ffc4001f000001050101"
    "0101010100000000000000000102030405060708090a0bffc400b5100002010303020403050504040000017d010203000411051221314106"
    "13516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455"
    "565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9ba"
    "c2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00fbd3ffd9"
)


def form_of(browser: StaffBrowser, number: str) -> dict[str, str]:
    """The hidden fields of the page's forms."""
    page = browser.get(f"/masa/basvurular/{number}").text
    return {name: re.search(rf'name="{name}" value="(\d+)"', page)[1] for name in ("version", "seen")}  # type: ignore[index]


def test_the_page_masks_what_is_personal_until_it_is_asked_for(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage, text=f"Çöp var, beni {PHONE} numarasından arayın").tracking_no
    ayse = desk_client(Role.REVIEWER)
    page = ayse.get(f"/masa/basvurular/{number}").text
    assert "Çöp var" in page and PHONE not in page and "Yılmaz" not in page and "A. Y." in page
    answer = ayse.post(f"/masa/basvurular/{number}/goster")
    opened = ayse.get(answer.headers["location"]).text
    assert PHONE in opened and "Ayşe Yılmaz" in opened
    with stage.reads() as uow:
        seen = uow.session.execute(select(audit).where(audit.c.action == "personal_seen")).one()
    assert seen.actor == ayse.actor


def test_a_look_at_one_request_opens_no_other(desk_client: DeskClient, stage: Stage) -> None:
    one, other = (file_request(stage).tracking_no for _ in range(2))
    ayse = desk_client(Role.REVIEWER)
    grant = ayse.post(f"/masa/basvurular/{one}/goster").headers["location"].partition("goster=")[2]
    assert "Yılmaz" not in ayse.get(f"/masa/basvurular/{other}?goster={grant}").text
    assert "Yılmaz" not in desk_client(Role.REVIEWER).get(f"/masa/basvurular/{one}?goster={grant}").text


def test_the_status_changes_with_note_and_photo_and_the_citizen_hears_of_it(
    desk_client: DeskClient, stage: Stage
) -> None:
    number = file_request(stage).tracking_no
    ayse = desk_client(Role.REVIEWER)
    fields = {**form_of(ayse, number), "status": "resolved", "note": "Boşaltıldı.", "told": "1"}
    files = {"files": ("sonra.jpg", JPEG, "image/jpeg")}
    assert ayse.post(f"/masa/basvurular/{number}/durum", fields, files=files).status_code == 303
    request = reread(stage, number)
    assert request.status == Status.RESOLVED
    with stage.reads() as uow:
        told = uow.session.scalars(select(outbox.c.body).where(outbox.c.kind == "notification")).one()
        photo = uow.session.execute(select(attachments).where(attachments.c.request_id == request.id)).one()
        actors = uow.session.scalars(select(history.c.actor).where(history.c.request_id == request.id)).all()
    assert "Boşaltıldı." in told["text"] and photo.mime == "image/jpeg"
    assert actors[1:] == [ayse.actor, ayse.actor]
    page = ayse.get(f"/masa/basvurular/{number}").text
    assert "Boşaltıldı." in page and f"/masa/dosya/{photo.id}" in page and ayse.user.name in page


def test_a_note_that_is_not_for_the_citizen_stays_with_the_staff(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage).tracking_no
    ayse = desk_client(Role.REVIEWER)
    ayse.post(f"/masa/basvurular/{number}/durum", {**form_of(ayse, number), "status": "resolved", "note": "Aramızda"})
    with stage.reads() as uow:
        told = uow.session.scalars(select(outbox.c.body).where(outbox.c.kind == "notification")).one()
    assert "Aramızda" not in told["text"]
    assert "Aramızda" in ayse.get(f"/masa/basvurular/{number}").text


def test_a_file_that_is_no_picture_is_refused_and_nothing_changes(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage).tracking_no
    ayse = desk_client(Role.REVIEWER)
    files = {"files": ("x.html", b"<script>alert(1)</script>", "image/jpeg")}
    fields = {**form_of(ayse, number), "status": "resolved"}
    assert ayse.post(f"/masa/basvurular/{number}/durum", fields, files=files).status_code == 422
    assert reread(stage, number).status == Status.RECEIVED


@pytest.mark.parametrize("status", ["rejected", "cancelled"])
def test_an_end_without_success_needs_its_reason(desk_client: DeskClient, stage: Stage, status: str) -> None:
    number = file_request(stage).tracking_no
    ayse = desk_client(Role.REVIEWER)
    fields = {**form_of(ayse, number), "status": status}
    assert ayse.post(f"/masa/basvurular/{number}/durum", fields).status_code == 422
    assert ayse.post(f"/masa/basvurular/{number}/durum", {**fields, "note": "Özel mülk."}).status_code == 303
    assert reread(stage, number).status == status


def test_who_saw_an_older_version_sees_what_changed_and_keeps_the_words(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage).tracking_no
    ayse, ali = desk_client(Role.REVIEWER), desk_client(Role.REVIEWER)
    old = form_of(ayse, number)
    ali.post(f"/masa/basvurular/{number}/durum", {**form_of(ali, number), "status": "in_progress"})
    answer = ayse.post(f"/masa/basvurular/{number}/durum", {**old, "status": "resolved", "note": "uzun bir not"})
    assert answer.status_code == 409
    assert "İşlemde" in answer.text and ali.user.name in answer.text and "uzun bir not" in answer.text
    assert "Başvuru kaydedildi" not in answer.text
    assert reread(stage, number).status == Status.IN_PROGRESS


def test_it_is_passed_on_to_a_unit_or_a_body_with_a_reason(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage).tracking_no
    ayse = desk_client(Role.REVIEWER)
    path = f"/masa/basvurular/{number}"
    assert ayse.post(f"{path}/birim", {**form_of(ayse, number), "unit": "parks"}).status_code == 422
    assert ayse.post(f"{path}/birim", {**form_of(ayse, number), "unit": "parks", "note": "park içi"}).status_code == 303
    assert reread(stage, number).unit == "parks"
    fields = {**form_of(ayse, number), "body": "kbb", "note": "ana arter"}
    assert ayse.post(f"{path}/kurum", fields).status_code == 303
    assert (reread(stage, number).status, reread(stage, number).body) == (Status.FORWARDED, "kbb")
    page = ayse.get(path).text
    assert "park içi" in page and "Park ve Bahçeler" in page and "Konya Büyükşehir" in page


def test_service_and_priority_are_corrected(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage).tracking_no
    ayse = desk_client(Role.REVIEWER)
    path = f"/masa/basvurular/{number}"
    ayse.post(f"{path}/hizmet", {**form_of(ayse, number), "service": "road_damage"})
    ayse.post(f"{path}/oncelik", {**form_of(ayse, number), "priority": "urgent"})
    request = reread(stage, number)
    assert (request.service, request.unit, request.priority) == ("road_damage", "public_works", "urgent")
    assert ayse.post(f"{path}/oncelik", {**form_of(ayse, number), "priority": "x"}).status_code == 422


def test_duplicates_are_merged_and_parted_again(desk_client: DeskClient, stage: Stage) -> None:
    stays, goes = (file_request(stage).tracking_no for _ in range(2))
    ayse = desk_client(Role.REVIEWER)
    path = f"/masa/basvurular/{goes}"
    assert ayse.post(f"{path}/birlestir", {**form_of(ayse, goes), "into": "SLC-2020-000001"}).status_code == 404
    assert ayse.post(f"{path}/birlestir", {**form_of(ayse, goes), "into": stays.lower()}).status_code == 303
    assert reread(stage, goes).duplicate_of == reread(stage, stays).id
    assert stays in ayse.get(path).text and goes in ayse.get(f"/masa/basvurular/{stays}").text
    assert ayse.post(f"{path}/ayir", form_of(ayse, goes)).status_code == 303
    assert reread(stage, goes).status == Status.RECEIVED


def test_similar_open_requests_are_offered_for_merging_to_who_may_change_both(
    desk_client: DeskClient, stage: Stage
) -> None:
    stays, goes, ended = (file_request(stage).tracking_no for _ in range(3))
    elsewhere = file_request(stage, place=Place("Bosna Hersek")).tracking_no
    ayse, ali, deniz = desk_client(Role.REVIEWER), desk_client(Role.UNIT_STAFF, "cleaning"), desk_client(Role.AUDITOR)
    ayse.post(f"/masa/basvurular/{ended}/durum", {**form_of(ayse, ended), "status": "resolved"})
    path = f"/masa/basvurular/{goes}"

    def offered(browser: StaffBrowser, number: str = goes) -> set[str]:
        page = browser.get(f"/masa/basvurular/{number}").text
        return set(re.findall(r'data-confirm="([^"]+)"', page))

    asked = {f"{goes}, {stays} ile birleştirilecek; vatandaşa bildirilir. Emin misiniz?"}
    assert offered(ayse) == offered(ali) == asked and stays in deniz.get(path).text
    assert not offered(deniz) and not offered(ayse, ended) and not offered(ayse, elsewhere)
    fields = {**form_of(ali, goes), "into": stays}
    assert ali.post(f"{path}/birlestir", {**fields, "version": "99"}).status_code == 409
    assert reread(stage, goes).status == Status.RECEIVED, "somebody else changed it in between"
    assert ali.post(f"{path}/birlestir", fields).headers["location"].startswith(path)
    assert reread(stage, goes).duplicate_of == reread(stage, stays).id
    assert not offered(ayse)
    ayse.post("/masa/hesabim/dil", {"language": "en"})
    last = file_request(stage).tracking_no
    assert offered(ayse, last) == {f"{last} will be merged with {stays}; the citizen is told. Are you sure?"}


def test_unit_staff_see_and_change_their_own_alone(desk_client: DeskClient, stage: Stage) -> None:
    own, other = file_request(stage).tracking_no, file_request(stage, "road_damage", "Yolda çukur").tracking_no
    ali = desk_client(Role.UNIT_STAFF, "cleaning")
    table = ali.get("/masa/basvurular").text
    assert own in table and other not in table
    assert other not in ali.get("/masa/basvurular?birim=public_works&durum=hepsi").text
    assert ali.get(f"/masa/basvurular/{own}").status_code == 200
    for path in ("", "/yazdir"):
        assert ali.get(f"/masa/basvurular/{other}{path}").status_code == 404
    fields = {"version": "1", "seen": "0", "status": "resolved", "into": own, "note": "x", "unit": "cleaning"}
    for path in ("durum", "birim", "kurum", "hizmet", "oncelik", "birlestir", "ayir", "not", "goster"):
        assert ali.post(f"/masa/basvurular/{other}/{path}", fields).status_code == 404, path
    assert ali.post(f"/masa/basvurular/{own}/birlestir", {**form_of(ali, own), "into": other}).status_code == 404


def test_who_gives_a_request_away_lands_in_the_list(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage).tracking_no
    ali = desk_client(Role.UNIT_STAFF, "cleaning")
    answer = ali.post(f"/masa/basvurular/{number}/birim", {**form_of(ali, number), "unit": "parks", "note": "onların"})
    assert answer.headers["location"] == f"/masa/basvurular?iletildi={number}"


def test_the_auditor_sees_and_changes_nothing(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage).tracking_no
    deniz = desk_client(Role.AUDITOR)
    assert "/durum" not in deniz.get(f"/masa/basvurular/{number}").text
    assert deniz.post(f"/masa/basvurular/{number}/durum", {"status": "resolved", "version": "1"}).status_code == 403


def test_hostile_words_are_shown_and_never_run(desk_client: DeskClient, stage: Stage) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    place = Place(neighbourhood="Yazır", street="<b>Gül</b>", landmark='"><svg onload=alert(1)>')
    number = file_request(stage, text=evil, name=evil, place=place).tracking_no
    ayse = desk_client(Role.REVIEWER)
    ayse.post(f"/masa/basvurular/{number}/not", {**form_of(ayse, number), "note": evil})
    for path in (f"/{number}", "", "/pano", f"/{number}/yazdir", "?ara=%3Cscript%3E"):
        page = ayse.get(f"/masa/basvurular{path}").text
        assert "<script>alert" not in page and "<img src=x" not in page and "<svg onload" not in page


def test_the_search_is_turkish_aware_and_finds_number_street_and_name(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage, text="ÇÖPLER toplanmadı", name="İsmail Çağlar").tracking_no
    file_request(stage, "road_damage", "Asfalt bozuk", name="Başka Biri", place=Place("Bosna Hersek"))
    ayse = desk_client(Role.REVIEWER)
    for words in ("copler", "çöpler", number.lower(), "gul sokak", "ismail caglar", "YAZIR"):
        table = ayse.get("/masa/basvurular", params={"ara": words}).text
        assert number in table and "Asfalt" not in table, words
    assert "Bu süzgece uyan başvuru yok" in ayse.get("/masa/basvurular?ara=%25").text


def test_filters_narrow_the_table_and_unknown_values_do_nothing(desk_client: DeskClient, stage: Stage) -> None:
    rubbish, road = file_request(stage).tracking_no, file_request(stage, "road_damage", urgent=True).tracking_no
    ayse = desk_client(Role.REVIEWER)

    def listed(query: str) -> set[str]:
        table = ayse.get(f"/masa/basvurular?{query}").text
        return {number for number in (rubbish, road) if number in table}

    assert listed("birim=cleaning") == {rubbish} and listed("hizmet=road_damage") == {road}
    assert listed("oncelik=urgent") == {road} and listed("durum=resolved") == set()
    assert listed("kanal=web") == set() and listed("mahalle=Yaz%C4%B1r") == {rubbish, road}
    assert listed("bas=2026-11-23&son=2026-11-23") == {rubbish, road} and listed("son=2026-11-22") == set()
    assert listed("birim=x&durum=y&bas=z&sira=q&sonra=%27") == {rubbish, road}
    assert listed("sure=gecikti") == set() and listed("sure=hafta") == {rubbish}
    with stage.uows() as uow:
        find_request(uow, road).due_at = stage.clock.now()
        uow.commit()
    assert listed("sure=bugun") == {road}


@pytest.mark.parametrize("sort", SORTS)
def test_pages_follow_each_other_without_gap_or_repeat(both: Stage, sort: str) -> None:
    services = ("waste_container", "road_damage", "other")
    for index in range(13):
        request = file_request(both, services[index % 3])
        if index % 4 == 0:
            with both.uows() as uow:
                found = find_request(uow, request.tracking_no)
                found.due_at = None
                uow.commit()
    seen: list[int] = []
    after = ""
    with both.reads() as uow:
        while True:
            page = table_page(uow.session, RequestFilter(), sort, after, 4)
            seen += [row.id for row in page.rows]
            if page.after is None:
                break
            after = page.after
    assert len(seen) == 13 and len(set(seen)) == 13
    if sort in ("new", "old"):
        assert seen == sorted(seen, reverse=sort == "new")


def test_a_view_is_kept_and_dropped_by_its_owner(desk_client: DeskClient, stage: Stage) -> None:
    ayse, ali = desk_client(Role.REVIEWER), desk_client(Role.REVIEWER)
    answer = ayse.post("/masa/gorunumler/requests", {"name": "Temizlik", "query": "birim=cleaning&sure=gecikti"})
    assert answer.headers["location"] == "/masa/basvurular?birim=cleaning&sure=gecikti"
    page = ayse.get("/masa/basvurular").text
    assert "Temizlik</a>" in page and "Temizlik</a>" not in ali.get("/masa/basvurular").text
    view = re.search(r"/masa/gorunumler/requests/(\d+)/sil", page)
    assert view is not None
    assert ali.post(view[0]).status_code == 404
    assert ayse.post("/masa/gorunumler/requests", {"name": "x", "everybody": "1"}).status_code == 403
    assert ayse.post(view[0]).status_code == 303
    assert "Temizlik</a>" not in ayse.get("/masa/basvurular").text


def test_table_board_and_map_offer_the_same_views_and_lead_back_to_themselves(
    desk_client: DeskClient, stage: Stage
) -> None:
    ayse, paths = desk_client(Role.REVIEWER), ("/masa/basvurular", "/masa/basvurular/pano", "/masa/harita")
    for path in paths:
        fields = {"name": f"kept at {path}", "query": "birim=cleaning", "path": path}
        assert ayse.post("/masa/gorunumler/requests", fields).headers["location"] == f"{path}?birim=cleaning"
    for path in paths:
        page = ayse.get(path).text
        assert all(f'<a href="{path}?birim=cleaning">kept at {other}</a>' in page for other in paths)
    for path in paths:
        view = re.search(r"/masa/gorunumler/requests/(\d+)/sil", ayse.get(path).text)
        assert view is not None
        assert ayse.post(view[0], {"path": path}).headers["location"] == path
    assert "kept at" not in ayse.get("/masa/harita").text


@pytest.mark.parametrize("path", ["https://ornek.tr/masa/harita", "//ornek.tr", "/masa/kuyruk", ""])
def test_a_view_leads_to_no_page_but_those_of_its_filter(desk_client: DeskClient, path: str) -> None:
    fields = {"name": "Bugün", "query": "sure=bugun", "path": path}
    answer = desk_client(Role.REVIEWER).post("/masa/gorunumler/requests", fields)
    assert answer.headers["location"] == "/masa/basvurular?sure=bugun"


def test_the_printed_sheet_leads_to_the_status_and_shows_nothing_personal(
    desk_client: DeskClient, stage: Stage
) -> None:
    request = file_request(stage)
    sheet = desk_client(Role.REVIEWER).get(f"/masa/basvurular/{request.tracking_no}/yazdir").text
    assert "<svg" in sheet and request.access_code in sheet and PHONE not in sheet and "style=" not in sheet
    with TestClient(stage.app()) as citizen:
        form = citizen.get(f"/takip?no={request.tracking_no}&kod={request.access_code}").text
        assert f'value="{request.tracking_no}"' in form and f'value="{request.access_code}"' in form


def test_two_at_once_change_a_request_once(both: Stage) -> None:
    """On both databases: the second one is told, whichever comes first."""
    number = file_request(both).tracking_no
    user = enroll(both, Role.REVIEWER)
    with TestClient(both.app()) as client:
        browser = StaffBrowser(both, client, user)
        browser.log_in()
        old = form_of(browser, number)
        with both.uows() as uow:
            desk = RequestDesk(uow, both.municipality, both.clock.now(), b"k")
            desk.change(find_request(uow, number), Status.IN_PROGRESS, "staff:x")
            uow.commit()
        assert browser.post(f"/masa/basvurular/{number}/durum", {**old, "status": "resolved"}).status_code == 409
        assert browser.get(f"/masa/basvurular/{number}").status_code == 200
        assert browser.get("/masa/basvurular/pano").status_code == 200


def test_the_place_is_corrected_on_the_requests_page_and_what_is_emptied_is_gone(
    stage: Stage, desk_client: DeskClient
) -> None:
    seda, request = (
        desk_client(Role.SUPERVISOR),
        file_request(stage, place=Place("Yazır", "Selçuklu", "Gül Sokak", "4", latitude=37.9, longitude=32.4)),
    )
    page = f"/masa/basvurular/{request.tracking_no}"
    assert "Paylaşılan konum yanlış" in seda.get(page).text
    fields = {"version": request.version, "neighbourhood": "Bosna Hersek", "street": "", "door_no": "", "landmark": ""}
    assert seda.post(f"{page}/yer", fields).status_code == 303
    after = reread(stage, request.tracking_no)
    assert after.place == Place("Bosna Hersek", "Selçuklu", latitude=37.9, longitude=32.4)
    assert seda.post(f"{page}/yer", fields).status_code == 409
    fields |= {"version": after.version, "no_position": "1"}
    seda.post(f"{page}/yer", fields)
    assert reread(stage, request.tracking_no).place == Place("Bosna Hersek", "Selçuklu")
    with stage.reads() as uow:
        assert [entry.action for entry in uow.requests.history(request.id or 0)] == ["filed", "amended", "amended"]


def test_unit_staff_who_pass_a_request_on_are_told(stage: Stage, desk_client: DeskClient) -> None:
    mehmet, request = desk_client(Role.UNIT_STAFF, "cleaning"), file_request(stage)
    fields = {"version": request.version, "unit": "parks", "note": "Parkın içinde"}
    answer = mehmet.post(f"/masa/basvurular/{request.tracking_no}/birim", fields)
    assert f"{request.tracking_no} başka bir birime geçti" in mehmet.get(answer.headers["location"]).text
    assert "<script" not in mehmet.get("/masa/basvurular?iletildi=<script>").text.split("<main")[1]
