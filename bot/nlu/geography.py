"""Turkey beyond the municipality: provinces, well-known districts, utilities, first names. Folded letters.

Used to see that a text speaks of another place, and that a neighbourhood's name may mean something else.
"""

from __future__ import annotations

from bot.nlu.word_lists import word_list, word_set
from bot.turkish import fold

PROVINCES = {
    "adana": "Adana", "adiyaman": "Adıyaman", "afyon": "Afyonkarahisar", "afyonkarahisar": "Afyonkarahisar",
    "agri": "Ağrı",
    "aksaray": "Aksaray", "amasya": "Amasya", "ankara": "Ankara", "antalya": "Antalya", "ardahan": "Ardahan",
    "artvin": "Artvin",
    "aydin": "Aydın", "balikesir": "Balıkesir", "bartin": "Bartın", "batman": "Batman", "bayburt": "Bayburt",
    "bilecik": "Bilecik",
    "bingol": "Bingöl", "bitlis": "Bitlis", "bolu": "Bolu", "burdur": "Burdur", "bursa": "Bursa",
    "canakkale": "Çanakkale",
    "cankiri": "Çankırı", "corum": "Çorum", "denizli": "Denizli", "diyarbakir": "Diyarbakır", "duzce": "Düzce",
    "edirne": "Edirne",
    "elazig": "Elazığ", "erzincan": "Erzincan", "erzurum": "Erzurum", "eskisehir": "Eskişehir",
    "gaziantep": "Gaziantep",
    "antep": "Gaziantep", "giresun": "Giresun", "gumushane": "Gümüşhane", "hakkari": "Hakkari", "hatay": "Hatay",
    "igdir": "Iğdır",
    "isparta": "Isparta", "istanbul": "İstanbul", "izmir": "İzmir", "kahramanmaras": "Kahramanmaraş",
    "maras": "Kahramanmaraş",
    "karabuk": "Karabük", "karaman": "Karaman", "kars": "Kars", "kastamonu": "Kastamonu", "kayseri": "Kayseri",
    "kilis": "Kilis",
    "kirikkale": "Kırıkkale", "kirklareli": "Kırklareli", "kirsehir": "Kırşehir", "kocaeli": "Kocaeli",
    "konya": "Konya",
    "kutahya": "Kütahya", "malatya": "Malatya", "manisa": "Manisa", "mardin": "Mardin", "mersin": "Mersin",
    "mugla": "Muğla",
    "mus": "Muş", "nevsehir": "Nevşehir", "nigde": "Niğde", "ordu": "Ordu", "osmaniye": "Osmaniye", "rize": "Rize",
    "sakarya": "Sakarya", "samsun": "Samsun", "siirt": "Siirt", "sinop": "Sinop", "sivas": "Sivas",
    "sanliurfa": "Şanlıurfa",
    "urfa": "Şanlıurfa", "sirnak": "Şırnak", "tekirdag": "Tekirdağ", "tokat": "Tokat", "trabzon": "Trabzon",
    "tunceli": "Tunceli",
    "usak": "Uşak", "van": "Van", "yalova": "Yalova", "yozgat": "Yozgat", "zonguldak": "Zonguldak",
    "izmit": "Kocaeli",
    "adapazari": "Sakarya", "antakya": "Hatay", "iskenderun": "Hatay",
}  # fmt: skip
"""Province by folded name."""

COMMON_PROVINCES = word_set("agri aydin bolu mus ordu usak van batman kars rize siirt tokat manisa karaman maras")
"""Provinces whose name is also an ordinary word: they need more evidence."""

