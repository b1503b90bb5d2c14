"""Words of danger, and what only sounds like it."""

from __future__ import annotations

import pytest

from bot.nlu.danger import danger_of


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("artik yasamak istemiyorum", "distress"),
        ("yasamak istemiyorum", "distress"),
        ("bu sikintiyi bir daha yasamak istemiyorum", None),
        ("artik kimseye yuk olmak istemiyorum, her sey bitsin", "distress"),
        ("kimseye yuk olmak istemiyorum, evde bakim istiyorum", None),
        ("dayanacak gucum yok. bu gece bitiriyorum", "distress"),
        ("vergi borcumu bu gece bitiriyorum", None),
        ("apartmanda gaz kokusu var", "gas"),
        ("direkten kablo sarkiyor", "electricity"),
        ("komsu cocugunu dovuyor", "child"),
        ("cop alinmadi", None),
    ],
)
def test_the_emergency_text_follows_the_words(text: str, danger: str | None) -> None:
    assert danger_of(text) == danger
