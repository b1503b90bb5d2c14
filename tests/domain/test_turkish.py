"""Suffixes, letters and dates as a Turk writes them."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.turkish import Common, Person, TextFormatter, asked, fold, lower, shorten, suffix, upper


@pytest.mark.parametrize(
    ("name", "case", "wanted"),
    [
        ("Yazır", "loc", "Yazır'da"),
        ("Sille", "loc", "Sille'de"),
        ("Parsana", "gen", "Parsana'nın"),
        ("Nişantaş", "loc", "Nişantaş'ta"),
        ("Nişantaş", "abl", "Nişantaş'tan"),
        ("Bosna Hersek", "gen", "Bosna Hersek'in"),
        ("Bosna Hersek", "loc", "Bosna Hersek'te"),
        ("Horozluhan", "dat", "Horozluhan'a"),
        ("Tatköy", "dat", "Tatköy'e"),
        ("Sancak", "acc", "Sancak'ı"),
        ("Yazır Mahallesi", "loc", "Yazır Mahallesi'nde"),
        ("Gül Caddesi", "abl", "Gül Caddesi'nden"),
        ("Gül Sokağı", "dat", "Gül Sokağı'na"),
        ("1570 Sokak", "loc", "1570 Sokak'ta"),
        ("Nalçacı Bulvarı", "gen", "Nalçacı Bulvarı'nın"),
        ("Zafer Meydanı", "acc", "Zafer Meydanı'nı"),
        ("Kültür Parkı", "dat", "Kültür Parkı'na"),
        ("Musalla Bağları", "dat", "Musalla Bağları'na"),
        ("Musalla Bağları", "loc", "Musalla Bağları'nda"),
        ("Aşağıpınarbaşı", "loc", "Aşağıpınarbaşı'nda"),
        ("Hanaybaşı", "dat", "Hanaybaşı'na"),
        ("Eminönü", "abl", "Eminönü'nden"),
        ("Çaltı", "dat", "Çaltı'ya"),
        ("Ardıçlı", "dat", "Ardıçlı'ya"),
        ("Kızılcakuyu", "gen", "Kızılcakuyu'nun"),
        ("Kızılcakuyu", "loc", "Kızılcakuyu'da"),
        ("Hüsamettin Çelebi", "dat", "Hüsamettin Çelebi'ye"),
        ("Selahaddini Eyyubi", "loc", "Selahaddini Eyyubi'de"),
        ("Büyükkayacıkosb", "dat", "Büyükkayacıkosb'ye"),
        ("Yazır Mahallesi, Osmanlı Caddesi No: 12", "loc", "Yazır Mahallesi, Osmanlı Caddesi No: 12'de"),
        ("112", "acc", "112'yi"),
        ("186", "acc", "186'yı"),
        ("187", "acc", "187'yi"),
        ("2026", "loc", "2026'da"),
        ("Dumlupınar", "gen", "Dumlupınar'ın"),
        ("Kosova", "dat", "Kosova'ya"),
        ("Güvenç", "loc", "Güvenç'te"),
        ("Kınık", "gen", "Kınık'ın"),
    ],
)
def test_places_and_numbers_take_their_suffixes_with_an_apostrophe(name: str, case: str, wanted: str) -> None:
    assert suffix(name, case) == wanted


@pytest.mark.parametrize(
    ("name", "case", "wanted"),
    [
        ("Fen İşleri Müdürlüğü", "dat", "Fen İşleri Müdürlüğüne"),
        ("Temizlik İşleri Müdürlüğü", "gen", "Temizlik İşleri Müdürlüğünün"),
        ("Zabıta Müdürlüğü", "abl", "Zabıta Müdürlüğünden"),
        ("Selçuklu Belediyesi", "gen", "Selçuklu Belediyesinin"),
        ("Konya Büyükşehir Belediyesi", "dat", "Konya Büyükşehir Belediyesine"),
        ("Meram Belediyesi", "loc", "Meram Belediyesinde"),
        ("Konya Valiliği", "dat", "Konya Valiliğine"),
        ("Konya Valiliği", "abl", "Konya Valiliğinden"),
        ("Selçuklu Kaymakamlığı", "dat", "Selçuklu Kaymakamlığına"),
        ("Sille Kültür Merkezi", "dat", "Sille Kültür Merkezine"),
        ("Sille Kültür Merkezi", "loc", "Sille Kültür Merkezinde"),
        ("Konya İl Özel İdaresi", "dat", "Konya İl Özel İdaresine"),
        ("Park ve Bahçeler Dairesi Başkanlığı", "dat", "Park ve Bahçeler Dairesi Başkanlığına"),
        ("Şehir Hastanesi", "acc", "Şehir Hastanesini"),
        ("Selçuk Üniversitesi", "gen", "Selçuk Üniversitesinin"),
        ("Belediye Meclisi", "dat", "Belediye Meclisine"),
        ("Türk Dil Kurumu", "abl", "Türk Dil Kurumundan"),
    ],
)
def test_names_of_institutions_take_no_apostrophe(name: str, case: str, wanted: str) -> None:
    assert suffix(name, case) == wanted


@pytest.mark.parametrize(
    ("name", "case", "wanted"),
    [
        ("KOSKİ", "dat", "KOSKİ'ye"),
        ("KOSKİ (su ve kanalizasyon)", "gen", "KOSKİ'nin"),
        ("MEDAŞ (elektrik dağıtım)", "dat", "MEDAŞ'a"),
        ("MEDAŞ", "loc", "MEDAŞ'ta"),
        ("Enerya (doğal gaz)", "dat", "Enerya'ya"),
        ("CİMER", "dat", "CİMER'e"),
        ("DSİ", "gen", "DSİ'nin"),
        ("PTT", "dat", "PTT'ye"),
        ("SMS", "acc", "SMS'i"),
        ("Konya OSB", "loc", "Konya OSB'de"),
    ],
)
def test_abbreviations_take_an_apostrophe_and_no_explanation(name: str, case: str, wanted: str) -> None:
    assert suffix(name, case) == wanted


@pytest.mark.parametrize(
    ("name", "case", "wanted"),
    [
        ("Çöp konteyneri", "acc", "Çöp konteynerini"),
        ("Çöp konteyneri (talep, dolu, kırık)", "dat", "Çöp konteynerine"),
        ("Sokak lambası", "acc", "Sokak lambasını"),
        ("Su kesintisi", "gen", "Su kesintisinin"),
        ("Elektrik kesintisi", "dat", "Elektrik kesintisine"),
        ("Yeni park talebi", "acc", "Yeni park talebini"),
        ("Hava kirliliği", "abl", "Hava kirliliğinden"),
        ("Ulaşım kartı", "acc", "Ulaşım kartını"),
        ("Çevre temizlik vergisi", "acc", "Çevre temizlik vergisini"),
        ("Ölü hayvan alınması", "acc", "Ölü hayvan alınmasını"),
        ("Emlak ve kira yardımı", "dat", "Emlak ve kira yardımına"),
        ("Nikâh işlemleri", "loc", "Nikâh işlemlerinde"),
        ("Erik ağacı", "acc", "Erik ağacını"),
        ("Seyyar satıcı ve dilenci", "acc", "Seyyar satıcı ve dilenciyi"),
        ("Hız kesici", "dat", "Hız kesiciye"),
        ("Kaçak yapı", "acc", "Kaçak yapıyı"),
        ("Yaşlı ve engelli", "dat", "Yaşlı ve engelliye"),
        ("Uzun kesinti", "acc", "Uzun kesintiyi"),
        ("Çöp toplama", "acc", "Çöp toplamayı"),
        ("Saldırgan köpek", "acc", "Saldırgan köpeği"),
        ("Saldırgan köpek", "loc", "Saldırgan köpekte"),
        ("Hurda araç", "gen", "Hurda aracın"),
        ("Hatalı park ve otopark", "dat", "Hatalı park ve otoparka"),
        ("Doğal gaz", "acc", "Doğal gazı"),
        ("Gürültü", "dat", "Gürültüye"),
        ("Nikâh", "acc", "Nikâhı"),
        ("İskân", "dat", "İskâna"),
        ("Belediye web sitesi, SMS", "dat", "Belediye web sitesi, SMS'e"),
    ],
)
def test_common_nouns_take_no_apostrophe(name: str, case: str, wanted: str) -> None:
    assert suffix(Common(name), case) == wanted


@pytest.mark.parametrize(
    ("name", "case", "wanted"),
    [
        ("Ayşe Yılmaz", "dat", "Ayşe Yılmaz'a"),
        ("Ali Kaya", "gen", "Ali Kaya'nın"),
        ("Mehmet Demirci", "dat", "Mehmet Demirci'ye"),
        ("Fatma Kınalı", "loc", "Fatma Kınalı'da"),
        ("Zeynep Hacıoğlu", "dat", "Zeynep Hacıoğlu'na"),
        ("Elif", "acc", "Elif'i"),
    ],
)
def test_peoples_names_are_no_possessives(name: str, case: str, wanted: str) -> None:
    assert suffix(Person(name), case) == wanted


def test_a_lower_case_name_is_a_common_noun_without_being_told() -> None:
    assert suffix("paylaştığınız konum", "loc") == "paylaştığınız konumda"
    assert suffix("Çöp konteyneri", "acc") == "Çöp konteynerini"


def test_lower_and_upper_know_the_dotless_i() -> None:
    assert lower("IŞIKLAR İHSANİYE") == "ışıklar ihsaniye"
    assert upper("ışıklar ihsaniye") == "IŞIKLAR İHSANİYE"


def test_folded_text_is_plain_ascii() -> None:
    assert fold("ÇÖP ŞİKÂYETİ Iğdır") == "cop sikayeti igdir"


def test_dates_are_written_the_turkish_way() -> None:
    moment = datetime(2026, 6, 8, 9, 5)
    assert TextFormatter().format("{m:day}, {m:clock}", m=moment) == "8 Haziran Pazartesi, 09.05"


def test_a_shortened_text_ends_at_a_word() -> None:
    assert shorten("bir iki üç dört", 10) == "bir iki…"


def test_the_particle_of_a_question_harmonises_and_stands_apart() -> None:
    names = ("Yazır", "Sille", "Bosna", "Dokuz", "Sarayköy")
    assert [asked(name) for name in names] == ["Yazır mı", "Sille mi", "Bosna mı", "Dokuz mu", "Sarayköy mü"]
