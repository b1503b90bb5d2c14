"""Word lists as one writes them: separated by spaces."""

from __future__ import annotations


def word_list(text: str) -> tuple[str, ...]:
    """The words in their order."""
    return tuple(text.split())


def word_set(text: str) -> frozenset[str]:
    """The words as a set."""
    return frozenset(text.split())
