"""How long a text is for networks that weigh characters."""

from __future__ import annotations

import re
import unicodedata

LINK_WEIGHT, EMOJI_WEIGHT, WIDE_WEIGHT = 23, 2, 2
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_REST = r"(?::\d+)?(?:[/?#](?:\S*[\w/=#+&-])?)?"  # what ends a sentence is not the link's
LINK = re.compile(
    rf"https?://[\w-]+(?:\.[\w-]+)*{_REST}"
    rf"|(?<![\w@./-])(?:[\w-]+\.)+(?:tr|com|net|org|gov|edu|info|io|me|co|biz|app|dev|eu|ly|tv|istanbul|online|xyz)\b{_REST}",
    re.IGNORECASE,
)
"""Addresses as X recognises them, with https:// or without."""
_PICTURE = r"[\U0001F000-\U0001FAFF\u2300-\u23FF\u2600-\u27BF\u2B00-\u2BFF\u3030\u303D\u3297\u3299]"
_EMOJI = re.compile(
    r"[\U0001F1E6-\U0001F1FF]{2}"  # flags
    r"|[0-9#*]\uFE0F?\u20E3"  # keycaps
    r"|[\u00A9\u00AE\u203C\u2049\u2122\u2139\u2190-\u21FF\u25A0-\u25FF\u2934\u2935]\uFE0F"  # letters as pictures
    rf"|{_PICTURE}[\uFE0F\U0001F3FB-\U0001F3FF]*(?:\u200D{_PICTURE}[\uFE0F\U0001F3FB-\U0001F3FF]*)*"
)


def weight(text: str) -> int:
    """The length as X counts it: a link 23, an emoji 2, other writings 2, ours 1.

    Source: https://docs.x.com/fundamentals/counting-characters
    """
    text = unicodedata.normalize("NFC", text)
    text, links = LINK.subn("", text)
    text, emoji = _EMOJI.subn("", text)
    own = sum(1 if any(low <= ord(c) <= high for low, high in _LIGHT) else WIDE_WEIGHT for c in text)
    return own + links * LINK_WEIGHT + emoji * EMOJI_WEIGHT