DISTRICTS = word_list(
    # İstanbul
    "Adalar Arnavutköy Ataşehir Avcılar Bağcılar Bahçelievler Bakırköy Başakşehir Bayrampaşa Beşiktaş Beykoz "
    "Beylikdüzü Beyoğlu "
    "Büyükçekmece Çatalca Çekmeköy Esenyurt Eyüpsultan Gaziosmanpaşa Güngören Kadıköy Kağıthane Kartal "
    "Küçükçekmece Maltepe "
    "Pendik Sancaktepe Sarıyer Silivri Sultanbeyli Sultangazi Şile Şişli Tuzla Ümraniye Üsküdar Zeytinburnu "
    "Esenler Fatih "
    # Ankara
    "Akyurt Altındağ Beypazarı Çankaya Çubuk Elmadağ Etimesgut Gölbaşı Haymana Kahramankazan Kazan Keçiören "
    "Kızılcahamam Mamak "
    "Polatlı Pursaklar Sincan Yenimahalle Batıkent Kızılay Eryaman "
    # İzmir
    "Aliağa Balçova Bayındır Bayraklı Bergama Bornova Buca Çeşme Çiğli Foça Gaziemir Güzelbahçe Karabağlar Karşıyaka "
    "Kemalpaşa Konak Menderes Menemen Narlıdere Ödemiş Seferihisar Selçuk Tire Torbalı Urla "
    # Antalya
    "Aksu Alanya Döşemealtı Finike Gazipaşa Kaş Kemer Kepez Konyaaltı Kumluca Manavgat Muratpaşa Serik "
    # Bursa
    "Gemlik Gürsu İnegöl Karacabey Kestel Mudanya Mustafakemalpaşa Nilüfer Orhangazi Osmangazi Yıldırım "
    # Kocaeli, Sakarya, Adana, Mersin, Gaziantep, others
    "Başiskele Çayırova Darıca Derince Dilovası Gebze Gölcük Kandıra Karamürsel Kartepe Körfez Serdivan Erenler "
    "Geyve Hendek Arifiye "
    "Ceyhan Çukurova Kozan Sarıçam Seyhan Yüreğir Akdeniz Anamur Erdemli Mezitli Silifke Tarsus Toroslar "
    "Yenişehir Şahinbey "
    "Şehitkamil Nizip Haliliye Karaköprü Eyyübiye Siverek Atakum Canik İlkadım Bafra Ortahisar Akçaabat Tepebaşı "
    "Odunpazarı "
    "Kocasinan Melikgazi Talas Bodrum Dalaman Datça Yatağan Fethiye Marmaris Menteşe Milas Ortaca Didim Efeler "
    "Kuşadası Nazilli Söke "
    "Merkezefendi Pamukkale Akhisar Salihli Soma Turgutlu Yunusemre Şehzadeler Altıeylül Ayvalık Bandırma Edremit "
    "Gönen Karesi "
    "Çorlu Çerkezköy Süleymanpaşa Lüleburgaz Keşan Ereğli Akşehir Beyşehir Seydişehir Çumra Karapınar Ilgın "
    "Cihanbeyli Kulu "
    "Kadınhanı Sarayönü Bozkır Hadim Doğanhisar Derbent Altınekin Alaplı Bartın Safranbolu Elbistan Dulkadiroğlu "
    "Onikişubat "
    "Battalgazi Yeşilyurt Kayapınar Bağlar Sur Ergani Çermik Kızıltepe Nusaybin Artuklu Midyat Cizre Silopi Erciş "
    "İpekyolu Tuşba "
    "Yakutiye Palandöken Aziziye Patnos Doğubayazıt Defne Arsuz Samandağ Dörtyol Payas Kırıkhan Reyhanlı Düziçi "
    "Kadirli "
    "Altınova Çiftlikköy Çınarcık Ünye Fatsa Altınordu Bulancak Çarşamba Vezirköprü Merzifon Turhal Niksar Erbaa Zile"
)
"""Well-known districts of other provinces, official names."""

DISTRICT_KEYS = {fold(name): name for name in DISTRICTS}
"""The same by folded name."""

