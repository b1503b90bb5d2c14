"""Short answers to the assistant's own questions: yes, no, which one. Pure; a grave question wants a clear yes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.understanding import Act, Understanding
from bot.turkish import fold


def phrases(*parts: str) -> re.Pattern[str]:
    """Any of the phrases (regular expressions over folded words)."""
    return re.compile("|".join(f"(?:{part})" for part in parts))


def plain(text: str) -> str:
    """Folded letters and digits only, for short answers."""
    return " ".join(re.findall(r"[a-z0-9']+", fold(text))).replace("'", "")


_ORDINALS = (("1", "ilk", "bir"), ("2", "iki"), ("3", "uc"), ("4", "dort", "dord"), ("5", "bes"), ("6", "alti"))


def place_in_list(words: Sequence[str], length: int) -> int | None:
    """Which of `length` things the plain words number: 'ilki', '2', 'sonuncusu'; None where they don't."""
    for word in words:
        if re.match(r"son(u|uncu|ki)", word):
            return length - 1
        for index, beginnings in enumerate(_ORDINALS[:length]):
            if word == beginnings[0] or any(word.startswith(each) for each in beginnings[1:]):
                return index
    return None


BEGINNING = 4
"""So many first letters of a name tell it from the others ('yukarı olan', 'aşağıdaki')."""


def named_of(text: str, names: Sequence[str]) -> str | None:
    """The one of a few names that a short answer means, by a part of it or by its place in the list."""
    words = plain(text).split()
    if not names or not words or len(words) > LONGEST:
        return None
    keys = [plain(name).replace(" ", "") for name in names]
    meant = [
        name
        for name, key in zip(names, keys, strict=True)
        if any(len(word) >= BEGINNING and key.startswith(word[:BEGINNING]) for word in words)
    ]
    if len(meant) == 1:
        return meant[0]
    index = place_in_list(words, len(names)) if len(words) <= BEGINNING else None
    return names[index] if index is not None else None


YES = phrases(
    r"evet( dogru| eklensin| o(dur)?| ayni.*)?|evt|he+|hi hi|e|olur|kabul|uygun(dur)?|aynen( oyle)?|dogru(dur)?",
    r"tamam(dir)?|tmm?|tm|ok(ey|ay)?|onay|onayla(?!m)\w*|gonder(?!m)\w*|kaydet(?!m)\w*|kaydedin",
    r"ayni( basvuru| sorun| konu)?|eklensin|ekle|basvuruma ekle",
)
NO = phrases(
    r"hayir( \w+)?|hyr|yok|olmaz|yanlis|degil|istemiyorum|gonderme\w*|kaydetme\w*|onaylama\w*|onaylamiyorum|duzelt\w*",
)
SKIP = phrases(
    r"gec|gecelim|geciniz|atla|yok|hayir|fark ?etmez|gerek yok|boyle iyi",
    r"bilmiyorum|bilmiyom|bilmem|hatirlamiyorum|sokak( adini)? bilmiyorum",
    r".*adini bilmiyorum|.*numarasi(ni)? (yok|bilmiyorum)",
)
DROP = phrases(
    r"vaz ?gec\w*|iptal( et\w*| olsun)?|bos ?ver\w*|kalsin|birak\w*|gerek kalmadi|istemiyorum( artik)?",
)
NEW = phrases(
    r"yeni( bir)? (basvuru|konu|sorun|sikayet)|baska( bir)? (konu|sorun|sey)|(hayir )?farkli|hayir|yok|degil",
)
INSIST = phrases(
    r"(yine|gene) ?de.{0,40}|(ayrica )?(kaydet|kaydedin|kayit ac)\w*.{0,20}|(yeni|ayri)( bir)? (basvuru|kayit).{0,20}",
    r"(hayir )?(bu )?(farkli|baska)( bir)?( konu| sorun| sey)?",
)

_GIVES_UP = re.compile(
    r"^(?:\w+ ){0,4}?(?:vaz ?gec(?:tim|tik|elim)|bos ?ver(?:in|iniz)?|(?:onu|bunu|sunu) (?:birak|gec|unut)\w*"
    r"|(?:birak|unut)(?:in|un)? (?:onu|bunu|sunu)|o(?:nu)? kalsin)\b"
    r"|^(?:\w+ ){1,5}?(?:demedim|demek istemedim|kast ?etmedim)\b"
)


def gives_up(text: str) -> bool:
    """Whether a message begins with giving up what was being drafted ('boş verin onu, asıl …', 'onu demedim, …')."""
    return bool(_GIVES_UP.search(plain(text)))


