"""The page in a real browser: nothing is lost on a bad connection, and it works for everybody's hands and eyes."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.domain.messages import Button
from tests.web.stage import Stage, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
SHOTS = os.environ.get("HIZMET_TEST_SHOTS")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]
expect.set_options(timeout=8000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(stage: Stage) -> Iterator[str]:
    with served(stage.app(time.monotonic)) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A citizen's browser. Fails the test on a console error or a request to another host."""
    context = chromium.new_context(viewport=PHONE, locale="tr-TR", timezone_id="Europe/Istanbul", base_url=address)
    foreign: list[str] = []
    errors: list[str] = []
    context.on("request", lambda r: None if r.url.startswith((address, "blob:")) else foreign.append(r.url))
    context.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    context.on("weberror", lambda e: errors.append(str(e.error)))
    yield context
    context.close()
    unexpected = [
        error
        for error in errors
        if "net::ERR_" not in error and "status of 4" not in error and "status of 503" not in error
    ]
    assert not foreign and not unexpected


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/")
    return page


def write(page: Page, text: str) -> None:
    page.get_by_label("İletiniz").fill(text)
    page.keyboard.press("Enter")


def stored(stage: Stage, number: int) -> None:
    """Wait until so many messages are in the inbox. A handler of `page.route` does not run meanwhile."""
    until = time.monotonic() + 10
    while len(stage.inbox()) < number and time.monotonic() < until:
        time.sleep(0.05)
    assert len(stage.inbox()) == number


def bubbles(page: Page) -> list[str]:
    return page.locator(".bubble").all_inner_texts()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(300)
        page.screenshot(path=f"{SHOTS}/{name}.png")


def jpeg(width: int = 800, height: int = 600) -> bytes:
    made = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(made, "JPEG")
    return made.getvalue()


def test_written_stored_answered_acknowledged(stage: Stage, page: Page) -> None:
    write(page, "Yazır'da çöp alınmadı")
    expect(page.get_by_text("gönderildi")).to_be_visible()
    stored(stage, 1)
    expect(page.locator("#typing")).to_be_visible()
    stage.answer("Hangi sokakta?\nBilgi: https://www.selcuklu.bel.tr/kvkk.")
    expect(page.get_by_text("Hangi sokakta?")).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()
    link = page.get_by_role("link", name="selcuklu.bel.tr")
    expect(link).to_have_attribute("href", "https://www.selcuklu.bel.tr/kvkk")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    page.wait_for_timeout(700)
    assert [row.state for row in stage.outbox()] == ["sent"]


def test_markup_stays_text(stage: Stage, page: Page) -> None:
    write(page, "<img src=x onerror=alert(1)><b>koyu</b>")
    stored(stage, 1)
    stage.answer("<script>alert(2)</script> javascript:alert(3)")
    expect(page.get_by_text("<script>alert(2)</script> javascript:alert(3)")).to_be_visible()
    assert page.locator(".bubble b, .bubble script, .bubble img, .bubble a").count() == 0


def test_nothing_is_lost_and_nothing_doubled_without_a_connection(
    stage: Stage, context: BrowserContext, page: Page
) -> None:
    write(page, "bir")
    stored(stage, 1)
    context.set_offline(True)
    write(page, "iki")
    write(page, "üç")
    expect(page.get_by_text("İnternet bağlantısı yok")).to_be_visible()
    expect(page.get_by_text("gönderilemedi; bağlantı gelince gönderilecek").last).to_be_visible()
    shot(page, "offline-phone-light")
    stage.answer("yanıt")
    context.set_offline(False)
    expect(page.get_by_text("İnternet bağlantısı yok")).to_be_hidden()
    stored(stage, 3)
    expect(page.get_by_text("yanıt")).to_be_visible()
    assert [row.payload["text"] for row in stage.inbox()] == ["bir", "iki", "üç"]
    page.reload()
    expect(page.locator(".bubble")).to_have_count(4)


