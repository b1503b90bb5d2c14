"""Where a text may be cut into two problems: by what its sides tell, never within the name of a place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.nlu.linear import LinearModel
from bot.nlu.normalisation import normal
from bot.nlu.pairs import Pair, best_pair, cut_between, says_two, told
from bot.nlu.sparse_featurizer import SparseFeaturizer

TAUGHT = {"park": "parkta bank kırık salıncak kopuk", "water": "sular akmıyor su yok musluk kuru"}


@pytest.fixture(scope="module")
def stage() -> tuple[SparseFeaturizer, LinearModel]:
    """Features, and a model that knows the words of two services."""
    features = SparseFeaturizer({})
    features.fit_texts([normal(text) for text in TAUGHT.values()] * 3)
    vectors = [features.vector(normal(text)) for text in TAUGHT.values()]
    weights = np.zeros((vectors[0].columns, len(TAUGHT)), dtype=np.float32)
    for label, vector in enumerate(vectors):
        weights[vector.indices, label] = 1.0
    none, zero = np.zeros((0, len(TAUGHT)), dtype=np.float32), np.zeros(len(TAUGHT), dtype=np.float32)
    return features, LinearModel(tuple(TAUGHT), weights, zero, none, zero)


def pair(stage: tuple[SparseFeaturizer, LinearModel], text: str, *spans: tuple[int, int, str]) -> Pair | None:
    features, model = stage
    whole = model.probabilities(features.vector(normal(text)), None)
    return best_pair(told(text, spans, features, model), whole, 0.5)


def test_the_services_come_in_the_order_told(stage: tuple[SparseFeaturizer, LinearModel]) -> None:
    found = pair(stage, "musluk kuru su yok, parkta salıncak kopuk")
    assert found is not None and [tuple(TAUGHT)[service] for service in found.services] == ["water", "park"]
    assert [side.text.strip(" ,") for side in found.cut.sides] == ["musluk kuru su yok", "parkta salıncak kopuk"]


def test_one_clause_has_no_pair(stage: tuple[SparseFeaturizer, LinearModel]) -> None:
    assert pair(stage, "musluk kuru") is None


def test_what_only_says_please_is_no_side(stage: tuple[SparseFeaturizer, LinearModel]) -> None:
    assert pair(stage, "parkta salıncak kopuk, lütfen bakın") is None


def test_no_word_of_a_place_ends_a_clause(stage: tuple[SparseFeaturizer, LinearModel]) -> None:
    features, model = stage
    text = "Büyükkayacık bank kırık"
    assert len(told(text, (), features, model).clauses) == 2
    assert told(text, ((0, 12, "neighbourhood"),), features, model).clauses == (text,)


@pytest.mark.parametrize(("text", "two"), [("İki şikâyetim var: su ve park", True), ("iki gündür su yok", False)])
def test_the_writer_may_say_how_many(text: str, two: bool) -> None:
    assert says_two(text) is two


def test_one_word_that_could_be_about_anything_is_no_side(stage: tuple[SparseFeaturizer, LinearModel]) -> None:
    features, sure = stage
    unsure = features, replace(sure, alone_scale=0.02)
    assert pair(unsure, "musluk kuru su yok, salıncak da kopuk kırık") is not None
    assert pair(unsure, "musluk kuru su yok, salıncak") is None
    assert pair(stage, "musluk kuru su yok, salıncak") is not None


def test_known_services_are_cut_apart_where_each_has_a_side(stage: tuple[SparseFeaturizer, LinearModel]) -> None:
    features, model = stage
    found = cut_between(told("parkta bank kırık, musluk kuru su yok", (), features, model), "water", "park")
    assert found is not None and found[1] == ("park", "water")
    assert found[0].sides[1].text.strip(" ,") == "musluk kuru su yok"
    assert cut_between(told("parkta bank kırık, salıncak kopuk", (), features, model), "water", "park") is None
