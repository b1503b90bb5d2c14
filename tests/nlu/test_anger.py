"""Insults around a report, and what somebody says not to mean."""

from __future__ import annotations

import pytest

from bot.nlu.act_classifier import in_anger
from bot.nlu.problem_splitter import takes_back

TEXT = "yeter be mahallesi sokak cop alinmadi utanin"


@pytest.mark.parametrize(
    ("ranking", "text", "placed", "act"),
    [
        ([("abusive", 0.6), ("report", 0.35), ("thank", 0.05)], TEXT, True, "report"),
        ([("abusive", 0.6), ("report", 0.35), ("thank", 0.05)], TEXT, False, "abusive"),
        ([("abusive", 0.95), ("report", 0.05)], TEXT, True, "abusive"),
        ([("abusive", 0.6), ("report", 0.35)], "yeter be utanin", True, "abusive"),
        ([("thank", 0.6), ("report", 0.4)], TEXT, True, "thank"),
    ],
)
def test_an_insult_with_a_problem_and_its_place_is_a_report(
    ranking: list[tuple[str, float]], text: str, placed: bool, act: str
) -> None:
    heard = in_anger(ranking, text, placed)
    assert heard[0][0] == act
    assert sorted(heard) == sorted(ranking) or act == "report"
    assert [chance for _, chance in heard] == [chance for _, chance in ranking]


@pytest.mark.parametrize(
    ("part", "denied"),
    [
        ("yok ben sokak lambası demedim", True),
        ("Boş verin onu, konuştuk şimdi", True),
        ("siz bos ver dediniz diye bekledik", False),
        ("kimse gelecegiz demedi", False),
        ("yolun ortasinda cukur var", False),
    ],
)
def test_what_is_taken_back_is_no_problem(part: str, denied: bool) -> None:
    assert takes_back(part) is denied
