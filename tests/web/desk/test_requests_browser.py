"""Requests in a real browser: resolved and heard of, changed many at once by keys, found on the map."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import select

from bot.db.tables import requests
from bot.domain.requests import Filing, Kind, Place
from bot.domain.staff import Role
from bot.service.requests import RequestDesk
from tests.web.desk.office import file_request, reread
from tests.web.desk.windows import CONTRAST, NEEDS_CHROMIUM, Windows, deliver, violations
from tests.web.stage import Stage

pytestmark = NEEDS_CHROMIUM
EVIL = '<img src=x onerror="document.title=1">'


def test_what_is_resolved_is_heard_of_in_the_web_chat(stage: Stage, windows: Windows) -> None:
    citizen = windows.empty()
    citizen.goto("/")
    citizen.get_by_label("İletiniz").fill("Gül Sokak'ta çöp konteyneri doldu")
    citizen.keyboard.press("Enter")
    expect(citizen.get_by_text("gönderildi")).to_be_visible()
    stage.answer("Başvurunuzu aldık.")
    conversation = stage.conversation()
    with stage.uows() as uow:
        filing = Filing("b:1", "waste_container", Kind.COMPLAINT, "Konteyner dolu", Place("Yazır", street="Gül Sokak"))
        gate = RequestDesk(uow, stage.municipality, stage.clock.now(), stage.settings.secret.encode())
        number = gate.file(filing, conversation.citizen_id, conversation.id or 0, "web").tracking_no
        uow.commit()
    desk = windows.of(Role.UNIT_STAFF, "cleaning")
    desk.goto(f"/masa/basvurular/{number}")
    desk.get_by_text("Çözüldü", exact=True).click()
    desk.get_by_label("Not (olumsuz").fill("Konteyner boşaltıldı.")
    desk.get_by_role("button", name="Kaydet").first.click()
    expect(desk.get_by_text("Kaydedildi.")).to_be_visible()
    expect(desk.locator(".request-head")).to_contain_text("Çözüldü")
    deliver(stage)
    expect(citizen.get_by_text(re.compile("çözüldü. Not: Konteyner boşaltıldı."))).to_be_visible()


def test_many_are_chosen_and_changed_by_keys_alone(stage: Stage, windows: Windows) -> None:
    numbers = [file_request(stage).tracking_no for _ in range(3)]
    page = windows.of(Role.SUPERVISOR)
    page.goto("/masa/basvurular")
    preview = page.get_by_role("button", name="Önizle")
    expect(preview).to_be_disabled()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.locator("[data-all]").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-chosen]")).to_have_text("Seçilenler: 3")
    page.get_by_label("İşlem", exact=True).select_option("resolved")
    preview.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 başvuru değişecek")).to_be_visible()
    page.get_by_role("button", name="Uygula").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 başvuru değişti")).to_be_visible()
    assert {reread(stage, number).status for number in numbers} == {"resolved"}


def test_table_and_board_are_led_through_by_keys(stage: Stage, windows: Windows) -> None:
    numbers = [file_request(stage).tracking_no for _ in range(3)]
    page = windows.of(Role.SUPERVISOR)
    for path, second in (("/masa/basvurular", numbers[1]), ("/masa/basvurular/pano", numbers[1])):
        page.goto(path)
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()
        page.keyboard.press("Escape")
        for key in ("j", "j", "j", "k", "o"):
            page.keyboard.press(key)
        page.wait_for_url(f"**/masa/basvurular/{second}")


def test_a_request_is_found_on_the_map_and_its_words_never_run(stage: Stage, windows: Windows) -> None:
    place = Place("Yazır", street=EVIL, latitude=37.939, longitude=32.457)
    number = file_request(stage, text=EVIL, place=place).tracking_no
    with stage.uows() as uow:  # nothing of the database is trusted: the neighbourhood is hostile here as well
        uow.session.execute(requests.update().values(neighbourhood=EVIL))
        uow.commit()
    page = windows.of()
    page.goto("/masa/harita")
    marker = page.get_by_role("button", name=re.compile(number))
    expect(marker).to_be_visible()
    marker.focus()
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text(EVIL)
    assert popup.locator("img").count() == 0 and page.title() != "1"
    popup.get_by_role("link").click()
    expect(page.get_by_role("heading", name=number)).to_be_visible()


def test_a_view_is_kept_at_the_board_and_opened_at_the_map(stage: Stage, windows: Windows) -> None:
    own, other = file_request(stage).tracking_no, file_request(stage, "road_damage").tracking_no
    page = windows.of()
    page.goto("/masa/basvurular/pano?birim=cleaning")
    page.get_by_text("Görünümler").click()
    page.get_by_label("Görünümün adı").fill("Temizlik")
    page.keyboard.press("Enter")
    expect(page.locator("details.views .pill").first).to_have_text("1")  # kept, and back at the board
    page.get_by_role("link", name="Harita", exact=True).last.click()
    page.wait_for_url("**/masa/harita?birim=cleaning")
    page.goto("/masa/harita")
    expect(page.get_by_role("heading", name="2 başvuru")).to_be_visible()
    page.get_by_text("Görünümler").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Temizlik", exact=True).click()
    expect(page.get_by_role("heading", name="1 başvuru")).to_be_visible()
    page.get_by_role("link", name="Pano").click()
    expect(page.get_by_role("link", name=own)).to_be_visible()
    expect(page.get_by_text(other)).to_have_count(0)


def test_two_windows_one_change(stage: Stage, windows: Windows) -> None:
    number = file_request(stage).tracking_no
    one, other = windows.of(), windows.of()
    for page in (one, other):
        page.goto(f"/masa/basvurular/{number}")
        page.get_by_text("İşleme al", exact=True).click()
    one.get_by_role("button", name="Kaydet").first.click()
    expect(one.get_by_text("Kaydedildi.")).to_be_visible()
    other.get_by_label("Not (olumsuz").fill("benim notum")
    other.get_by_role("button", name="Kaydet").first.click()
    expect(other.get_by_role("heading", name="Bu başvuru siz bakarken değişti")).to_be_visible()
    expect(other.get_by_label("Yazdığınız not")).to_have_value("benim notum")
    with stage.reads() as uow:
        entries = uow.requests.history(uow.session.scalars(select(requests.c.id)).one())
    assert [entry.action for entry in entries] == ["filed", "status"]


def test_a_similar_request_is_merged_by_one_press_and_a_yes(stage: Stage, windows: Windows) -> None:
    stays, goes = (file_request(stage).tracking_no for _ in range(2))
    page = windows.of(Role.UNIT_STAFF, "cleaning")
    page.goto(f"/masa/basvurular/{goes}")
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    assert not found + violations(page, CONTRAST)
    merge = page.get_by_role("button", name=f"Bununla birleştir ({stays})")
    page.once("dialog", lambda dialog: dialog.dismiss())
    merge.click()
    page.wait_for_timeout(300)
    assert reread(stage, goes).status != "duplicate"
    questions: list[str] = []
    page.once("dialog", lambda dialog: (questions.append(dialog.message), dialog.accept()))
    merge.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kaydedildi.")).to_be_visible()
    assert stays in questions[0] and goes in questions[0]
    assert reread(stage, goes).duplicate_of == reread(stage, stays).id
    expect(page.get_by_role("button", name="Bununla birleştir")).to_have_count(0)
