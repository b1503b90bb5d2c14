"""docs/desk.md and the team's guide stay true: rights, pictures, keys, settings, and a size that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import ROOT
from bot.domain.staff import Role
from bot.service.policy import RIGHTS, Right
from bot.web.desk.reasons import REASONS

DOCS = ROOT / "docs"
PAPERS = [DOCS / "desk.md", DOCS / "masa-kilavuzu.md"]
TEMPLATES = ROOT / "bot" / "web" / "templates" / "desk"
MOST_BYTES = 3_000_000


def rights_table() -> str:
    """The table that stands in docs/desk.md: a row a right, a column a role."""
    lines = ["| right | " + " | ".join(Role) + " |", "|---" * (len(Role) + 1) + "|"]
    for right in Right:
        lines.append(f"| `{right}` | " + " | ".join(_mark(right, role) for role in Role) + " |")
    return "\n".join(lines)


def _mark(right: Right, role: Role) -> str:
    if right not in RIGHTS[role]:
        return "–"
    return "own unit" if role is Role.UNIT_STAFF and right is not Right.OWN_ACCOUNT else "yes"


def test_the_table_of_rights_is_the_policy_s() -> None:
    text = PAPERS[0].read_text(encoding="utf-8")
    found = re.search(r"<!-- rights -->\n(.*?)\n<!-- /rights -->", text, re.DOTALL)
    assert found is not None and found[1] == rights_table(), f"write this into {PAPERS[0]}:\n{rights_table()}"


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.stem)
def test_every_picture_of_a_paper_is_there(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    told = r"!\[[^\]]+\]\((pictures/[\w-]+\.png)\)|<img src=\"(pictures/[\w-]+\.png)\" alt=\"[^\"]+\""
    pictures = [one or other for one, other in re.findall(told, text)]
    assert len(pictures) > 3
    assert len(pictures) == text.count("(pictures/") + text.count("<img"), "one doesn't say what it shows"
    assert not [name for name in pictures if not (DOCS / name).is_file()]


def test_the_pictures_are_small_and_all_are_used() -> None:
    taken = list((DOCS / "pictures").glob("*.png"))
    assert len(taken) > 20
    assert sum(picture.stat().st_size for picture in taken) < MOST_BYTES
    texts = "".join(paper.read_text(encoding="utf-8") for paper in PAPERS)
    assert not [picture.name for picture in taken if f"pictures/{picture.name}" not in texts]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.stem)
def test_every_key_of_the_help_is_in_the_papers(paper: Path) -> None:
    """The dialogs name the keys; both papers name all of them."""
    helps = "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("queue.html", "_talk_help.html"))
    keys = {key for key in re.findall(r"<kbd>(.*?)</kbd>", helps) if len(key) == 1 and key != "⏎"}
    assert len(keys) > 10
    text = paper.read_text(encoding="utf-8")
    assert not [key for key in sorted(keys) if f"`{key}`" not in text]


def test_the_guide_names_every_reason_of_the_queue() -> None:
    text = PAPERS[1].read_text(encoding="utf-8")
    assert not [short for short, _ in REASONS.values() if short not in text]


def test_every_setting_of_the_paper_is_one() -> None:
    known = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"HIZMET_[A-Z_]*[A-Z]", PAPERS[0].read_text(encoding="utf-8")))
    assert len(named) > 6
    assert not [name for name in named if name not in known]
