"""The team's day in a real browser: take, answer, undo, correct; one holder; by keys only."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from bot.commands.requests import export_labels
from bot.domain.conversation import ReviewReason
from bot.domain.messages import Message, OutboxKind, OutboxState
from bot.service.reviews import ReviewDesk
from tests.web.desk.day import drafted
from tests.web.desk.office import file_request, reread
from tests.web.desk.talks import Matter, escalate, filed_and_unsure, item_of
from tests.web.desk.windows import CONTRAST, NEEDS_CHROMIUM, Windows, deliver, violations
from tests.web.stage import Stage

pytestmark = NEEDS_CHROMIUM
SUGGESTION = (
    "Merhaba, sizinle ben ilgileneceğim. Yaşadığınız olay için üzgünüz; hangi gün ve nerede olduğunu, varsa plakayı ve "
    "görevlinin adını yazar mısınız? İlgili birime bugün ileteceğim."
)
LARGEST_BAR = 0.3
"""How much of a phone's height the reply may cover while the thread is read."""


def answer_box(page: Page):  # type: ignore[no-untyped-def]  # a Locator
    return page.locator("#text")


def suggested(stage: Stage) -> Matter:
    """A matter for which the assistant suggests a reply."""
    matter = escalate(stage)
    with stage.uows() as uow:
        item = uow.reviews.get(matter.item, lock=True)
        assert item is not None
        item.suggested_reply = SUGGESTION
        uow.commit()
    return matter


def open_matter(page: Page, matter: Matter) -> None:
    page.goto(f"/masa/gorusme/{matter.item}")
    expect(page.locator("#matter")).to_be_visible()


def test_an_escalated_conversation_is_taken_answered_and_read_in_the_web_chat(stage: Stage, windows: Windows) -> None:
    citizen = windows.empty()
    citizen.goto("/")
    citizen.get_by_label("İletiniz").fill("Görevli ile görüşmek istiyorum")
    citizen.keyboard.press("Enter")
    expect(citizen.get_by_text("gönderildi")).to_be_visible()
    stage.answer("Sizi bir görevliye bağlıyorum.")
    with stage.uows() as uow:
        conversation = uow.conversations.get(stage.conversation().id or 0)
        assert conversation is not None
        reviews = ReviewDesk(uow, stage.municipality, stage.clock.now())
        item = reviews.open(ReviewReason.ASKED_FOR_PERSON, conversation, summary="Görevli istedi", handover=True)
        reviews.hand_over(conversation, stage.clock.now() + timedelta(hours=24))
        uow.commit()
    staff = windows.of()
    staff.get_by_role("link", name="Görevli istedi").click()
    staff.get_by_role("button", name="Al", exact=False).first.click()
    expect(staff.locator(".holder")).to_contain_text("Sizde")
    answer_box(staff).fill("Merhaba, ben Ayşe. Size nasıl yardımcı olabilirim?")
    expect(staff.locator(".measure")).to_contain_text("/ 4000")
    staff.get_by_role("button", name="Gönder", exact=False).first.click()
    expect(staff.locator("form.undo")).to_be_visible()
    expect(answer_box(staff)).to_have_value("")
    deliver(stage)
    assert "ben Ayşe" not in citizen.locator(".bubble").last.inner_text(), "it has not left yet"
    stage.clock.advance(timedelta(seconds=10))
    deliver(stage)
    expect(citizen.get_by_text("Merhaba, ben Ayşe.")).to_be_visible()
    assert item.id is not None


def test_two_browsers_cannot_both_answer(stage: Stage, windows: Windows) -> None:
    matter = escalate(stage)
    ayse, can = windows.of(), windows.of()
    open_matter(ayse, matter)
    open_matter(can, matter)
    answer_box(can).fill("Can da yazıyor")  # typing takes it
    expect(can.locator(".holder")).to_contain_text("Sizde")
    expect(ayse.locator(".holder")).to_contain_text("ilgileniyor")
    expect(answer_box(ayse)).to_be_disabled()
    can.keyboard.press("Control+Enter")
    expect(ayse.get_by_text("Can da yazıyor")).to_be_visible()
    assert len([row for row in stage.outbox() if row.kind == OutboxKind.STAFF_REPLY]) == 1


