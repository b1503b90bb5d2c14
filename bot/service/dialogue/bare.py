"""A thing named without a verb ("çukur", "su kesintisi") is a report of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.domain.understanding import Act, Understanding

MOST_WORDS = 3
DOUBTFUL = 0.6
"""Below this confidence the act of so short a text says little."""
NAMED = 0.9


def understand(parse: Callable[[str], Understanding], text: str) -> Understanding:
    """The text's understanding; pure. A bare name of a thing is read as "… var" (there is …)."""
    u = parse(text)
    bare = len(text.split()) <= MOST_WORDS and u.act_confidence < DOUBTFUL and u.act is not Act.REPORT
    if not bare or u.tracking_no or u.rating is not None:
        return u
    told = u if u.problems else parse(f"{text.strip(' .!?')} var")
    if told.service_confidence < NAMED:
        return u
    return replace(u, act=Act.REPORT, act_confidence=told.service_confidence, problems=told.problems[:1])
