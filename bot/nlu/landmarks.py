"""Landmarks: 'A101'in önü', 'okulun karşısı', 'Kelebekler Vadisi Parkı', 'taksi durağı yanı'.

Two ways: a landmark's noun (or a brand) with a word of position after it, and a proper name with its type ('… Parkı').
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.nlu.common_words import common
from bot.nlu.place_lexicon import NEVER_IN_STREET, POSITIONS, TITLES
from bot.nlu.place_words import Words
from bot.nlu.streets import street_type
from bot.nlu.suffixes import readings, with_endings
from bot.turkish import fold, lower, title, upper

_POSSESSED = {
    "park": "parkı", "cami": "camii", "okul": "okulu", "ilkokul": "ilkokulu", "ortaokul": "ortaokulu", "lise": "lisesi",
    "anaokul": "anaokulu", "hastane": "hastanesi", "site": "sitesi", "apartman": "apartmanı", "kavşak": "kavşağı",
    "durak": "durağı", "pazar": "pazarı", "market": "marketi", "eczane": "eczanesi", "fırın": "fırını", "mezarlık": "mezarlığı",
    "köprü": "köprüsü", "meydan": "meydanı", "otel": "oteli", "çarşı": "çarşısı", "merkez": "merkezi", "salon": "salonu",
    "yurt": "yurdu", "kütüphane": "kütüphanesi", "stadyum": "stadyumu", "üniversite": "üniversitesi", "fakülte": "fakültesi",
    "müze": "müzesi", "pastane": "pastanesi", "istasyon": "istasyonu", "plaza": "plazası", "konut": "konutları", "ev": "evleri",
    "konak": "konağı", "lojman": "lojmanları", "trafo": "trafosu", "bina": "binası", "fabrika": "fabrikası", "depo": "deposu",
    "banka": "bankası", "otopark": "otoparkı", "kule": "kulesi", "tepe": "tepesi", "kurs": "kursu", "pasaj": "pasajı",
    "saha": "sahası", "tesis": "tesisleri", "büfe": "büfesi", "ocak": "ocağı", "kahve": "kahvesi", "han": "hanı",
    "hamam": "hamamı", "çeşme": "çeşmesi", "vadi": "vadisi", "geçit": "geçidi", "garaj": "garajı", "stat": "stadı", "kreş": "kreşi",
    "muhtarlık": "muhtarlığı", "dershane": "dershanesi", "saray": "sarayı", "türbe": "türbesi", "bahçe": "bahçesi",
}  # fmt: skip
_GENERIC = (
    "okul cami ilkokul ortaokul lise anaokulu kreş hastane eczane park durak market fırın muhtarlık karakol postane ptt "
    "kütüphane stadyum stat otogar benzinlik petrol akaryakıt itfaiye adliye banka bankamatik atm köprü çeşme mezarlık trafo "
    "kavşak pazar bakkal manav kasap berber kuaför lokanta restoran pastane kırtasiye tekel kahvehane kahve çarşı alışveriş "
    "avm hamam müze türbe saat_kulesi gölet baraj çeşme üstgeçit altgeçit dershane kurs yurt lojman toki huzurevi öğretmenevi "
    "lunapark asm mescit yuva kuyumcu tuhafiyeci lastikçi oto_galeri galeri belediye postahane kantar değirmen spor_salonu "
    "istasyon metro tramvay üniversite fakülte kampüs stad halı_saha düğün_salonu sağlık_ocağı aile_sağlığı_merkezi "
    "köy_konağı pazar_yeri taksi_durağı otobüs_durağı tramvay_durağı benzin_istasyonu akaryakıt_istasyonu gençlik_merkezi "
    "kültür_merkezi su_deposu çay_bahçesi çocuk_parkı çocuk_yuvası alt_geçit üst_geçit alışveriş_merkezi petrol_ofisi "
    "halk_ekmek_büfesi halk_eğitim_merkezi kuran_kursu kız_yurdu erkek_yurdu spor_kompleksi vergi_dairesi aile_hekimliği "
    "tıp_fakültesi basket_sahası futbol_sahası trafik_ışıkları semt_konağı mesire_yeri oto_sanayi sanayi_sitesi "
    "okul_bahçesi okul_yolu hal_binası medaş_trafosu medaş_binası çay_ocağı nikah_sarayı yem_fabrikası şeker_fabrikası"
).split()
_BRANDS = {
    "a101": "A101", "bim": "Bim", "sok": "Şok", "migros": "Migros", "carrefoursa": "CarrefourSA", "carrefour": "CarrefourSA",
    "kulesite": "Kulesite", "opet": "Opet", "shell": "Shell", "bp": "BP", "ptt": "PTT", "akbank": "Akbank", "ziraat": "Ziraat Bankası",
    "vakifbank": "Vakıfbank", "garanti": "Garanti", "hakmar": "Hakmar", "tansas": "Tansaş", "kipa": "Kipa", "novada": "Novada",
    "medicana": "Medicana", "afra": "Afra", "kentplaza": "Kent Plaza", "toki": "Toki", "alaaddin": "Alaaddin", "real": "Real",
    "optimum": "Optimum", "bedesten": "Bedesten", "akyurek": "Akyürek", "adese": "Adese", "kiler": "Kiler", "kulturpark": "Kültürpark",
    "petlas": "Petlas", "totalenergies": "Total", "lukoil": "Lukoil", "teknosa": "Teknosa", "ikea": "Ikea", "koctas": "Koçtaş",
    "kulesitenin": "Kulesite", "halkbank": "Halkbank", "yapikredi": "Yapı Kredi", "isbankasi": "İş Bankası", "watsons": "Watsons",
}  # fmt: skip
_NOT_NAMES = frozenset(
    "internet web cocuk oyun mahalle site belediye bizim su bu karsi yan arac araba hayvan kopek ev apartman bina evimizin okul cami ve ile bir "
    "o hem her halk semt koy spor saglik aile otobus taksi tramvay dolmus trafik kapali acik sosyal kadin genclik kultur gunduz "
    "yasam egitim bakim ilk son eski eskiden buyuk kucuk hangi baska diger oteki pazar oto sanayi hali dugun nikah cay toplu "
    "alisveris yari tas iki uc hizmet cagri iletisim is dis ic gida sut ekmek yol kent sehir il ilce devlet ozel tum butun "
    "kalan yemek depo gecis aktarma toplama barinak rehabilitasyon kuran yuzme toplanma kaza bilgi cozum atik tedavi".split()
)


_ALONE = {owned: noun for noun, owned in _POSSESSED.items() if noun in _GENERIC}
_COURSES = frozenset("kursu salonu merkezi evleri binası deposu sahası merkezi otoparkı bahçesi".split())
_MODIFIERS = frozenset(
    "merkez yeni eski ulu buyuk kucuk kapali acik tas koy fen sanat anadolu imam hatip yesil beyaz mavi kirmizi asagi yukari devlet "
    "sehir ozel halk kiz erkek ogrenci meslek rampali yikik tarihi camli baraj oto cuma carsamba persembe sali pazartesi "
    "sabit semt ic dis kubbeli minareli".split()
)
_NOUNS = frozenset(_GENERIC)
_HOUSES = frozenset(
    "camii okulu ilkokulu ortaokulu lisesi anaokulu hastanesi sitesi apartmanı marketi eczanesi oteli üniversitesi fakültesi müzesi "
    "pastanesi plazası evleri konutları fabrikası bankası kursu pasajı kahvesi hanı ASM kreşi sarayı stadyumu stadı".split()
)


@dataclass(frozen=True, slots=True)
class Landmark:
    """Words `first` to `last` (exclusive), without the word of position; `value` a noun phrase without endings."""

    first: int
    last: int
    value: str
    named: bool
    placed: bool


@lru_cache(maxsize=1)
def _forms() -> tuple[dict[str, str], dict[str, str]]:
    """Folded form → bare noun, and folded form → possessed noun ('parkinda' → 'parkı')."""
    bare: dict[str, str] = {}
    possessed: dict[str, str] = {}
    for noun in [*_GENERIC, *_POSSESSED]:
        spoken = noun.replace("_", " ")
        final = fold(spoken).replace(" ", "")
        for form in with_endings(final, possessed="_" in noun and final[-1] in "iu"):
            bare.setdefault(form, spoken)
    for owned in _POSSESSED.values():
        for form in with_endings(fold(owned), possessed=True):
            possessed.setdefault(form, owned)
    for form in with_endings("camisi", possessed=True):
        possessed.setdefault(form, "camii")
    possessed |= {"apt": "apartmanı", "ap": "apartmanı", "asm": "ASM"}
    return bare, possessed


def heads(words: Words) -> frozenset[int]:
    """Positions of possessed nouns that make a landmark's name of what stands before them (Parkı, İlkokulu)."""
    possessed = _forms()[1]
    return frozenset(i for i, word in enumerate(words.items) if word.key in possessed)


