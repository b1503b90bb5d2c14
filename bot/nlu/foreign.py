"""What a message in another language is about: its telling words, in Turkish, for the service classifier.

A person answers such a message; the unit that the desk suggests to them comes from these words. The list beside this
module holds one matter a line: the Turkish words, a colon, and beginnings of words in English, German, Russian, Arabic
and a few others.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from bot.nlu.language_detector import language_of

HOME = Path(__file__).with_name("foreign_words.txt")
_WORD = re.compile(r"[^\W\d_]+")
_ARTICLES = ("ال", "وال", "بال", "لل")
_WHOLE = 4
"""Beginnings of fewer letters must be the whole word."""


@lru_cache(maxsize=1)
def _matters() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in HOME.read_text(encoding="utf-8").splitlines():
        turkish, _, beginnings = line.partition(": ")
        found |= dict.fromkeys(beginnings.split(), turkish)
    return found


def glossed(text: str) -> str:
    """The Turkish words for what a clean text in another language speaks of, in its order; empty for Turkish text."""
    if language_of(text) == "tr":
        return ""
    return " ".join(dict.fromkeys(filter(None, map(_matter, _WORD.findall(text.lower()[:1000])))))


def _matter(word: str) -> str | None:
    matters = _matters()
    for article in _ARTICLES:
        if word.startswith(article) and len(word) > len(article) + 2:
            word = word.removeprefix(article)
            break
    for size in range(len(word), 1, -1):
        turkish = matters.get(word[:size])
        if turkish and (size == len(word) or size >= _WHOLE or not word.isascii()):
            return turkish
    return None
