"""The confidence from which a service needs no question."""

from __future__ import annotations

import numpy as np

from bot.nlu.service_classifier import UNMEASURED, ServiceClassifier, least_confidence


def test_the_least_confidence_keeps_the_wanted_precision() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6], dtype=np.float32)
    right = np.array([True, True, False, False])
    assert least_confidence(confidence, right, 1.0) == np.float32(0.8)
    assert least_confidence(confidence, right, 0.5) == np.float32(0.6)


def test_where_no_answer_is_right_nothing_is_sure() -> None:
    assert least_confidence(np.array([0.9], dtype=np.float32), np.array([False]), 0.9) == 1.0
    assert least_confidence(np.array([], dtype=np.float32), np.array([], dtype=np.bool_), 0.9) == 1.0


def test_a_service_has_its_own_threshold_and_an_unmeasured_one_the_common() -> None:
    classifier = ServiceClassifier({})
    classifier.thresholds = {"noise": 0.8}
    assert not classifier.is_sure("noise", 0.7)
    assert classifier.is_sure("zoning", UNMEASURED)