def institutions(words: Words) -> frozenset[int]:
    """Those of the heads that name a house, not a part of the neighbourhood."""
    possessed = _forms()[1]
    return frozenset(i for i, word in enumerate(words.items) if possessed.get(word.key) in _HOUSES)


def nouns(words: Words) -> frozenset[int]:
    """Positions of landmarks' nouns in any form, and of the first word of such nouns of two words."""
    bare = _forms()[0]
    return frozenset(
        i for i, word in enumerate(words.items) if bare.get(word.key) in _NOUNS or bare.get(word.key + words.key(i + 1), "").count(" ")
    )


def landmarks(words: Words, taken: frozenset[int]) -> list[Landmark]:
    """All landmarks from left to right. `taken`: positions inside streets and neighbourhoods, which are no landmarks."""
    found: list[Landmark] = []
    free = 0
    for index in range(len(words.items)):
        if index in taken or index < free:
            continue
        landmark = _at(words, index, free, taken)
        if landmark:
            found.append(landmark)
            free = landmark.last
    return found


def _at(words: Words, index: int, free: int, taken: frozenset[int]) -> Landmark | None:
    bare, possessed = _forms()
    word = words.items[index]
    brand = _branded(words, index)
    if brand:
        return brand
    owned = possessed.get(word.key) or (possessed.get(word.stem) if word.tail else None)
    if owned and not (words.key(index + 1) in possessed and not words.parted(index + 1)):
        first = _name_start(words, index, free, taken)
        placed = _positioned(words, index + 1)
        if first < index and (placed or (owned not in _COURSES and _certain(words, first, index))):
            name = title(" ".join(item.written for item in words.items[first:index]))
            kind = owned if owned.isupper() else upper(owned[:1]) + owned[1:]
            return Landmark(first, index + 1, f"{name} {kind}", True, placed)
        if first == index and placed and owned in _ALONE:
            return Landmark(index, index + 1, _ALONE[owned], False, True)
    pair = bare.get(words.key(index) + words.key(index + 1)) if not words.parted(index + 1) else None
    if pair and " " in pair and (_positioned(words, index + 2) or (pair == "okul yolu" and words.key(index + 1).endswith("da"))):
        return Landmark(index, index + 2, pair, False, True)
    triple = words.key(index) + words.key(index + 1) + words.key(index + 2)
    if len(triple) < 40 and bare.get(triple, "").count(" ") == 2 and _positioned(words, index + 3):
        return Landmark(index, index + 3, bare[triple], False, True)
    noun = bare.get(word.key) or (bare.get(word.stem) if word.tail else None)
    if noun and noun in _GENERIC and _positioned(words, index + 1):
        first = _modified(words, index, free, taken)
        value = " ".join([lower(item.written) for item in words.items[first:index]] + [noun])
        return Landmark(first, index + 1, value if first == index else title(value), first < index, True)
    return _capitalised(words, index, taken)


