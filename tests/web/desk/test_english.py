"""The desk in English: every text has its English, no English is left over, and pages hold no Turkish of ours."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from bot.domain.staff import Role
from bot.web.desk.frame import ENGLISH, TEMPLATES
from bot.web.desk.screens import all_routes
from tests.web.desk.conftest import DeskClient
from tests.web.desk.day import a_day, pages
from tests.web.desk.scenery import desk_of
from tests.web.stage import Stage

DESK = ENGLISH.parent
SERVICES = DESK.parent.parent / "service"
TURKISH = re.compile(r"[çğışöüÇĞİÖŞÜ]")
PLACEHOLDER = re.compile(r"\{(\w*)[^}]*\}")
OURS = re.compile(
    r"\b(ara|süz|göster|gizle|kaydet|vazgeç|gönder|geri al|kapat|hepsi|tümü|kimse|kayıt yok|sayfa|önceki|sonraki|seçin"
    r"|vatandaş|asistan|gerekçe|başvurular|birimi|bekliyor|dakika|gün|lütfen|henüz|değil)\b",
    re.IGNORECASE,
)
"""Words of the interface that no service, unit, neighbourhood or example message of the day has."""
NOT_SHOWN = {
    *("Türkçe", "gün"),
    *("Ayşe Hanım", "Çöp konteyneri", "Temizlik İşleri Müdürlüğü", "Yazır Mahallesi, Gül Sokak No: 4"),
    *("Yazır Mahallesi", "işlemde", "Hizmet masasına davet", "Hizmet masası: yeni parola"),
}
"""What stays Turkish: the name of the language, a unit of time that has its pair, examples of replies, mails."""


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    found = yaml.safe_load(ENGLISH.read_text(encoding="utf-8"))
    assert len(found) > 500
    return dict(found)


def in_templates() -> dict[str, str]:
    """Each `_("…")` of the desk's templates with the template's name."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True)
    found = {}
    for path in sorted((TEMPLATES / "desk").glob("*.html")):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        for _, _, texts in extract_from_ast(tree, ("_",)):
            text = texts[0] if isinstance(texts, tuple) else texts
            if text is not None:
                found[text] = path.name
    assert len(found) > 400
    return found


def in_code(folder: Path) -> Iterator[tuple[str, str]]:
    """Each string of the modules that is no docstring, with the module's name."""
    for path in sorted(folder.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        standing = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in standing:
                yield node.value, path.name


def test_every_text_of_the_templates_has_its_english(english: dict[str, str]) -> None:
    assert not {text: name for text, name in in_templates().items() if text not in english}


def test_every_turkish_text_of_the_screens_has_its_english(english: dict[str, str]) -> None:
    found = {text: name for text, name in in_code(DESK) if TURKISH.search(text) and len(text) > 1}
    assert len(found) > 150
    assert not {text: name for text, name in found.items() if text not in english and text not in NOT_SHOWN}


def test_every_problem_and_what_it_names_has_its_english(stage: Stage, english: dict[str, str]) -> None:
    desk = desk_of(stage)
    all_routes(desk)  # the screens add theirs
    texts = [*desk.problems.values(), *desk.words.values()]
    assert len(texts) > 60
    assert not [text for text in texts if text not in english]


def test_no_english_is_left_of_texts_that_are_gone(english: dict[str, str]) -> None:
    code = (text for folder in (DESK, SERVICES, SERVICES.parent) for text, _ in in_code(folder))
    used = {*in_templates(), *code}
    assert not [text for text in english if text not in used]


def test_the_english_fills_the_same_gaps(english: dict[str, str]) -> None:
    def gaps(text: str) -> set[str]:
        return set(PLACEHOLDER.findall(text))

    assert not [(turkish, shown) for turkish, shown in english.items() if gaps(turkish) != gaps(shown)]


class Texts(HTMLParser):
    """What a page shows or says: text, names for screen readers, hints."""

    SPOKEN = ("aria-label", "placeholder", "title", "alt")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.found += [value for name, value in attributes if name in self.SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.found.append(data.strip())


def test_pages_in_english_hold_no_turkish_of_ours(
    stage: Stage, desk_client: DeskClient, english: dict[str, str]
) -> None:
    day = a_day(stage)
    browser = desk_client(Role.ADMINISTRATOR)
    assert browser.post("/masa/hesabim/dil", {"language": "en"}).status_code == 303
    canned = {reply.title for reply in stage.municipality.canned}
    turkish = {text for text, shown in english.items() if text != shown} - canned
    left = {}
    seen = 0
    for path in [day.path(route) for route in pages(stage) if route.right] + day.conversations:
        answer = browser.get(path)
        if "text/html" not in answer.headers["content-type"] or answer.history:
            continue
        seen += 1
        texts = [text for text in Texts(answer.text).found if text in turkish or OURS.search(text)]
        if texts:
            left[path] = texts
    assert seen > 20
    assert not left
