"""A name under a message is not part of the problem."""

from __future__ import annotations

import pytest

from bot.nlu.problem_splitter import unsigned


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Salıncak kırık. Hale Tan", "Salıncak kırık."),
        ("Salıncak kırık. Ben Ali Can Er.", "Salıncak kırık."),
        ("Salıncak kırık", "Salıncak kırık"),
        ("Park pis, Bosna Hersek", "Park pis,"),
        ("Ali Veli", "Ali Veli"),
    ],
)
def test_the_signature_goes(written: str, wanted: str) -> None:
    assert unsigned(written) == wanted
