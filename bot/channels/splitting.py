"""Texts longer than Telegram takes, cut where a reader would pause."""

from __future__ import annotations

LIMIT = 4096  # UTF-16 code units: https://core.telegram.org/bots/api#sendmessage
_PAUSES = ("\n\n", "\n", ". ", " ")


def units(text: str) -> int:
    """The length as Telegram counts it: characters beyond the basic plane (most emoji) count twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def parts(text: str, limit: int = LIMIT) -> list[str]:
    """The text in parts of at most `limit` units, cut after a paragraph, a line, a sentence or a word if it has any."""
    found = []
    while units(text) > limit:
        longest = text[: _characters(text, limit)]
        cut = _pause(longest)
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [part for part in (*found, text) if part] or [text]


def _characters(text: str, limit: int) -> int:
    """How many characters fit into `limit` units."""
    count = 0
    for index, character in enumerate(text):
        count += 1 + (character > "\uffff")
        if count > limit:
            return index
    return len(text)


def _pause(text: str) -> int:
    """Where to cut: after the last pause of the strongest kind that lies in the text's second half."""
    for pause in _PAUSES:
        at = text.rfind(pause)
        if at >= len(text) // 2:
            return at + len(pause)
    return len(text)
