"""UrgencyDetector: danger to life or limb right now, by recall first."""

from __future__ import annotations

import re

from rasa.shared.nlu.training_data.message import Message

from bot.domain.understanding import Act
from bot.nlu.danger import danger_of
from bot.nlu.detector import NO, YES, Detector
from bot.nlu.keys import NORMAL, UNDERSTANDING, Labels, put

_ALWAYS = frozenset({"distress"})
_THREATENED = re.compile(
    r"\b(?:seni|beni|bizi|annemi|kardesimi|kizimi)\b.{0,20}\b(?:yasatma|oldur(?:ec|uyor|mek)|kesec|vurac|bogac|yakac|dovuyor)"
    r"|\buzaklastirma karar.{0,80}\b(?:kapi|gel|tehdit|bekl)"
    r"|\bnefes (?:alami|alamay|almiyor)|\bbayil(?:di|mis|iyor)|\bkan(?:lar)? (?:akiyor|kaybed|revan)|\bcan cekis"
    r"|\b(?:bicak|silah)\w* (?:cek(?:ti|mis|iyor)|salliyor|dayad|tuttu|var elinde)|\brehin\b|\benkaz alt"
)
"""Somebody's life is threatened or fails."""


_CALM = frozenset({Act.GREET, Act.GOODBYE, Act.AFFIRM, Act.DENY, Act.SKIP, Act.RATE, Act.OUT_OF_SCOPE})
"""Whoever does this, with at least `_CLEARLY`, tells of no danger; a short turn has few words to judge by."""
_CLEARLY = 0.5


class UrgencyDetector(Detector):
    """Puts `urgent` (the detector, an emergency act, words of distress) and `danger`: which emergency text applies."""

    def label(self, labels: Labels) -> str | None:
        return YES if labels.urgent or labels.act == Act.EMERGENCY else NO

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            danger = danger_of(message.get(NORMAL) or "")
            acts = (message.get(UNDERSTANDING) or {}).get("acts") or [(None, 0.0)]
            urgent = (
                (self.flagged(message) and not (acts[0][0] in _CALM and acts[0][1] >= _CLEARLY))
                or danger in _ALWAYS
                or _THREATENED.search(message.get(NORMAL) or "")
                or acts[0][0] == Act.EMERGENCY
            )
            put(message, urgent=bool(urgent), danger=(danger or "general") if urgent else None)
        return messages