def test_an_answer_that_got_lost_does_not_store_twice(stage: Stage, context: BrowserContext, page: Page) -> None:
    lost = []

    def lose_first(route: object) -> None:
        response = route.fetch()  # type: ignore[attr-defined]  # a Route
        if lost:
            route.fulfill(response=response)  # type: ignore[attr-defined]
        else:
            lost.append(1)
            route.abort("connectionreset")  # type: ignore[attr-defined]

    page.route("**/chat/send", lose_first)
    write(page, "bir kez")
    expect(page.get_by_text("gönderilemedi")).to_be_visible()
    page.unroute("**/chat/send")
    page.get_by_role("button", name="Yeniden dene").click()
    expect(page.get_by_text("gönderildi", exact=True)).to_be_visible()
    stored(stage, 1)


def test_what_was_not_sent_survives_a_reload(stage: Stage, page: Page) -> None:
    page.route("**/chat/send", lambda route: route.abort())
    write(page, "önce")
    write(page, "sonra")
    expect(page.get_by_text("gönderilemedi").last).to_be_visible()
    page.reload()
    expect(page.get_by_text("sonra")).to_be_visible()
    page.unroute("**/chat/send")
    page.reload()
    stored(stage, 2)
    assert [row.payload["text"] for row in stage.inbox()] == ["önce", "sonra"]