def test_what_was_sent_in_haste_comes_back_into_the_box(stage: Stage, windows: Windows) -> None:
    matter, page = escalate(stage), windows.of()
    open_matter(page, matter)
    answer_box(page).fill("Yanlış yazdım")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Geri al").click()
    expect(answer_box(page)).to_have_value("Yanlış yazdım")
    expect(page.locator(".line.staff")).to_have_count(0)
    assert stage.outbox()[-1].state == OutboxState.WITHDRAWN


def test_a_service_is_corrected_and_exported_as_a_label(stage: Stage, windows: Windows, tmp_path: Path) -> None:
    matter, page = filed_and_unsure(stage), windows.of()
    assert matter.request is not None
    open_matter(page, matter)
    page.keyboard.press("d")
    page.locator("#correct select[name=service]").select_option("road_damage")
    page.locator("#correct").get_by_role("button", name="Düzelt").click()
    expect(page.get_by_text("Başvuru düzeltildi.")).to_be_visible()
    assert reread(stage, matter.request.tracking_no).service == "road_damage"
    export_labels(stage.settings, tmp_path / "labels.jsonl")
    assert json.loads((tmp_path / "labels.jsonl").read_text())["service"] == "road_damage"


def test_new_matters_appear_by_themselves(stage: Stage, windows: Windows) -> None:
    page = windows.of()
    expect(page.get_by_text("Burada bekleyen bir şey yok.")).to_be_visible()
    page.wait_for_timeout(1500)  # the poller has seen the empty queue
    escalate(stage, "Kablo yerde", reason=ReviewReason.URGENT, handover=False)
    expect(page.locator(".item.urgent")).to_be_visible()
    expect(page.locator("#notices")).to_contain_text("Yeni kayıt")
    expect(page).to_have_title(re.compile(r"^\(1\) "))


def test_what_the_citizen_writes_appears_beside_what_is_being_typed(stage: Stage, windows: Windows) -> None:
    matter, page = escalate(stage, thread="same"), windows.of()
    open_matter(page, matter)
    answer_box(page).fill("Yarım kalan yanıt")
    expect(page.locator(".holder")).to_contain_text("Sizde")
    page.wait_for_timeout(1500)
    escalate(stage, "Bir de fotoğraf göndereyim", thread="same", handover=False, reason=ReviewReason.SENSITIVE)
    expect(page.locator("#thread").get_by_text("Bir de fotoğraf göndereyim")).to_be_visible()
    expect(answer_box(page)).to_have_value("Yarım kalan yanıt")


