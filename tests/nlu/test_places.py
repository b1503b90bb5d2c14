"""Places in citizens' Turkish: what is found, what is not, and that no text breaks or slows it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import ROOT
from bot.municipality import load_municipality
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.place_extractor import PlaceExtractor
from bot.nlu.places import FoundPlaces, find_places

SELCUKLU = ROOT / "bot" / "municipalities" / "selcuklu.yml"
GAZETTEER = Gazetteer.of(load_municipality(SELCUKLU))


def found(text: str) -> FoundPlaces:
    return find_places(text, GAZETTEER)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("yazırdaki çöpler alınmadı", "Yazır"),
        ("HOCACİHANDA SU YOK", "Hocacihan"),
        ("HOCACIHAN MAH. SU YOK", "Hocacihan"),
        ("bosnahersekte lamba yanmıyor", "Bosna Hersek"),
        ("bosna herseğin arka tarafı karanlık", "Bosna Hersek"),
        ("parsana tarafı hep çamur", "Parsana"),
        ("kılınçarslanlıyız biz, çöp alınmıyor", "Kılınçarslan"),
        ("seyh samil mahallesinde kopek var", "Şeyh Şamil"),
        ("binkonutlr mah su kesik", "Binkonutlar"),
        ("selahattin eyyubi mahallesi karanlık", "Selahaddini Eyyubi"),
        ("musalla bağlarında rögar taştı", "Musalla Bağları"),
        ("Fatih Mahallesi'nde çukur var", "Fatih"),
        ("Dokuz mahallesine otobüs gelsin", "Dokuz"),
        ("Işıklar'daki park bakımsız", "Işıklar"),
        ("şeker mah süpürülmedi", "Şeker"),
        ("Selçuk mah 1174 sk", "Selçuk"),
        ("Fatih", "Fatih"),
        ("şeker", "Şeker"),
        ("Kılınçarslan olacak, pardon", "Kılınçarslan"),
        ("Yazır değil Bosna", "Bosna Hersek"),
        ("Sakarya'dan yeni taşındık, şimdi Buhara mahallesindeyiz", "Buhara"),
    ],
)
def test_a_neighbourhood_comes_back_by_its_official_name(text: str, name: str) -> None:
    place = found(text).place
    assert place.neighbourhood == name
    assert place.district == "Selçuklu"


@pytest.mark.parametrize(
    "text",
    [
        "Fatih Bey ile görüştüm",
        "dokuz gündür çöp alınmıyor",
        "ışıklar yanmıyor",
        "trafik ışıklarda bekliyorum",
        "şeker hastasıyım evde bakım istiyorum",
        "Cumhuriyet Bayramı kutlu olsun",
        "Selçuklu Belediyesi ne zaman açılıyor",
        "yazın sinekten durulmuyor",
        "yazık günah bu çocuklara",
        "saat dokuzda gürültü başladı",
        "bu arada lamba da sönük",
        "Fatih Camii önünde su birikti",
    ],
)
def test_a_name_that_means_something_else_is_no_neighbourhood(text: str) -> None:
    assert found(text).place.neighbourhood is None


@pytest.mark.parametrize(
    ("text", "street", "door"),
    [
        ("Gül Sokak 4'teki ağaç devrildi", "Gül Sokak", "4"),
        ("Feritpaşa, Kerkük Caddesi 31/4", "Kerkük Caddesi", "31/4"),
        ("Mevlana cad. no:12/A", "Mevlana Caddesi", "12/A"),
        ("15230 Sokak no 4 önü", "15230 Sokak", "4"),
        ("14. sokak çok karanlık", "14 Sokak", None),
        ("1570 sok baştan sona çukur", "1570 Sokak", None),
        ("yazir turgut ozal cad fiber kazdilar", "Turgut Özal Caddesi", None),
        ("yazır çam sokak 11", "Çam Sokak", "11"),
        ("Dr. Hulusi Baybal Caddesi üzerinde", "Dr. Hulusi Baybal Caddesi", None),
        ("Lavanta Sokak", "Lavanta Sokak", None),
        ("biz caddenin ortasından yürüyoruz", None, None),
        ("sokak degil caddeydi, yunus emre caddesi", "Yunus Emre Caddesi", None),
        ("Fatih Caddesi çok kirli", "Fatih Caddesi", None),
        ("Gül Sokak 3 gündür karanlık", "Gül Sokak", None),
        ("no 12 değil 21", None, "21"),
        ("no 7 deil 7/C", None, "7/C"),
        ("21 numaralı binanın önü", None, "21"),
        ("12 numaralı otobüs gelmedi", None, None),
        ("ana cadde üzerinde", None, None),
        ("bizim sokak lambası yanmıyor", None, None),
        ("sokağımızda köpek var", None, None),
        ("Sokak köpekleri saldırdı", None, None),
        ("kedi çöpü sokağa dağıtıyor", None, None),
        ("4'e bastım puan verdim", None, None),
        ("akşemsettinmah tunasokakta yol kapalı", "Tuna Sokak", None),
        ("1570sok no12 önü", "1570 Sokak", "12"),
        ("yazirda doruk skta yol cokmus", "Doruk Sokak", None),
        ("Defne Sk. No 30 D 4", "Defne Sokak", "30"),
        ("papatya sokak 6 kat 3 kapi acik", "Papatya Sokak", "6"),
        ("leylak sokak 8de su yok", "Leylak Sokak", "8"),
        ("leylak sokakta 8de toplanalim", "Leylak Sokak", None),
        ("sumbul sokak 4 katli bina", "Sümbül Sokak", None),
        ("cadde tarafinda fiskiye calismiyo sultan abdulhamit caddesi 55in onu", "Sultan Abdülhamit Caddesi", "55"),
        ("18 yazmisim 81 olacakti", None, "81"),
        ("3x+7=22 kac eder", None, None),
        ("colakoglu sokak 19", "Çolakoğlu Sokak", "19"),
        ("Defne Sokak no 12 D", "Defne Sokak", "12/D"),
        ("arasokakta kaza oldu", None, None),
    ],
)
def test_a_street_needs_a_name_or_a_number_and_a_door_no_unit(text: str, street: str | None, door: str | None) -> None:
    place = found(text).place
    assert (place.street, place.door_no) == (street, door)


@pytest.mark.parametrize(
    ("text", "landmark"),
    [
        ("A101'in önünde", "A101"),
        ("okulun önünde", "okul"),
        ("okul önüne kasis şart", "okul"),
        ("kule sitenin önünde kedi var", "Kulesite"),
        ("Sille'de Taş Hamam'ın arkası", "Taş Hamam"),
        ("kelebekler vadisi parkında kamelya kırık", "Kelebekler Vadisi Parkı"),
        ("Ulu Cami yanı", "Ulu Cami"),
        ("taksi durağının karşısı", "taksi durağı"),
        ("evimizin önü hep çamur", None),
        ("park çok bakımsız", None),
    ],
)
def test_a_landmark_comes_without_its_ending_and_position(text: str, landmark: str | None) -> None:
    assert found(text).place.landmark == landmark


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("Kadıköy Belediyesi ilgilenmiyor", "Kadıköy"),
        ("İSKİ faturam yanlış", "İSKİ"),
        ("EGO otobüsleri hep geç", "EGO"),
        ("Antalya Kepez'de park karanlık", "Kepez"),
        ("Mersin Yenişehir'de çöp toplanmıyor", "Yenişehir"),
        ("Gödene'de köpek var", "Meram"),
        ("Trendyol kargom gelmedi, müşteri hizmetleri ilgilenmiyor", "firm"),
        ("İstanbul'dan yeni taşındık", None),
        ("Ankara Caddesi çok kirli", None),
        ("Antalya'daki gibi bir park istiyoruz", None),
        ("Yazır'da su yok, Ankara'da böyle değildi", None),
        ("çöpler alınmadı", None),
    ],
)
def test_only_a_place_spoken_of_is_outside(text: str, outside: str | None) -> None:
    assert found(text).outside == outside


def test_what_is_denied_is_told() -> None:
    assert found("Yazır değil Bosna").negated == ("Yazır",)
    assert found("no 12 değil 21").negated == ("12",)
    assert found("Menekşe sokak değil Menekşe caddesi").negated == ("Menekşe Sokak",)


def test_several_possible_neighbourhoods_are_candidates() -> None:
    assert set(found("pınarbaşı mahallesindeyim").candidates) == {"Aşağıpınarbaşı", "Yukarıpınarbaşı"}
    either = found("parsana mı yazır mı bilmiyorum, stadyumun arkası")
    assert either.place.neighbourhood is None
    assert set(either.candidates) == {"Parsana", "Yazır"}


def test_a_neighbourhood_of_no_list_is_unlisted() -> None:
    place = found("Duraliler mah. otobüs gelmiyor")
    assert (place.place.neighbourhood, place.unlisted) == (None, "Duraliler")


def test_spans_cover_whole_words_of_the_text() -> None:
    text = "Hocacihan Mahallesi'nde Gül Sokak no 12/A, okulun önünde"
    spans = {span.entity: text[span.start : span.end] for span in found(text).spans}
    assert spans == {
        "neighbourhood": "Hocacihan Mahallesi'nde", "street": "Gül Sokak", "door_no": "12/A", "landmark": "okulun",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "😀", "مرحبا شارع", "İ" * 30, "'", "12/", "no", "mah", "sokak", "' ' '"]
)
def test_strange_texts_say_nothing(text: str) -> None:
    assert found(text).place.neighbourhood is None


_PIECES = ["sokak", "cadde", "mah", "no", "12", "12/A", "yazır", "değil", "okul", "önü", "'", "/", ".", "İ", "ile"]
_WORDS = st.sampled_from(_PIECES)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.lists(_WORDS, max_size=40).map(" ".join))
def test_no_text_raises_and_spans_lie_inside(text: str) -> None:
    for span in found(text).spans:
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize(
    "piece", ["gül sokak 5 ", "fatih ", "'a", "12/", "a", "parkı ", "mah ", "no 12 değil 21 ", "2026-"]
)
def test_long_texts_take_a_time_that_grows_with_their_length(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    begun = time.process_time()
    found(text)
    assert time.process_time() - begun < 1.0


def test_the_component_adds_entities_and_the_place() -> None:
    message = _Message({"text": "Yazır mah. Gül Sokak 5", "understanding": {"language": "tr"}})
    PlaceExtractor.create({"municipality": str(SELCUKLU)}, None, None, None).process([message])
    understanding = message.get("understanding")
    assert understanding["language"] == "tr"
    assert understanding["place"]["street"] == "Gül Sokak"
    assert [entity["entity"] for entity in message.get("entities")] == ["neighbourhood", "street", "door_no"]


class _Message:
    """As much of Rasa's Message as components use; importing Rasa's brings TensorFlow."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def get(self, name: str) -> Any:
        return self.data.get(name)

    def set(self, name: str, value: Any, add_to_output: bool = False) -> None:
        self.data[name] = value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("buharayada bir yıkama aracı gelsin", "Buhara"),
        ("hacıkaymktaki parkta salıncak kopuk", "Hacıkaymak"),
        ("cenaze yarın hocacihandan kalkacak, taziyeye gelenlere çadır lazım", "Hocacihan"),
        ("kar kürenmedi çöp de alınmadı, sızma", "Sızma"),
    ],
)
def test_haste_hides_no_neighbourhood(text: str, name: str) -> None:
    assert found(text).place.neighbourhood == name
