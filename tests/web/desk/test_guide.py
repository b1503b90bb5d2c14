"""The team's guide on paper: two A4 pages, as Chromium prints them."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.web.desk.windows import NEEDS_CHROMIUM
from tools.print_guide import pages_of, printed

pytestmark = NEEDS_CHROMIUM
WITH_OTHER_FONTS = 1.03
"""Each page has room for letters of another font, which may be so much larger."""


def test_the_guide_is_two_printed_pages(chromium: Browser) -> None:
    assert pages_of(printed(chromium)) == 2
    assert pages_of(printed(chromium, WITH_OTHER_FONTS)) == 2, "shorten a text or make a picture smaller"


def test_what_is_too_long_would_be_seen(chromium: Browser) -> None:
    assert pages_of(printed(chromium, 1.3)) > 2
