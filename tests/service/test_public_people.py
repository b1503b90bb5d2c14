"""Third people and homes are kept out of public answers; what a city says every day passes."""

from __future__ import annotations

import pytest

from bot.service.public_text import public_problem
from tests.support import selcuklu

TOWN = selcuklu()


@pytest.mark.parametrize(
    "text",
    [
        "Konteyner kaldırıldı, Hasan Bey'e bilgi verildi.",
        "Ekibimiz Nurten Hanım ile görüştü.",
        "hasan beye bilgi verildi",
        "Komşunuz Ayşe Yılmaz da bildirmişti.",
        "komşum Ayşe'nin dediği gibi",
        "Sayın Mehmet Kaya, ekibimiz yolda.",
        "Sayın Kaya, ekibimiz yolda.",
        "Ayşe Yılmaz adına kayıt açıldı.",
        "Merhaba, bildirimi yapan Ali Veli Demir'e dönüş yapıldı.",
        "MUSTAFA DEMİR'in dilekçesi işleme alındı",
        "Muhtar Ahmet ile görüşüldü",
        "Oğlunuz Kerem'in kaydı yapıldı",
        "Dr. Zeynep Aksoy hastayı gördü",
    ],
)
def test_somebody_s_name_is_refused(text: str) -> None:
    assert public_problem(text, TOWN) == "name"


@pytest.mark.parametrize(
    "text",
    [
        "A blok daire 5'e ekip yönlendirildi.",
        "Daire no: 12 için kayıt açıldı",
        "7 numaralı daireye gidildi",
        "B blok önündeki çöpler alındı",
        "Blok 3'teki asansör",
        "3. kattaki gürültü için zabıta yolda",
        "Kat:4 D:9",
        "5. daireden su sızıyor",
    ],
)
def test_a_home_is_refused(text: str) -> None:
    assert public_problem(text, TOWN) == "address"


@pytest.mark.parametrize(
    "text",
    [
        "Sayın hemşehrimiz, bildiriminizi aldık.",
        "Sayın Hemşehrimiz, Sayın Vatandaşlarımız, bildiriminiz için teşekkürler.",
        "Sayın Selçuklulular, çalışmamız sürüyor.",
        "Sayın Başkanımız yarın mahallenizde olacak.",
        "Belediye Başkanımız Ahmet Pekyatırmacı yarın Bosna Hersek'te esnafı ziyaret edecek.",
        "Bakan Murat Kurum'un katılımıyla açılış yapıldı.",
        "Mehmet Akif Mahallesi için bildiriminizi aldık.",
        "Mehmet Akif'te ekiplerimiz çalışıyor.",
        "Hüsamettin Çelebi bildiriminiz bize ulaştı.",
        "Merhaba, Fatih için yazdığınızı gördük.",
        "Mustafa Kemal Atatürk'ü saygıyla anıyoruz.",
        "Yunus Emre Kültür Merkezi'nde bu akşam konser var.",
        "Ahmet Hamdi Tanpınar Kütüphanesi pazartesi kapalıdır.",
        "Osman Bey Parkı'ndaki oyun grubu yenilendi.",
        "Ali Ulvi Kurucu Anadolu Lisesi önündeki kaldırım onarıldı.",
        "Mehmet Akif Ersoy'u anma gecemize bekleriz.",
        "Hanımlar Lokali kursları başlıyor; ev hanımlarına özel.",
        "Bir bey ve genç hanım vatandaşımız ekiplerimize yardım etti.",
        "Acil Beyin Cerrahisi için 112'yi arayın.",
        "Ramazan Bayramı'nda çöp toplama saatleri değişiyor.",
        "Zafer Bayramı kutlu olsun. Barış Parkı açıldı.",
        "Muhtar Toplantısı yarın; Esnaf Odası ile görüşüldü.",
        "Fen İşleri Daire Başkanlığı ekipleri yolda.",
        "Danıştay 6. Daire kararıyla ilgili açıklama yapacağız.",
        "İlçemizde 12 daire hasar gördü; nüfus dairesi 5 gün kapalı.",
        "Bütçemizi 2 katına çıkardık, 3 kat fazla ağaç diktik.",
        "5 katlı binanın yıkımı tamamlandı.",
        "Yarın 2. kat asfalt serimi yapılacak.",
        "Nikâh işlemleri hizmet binamız B blok 1. kattadır.",
        "Merhaba Ayşe, ilgileniyoruz.",
        "Şoför bey ve büfedeki hanım ile görüşüldü. Güvenlikteki bey çantayı bulmuş.",
        "Bu ev bizim komşumuz. İçinde kimse yok, oğlunuz KYK yurdundan yararlanabilir.",
        "Sayın Emniyet Müdürlüğü yetkilileri, Bursa Nilüfer Belediyesi ile görüştük.",
        "Teşekkürler, Deniz Mahallesi'ndeki ekibimiz yolda.",
        "Can güvenliği için lütfen hemen 112'yi arayın.",
        "Sayın takipçimiz, blok taş çalışması bitti.",
        "Selçuklu Belediyesi Sanat Galerisi Mehmet Ali Sergisi açıldı.",
        "KOSKİ ve Enerya ile görüştük; MEDAŞ ekipleri yolda.",
    ],
)
def test_what_a_city_says_in_public_passes(text: str) -> None:
    assert public_problem(text, TOWN) is None, text