def test_a_reload_shows_the_thread(stage: Stage, page: Page) -> None:
    write(page, "merhaba")
    stored(stage, 1)
    stage.answer("buyurun", Button("Geç", "skip"))
    expect(page.get_by_text("buyurun")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Geç")).to_be_enabled()
    assert bubbles(page) == ["merhaba", "buyurun"]


def test_another_window_of_the_same_browser_sees_the_same(stage: Stage, context: BrowserContext, page: Page) -> None:
    other = context.new_page()
    other.goto("/")
    write(page, "merhaba")
    stored(stage, 1)
    stage.answer("buyurun")
    expect(page.get_by_text("buyurun")).to_be_visible()
    expect(other.get_by_text("buyurun")).to_be_visible()
    expect(other.get_by_text("merhaba", exact=True)).to_be_visible()
    assert bubbles(other) == ["merhaba", "buyurun"]


def test_without_streaming_the_page_asks_from_time_to_time(stage: Stage, page: Page) -> None:
    page.route("**/chat/stream*", lambda route: route.fulfill(status=503, body="{}"))
    page.reload()
    write(page, "merhaba")
    stored(stage, 1)
    stage.answer("buyurun")
    expect(page.get_by_text("buyurun")).to_be_visible()
    page.wait_for_timeout(700)
    assert [row.state for row in stage.outbox()] == ["sent"]


def test_a_button_is_pressed_once(stage: Stage, page: Page) -> None:
    write(page, "merhaba")
    stored(stage, 1)
    stage.answer("Onaylıyor musunuz?", Button("Onayla", "confirm:1"), Button("Düzelt", "correct:1"))
    page.get_by_role("button", name="Onayla").dblclick()
    stored(stage, 2)
    expect(page.get_by_role("button", name="Düzelt")).to_be_disabled()
    assert stage.inbox()[-1].payload["button"] == "confirm:1"
    assert bubbles(page) == ["merhaba", "Onaylıyor musunuz?", "Onayla"]


def test_a_photo_is_shown_before_and_after(stage: Stage, page: Page) -> None:
    page.locator("#file").set_input_files({"name": "çukur.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(page.locator("#preview")).to_be_visible()
    shot(page, "preview-phone-light")
    write(page, "Kaldırım kırık")
    expect(page.get_by_text("gönderildi", exact=True)).to_be_visible()
    stored(stage, 1)
    (row,) = stage.inbox()
    assert (row.kind, row.payload["text"]) == ("photo", "Kaldırım kırık")
    assert Path(stage.files.path(row.payload["files"][0]["sha256"])).exists()
    assert page.evaluate("document.querySelector('.bubble img').naturalWidth") == 800
    page.reload()
    expect(page.get_by_text("Fotoğraf: çukur.jpg")).to_be_visible()


def test_a_wrong_file_is_told(stage: Stage, page: Page) -> None:
    page.locator("#file").set_input_files({"name": "a.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04"})
    expect(page.get_by_role("alert")).to_have_text("Yalnızca fotoğraf veya PDF gönderebilirsiniz.")
    fake = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"PK\x03\x04" * 100}
    page.locator("#file").set_input_files(fake)
    page.locator("#send").click()
    expect(page.locator(".troubled .meta")).to_contain_text("Yalnızca fotoğraf veya PDF gönderebilirsiniz.")
    assert stage.inbox() == []


def test_a_position_is_shared_after_the_citizen_agreed(stage: Stage, context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 37.9446, "longitude": 32.5022})
    write(page, "merhaba")
    stored(stage, 1)
    stage.answer("Hangi mahallede?", wants_location=True)
    page.locator(".line").get_by_role("button", name="Konum paylaş").click()
    expect(page.get_by_role("dialog")).to_contain_text("yalnızca başvurunuzun yerini bulmak için")
    shot(page, "position-phone-light")
    assert len(stage.inbox()) == 1
    page.get_by_role("button", name="Konumumu gönder").click()
    stored(stage, 2)
    assert stage.inbox()[-1].payload["latitude"] == 37.9446
    expect(page.get_by_text("Konum paylaşıldı")).to_be_visible()


def test_the_end_leaves_nothing_in_the_browser(stage: Stage, context: BrowserContext, page: Page) -> None:
    other = context.new_page()
    other.goto("/")
    write(page, "merhaba")
    stored(stage, 1)
    other.reload()
    expect(other.get_by_text("merhaba", exact=True)).to_be_visible()
    page.route("**/chat/send", lambda route: route.abort())
    write(page, "gizli")
    page.get_by_role("button", name="Sohbeti bitir").click()
    page.get_by_role("button", name="Bitir", exact=True).click()
    expect(page.get_by_label("İletiniz")).to_be_visible()
    for window in (page, other):
        expect(window.get_by_text("merhaba", exact=True)).to_have_count(0)
        expect(window.get_by_label("İletiniz")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.go_back()
    page.goto("/")
    assert bubbles(page) == []
    assert stage.conversation().channel == "web"


def test_the_end_without_a_connection_is_kept(stage: Stage, context: BrowserContext, page: Page) -> None:
    write(page, "merhaba")
    stored(stage, 1)
    context.set_offline(True)
    page.get_by_role("button", name="Sohbeti bitir").click()
    page.get_by_role("button", name="Bitir", exact=True).click()
    expect(page.locator(".bubble")).to_have_count(0)
    context.set_offline(False)
    expect(page.get_by_label("İletiniz")).to_be_visible(timeout=20000)
    assert bubbles(page) == [] and len(stage.inbox()) == 1
    assert page.evaluate("fetch('chat/messages').then(r => r.json()).then(d => d.messages.length)") == 0


def test_the_keyboard_is_enough(stage: Stage, page: Page) -> None:
    page.get_by_role("button", name="Sohbeti bitir").focus()
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText")
        )
    assert names[0] == "Sohbet"
    assert names[4:] == ["Fotoğraf veya PDF ekle", "Konum paylaş", "İletiniz", "Gönder"]
    page.get_by_label("İletiniz").focus()
    page.keyboard.type("bir")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("iki")
    page.keyboard.press("Enter")
    stored(stage, 1)
    assert stage.inbox()[0].payload["text"] == "bir\niki"
    expect(page.get_by_label("İletiniz")).to_be_focused()


def test_a_screen_reader_hears_new_messages(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    unnamed = page.evaluate(
        """[...document.querySelectorAll('button, a, input:not([hidden]), textarea, iframe')]
        .filter(e => !(e.getAttribute('aria-label') || e.innerText || e.labels?.length) && e.checkVisibility())
        .map(e => e.outerHTML)"""
    )
    assert unnamed == []


CONTRAST = """() => {
  const part = (v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > .9) return c; } return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.closest('.hidden-text, :disabled')) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.push(`${e.className || e.tagName} ${ratio.toFixed(2)}`);
  }
  return bad;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "width", "height"), [("phone", 390, 844), ("desktop", 1280, 860)])
def test_everything_can_be_read(
    stage: Stage, context: BrowserContext, page: Page, scheme: str, name: str, width: int, height: int
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page.set_viewport_size({"width": width, "height": height})
    shot(page, f"empty-{name}-{scheme}")
    write(page, "Yazır mahallesi Osmanlı caddesi 12 önündeki çöp konteyneri 3 gündür boşaltılmadı")
    stored(stage, 1)
    summary = "Şöyle anladım:\n• Konu: Çöp toplama\n• İlgili birim: Temizlik İşleri Müdürlüğü\n"
    summary += "• Yer: Yazır Mahallesi, Osmanlı Caddesi No: 12\nOnaylıyor musunuz?"
    confirm = (Button("Onayla", "c"), Button("Düzelt", "d"), Button("Vazgeç", "v"))
    stage.answer(summary, *confirm)
    page.get_by_role("button", name="Onayla").click()
    stored(stage, 2)
    stage.answer("Başvurunuz alındı. Takip numaranız: SLC-2026-000001. Temizlik İşleri Müdürlüğü ilgilenecek.")
    stage.answer("Bu sayfaya dönemezseniz başvurunuzu takip numarası ve 4F9A2C koduyla sorabilirsiniz.")
    stage.answer("Merhaba, ekip yarın sabah gelecek.", author="staff:ayse")
    stars = tuple(Button(str(number), f"rate:1:{number}") for number in range(1, 6))
    stage.answer("SLC-2026-000001 numaralı başvurunuz çözüldü.", *stars, Button("Çözülmedi", "reopen:1"))
    expect(page.get_by_role("button", name="Çözülmedi")).to_be_visible()
    shot(page, f"talk-{name}-{scheme}")
    assert page.evaluate(CONTRAST) == []
    page.goto("/takip?no=SLC-2026-000001")
    shot(page, f"track-{name}-{scheme}")
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 256), (640, 430)])
def test_a_small_screen_needs_no_sideways_scrolling(stage: Stage, page: Page, width: int, height: int) -> None:
    """320 px are also a desktop window of 1280 px at 400 %; 640 px at 200 %."""
    page.set_viewport_size({"width": width, "height": height})
    write(page, "çokuzunbirsözcük" * 20)
    stored(stage, 1)
    stage.answer("Bakınız https://www.selcuklu.bel.tr/" + "uzun" * 40, Button("Hayır, farklı bir sorun", "n"))
    expect(page.get_by_role("button", name="Hayır")).to_be_visible()
    shot(page, f"small-{width}x{height}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(
        "document.getElementById('scroll').scrollWidth <= document.getElementById('scroll').clientWidth"
    )
    box = page.locator("#send").bounding_box()
    assert box is not None and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height


def test_who_wants_less_motion_gets_none(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    write(page, "merhaba")
    expect(page.locator("#typing")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_widget_opens_the_chat_on_the_municipality_s_site(stage: Stage, chromium: Browser, tmp_path: Path) -> None:
    """The site is another origin (another port) with a strict policy of its own."""
    chat_address: list[str] = []

    async def site(request: Request) -> Response:
        (chat,) = chat_address
        policy = f"default-src 'none'; script-src {chat}; frame-src {chat}"
        html = f'<!doctype html><title>x</title><h1>Belediye</h1><script src="{chat}/widget.js" defer></script>'
        return HTMLResponse(html, headers={"content-security-policy": policy})

    host = Stage(stage.engine, tmp_path)
    with served(host.app(time.monotonic, [Route("/site", site)])) as home:
        stage.settings = Stage(stage.engine, tmp_path, (home,)).settings
        with served(stage.app(time.monotonic)) as chat:
            chat_address.append(chat)
            context = chromium.new_context(viewport={"width": 1000, "height": 800}, locale="tr-TR")
            page = context.new_page()
            page.goto(f"{home}/site")
            page.get_by_role("button", name="Belediyeye yazın").click()
            frame = page.frame_locator("iframe")
            frame.get_by_label("İletiniz").fill("merhaba")
            frame.get_by_label("İletiniz").press("Enter")
            stored(stage, 1)
            shot(page, "widget-desktop")
            frame.get_by_role("button", name="Pencereyi kapat").click()
            expect(page.locator("iframe")).to_be_hidden()
            stage.answer("buyurun")
            expect(page.get_by_role("button", name="Belediyeye yazın 1")).to_be_visible()
            page.get_by_role("button", name="Belediyeye yazın").click()
            expect(frame.get_by_text("buyurun")).to_be_visible()
            context.close()
