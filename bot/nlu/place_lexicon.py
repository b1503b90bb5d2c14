"""What the language (not the municipality) knows of places, in folded letters: types, titles, landmarks, positions."""

from __future__ import annotations

from bot.nlu.word_lists import word_set

STREET_TYPES = {
    "cadde": "Caddesi", "cad": "Caddesi", "cd": "Caddesi", "cadd": "Caddesi", "caddesi": "Caddesi",
    "cadesi": "Caddesi",
    "caddsi": "Caddesi", "cadessi": "Caddesi", "sokak": "Sokak", "sok": "Sokak", "sk": "Sokak", "sokagi": "Sokak",
    "skk": "Sokak", "sokk": "Sokak", "skak": "Sokak", "soka": "Sokak", "sokgi": "Sokak", "sokag": "Sokak",
    "bulvar": "Bulvarı", "bulvari": "Bulvarı", "blv": "Bulvarı", "bul": "Bulvarı", "bulv": "Bulvarı",
    "blvd": "Bulvarı",
    "bulvri": "Bulvarı", "caddėsi": "Caddesi", "cddesi": "Caddesi", "sokaki": "Sokak",
}  # fmt: skip
"""A street's type as written (folded, without ending) and its normal form."""

NEVER_IN_STREET = word_set(
    "deil dgl diil degl hani niye neden nasil off of uf uff ufff puf oha aman ay ayy ya yaa yav yahu lan ulan pff tuh "
    "ha haa hee yoo abi abla hocam kardesim "
    "biz siz ben sen "
    "daki deki taki teki bizim sizin onun benim senin onlarin su bu bir o ana ara karsi arka ust alt yan yanki on "
    "dar genis bos tek cift cikmaz "
    "hangi her hicbir butun tum ayni baska diger oteki beriki kendi simdiki eski kose kosedeki bitisik ilk son "
    "ikinci "
    "birinci ucuncu iki uc dort bes alti yedi sekiz on onca bircok cogu bazi kimi ve ile veya ya da de ki mi mu "
    "ama fakat "
    "icin gibi kadar sonra once beri dolayi yuzunden icinde icindeki uzerinde uzerindeki ustunde ustundeki "
    "altinda altindaki "
    "onunde onundeki onu yaninda yanindaki yani karsisinda karsisindaki karsisi arkasinda arkasindaki arkasi "
    "kosesinde "
    "kosesindeki kosesi cevresinde cevresindeki tarafinda tarafindaki tarafi arasinda arasindaki basinda sonunda "
    "civarinda "
    "bulunan olan oturdugum oturdugumuz yasadigim yasadigimiz acilan inen cikan giden gelen bakan bagli adres "
    "adresim "
    "adresimiz adresi konum yer yeri burasi burada orada surada bura ora sura mahalle mahallesi mahallemiz mah mh "
    "ilce ilcesi "
    "semt semti bolge konya selcuklu no numara numarali kapi daire kat blok merdivenli karanlik islek sessiz "
    "sakin camurlu "
    "tozlu asfaltsiz stabilize kapali acik koca koskoca bizimki yok var degil evet hayir pardon dogrusu yani mesela "
    "lutfen slm gunaydin aksam sabah gece gunduz bugun dun yarin hala artik zaten bile hem ne nerede nere "
    "sokak cadde bulvar apartman site merkez tramvay otobus minibus yaya arac araba ozel sahsin asagi yukari sag sol "
    "simdi hemen tam acil sayin yetkili belediye belediyesi buyuksehir asil halen gene yine surekli devamli hep "
    "yalniz sadece "
    "oyle boyle soyle isim isimli adli ad isme kisa uzun rampali yokus duz egri trafige ters yonlu araci "
    "ise olarak yerine oldu olacak olmali olsun demek dedim demistim yazmistim yazdim dogru yanlis duzeltiyorum "
    "kayit "
    "ters islek kalabalik ic dis paralel dik issiz tenha kuytu"
)
"""Words that never belong to a street's name when they stand right before its type or before its name."""

TITLES = word_set(
    "sehit sht dr doktor prof profesor mimar haci seyh gazi sultan general maresal orgeneral korgeneral ogretmen "
    "kaymakam vali imam hafiz hoca pasa bey aga yeni kucuk buyuk hz hazreti molla mevlana sair ressam muhtar "
    "binbasi yuzbasi "
    "albay komutan pilot astsubay polis asik dede baba ulu celebi efendi sheyh eyyup"
)
"""Words that may stand inside a street's name though they are ordinary words."""

