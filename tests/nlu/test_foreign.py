"""What another language speaks of is told in Turkish, so that the right unit is suggested."""

from __future__ import annotations

import pytest

from bot.nlu.foreign import glossed


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("There are stray dogs in our street", "köpek"),
        ("Der Müll in unserer Straße ist nicht abgeholt", "çöp"),
        ("У нас второй день нет воды", "su"),
        ("الكلاب الضالة تهاجم الأطفال", "köpek"),
        ("The streetlight in front of our house is broken", "sokak lambası"),
    ],
)
def test_the_matter_is_told_in_turkish(text: str, matter: str) -> None:
    assert matter in glossed(text)


@pytest.mark.parametrize("text", ["park lambası yanmıyor", "", "otobüs gelmedi", "su yok", "12345"])
def test_turkish_text_is_left_alone(text: str) -> None:
    assert glossed(text) == ""
