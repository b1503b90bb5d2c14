"""What tells nothing is no problem, and is not understood."""

from __future__ import annotations

import pytest

from bot.nlu.normalisation import normal
from bot.nlu.telling import is_mash, telling


@pytest.mark.parametrize(
    "text",
    [
        "lkjlkj mnbmnb",
        "asdkjh qweqwe zxc",
        "vbnvbn ghjghj",
        "qwerty",
        "tyu fgh",
        "bnm cxz",
        "lmno",
        "kajshd lkasjd qowieu mxncbv jfhgq alskd gqpw",
    ],
)
def test_keys_pressed_at_random_are_no_words(text: str) -> None:
    assert is_mash(normal(text))


@pytest.mark.parametrize(
    "text",
    [
        "slm nbr",
        "whatsapp hattı var mı",
        "çp toplnmıyr",
        "Türkçe",
        "",
        "123",
        "tşk",
        "yrdm edn ltfn",
        "dede",
        "ders",
        "kmse glmdi sbahtn beri bklyrz cp alnmdi",
    ],
)
def test_haste_is_no_mash(text: str) -> None:
    assert not is_mash(normal(text))


@pytest.mark.parametrize(
    ("text", "words"), [("bizim sokakta", 0), ("bizim sokakta çukur", 1), ("lütfen bakın", 0), ("", 0)]
)
def test_only_words_beyond_the_place_tell(text: str, words: int) -> None:
    assert telling(normal(text)) == words
