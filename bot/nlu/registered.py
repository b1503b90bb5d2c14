"""Our components under Rasa's recipe. Only Rasa's training and its commands import this (it brings TensorFlow).

`config.yml` names components as `bot.nlu.registered.X`; a stored model names the modules where they live.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.act_classifier import ActClassifier
from bot.nlu.dense_featurizer import DenseFeaturizer
from bot.nlu.identifier_extractor import IdentifierExtractor
from bot.nlu.kind_classifier import KindClassifier
from bot.nlu.language_detector import LanguageDetector
from bot.nlu.noiser import Noiser
from bot.nlu.normaliser import Normaliser
from bot.nlu.place_extractor import PlaceExtractor
from bot.nlu.problem_splitter import ProblemSplitter
from bot.nlu.sensitivity_detector import SensitivityDetector
from bot.nlu.service_classifier import ServiceClassifier
from bot.nlu.sparse_featurizer import SparseFeaturizer
from bot.nlu.urgency_detector import UrgencyDetector

_TYPES = DefaultV1Recipe.ComponentType
_CLASSIFIERS = (ActClassifier, ServiceClassifier, KindClassifier, UrgencyDetector, SensitivityDetector, ProblemSplitter)
_READERS = (LanguageDetector, IdentifierExtractor)

DefaultV1Recipe.register(_TYPES.MESSAGE_FEATURIZER, is_trainable=False)(Noiser)
DefaultV1Recipe.register(_TYPES.MESSAGE_FEATURIZER, is_trainable=False)(PlaceExtractor)
DefaultV1Recipe.register(_TYPES.MESSAGE_TOKENIZER, is_trainable=False)(Normaliser)
DefaultV1Recipe.register(_TYPES.MESSAGE_FEATURIZER, is_trainable=True)(SparseFeaturizer)
DefaultV1Recipe.register(_TYPES.MESSAGE_FEATURIZER, is_trainable=True)(DenseFeaturizer)
for _component in _CLASSIFIERS:
    DefaultV1Recipe.register(_TYPES.INTENT_CLASSIFIER, is_trainable=True)(_component)
for _component in _READERS:
    DefaultV1Recipe.register(_TYPES.ENTITY_EXTRACTOR, is_trainable=False)(_component)
