"""The team's guide as it comes out of a printer: docs/masa-kilavuzu.md on A4, printed into a PDF by Chromium.

PYTHONPATH=. .venv/bin/python tools/print_guide.py [FILE.pdf]   (masa-kilavuzu.pdf; needs Chromium)

tests/web/desk/test_guide.py holds it to two pages.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Route, sync_playwright

from bot.config import ROOT

GUIDE = ROOT / "docs" / "masa-kilavuzu.md"
ADDRESS = "http://guide.test/"
STYLE = """
@page { size: A4; margin: 11mm 13mm; }
body { margin: 0; font: 9.25pt/1.32 "Noto Sans", "DejaVu Sans Condensed", "Liberation Sans", sans-serif; }
h1 { font-size: 15pt; margin: 0 0 1.5mm; } h2 { font-size: 11pt; margin: 3mm 0 1mm; break-after: avoid; clear: both; }
h2:nth-of-type(3) { break-before: page; }
td:nth-child(odd):nth-last-child(n+3) { white-space: nowrap; }
p, ul, ol, table { margin: 0 0 1.5mm; } ul, ol { padding-inline-start: 5mm; } li { margin-bottom: .4mm; }
* { box-sizing: border-box; }
img { max-width: calc(100% - .2mm); border: .2mm solid #bbb; border-radius: 1mm; }
img[align=right] { margin: .5mm 0 1.5mm 4mm; } img[align=left] { margin: .5mm 4mm 1.5mm 0; }
table { border-collapse: collapse; width: calc(100% - .2mm); }
th, td { border: .2mm solid #bbb; padding: .4mm 1.5mm; text-align: start; vertical-align: top; }
tr, img { break-inside: avoid; } code { font-family: "DejaVu Sans Mono", monospace; font-size: 8.5pt; }
"""


def printed(browser: Browser, scale: float = 1) -> bytes:
    """The PDF, everything on it `scale` times as large."""
    words = MarkdownIt("commonmark").enable("table").render(GUIDE.read_text(encoding="utf-8"))
    whole = f'<!doctype html><html lang="tr"><meta charset="utf-8"><style>{STYLE}</style>{words}'

    def answer(route: Route) -> None:
        name = urlsplit(route.request.url).path.lstrip("/")
        if name:
            route.fulfill(path=GUIDE.parent / name)
        else:
            route.fulfill(body=whole, content_type="text/html")

    page = browser.new_page()
    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)
    made = page.pdf(prefer_css_page_size=True, scale=scale)
    page.close()
    return made


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of Chromium has."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def main() -> None:
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "masa-kilavuzu.pdf")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no Chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        made = printed(browser)
        browser.close()
    target.write_bytes(made)
    print(f"{pages_of(made)} pages in {target}")


if __name__ == "__main__":
    main()
