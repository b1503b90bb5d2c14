"""Finds the information entry that answers a question: nearest of its example questions, by characters and words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.domain.understanding import Scored
from bot.municipality import InformationEntry
from bot.turkish import fold

SAME_SERVICE = 0.08
"""What an entry gains that concerns the service which the question was understood to be about."""


class InformationFinder:
    """`find` gives entries, best first, with the cosine of the nearest example question (0 to 1.2)."""

    def __init__(self, entries: Sequence[InformationEntry]) -> None:
        pairs = [(entry.id, fold(question)) for entry in entries for question in (entry.topic, *entry.questions)]
        self._ids = [pair[0] for pair in pairs]
        self._services = {entry.id: frozenset(entry.services) for entry in entries}
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        self._matrix = self._vectorizer.fit_transform([pair[1] for pair in pairs]) if pairs else None

    def find(self, text: str, service: str | None = None) -> tuple[Scored, ...]:
        """The five best entries; () where there are none. Entries of `service` come first among near ones."""
        if self._matrix is None or not text.strip():
            return ()
        scores = (self._matrix @ self._vectorizer.transform([fold(text[:500])]).T).toarray().ravel()
        if service is not None:
            scores += SAME_SERVICE * np.array([service in self._services[entry] for entry in self._ids])
        best: dict[str, float] = {}
        for index in np.argsort(-scores)[:40]:
            best.setdefault(self._ids[index], float(scores[index]))
        return tuple(Scored(entry, score) for entry, score in list(best.items())[:5])
