"""Every page of the desk is for everybody: axe, contrast in light and dark, a phone's width, big targets, keys."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from bot.db.engine import make_engine
from bot.db.tables import metadata
from bot.domain.staff import Role
from tests.web.desk.day import a_day, pages
from tests.web.desk.windows import CONTRAST, DESKTOP, NEEDS_CHROMIUM, PHONE, Windows, violations
from tests.web.stage import Stage, served

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.xdist_group("looks")]
LEAST_PAGES, MOST_TABS = 20, 60
MISSING = "/masa/basvurular/SLC-2020-000000"
OPEN_ALL = "document.querySelectorAll('details:not(.pop)').forEach((one) => { one.open = true })"
WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1
    && !one.closest('.scroll-x') && one.checkVisibility()).slice(0, 5).map((one) => one.outerHTML.slice(0, 120))
    .concat(['the page scrolls sideways'])"""
SMALL = """() => [...document.querySelectorAll('button, summary, select, input:not([type=hidden]), a.button, nav a')]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest('.hidden-text, .skip'))
  .map((one) => one.matches('[type=checkbox], [type=radio], [type=file]') ? one.closest('label') ?? one : one)
  .map((one) => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.width > 0 && Math.min(box.width, box.height) < 23.5)
  .map(([box, one]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 100)}`)"""
REACHED = """() => { const one = document.activeElement;
  const shown = getComputedStyle(one).outlineStyle !== 'none' || one.matches('input[type=file], summary, iframe');
  return [one.matches('main .button.main') || (!document.querySelector('main .button.main:enabled')
    && !!one.closest('main') && one.id !== 'main'), shown, one.outerHTML.slice(0, 120)] }"""


@dataclass
class Look:
    """What is wrong with one page."""

    axe: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> dict[str, Look]:
    """Every page, opened once in a window of somebody who may see everything. Closing fails on a console error."""
    home = tmp_path_factory.mktemp("day")
    engine = make_engine(f"sqlite:///{home / 'day.db'}")
    metadata.create_all(engine)
    stage = Stage(engine, home)
    day = a_day(stage)
    found = {}
    with served(stage.app(time.monotonic)) as address:
        windows = Windows(chromium, stage, address)
        inside, outside = windows.of(Role.ADMINISTRATOR), windows.empty()
        paths = [(day.path(route), inside if route.right else outside) for route in pages(stage)]
        for path, page in paths + [(path, inside) for path in day.conversations]:
            if _is_document(page, path):
                found[path] = _look(page, path)
        found[MISSING] = _look(inside, MISSING)
        found["the preview of a bulk change"] = _bulk_preview(inside)
        windows.close()
    engine.dispose()
    assert len(found) >= LEAST_PAGES, list(found)
    return found


def _is_document(page: Page, path: str) -> bool:
    """Whether the path answers with a whole page: no part of one, no data, no file."""
    answer = page.request.get(path)
    assert answer.ok, (path, answer.status)
    return "text/html" in answer.headers["content-type"] and "<html" in answer.text()


def _bulk_preview(page: Page) -> Look:
    """A page that only a form leads to."""
    page.goto("/masa/basvurular")
    page.locator("input[name=id]").first.check()
    page.get_by_label("İşlem", exact=True).select_option("in_progress")
    page.get_by_role("button", name="Önizle").click()
    page.get_by_role("button", name="Uygula").wait_for()
    return _look(page)


def _look(page: Page, path: str | None = None) -> Look:
    """What is wrong with the page of the path, or with the one that is open."""
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # a dict is taken
    page.emulate_media(color_scheme="light")
    if path is not None:
        page.goto(path)
    keys = _reached(page)
    page.evaluate(OPEN_ALL)
    axe = violations(page)
    page.emulate_media(color_scheme="dark")
    axe += violations(page, CONTRAST)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a dict is taken
    return Look(axe, page.evaluate(WIDE), page.evaluate(SMALL), keys)


def _reached(page: Page) -> list[str]:
    """Tab from the top to the page's main action; empty where it is reached and what is focused can be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        there, shown, what = page.evaluate(REACHED)
        if there and shown:
            return []
        if not shown:
            return [f"cannot be seen, or the end came first: {what}"]
    return [f"the main action is not reached in {MOST_TABS} steps"]


def test_axe_finds_nothing_in_light_and_dark(looks: dict[str, Look]) -> None:
    assert not {path: look.axe for path, look in looks.items() if look.axe}


def test_no_page_scrolls_sideways_on_a_phone(looks: dict[str, Look]) -> None:
    assert not {path: look.wide for path, look in looks.items() if look.wide}


def test_every_target_can_be_hit(looks: dict[str, Look]) -> None:
    assert not {path: look.small for path, look in looks.items() if look.small}


def test_the_keyboard_reaches_the_main_action_and_shows_where_it_is(looks: dict[str, Look]) -> None:
    assert not {path: look.keys for path, look in looks.items() if look.keys}