def _branded(words: Words, index: int) -> Landmark | None:
    """A shop's or bank's name with a word of position, 'market' or a local ending."""
    last = index + 1
    brand: str | None = None
    if words.key(index) == "kule" and words.key(last).startswith("site") and not words.parted(last):
        brand, last = "Kulesite", last + 1
    else:
        brand = next((_BRANDS[stem] for stem, _ in readings(words.key(index)) if stem in _BRANDS), None)
    if brand is None:
        return None
    shop = words.key(last).startswith(("market", "avm", "benzin", "petrol"))
    if not (_positioned(words, last + shop) or shop or _spelled(words, index)):
        return None
    value = f"{brand} {'AVM' if words.key(last) == 'avm' else 'Market'}" if words.key(last).startswith(("market", "avm")) else brand
    return Landmark(index, last + shop, value, True, _positioned(words, last + shop))


def _spelled(words: Words, index: int) -> bool:
    """A brand that means nothing else, or one with an apostrophe and a local ending."""
    word = words.items[index]
    return word.key.startswith(("kulesite", "a101")) or (bool(word.tail) and word.tail[:2] in ("da", "de", "ta", "te"))


def _positioned(words: Words, index: int) -> bool:
    if words.parted(index):
        return False
    if words.key(index) in ("hemen", "tam", "kapi"):
        index += 1
    return words.key(index) in POSITIONS


