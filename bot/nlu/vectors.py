"""Sparse vectors of single messages and TF-IDF over n-grams, without scikit-learn: parsing must start and run fast."""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.parallel import in_parts

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class SparseVector:
    """The entries that are not zero: `indices` int32 (n,), `values` float32 (n,), of `columns` in all."""

    indices: NDArray[np.int32]
    values: Floats
    columns: int

    def fingerprint(self) -> str:
        """For Rasa's cache, which would otherwise print and hash every number."""
        return f"{zlib.crc32(self.indices.tobytes()):x}-{zlib.crc32(self.values.tobytes()):x}"


def character_ngrams(text: str, lowest: int, highest: int) -> list[str]:
    """All n-grams of each word, padded with one space at both ends (as scikit-learn's `char_wb`)."""
    found: list[str] = []
    for word in text.split():
        padded = f" {word} "
        length = len(padded)
        for size in range(lowest, min(highest, length) + 1):
            found.extend([padded[start : start + size] for start in range(length - size + 1)])
    return found


STEM = 5
"""Turkish words cut after five letters are about as good as stems (Can et al. 2008, "Information retrieval on Turkish
texts")."""
_WORD = re.compile(r"\w+")


def stem_ngrams(text: str, lowest: int, highest: int) -> list[str]:
    """n-grams of words cut after five letters, and how the text begins, ends and how long it is (for the acts)."""
    whole = _WORD.findall(text)
    words = [word[:STEM] for word in whole]
    found = list(words) if lowest == 1 else []
    for size in range(max(2, lowest), highest + 1):
        found.extend([" ".join(words[start : start + size]) for start in range(len(words) - size + 1)])
    return found + _edges(whole) if whole else found


def cut_words(text: str, shortest: int, longest: int) -> list[str]:
    """Words cut after `shortest` … `longest` letters: ways of stemming that are coarser or finer than `STEM`."""
    words = _WORD.findall(text)
    return [word[:size] for size in range(shortest, longest + 1) for word in words]


def _edges(words: list[str]) -> list[str]:
    last = [word[-4:] for word in words[-2:]]
    return [
        f"^{words[0][:STEM]}",
        f"^{' '.join(word[:STEM] for word in words[:2])}",
        f"${words[-1]}",
        f"${words[-1][-3:]}",
        f"${' '.join(last)}",
        f"#{min(len(words) // 3, 8)}",
    ]


class TfIdf:
    """TF-IDF with sublinear term frequency and unit length over one kind of n-gram.

    `begin` is the first column; columns are [begin, begin + size). Unknown n-grams are left out.
    """

    def __init__(self, ngrams: Callable[[str, int, int], list[str]], lowest: int, highest: int) -> None:
        self._ngrams, self._lowest, self._highest = ngrams, lowest, highest
        self.vocabulary: dict[str, int] = {}
        self.idf: Floats = np.zeros(0, dtype=np.float32)

    @property
    def size(self) -> int:
        return len(self.vocabulary)

    def fit(self, texts: Sequence[str], min_count: int) -> None:
        """Learn vocabulary and weights; n-grams in fewer than `min_count` texts are dropped."""
        counts: Counter[str] = Counter()
        for part in in_parts(lambda some: [self._counted(some)], texts):
            counts.update(part)
        kept = sorted(term for term, count in counts.items() if count >= min_count)
        self.vocabulary = {term: index for index, term in enumerate(kept)}
        frequency = np.array([counts[term] for term in kept], dtype=np.float32)
        self.idf = (np.log((1 + len(texts)) / (1 + frequency)) + 1).astype(np.float32)

    def _counted(self, texts: Sequence[str]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(self._ngrams(text, self._lowest, self._highest)))
        return counts

    def transform(self, text: str, unit: bool = True) -> SparseVector:
        vocabulary = self.vocabulary
        counts: Counter[int] = Counter(
            [vocabulary[term] for term in self._ngrams(text, self._lowest, self._highest) if term in vocabulary]
        )
        indices = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(values)) * self.idf[indices]
        norm = float(np.sqrt(np.dot(values, values))) if unit else 0.0
        return SparseVector(indices, values / norm if norm else values, self.size)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(list(self.vocabulary), ensure_ascii=False), encoding="utf-8")
        np.save(path.with_suffix(".npy"), self.idf)

    def read(self, path: Path) -> None:
        terms: list[str] = json.loads(path.read_text(encoding="utf-8"))
        self.vocabulary = {term: index for index, term in enumerate(terms)}
        self.idf = np.load(path.with_suffix(".npy"))