NUMBERED = word_set("yil ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik")
"""What follows a number inside a name: 15 Temmuz, 80. Yıl."""

AREA = (
    "taraf", "civar", "mevki", "bolge", "semt", "girisi", "cikisi", "girisin", "sakinler", "sakini", "halki",
    "muhtar",
    "yokus", "koyu", "koy", "cevresi", "siniri", "yolu", "yolun", "mahal", "mah", "ustu", "altlari", "arkalar",
    "ahali",
    "esrafi", "merkez",
)  # fmt: skip
"""Beginnings of words that, after a name, say that the name is an area."""

PERSON_AFTER = word_set(
    "bey beye beyin beyden beyi hanim hanima hanimin usta ustaya hoca hocam hocaya hocanin abi abiye agabey abla "
    "amca teyze "
    "dayi kardes kardesim baskan baskanim efendi pasa diye adinda isimli adli mudur memur"
)
EVENT_AFTER = word_set("bayrami bayraminda bayramda savcisi savciligi savciliga gazetesi partisi altini hastasi "
                   "hastasiyim hastaligi komasi fabrikasi fabrikasinin pancari olcum olcumu "
                       "olcuyor yanmiyor yaniyor")  # fmt: skip

TRADE_AFTER = (
    "plaka", "gocmen", "kebap", "insaat", "depremzede", "borek", "boreg", "halisi", "otomotiv", "turizm",
    "ticaret", "lokanta",
    "restoran", "spor", "firmasi", "sirket", "yardim", "savas", "depremi", "universite", "kredi", "bankasi", "gazisi",
)  # fmt: skip
"""Beginnings of words that, after a name, make it something else than a place."""

POSITIONS = word_set(
    "onu onunde onundeki onune onunden onlerinde yani yaninda yanindaki yanina yanindan yanlarinda karsisi "
    "karsisinda karsisindaki "
    "karsisina karsisindan arkasi arkasinda arkasindaki arkasina arkasindan arka bitisigi bitisiginde "
    "bitisigindeki kosesi "
    "kosesinde kosesindeki kosesine civari civarinda civarindaki cevresi cevresinde cevresindeki hizasi hizasinda "
    "hizasindaki "
    "hizasindan caprazi caprazinda caprazindaki dibi dibinde dibindeki girisi girisinde girisindeki girisine "
    "cikisi cikisinda "
    "cikisindaki cikisina tarafi tarafinda tarafindaki tarafina orada oradaki oraya oradan ordaki orda ordan "
    "orasi yakini "
    "yakininda yakinindaki ustu ustunde ustundeki alti altinda altindaki arasi arasinda arasindaki kapisinda "
    "kapisindaki bahcesinde bahcesindeki bahcesine duvarinda duvarina "
    "otoparkinda "
    " altina ustune basinda basindaki ilerisi ilerisinde kapisina kenari kenarinda kenarindaki avlusu "
    "avlusuna avlusunda onleri yanlari karsilari karsi"
)
"""Words that say where something is beside a landmark."""

TIME_UNITS = (
    "gun", "hafta", "ay", "yil", "sene", "saat", "dakika", "dk", "kez", "kere", "defa", "kisi", "tane", "adet",
    "metre", "mt",
    "km", "kilo", "lira", "tl", "yas", "cocuk", "daire", "kat", "arac", "araba", "otobus", "hat", "kopek", "kedi",
    "torba",
    "cuval", "konteyner", "direk", "lamba", "agac", "m2", "m3", "metrekare", "derece", "puan", "yildiz", "bin",
    "milyon", "bucuk",
    "ton", "litre", "parca", "blok", "etap", "nci", "inci", "uncu", "sefer", "yerde", "tek",
    "cift", "koli", "aile", "aydir", "gunde", "katli", "kisilik", "sokak", "sok", "sk", "cadde", "cad", "cd",
    "bulvar", "blv", "yerinden",
    "temmuz", "ocak", "subat", "mart", "nisan", "mayis", "haziran", "agustos", "eylul", "ekim", "kasim", "aralik",
    "yuz", "sayili",
    "basvuru", "santim", "cm", "dekar", "hane", "motor", "fare", "camii",
)  # fmt: skip
"""Beginnings of words after which a number is no door."""