def _modified(words: Words, index: int, free: int, taken: frozenset[int]) -> int:
    """Where the phrase begins: 'merkez cami', 'fen lisesi', 'kapalı pazar', or a name with a capital before the noun."""
    first = index
    while first > free and index - first < 2 and first - 1 not in taken and not words.parted(first):
        word = words.items[first - 1]
        named = word.capital and not word.initial and word.key not in NEVER_IN_STREET and not word.number
        if word.tail or not (word.key in _MODIFIERS or named):
            break
        first -= 1
    return first


def _name_start(words: Words, index: int, free: int, taken: frozenset[int]) -> int:
    first = index
    while first > free and index - first < 4:
        here = first - 1
        word = words.items[here]
        if here in taken or (words.parted(first) and not (words.items[first].gap == "." and (word.key in TITLES or word.number))):
            break
        if word.tail or street_type(word.key) or (word.key in NEVER_IN_STREET and word.key not in ("merkez", "ic", "dis")):
            break
        if word.number and not words.key(first).startswith(("yil", "etap", "temmuz", "agustos", "mayis", "ekim")):
            break
        beside = first == index
        if words.cased and not word.capital and not (beside and word.key in ("merkez", "koy")) and (
            not beside or words.items[index].capital or common(word.key)
        ):
            break
        if not words.cased and common(word.key) and word.key not in TITLES and not beside:
            break
        if word.key in _NOT_NAMES and not (word.capital and not word.initial):
            break
        if beside and not words.cased and common(word.key) and any(e in ("loc", "abl", "gen") for _, e in readings(word.key)[1:]):
            break
        first = here
    while first < index - 1 and words.items[first].initial and words.cased and _ordinary(words.key(first)):
        first += 1
    return first


def _ordinary(key: str) -> bool:
    return any(common(stem) for stem, _ in readings(key)) or key.endswith(("lar", "ler"))


def _certain(words: Words, first: int, index: int) -> bool:
    """Whether the name is one without a word of position: capitals, or a word that is nothing else."""
    if words.items[first].capital and (not words.items[first].initial or not common(words.key(first))):
        return True
    return any(not common(words.key(here)) and len(words.key(here)) > 3 for here in range(first, index))


def _capitalised(words: Words, index: int, taken: frozenset[int]) -> Landmark | None:
    """'Taş Hamam'ın arkası': capitals inside a sentence, then a word of position."""
    if not words.cased or not words.items[index].capital:
        return None
    last = index + 1
    while last < len(words.items) and last - index < 4 and words.items[last].capital and not words.parted(last) and last not in taken:
        if words.items[last - 1].tail:
            break
        last += 1
    if not _positioned(words, last) or last in taken:
        return None
    first = words.items[index]
    if last - index == 1 and (common(first.key) or (first.initial and not first.tail)):
        return None
    if first.key in NEVER_IN_STREET or first.number or any(street_type(words.key(i)) for i in range(index, last)):
        return None
    return Landmark(index, last, _clean(words, index, last), True, True)


def _clean(words: Words, first: int, last: int) -> str:
    """The name as written, its last word without the genitive."""
    parts = [word.written for word in words.items[first:last]]
    if not words.items[last - 1].tail:
        for stem, ending in readings(words.items[last - 1].key):
            if ending == "gen" and len(stem) > 3:
                parts[-1] = parts[-1][: len(stem)]
                break
    return " ".join(upper(part[:1]) + (part[1:] if part.isupper() and len(part) < 5 else lower(part[1:])) for part in parts)
