"""Wishes about one's personal data (KVKK) in folded words. Pure."""

from __future__ import annotations

import re

from bot.service.dialogue.answers import phrases

_DATA = r"\bveri(?:ler(?:i\w*|e|den|le)?|m|mi|min|miz\w*)?\b"
"""Data as a noun: not 'verildi', 'verilerek', 'verin'."""
_MINE = rf"{_DATA}|\bkisisel bilgi\w*|\bhakkimda\w*\b.{{0,30}}\b(?:bilgi|kayit)\w*|\bkvkk\b"
_SUFFIX = r"in|iniz|insin|inmesi|inmesini|inmeli|inebil\w*|er|ebil\w*|mek|meniz\w*|me|mesi\w*|dir\w*|sene\w*"
_WIPE = rf"\bsil(?:{_SUFFIX})?\b|\bimha\b|\byok ed\w+"
"""To erase as a wish: not 'silindi', 'silinmiş', 'siliniyor'."""
_ERASE = phrases(rf"({_MINE}).{{0,40}}({_WIPE})", rf"({_WIPE}).{{0,40}}({_MINE})", r"\bunutulma hakki")
_GIVE = r"\bver(?:in|iniz|ir)?\b|\bgonder(?:in|iniz|ir|meniz\w*|ilmesi\w*)?\b|\bdok\w*|\bkopya|\bgoster|\bgormek"
_COPY = phrases(
    rf"(?:{_DATA}|\bkisisel bilgi\w*).{{0,40}}(?:{_GIVE})",
    rf"{_DATA} istiyorum",
    r"\bhakkimda (?:ne|hangi)\b.{0,40}\b(?:tut|sakl|kayit)",
)
_BY_NAME = re.compile(
    rf"\bkvkk\b|\bkisisel (?:veri|bilgi)|\bunutulma hakki"
    rf"|\bhakkimda\w*\b.{{0,30}}{_DATA}|\bverilerimin\b.{{0,20}}\bkopya"
)
"""Words by which a wish is meant whatever else seems to be told."""


def wants_erasure(text: str, told: bool) -> bool:
    """Whether one's data are to be erased; where a problem is `told`, only if the law or 'personal' is named."""
    return bool(_ERASE.search(text)) and _meant(text, told)


def wants_copy(text: str, told: bool) -> bool:
    """Whether one's data are to be handed out; `told` as above."""
    return bool(_COPY.search(text)) and _meant(text, told)


def _meant(text: str, told: bool) -> bool:
    return not told or bool(_BY_NAME.search(text))