_CORE = (
    r"evet|evt|he|olur|tamam(dir)?|tmm?|ok(ey)?|kabul|onay|onayli(yorum|yoruz)|onayla|eminim|istiyorum|tabii?|elbette"
)
_BESIDE = r"lutfen|artik|ederim|ediyorum|onayliyorum|kesinlikle|sagol\w*|dogru|hemen|oyle|aynen"
_WITHDRAW = (
    r"iptal|edin(iz)?|edilsin|et|edebilirsiniz|geri|cek(in|iniz|ilsin|ebilirsiniz|iyorum|elim)?|istiyorum|etmek|cekmek"
)
_REQUEST = r"basvuru\w*|kayd\w*|kayit\w*|[a-z]{2,5}|\d{1,6}|numarali"
_WIPE = (
    r"sil|silin|siliniz|silinsin|silebilirsiniz|silinmesini|hepsi(ni)?|tum(unu)?|her ?sey(i|imi)?|kisisel"
    r"|veri(lerim|lerimi|lerimin|ler)"
)


def _made_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{words})\b ?)+")


_CONSENTS = re.compile(rf"\b(?:{_CORE}|sil(in|iniz|insin|ebilirsiniz)?)\b")
_ERASES = _made_of(f"{_CORE}|{_BESIDE}|{_WIPE}")
_WITHDRAWS = re.compile(r"\biptal (et|edin(iz)?|edilsin|edebilirsiniz|etmek istiyorum)\b|\biptal$")
_TAKES_BACK = re.compile(r"\bgeri cek(in|iniz|ilsin|ebilirsiniz|mek istiyorum|iyorum)?\b")
_WITHDRAWAL = _made_of(f"{_CORE}|{_BESIDE}|{_WITHDRAW}|{_REQUEST}")
_NOT_SO = re.compile(
    r"\bhayir\b|\bhyr\b|\betme(yin|yiniz|sin|yelim)?\b|\bedilmesin\b|\bcekme(yin|yiniz|sin|yelim)?\b|\bcekilmesin\b"
    r"|\bsilme(yin|yiniz|sin)?\b|\bsilinmesin\b|\bonaylam\w+|\bdursun\b|\bacik kalsin\b|\biptalden\b|\bdegilim\b"
)
_THINKS_AGAIN = re.compile(
    r"\bvaz ?gec\w*|\bkalsin\b|\bbos ?ver\w*|\bbirak\w*|\bistemi(yorum|yom|yoruz)\b|\bgerek (yok|kalmadi)\b"
)


LONGEST = 8
"""Words that an answer to a question with yes or no may have."""
SURE = 0.5


def to_erasure(answer: str, u: Understanding) -> bool | None:
    """Whether the data are to be erased. Only a clear yes is one; None: the words are about something else."""
    if _something_else(answer, u):
        return None
    if _refuses(answer, u) or _THINKS_AGAIN.search(answer) or "iptal" in answer:
        return False
    return True if _ERASES.fullmatch(answer) and _CONSENTS.search(answer) else None


def to_withdrawal(answer: str, u: Understanding) -> bool | None:
    """Whether the request is to be withdrawn; 'vazgeçtim' may mean both, so the request is kept. None: as above."""
    if _something_else(answer, u):
        return None
    if _refuses(answer, u):
        return False
    if _WITHDRAWS.search(answer) or _TAKES_BACK.search(answer):
        return True
    if _THINKS_AGAIN.search(answer):
        return False
    worded = _WITHDRAWAL.fullmatch(answer) and _CONSENTS.search(answer)
    return True if YES.fullmatch(answer) or worded or u.act in (Act.AFFIRM, Act.CANCEL_REQUEST) else None


def _something_else(answer: str, u: Understanding) -> bool:
    told = u.act is Act.REPORT and u.service_confidence >= SURE and len(answer.split()) > 2
    return told or len(answer.split()) > LONGEST


def _refuses(answer: str, u: Understanding) -> bool:
    return bool(NO.fullmatch(answer) or _NOT_SO.search(answer)) or u.act is Act.DENY


def thinks_again(answer: str) -> bool:
    """Whether the words leave open what was given up: the request, or the wish to withdraw it."""
    return bool(_THINKS_AGAIN.search(answer)) and not _NOT_SO.search(answer)


_ADD = phrases(
    r"(evet )?(bu |o |eski |onceki |mevcut )?(basvuru|kayd|kayit)\w*( icin)?( ekle\w*)?",
    r"(evet )?(bunun|onun|ayni)( icin)?",
    r"ekle(yin|yiniz|nsin)?( lutfen)?|eski(si)?|onceki(si)?",
)
_OTHER = phrases(r"yeni(si)?( bir)?( basvuru| konu| sorun| sey)?( icin)?|baska(si)?|farkli( bir)?( konu| sorun| sey)?")


def to_addition(text: str, u: Understanding) -> bool | None:
    """Whether what came is for the request that was asked about; None: the words are about something else."""
    answer = plain(text)
    if u.tracking_no and len(answer.split()) <= 6:
        return True
    if NEW.fullmatch(answer) or _OTHER.fullmatch(answer):
        return False
    return True if YES.fullmatch(answer) or _ADD.fullmatch(answer) else None


_STILL = re.compile(r"\b(hala|halen|yine|gene|tekrar|yeniden|ayni|duruyor\w*|eksik|yari(m|si)|kalan|cozul\w*|olmadi)\b")


def still(text: str) -> bool:
    """Whether the words say that something goes on, rather than that it is new."""
    return bool(_STILL.search(plain(text)))
