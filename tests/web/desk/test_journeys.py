"""Ways through the desk in a real browser: a unit's day by keys alone, a reviewer's on a phone, each role's menu."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot.db.tables import audit
from bot.domain.messages import OutboxKind, OutboxState
from bot.domain.requests import Status
from bot.domain.staff import Role
from tests.web.desk.office import PASSWORD, PHONE, enroll, file_request, reread
from tests.web.desk.talks import escalate, item_of
from tests.web.desk.windows import NEEDS_CHROMIUM, Windows
from tests.web.stage import Stage

pytestmark = NEEDS_CHROMIUM
MENUS = {
    Role.REVIEWER: ["Kuyruk", "Başvurular", "Harita", "Göstergeler", "Kesintiler"],
    Role.UNIT_STAFF: ["Başvurular", "Harita"],
    Role.SUPERVISOR: ["Kuyruk", "Başvurular", "Harita", "Göstergeler", "Kesintiler", "Kişiler", "Denetim"],
    Role.ADMINISTRATOR: ["Kuyruk", "Başvurular", "Harita", "Göstergeler", "Kesintiler", "Kişiler", "Denetim"],
    Role.AUDITOR: ["Kuyruk", "Başvurular", "Harita", "Göstergeler", "Kesintiler", "Kişiler", "Denetim"],
}
MOST_STEPS = 60


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the element of this CSS selector has the focus."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("(what) => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"{what} is not reached by the keyboard")


def no_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_unit_s_work_is_done_by_keys_alone_from_the_login_on(stage: Stage, windows: Windows) -> None:
    file_request(stage, text="Konteynerin kapağı kopmuş")
    other = file_request(stage, "road_damage", "Yol çökmüş")
    user = enroll(stage, Role.UNIT_STAFF, "cleaning")
    page = windows.empty()
    page.goto("/masa")
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/masa/basvurular")
    expect(page.get_by_text(other.tracking_no)).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("KONTEYNERIN")
    page.keyboard.press("Enter")
    page.wait_for_url("**ara=KONTEYNERIN**")
    tab_to(page, "#results a.number")
    page.keyboard.press("Enter")
    page.wait_for_url("**/masa/basvurular/SLC-*")
    tab_to(page, "input[name=status]")
    page.keyboard.press("Space")  # the first step: taken up
    tab_to(page, "textarea")
    page.keyboard.type("Ekip yarın sabah gelecek.")
    tab_to(page, ".button.main")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kaydedildi.")).to_be_visible()
    assert reread(stage, page.url.split("/")[-1].split("?")[0]).status == Status.IN_PROGRESS
    (told,) = [row for row in stage.outbox() if row.kind == OutboxKind.NOTIFICATION]
    assert "Ekip yarın sabah gelecek." in told.body["text"]


def test_a_matter_is_taken_answered_and_taken_back_on_a_phone(stage: Stage, windows: Windows) -> None:
    matter = escalate(stage)
    page = windows.of(phone=True)
    page.get_by_role("link", name="Görevli istedi").click()
    page.get_by_role("button", name="Al", exact=False).first.click()
    expect(page.locator(".holder")).to_contain_text("Sizde")
    assert no_sideways(page)
    page.locator("#text").fill("Hemen bakıyoruz.")
    page.get_by_role("button", name="Gönder", exact=False).first.click()
    page.get_by_role("button", name="Geri al").click()
    expect(page.locator("#text")).to_have_value("Hemen bakıyoruz.")
    page.get_by_role("button", name="Gönder ve kapat").click()
    page.wait_for_url("**/masa/kuyruk**")
    assert item_of(stage, matter).state == "closed" and no_sideways(page)
    rows = [row.state for row in stage.outbox() if row.kind == OutboxKind.STAFF_REPLY]
    assert rows == [OutboxState.WITHDRAWN, OutboxState.PENDING]
    page.get_by_role("link", name="Hesabım").click()
    expect(page.get_by_role("heading", name="Hesabım")).to_be_visible()


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_only_its_menu_and_every_entry_opens(stage: Stage, windows: Windows, role: Role) -> None:
    page = windows.of(role, "cleaning" if role is Role.UNIT_STAFF else None)
    entries = page.locator("nav[aria-label='Ana menü'] a")
    assert entries.all_inner_texts() == MENUS[role]
    for name in MENUS[role]:
        page.get_by_role("navigation", name="Ana menü").get_by_role("link", name=name).click()
        expect(page.locator("nav[aria-label='Ana menü'] a[aria-current]")).to_have_text(name)
        expect(page.locator("main .problem")).to_have_count(0)


def test_a_citizen_s_data_is_shown_when_asked_for_and_the_look_is_in_the_audit(stage: Stage, windows: Windows) -> None:
    request = file_request(stage)
    page = windows.of(Role.SUPERVISOR)
    page.goto(f"/masa/basvurular/{request.tracking_no}")
    expect(page.get_by_text("A. Y.").first).to_be_visible()
    assert PHONE not in page.content() and "Ayşe Yılmaz" not in page.content()
    page.get_by_role("button", name="Göster").click()
    expect(page.get_by_text("Ayşe Yılmaz").first).to_be_visible()
    with stage.reads() as uow:
        looks = uow.session.scalars(select(audit.c.object).where(audit.c.action == "personal_seen")).all()
    assert looks == [f"request:{request.id}"]


def test_public_answers_are_stopped_from_any_page_and_all_see_it(stage: Stage, windows: Windows) -> None:
    ayse, can = windows.of(), windows.of()
    ayse.goto("/masa/gostergeler")
    ayse.get_by_role("button", name="Açık yanıtları durdur").click()
    expect(ayse.get_by_role("button", name="Açık yanıtlar DURDU")).to_be_visible()
    assert ayse.url.endswith("/masa/gostergeler")
    for path in ("/masa/kuyruk", "/masa/basvurular", "/masa/hesabim"):
        can.goto(path)
        expect(can.get_by_role("button", name="Açık yanıtlar DURDU")).to_be_visible()
    stage.clock.advance(timedelta(minutes=1))
    can.once("dialog", lambda dialog: dialog.accept())  # to start them again is asked once more
    can.get_by_role("button", name="Açık yanıtlar DURDU").click()
    expect(can.get_by_role("button", name="Açık yanıtları durdur")).to_be_visible()
