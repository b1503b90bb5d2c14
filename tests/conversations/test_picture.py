"""The picture in docs/dialogue.md is the code's."""

from __future__ import annotations

import pytest

from bot.domain.conversation import Step
from bot.rehearsal.picture import PAGE, moves_at, picture, with_picture
from bot.service.dialogue.moves import Move


def test_the_picture_in_the_docs_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "flowchart" in page
    assert with_picture(page) == page, "run: python -m bot.rehearsal.picture"


def test_every_step_is_in_the_picture() -> None:
    assert all(f'{step}["{step}"]' in picture() for step in Step)


@pytest.mark.parametrize("step", list(Step))
def test_a_question_and_a_wish_for_a_person_are_heard_at_every_step(step: Step) -> None:
    moves = moves_at(step)
    assert moves["a question"] is Move.ASK_INFORMATION
    assert moves["görevli"] is Move.ASK_HUMAN
    assert moves["vazgeç"] is Move.DROP
