"""The measures against values worked out by hand."""

from __future__ import annotations

import pytest

from bot.domain.understanding import Act, Problem, Scored, Understanding
from bot.evaluation.evaluate import measure
from bot.nlu import measures
from bot.nlu.records import Labelled


def test_accuracy_and_macro_f1() -> None:
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]
    assert measures.accuracy(pairs) == 0.75
    assert measures.macro_f1(pairs) == pytest.approx((2 / 3 + 0.8) / 2)
    assert measures.accuracy([]) == measures.macro_f1([]) == 0.0


def test_calibration_error_is_the_weighted_gap() -> None:
    answers = [(0.95, True), (0.95, True), (0.55, False), (0.55, True)]
    assert measures.calibration_error(answers) == pytest.approx(0.05 * 0.5 + 0.05 * 0.5)


def test_precision_at_coverage_takes_the_surest() -> None:
    answers = [(0.9, True), (0.8, True), (0.7, False), (0.1, False)]
    assert measures.precision_at(answers, 0.5) == 1.0
    assert measures.precision_at(answers, 0.75) == pytest.approx(2 / 3)


def test_a_wrong_entity_counts_against_precision_and_recall() -> None:
    score = measures.entity_score([("Yazır", "yazır"), ("Selçuk", "Yazır"), (None, "Yazır"), (None, None)])
    assert (score.precision, score.recall) == (pytest.approx(1 / 3), 0.5)


class Echo:
    """Says `street_light` to everything, and both services where the text says so."""

    def parse(self, text: str) -> Understanding:
        codes = ("street_light", "stray_dogs") if "ve" in text.split() else ("street_light",)
        problems = tuple(Problem(text, (Scored(code, 0.9),)) for code in codes)
        return Understanding(text, Act.REPORT, 0.9, problems=problems, urgent="yangın" in text)


def test_everything_that_the_file_labels_is_measured() -> None:
    rows = [
        Labelled(
            "lamba",
            "report",
            ("street_light",),
            kind="complaint",
            entities={"street": None},
            urgent=False,
            sensitive=False,
            noise="none",
        ),
        Labelled("lamba ve köpek", "report", ("street_light", "stray_dogs"), kind="complaint"),
        Labelled("yangın", "emergency", department="other", urgent=True, sensitive=False, noise="caps"),
    ]
    result = measure(Echo(), rows, {"street_light": "other"})
    assert result["act"]["accuracy"] == pytest.approx(2 / 3)
    assert result["service"]["accuracy"] == 1.0
    assert result["department"]["accuracy"] == 1.0
    assert result["several"] == {"count": 1, "found": 1.0, "split_wrongly": 0.0}
    assert result["flags"]["urgent"] == {"support": 1, "recall": 1.0, "precision": 1.0}
    assert set(result["made_noise"]) == {"ascii", "caps", "typos"}
    assert result["noise"]["caps"]["count"] == 1
