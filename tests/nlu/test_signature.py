"""A name under a message is not part of the problem."""

from __future__ import annotations

import pytest

from bot.nlu.problem_splitter import unsigned


@pytest.mark.parametrize(
    ("normal", "written", "wanted"),
    [
        ("salincak kirik. hale tan", "Salıncak kırık. Hale Tan", "salincak kirik."),
        ("salincak kirik. ben ali can er.", "Salıncak kırık. Ben Ali Can Er.", "salincak kirik."),
        ("salincak kirik", "Salıncak kırık", "salincak kirik"),
        ("park pis, bosna hersek", "Park pis, Bosna Hersek", "park pis,"),
        ("ali veli", "Ali Veli", "ali veli"),
    ],
)
def test_the_signature_goes(normal: str, written: str, wanted: str) -> None:
    assert unsigned(normal, written) == wanted
