"""Rasa's own files are whole: its validator finds nothing to say about domain, rules and examples."""

from __future__ import annotations

import warnings

import pytest

from bot.config import ROOT

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("model")]


def test_rasa_data_validate_is_clean() -> None:
    from rasa.shared.importers.importer import TrainingDataImporter  # noqa: PLC0415  (brings TensorFlow)
    from rasa.validator import Validator  # noqa: PLC0415

    files = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "nlu_data")]
    )
    validator = Validator.from_importer(files)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", UserWarning)
        assert validator.verify_domain_validity()
        assert validator.verify_nlu(ignore_warnings=False)
        assert validator.verify_story_structure(ignore_warnings=False)
    assert [str(one.message) for one in said if issubclass(one.category, UserWarning)] == []