def test_the_day_is_done_by_keys_alone(stage: Stage, windows: Windows) -> None:
    first = escalate(stage, "Birinci")
    stage.clock.advance(timedelta(seconds=30))
    second = escalate(stage, "İkinci")
    page = windows.of()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    for key in ("j", "j", "k", "j", "o"):
        page.keyboard.press(key)
    page.wait_for_url(f"**/masa/gorusme/{second.item}")
    page.keyboard.press("r")
    page.keyboard.type("Hemen bakıyoruz.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".line.staff")).to_contain_text("Hemen bakıyoruz.")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(answer_box(page)).to_have_value("Hemen bakıyoruz.")
    page.keyboard.press("q")
    page.wait_for_url("**/masa/kuyruk")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url(f"**/masa/gorusme/{first.item}#kapat")
    expect(page.locator("details.pop[open] input[name=reason]").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/masa/kuyruk?tamam=kapatildi")
    assert item_of(stage, first).state == "closed"
    page.keyboard.press("/")
    page.keyboard.type("ikinci")
    page.keyboard.press("Enter")
    expect(page.locator(".item")).to_have_count(1)


def test_single_keys_can_be_switched_off(stage: Stage, windows: Windows) -> None:
    escalate(stage)
    page = windows.of()
    page.keyboard.press("?")
    page.get_by_label("Tek tuşla çalışan kısayollar açık").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.wait_for_timeout(300)
    assert page.url.endswith("/masa/kuyruk")


def test_a_draft_goes_public_by_one_key_and_comes_back_by_another(stage: Stage, windows: Windows) -> None:
    matter = drafted(stage)
    page = windows.of()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#leaving")).to_be_visible()
    assert stage.outbox()[-1].state == OutboxState.PENDING
    page.wait_for_load_state()  # the page is shown before its keys listen
    page.keyboard.press("u")
    page.wait_for_url(f"**/masa/gorusme/{matter.item}")
    assert stage.outbox()[-1].state == OutboxState.HELD
    page.locator("#approve textarea").fill("Sizi 0532 123 45 67 arayacak")
    expect(page.locator(".measure")).to_contain_text("telefon numarası")


def test_a_canned_reply_is_searched_chosen_and_its_gap_is_stopped(stage: Stage, windows: Windows) -> None:
    matter, page = escalate(stage), windows.of()
    open_matter(page, matter)
    page.keyboard.press("h")
    page.keyboard.type("gorusmeyi")
    expect(page.locator(".canned-choice:visible")).to_have_count(1)
    page.locator(".canned-choice:visible").click()
    expect(answer_box(page)).to_have_value(re.compile("Başka bir konuda"))
    answer_box(page).fill("[birim] bakacak")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notices")).to_contain_text("[birim]")
    expect(answer_box(page)).to_have_value("[birim] bakacak")


def test_what_changed_while_the_page_was_loading_is_seen(stage: Stage, windows: Windows) -> None:
    """The line is held back until a colleague has taken the matter: nobody would tell that later."""
    matter, page = escalate(stage), windows.of()

    def taken_meanwhile(route: Route) -> None:
        with stage.uows() as uow:
            ReviewDesk(uow, stage.municipality, stage.clock.now()).take(matter.item, "can")
            uow.commit()
        route.continue_()

    page.route("**/masa/canli/*", taken_meanwhile, times=1)
    open_matter(page, matter)
    expect(page.locator(".holder")).to_contain_text("can ilgileniyor")
    expect(answer_box(page)).to_be_disabled()


def test_a_draft_is_reached_and_refused_by_keys(stage: Stage, windows: Windows) -> None:
    matter = drafted(stage)
    page = windows.of()
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_url(f"**/masa/gorusme/{matter.item}#yanit")
    expect(page.locator("#approve textarea")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.keyboard.type("Yanlış kişi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/masa/kuyruk?tamam=reddedildi")
    assert item_of(stage, matter).closed_reason == "rejected: Yanlış kişi"


def test_an_answer_that_closed_the_matter_comes_back_from_the_queue(stage: Stage, windows: Windows) -> None:
    matter, page = escalate(stage), windows.of()
    open_matter(page, matter)
    answer_box(page).fill("Yanlış kapattım")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator("#leaving")).to_be_visible()
    page.wait_for_function("!Object.keys(sessionStorage).some((key) => key.startsWith('yanit:'))")
    page.keyboard.press("u")
    page.wait_for_url(f"**/masa/gorusme/{matter.item}")
    expect(answer_box(page)).to_have_value("Yanlış kapattım")
    assert item_of(stage, matter).state == "taken"


def test_a_note_that_is_begun_survives_what_the_citizen_writes(stage: Stage, windows: Windows) -> None:
    matter, page = escalate(stage, thread="same"), windows.of()
    open_matter(page, matter)
    page.locator("#note").fill("Geçen ay da aramıştı")
    answer_box(page).focus()
    page.wait_for_timeout(1500)
    escalate(stage, "Bir de şunu sorayım", thread="same", handover=False, reason=ReviewReason.SENSITIVE)
    expect(page.locator("#thread").get_by_text("Bir de şunu sorayım")).to_be_visible()
    expect(page.locator("#note")).to_have_value("Geçen ay da aramıştı")
    page.reload()
    expect(page.locator("#note")).to_have_value("Geçen ay da aramıştı")
    page.get_by_role("button", name="Not ekle").click()
    expect(page.locator(".note")).to_contain_text("Geçen ay da aramıştı")
    expect(page.locator("#note")).to_have_value("")


def test_who_reads_further_up_is_not_torn_to_the_end(stage: Stage, windows: Windows) -> None:
    matter = escalate(stage, thread="same")
    with stage.uows() as uow:
        for number in range(60):
            uow.conversations.say(Message(matter.conversation, "in", "citizen", f"İleti {number}", stage.clock.now()))
        uow.commit()
    page = windows.of()
    open_matter(page, matter)
    thread = "const one = document.getElementById('thread'); "
    place = f"() => {{ {thread} return one.scrollHeight - one.scrollTop - one.clientHeight }}"
    assert page.evaluate(place) < 5, "it begins at its end"
    assert page.get_by_role("button", name="Gönder", exact=False).first.evaluate(
        "(one) => one.getBoundingClientRect().bottom <= innerHeight"
    ), "what sends is in sight"
    page.locator("#thread").evaluate("(one) => { one.scrollTop = 40 }")
    page.wait_for_timeout(1500)
    escalate(stage, "Yeni gelen", thread="same", handover=False, reason=ReviewReason.SENSITIVE)
    expect(page.locator("#thread").get_by_text("Yeni gelen")).to_have_count(1)
    assert page.evaluate(place) > 500


def test_similar_requests_are_merged_by_one_press_and_a_yes(stage: Stage, windows: Windows) -> None:
    matter, other = filed_and_unsure(stage), file_request(stage, name="Başka Biri")
    assert matter.request is not None
    page = windows.of()
    open_matter(page, matter)
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Bununla birleştir").click()
    page.wait_for_timeout(300)
    assert reread(stage, matter.request.tracking_no).status != "duplicate"
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Bununla birleştir").click()
    expect(page.get_by_text("Başvurular birleştirildi.")).to_be_visible()
    assert reread(stage, matter.request.tracking_no).duplicate_of == other.id


def test_filters_are_folded_on_a_phone(stage: Stage, windows: Windows) -> None:
    escalate(stage)
    page = windows.of(phone=True)
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.locator("select[name=sebep]")).to_be_hidden()
    page.get_by_text("Süzgeçler").click()
    expect(page.locator("select[name=sebep]")).to_be_visible()
    page.goto("/masa/kuyruk?acil=1")
    expect(page.locator("select[name=sebep]")).to_be_visible()


def test_a_suggestion_is_one_line_on_a_phone_and_opens_on_a_tap(stage: Stage, windows: Windows) -> None:
    matter, page = suggested(stage), windows.of(phone=True)
    page.set_viewport_size({"width": 390, "height": 844})
    open_matter(page, matter)
    line, words, use = page.locator(".suggested summary"), page.locator("#suggested"), page.locator("[data-use]")
    expect(words).to_be_hidden()
    assert line.inner_text().startswith("Öneri: Merhaba")
    tops = [(box["y"], box["y"] + box["height"]) for one in (line, use) if (box := one.bounding_box())]
    assert len(tops) == 2 and max(top for top, _ in tops) < min(end for _, end in tops), "line and button side by side"
    bar = page.locator("#reply").bounding_box()
    assert bar is not None and bar["height"] <= 844 * LARGEST_BAR and bar["y"] + bar["height"] <= 845
    found = violations(page)
    line.click()
    expect(words).to_have_text(SUGGESTION)
    expect(words).to_be_in_viewport(ratio=1)
    found += violations(page)
    page.emulate_media(color_scheme="dark")
    found += violations(page, CONTRAST)
    line.focus()
    page.keyboard.press("Enter")
    expect(words).to_be_hidden()
    found += violations(page, CONTRAST)
    assert not found
    use.click()
    expect(answer_box(page)).to_have_value(SUGGESTION)
    expect(words).to_be_hidden()


def test_a_suggestion_is_read_at_once_on_a_wide_page(stage: Stage, windows: Windows) -> None:
    matter, page = suggested(stage), windows.of()
    open_matter(page, matter)
    expect(page.locator("#suggested")).to_be_visible()
    expect(page.locator(".suggested summary")).to_be_hidden()
    page.set_viewport_size({"width": 600, "height": 900})  # a page that is made narrow folds it, and opens it again
    expect(page.locator("#suggested")).to_be_hidden()
    page.keyboard.press("s")
    expect(answer_box(page)).to_have_value(SUGGESTION)
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator("#suggested")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390)], ids=["upright", "on its side"])
def test_canned_replies_open_in_sight_on_a_phone(stage: Stage, windows: Windows, width: int, height: int) -> None:
    matter, page = suggested(stage), windows.of(phone=True)
    page.set_viewport_size({"width": width, "height": height})
    open_matter(page, matter)
    page.locator(".canned summary").click()
    expect(page.locator("#canned-search")).to_be_in_viewport(ratio=1)
    expect(page.locator(".canned-choice").first).to_be_in_viewport(ratio=1)
    page.locator(".canned-choice").first.click()
    expect(answer_box(page)).to_be_focused()
    expect(answer_box(page)).not_to_have_value("")
