"""Normal forms, noise and restored letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.clauses import STRONG, clauses_of, letter_by_letter, listed
from bot.nlu.danger import danger_of
from bot.nlu.language_detector import language_of
from bot.nlu.noise import NOISES, spoil
from bot.nlu.normalisation import MAX_CHARS, clean, masked, normal
from bot.nlu.restorer import Restorer


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("ÇÖP ALINMADI", "çöp alınmadı"),
        ("COP ALINMADI", "çöp alınmadı"),
        ("Işıklar yanmıyor", "ISIKLAR YANMIYOR"),
        ("İstanbul", "i̇stanbul"),
        ("çöp\u200b alın\u00admadı", "çöp alınmadı"),
        ("Yazır’da", "Yazır'da"),
        ("çooook kötüüüü", "çok kötü"),
        ("1570 sk.", "1571 sokak."),
        ("ne\u00a0oldu\n\tböyle", "ne oldu böyle"),
        ("u\u0308c", "üc"),
    ],
)
def test_different_spellings_have_one_normal_form(written: str, same: str) -> None:
    assert normal(written) == normal(same)


@given(st.text(max_size=300))
def test_the_normal_form_is_lower_and_short_and_stays_the_same_when_cleaned(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert len(normal(text)) <= 4 * MAX_CHARS
    assert normal(text) == normal(text).strip()


@pytest.mark.parametrize("noise", NOISES)
def test_noise_is_the_same_for_the_same_seed(noise: str) -> None:
    text = "Sokağımızdaki çöpler üç gündür toplanmıyor, kokudan duramıyoruz"
    assert spoil(text, noise, 3) == spoil(text, noise, 3)
    assert spoil(text, noise, 3) or text == ""


@given(st.text(max_size=80), st.integers(0, 100))
def test_noise_takes_any_text(text: str, seed: int) -> None:
    for noise in NOISES:
        spoil(text, noise, seed)


def test_lost_letters_come_back_where_they_were_learnt() -> None:
    restorer = Restorer()
    restorer.fit(["çöp kamyonu geçmiyor", "çöp konteyneri taşmış", "köpekler çöpleri dağıtmış"] * 2)
    assert restorer.restore("COP KAMYONU GECMIYOR") == "çöp kamyonu geçmiyor"
    assert restorer.restore("Çöp kamyonu geçmiyor") == "çöp kamyonu geçmiyor"
    assert Restorer().restore("COP") == "cop"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("çöp alınmadı", "tr"),
        ("", "tr"),
        ("👍", "tr"),
        ("There is a big hole in the street", "en"),
        ("Wo kann ich die Steuer bezahlen", "de"),
        ("لا يوجد ماء", "ar"),
        ("где вода", "ru"),
        ("сміття не вивозять вже тиждень", "other"),
        ("آشغال‌های کوچه ما را جمع نمی‌کنند", "other"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("Mutfakta gaz kokusu var", "gas"),
        ("EV YANIYOR ÇABUK", "fire"),
        ("kopuk kablo yerde duruyor", "electricity"),
        ("artık yaşamak istemiyorum", "distress"),
        ("çocuk kuyuya düştü", "child"),
        ("sokak lambası yanıyor gündüz", None),
        ("çöp alınmadı", None),
    ],
)
def test_words_of_danger_choose_the_emergency_text(text: str, danger: str | None) -> None:
    assert danger_of(normal(text)) == danger


def test_a_strong_word_begins_a_new_clause() -> None:
    text = "Çöpler alınmadı BİR DE sokak lambası yanmıyor"
    bounds, gaps = clauses_of(letter_by_letter(text))
    assert [text[begin:end] for begin, end in bounds] == ["Çöpler alınmadı", " BİR DE sokak lambası yanmıyor"]
    assert gaps == [STRONG]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("elektrik yok sular kesik", ["elektrik yok", " sular kesik"]),
        ("salincak kopuk banklar kirik", ["salincak kopuk", " banklar kirik"]),
        ("çöp alınmadı yollar buz tutmuş", ["çöp alınmadı", " yollar buz tutmuş"]),
    ],
)
def test_what_may_be_a_predicate_ends_a_clause_without_a_sign(text: str, clauses: list[str]) -> None:
    bounds, _ = clauses_of(letter_by_letter(text))
    assert [text[begin:end] for begin, end in bounds] == clauses


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Gül Sokak: 1) lamba yanmıyor 2) köpekler geziyor", ["lamba yanmıyor", "köpekler geziyor"]),
        (
            "1. lamba yanmıyor\n2. çukur kapanmadı\n3. çöp alınmıyor",
            ["lamba yanmıyor", "çukur kapanmadı", "çöp alınmıyor"],
        ),
        ("- lamba yanmıyor\n- çukur kapanmadı", ["lamba yanmıyor", "çukur kapanmadı"]),
        ("Gül Sokak 1. kat 2. daire su akıyor", []),
        ("saat 1) gibi", []),
        ("çukur kapanmadı", []),
    ],
)
def test_a_list_that_the_writer_made_has_its_items(text: str, items: list[str]) -> None:
    assert [text[begin:end].strip() for begin, end in listed(text)] == items


@given(st.text())
def test_folding_letter_by_letter_keeps_every_place(text: str) -> None:
    assert len(letter_by_letter(text)) == len(text)


def test_names_of_places_are_levelled_and_landmarks_stay() -> None:
    text = "Yazır'da 1570 sokak no 5, okulun yanında"
    spans = [(0, 8, "neighbourhood"), (9, 19, "street"), (23, 24, "door_no"), (26, 41, "landmark")]
    assert normal(masked(text, spans)) == "yer_mah yer_sok no 00 , okulun yaninda"
