"""The nouns, brands and modifiers of landmarks."""

from __future__ import annotations

from bot.nlu.word_lists import word_list, word_set

POSSESSED = {
    "park": "parkı", "cami": "camii", "okul": "okulu", "ilkokul": "ilkokulu", "ortaokul": "ortaokulu",
    "lise": "lisesi",
    "anaokul": "anaokulu", "hastane": "hastanesi", "site": "sitesi", "apartman": "apartmanı", "kavşak": "kavşağı",
    "durak": "durağı", "pazar": "pazarı", "market": "marketi", "eczane": "eczanesi", "fırın": "fırını",
    "mezarlık": "mezarlığı",
    "köprü": "köprüsü", "meydan": "meydanı", "otel": "oteli", "çarşı": "çarşısı", "merkez": "merkezi",
    "salon": "salonu",
    "yurt": "yurdu", "kütüphane": "kütüphanesi", "stadyum": "stadyumu", "üniversite": "üniversitesi",
    "fakülte": "fakültesi",
    "müze": "müzesi", "pastane": "pastanesi", "istasyon": "istasyonu", "plaza": "plazası", "konut": "konutları",
    "ev": "evleri",
    "konak": "konağı", "lojman": "lojmanları", "trafo": "trafosu", "bina": "binası", "fabrika": "fabrikası",
    "depo": "deposu",
    "banka": "bankası", "otopark": "otoparkı", "kule": "kulesi", "tepe": "tepesi", "kurs": "kursu", "pasaj": "pasajı",
    "saha": "sahası", "tesis": "tesisleri", "büfe": "büfesi", "ocak": "ocağı", "kahve": "kahvesi", "han": "hanı",
    "hamam": "hamamı", "çeşme": "çeşmesi", "vadi": "vadisi", "geçit": "geçidi", "garaj": "garajı", "stat": "stadı",
    "kreş": "kreşi",
    "muhtarlık": "muhtarlığı", "dershane": "dershanesi", "saray": "sarayı", "türbe": "türbesi", "bahçe": "bahçesi",
}  # fmt: skip
GENERIC = word_list(
    "okul cami ilkokul ortaokul lise anaokulu kreş hastane eczane park durak market fırın muhtarlık karakol "
    "postane ptt "
    "kütüphane stadyum stat otogar benzinlik petrol akaryakıt itfaiye adliye banka bankamatik atm köprü çeşme "
    "mezarlık trafo "
    "kavşak pazar bakkal manav kasap berber kuaför lokanta restoran pastane kırtasiye tekel kahvehane kahve çarşı "
    "alışveriş "
    "avm hamam müze türbe saat_kulesi gölet baraj çeşme üstgeçit altgeçit dershane kurs yurt lojman toki huzurevi "
    "öğretmenevi "
    "lunapark asm mescit yuva kuyumcu tuhafiyeci lastikçi oto_galeri galeri belediye postahane kantar değirmen "
    "spor_salonu "
    "istasyon metro tramvay üniversite fakülte kampüs stad halı_saha düğün_salonu sağlık_ocağı aile_sağlığı_merkezi "
    "köy_konağı pazar_yeri taksi_durağı otobüs_durağı tramvay_durağı benzin_istasyonu akaryakıt_istasyonu "
    "gençlik_merkezi "
    "kültür_merkezi su_deposu çay_bahçesi çocuk_parkı çocuk_yuvası alt_geçit üst_geçit alışveriş_merkezi "
    "petrol_ofisi "
    "halk_ekmek_büfesi halk_eğitim_merkezi kuran_kursu kız_yurdu erkek_yurdu spor_kompleksi vergi_dairesi "
    "aile_hekimliği "
    "tıp_fakültesi basket_sahası futbol_sahası trafik_ışıkları semt_konağı mesire_yeri oto_sanayi sanayi_sitesi "
    "okul_bahçesi okul_yolu hal_binası medaş_trafosu medaş_binası çay_ocağı nikah_sarayı yem_fabrikası "
    "şeker_fabrikası"
)
BRANDS = {
    "a101": "A101", "bim": "Bim", "sok": "Şok", "migros": "Migros", "carrefoursa": "CarrefourSA",
    "carrefour": "CarrefourSA",
    "kulesite": "Kulesite", "opet": "Opet", "shell": "Shell", "bp": "BP", "ptt": "PTT", "akbank": "Akbank",
    "ziraat": "Ziraat Bankası",
    "vakifbank": "Vakıfbank", "garanti": "Garanti", "hakmar": "Hakmar", "tansas": "Tansaş", "kipa": "Kipa",
    "novada": "Novada",
    "medicana": "Medicana", "afra": "Afra", "kentplaza": "Kent Plaza", "toki": "Toki", "alaaddin": "Alaaddin",
    "real": "Real",
    "optimum": "Optimum", "bedesten": "Bedesten", "akyurek": "Akyürek", "adese": "Adese", "kiler": "Kiler",
    "kulturpark": "Kültürpark",
    "petlas": "Petlas", "totalenergies": "Total", "lukoil": "Lukoil", "teknosa": "Teknosa", "ikea": "Ikea",
    "koctas": "Koçtaş",
    "kulesitenin": "Kulesite", "halkbank": "Halkbank", "yapikredi": "Yapı Kredi", "isbankasi": "İş Bankası",
    "watsons": "Watsons",
}  # fmt: skip
NOT_NAMES = word_set(
    "internet web cocuk oyun mahalle site belediye bizim su bu karsi yan arac araba hayvan kopek ev apartman bina "
    "evimizin okul cami ve ile bir "
    "o hem her halk semt koy spor saglik aile otobus taksi tramvay dolmus trafik kapali acik sosyal kadin genclik "
    "kultur gunduz "
    "yasam egitim bakim ilk son eski eskiden buyuk kucuk hangi baska diger oteki pazar oto sanayi hali dugun "
    "nikah cay toplu "
    "alisveris yari tas iki uc hizmet cagri iletisim is dis ic gida sut ekmek yol kent sehir il ilce devlet ozel "
    "tum butun "
    "kalan yemek depo gecis aktarma toplama barinak rehabilitasyon kuran yuzme toplanma kaza bilgi cozum atik tedavi"
)


ALONE = {owned: noun for noun, owned in POSSESSED.items() if noun in GENERIC}
COURSES = word_set("kursu salonu merkezi evleri binası deposu sahası merkezi otoparkı bahçesi")
MODIFIERS = word_set(
    "merkez yeni eski ulu buyuk kucuk kapali acik tas koy fen sanat anadolu imam hatip yesil beyaz mavi kirmizi "
    "asagi yukari devlet "
    "sehir ozel halk kiz erkek ogrenci meslek rampali yikik tarihi camli baraj oto cuma carsamba persembe sali "
    "pazartesi "
    "sabit semt ic dis kubbeli minareli"
)
NOUNS = frozenset(GENERIC)
HOUSES = word_set(
    "camii okulu ilkokulu ortaokulu lisesi anaokulu hastanesi sitesi apartmanı marketi eczanesi oteli "
    "üniversitesi fakültesi müzesi "
    "pastanesi plazası evleri konutları fabrikası bankası kursu pasajı kahvesi hanı ASM kreşi sarayı stadyumu stadı"
)