COMMON_DISTRICTS = word_set(
    "konak kartal kazan kemer korfez kas akdeniz adalar sur aksu tire bayindir carsamba kestel yildirim nilufer "
    "cesme "
    "defne tuzla maltepe sile fatih esenler selcuk kizilay baglar gonen derince menderes hadim derbent kulu "
    "yenisehir erenler "
    "orhangazi aziziye gaziosmanpasa yenimahalle bahcelievler altinova cubuk elmadag hendek yesilyurt karsiyaka "
    "finike "
    "kozan canik soma talas edremit osmangazi bozkir eregli kemalpasa golcuk golbasi beykoz yunusemre battalgazi "
    "karapinar dortyol tepebasi cinarcik ortaca merkezefendi"
)
"""Districts whose name is an ordinary word, a person's or a street's name, or lie near us: they need more evidence."""

UTILITIES = {
    "iski": "İSKİ", "aski": "ASKİ", "izsu": "İZSU", "buski": "BUSKİ", "asat": "ASAT", "meski": "MESKİ",
    "maski": "MASKİ", "kaski": "KASKİ", "gaski": "GASKİ", "suski": "ŞUSKİ", "deski": "DESKİ", "muski": "MUSKİ",
    "teski": "TESKİ",
    "diski": "DİSKİ", "saski": "SASKİ", "tiski": "TİSKİ", "hatsu": "HATSU", "isu": "İSU", "ego": "EGO",
    "eshot": "ESHOT", "iett": "İETT", "abb": "ABB", "ibb": "İBB", "izbb": "İZBB", "igdas": "İGDAŞ",
    "baskentgaz": "BAŞKENTGAZ",
    "izmirgaz": "İZMİRGAZ", "bursagaz": "BURSAGAZ", "izgaz": "İZGAZ", "aksagaz": "AKSAGAZ", "izulas": "İZULAŞ",
    "burulas": "BURULAŞ",
    "bedas": "BEDAŞ", "ayedas": "AYEDAŞ", "uedas": "UEDAŞ", "sedas": "SEDAŞ", "metrobus": "İstanbul",
    "marmaray": "İstanbul",
}  # fmt: skip
"""Utilities and offices of other cities by folded name."""

FIRST_NAMES = word_set(
    "halide fatih selcuk bedir ahmet mehmet mustafa ali hasan huseyin ibrahim ismail osman omer yusuf murat emre burak "
    "kemal "
    "cemal cengiz alparslan alpaslan selim suleyman yavuz orhan salih halil ramazan metin erkan serkan hakan volkan "
    "ayse fatma emine hatice zeynep elif merve guvenc fetih melih melik erol ercan erdal bekir bilal hamza "
    "abdullah adem "
    "ayhan aydin bayram bulent cihan deniz dogan dursun ekrem engin enes eren ergun erhan ersin eyup ferhat "
    "fikret gokhan "
    "hamit hayri ihsan ilhan ilyas irfan ismet kadir kamil kazim kenan koray levent mahmut mesut muhammed musa "
    "necati "
    "nihat niyazi oguz okan onur orcun ozan ozgur recep remzi riza sabri sadik sait sami sedat selami serdar "
    "sinan tahir "
    "tarik tayfun tolga tuncay turgut ugur umit vedat veli yakup yasar yasin yilmaz yunus zafer zeki asli aysel "
    "aynur "
    "berna betul burcu cansu derya dilek ebru esra fadime feride filiz gamze gonul gul gulay gulsen hacer hulya "
    "kubra "
    "leyla meltem meral meryem mine nalan nermin nesrin nuray nurcan ozlem pinar rabia saliha seda selma semra serap "
    "sevgi sevim sibel songul sultan tuba tulay yasemin yeliz zehra"
)
"""First names that are also names of neighbourhoods, and common ones."""

SURE_PLACES = (PROVINCES.keys() - COMMON_PROVINCES) | (DISTRICT_KEYS.keys() - COMMON_DISTRICTS)
"""Folded names of provinces and districts that mean nothing else."""
