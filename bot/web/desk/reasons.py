"""Words of the queue: why somebody should look, by what channel it came, how it was closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.domain.conversation import ReviewReason as R

REASONS: Mapping[str, tuple[str, str]] = {
    R.URGENT: ("Acil", "Tehlike ya da acil bir durum bildirildi."),
    R.DISTRESS: ("Zor durumda", "Yazan kişi kendisi zor durumda olabilir; önce insan sesi duymalı."),
    R.ASKED_FOR_PERSON: ("Görevli istedi", "Vatandaş bir görevliyle görüşmek istedi; asistan susuyor."),
    R.NOT_UNDERSTOOD: ("Anlaşılamadı", "Asistan üst üste anlayamadı; görüşme görevli bekliyor."),
    R.ABUSE: ("Hakaret", "Hakaret sürdü; asistan susuyor."),
    R.LANGUAGE: ("Başka dil", "Türkçe dışında bir dilde yazıldı."),
    R.SENSITIVE: ("Hassas konu", "Konu hassas; kayıt açıldı, birinin bakması gerekiyor."),
    R.ALWAYS_REVIEWED: ("Her zaman bakılır", "Bu hizmetin her başvurusuna bir görevli bakar."),
    R.LOW_CONFIDENCE: ("Emin olunamadı", "Asistan konudan emin değil; hizmet doğru mu?"),
    R.REOPENED_TWICE: ("İki kez yeniden açıldı", "Vatandaş ikinci kez çözülmediğini bildirdi."),
    R.DELIVERY_FAILED: ("İleti ulaşmadı", "Bir ileti vatandaşa ulaştırılamadı."),
    R.VOICE: ("Sesli ileti", "Sesli ileti geldi, ardından yazı gelmedi; dinlenmesi gerekiyor."),
    R.TURN_FAILED: ("Yanıtlanamadı", "Asistan bir hata nedeniyle yanıt veremedi."),
    R.PRIVACY: ("Kişisel veri", "Vatandaş verilerini istedi ya da silinmesini istedi."),
    R.OVERDUE: ("Süresi geçti", "Hedef süresi geçen başvurular var."),
    R.PUBLIC_ANSWER: ("Yanıt onay bekliyor", "Herkese açık bir yanıt taslağı onayınızı bekliyor."),
    R.PUBLIC_POST: ("Herkese açık paylaşım", "Asistanın yanıtlamadığı bir paylaşım."),
    R.BY_STAFF: ("Görevli açtı", "Bir görevli bu görüşmeyi kendisi ele aldı."),
}
"""In Turkish, short and explained; the order is that of the filter."""

CHANNELS: Mapping[str, str] = {
    "telegram": "Telegram",
    "web": "Web sohbeti",
    "x_dm": "X özel mesaj",
    "x_mention": "X (herkese açık)",
}
CLOSED: Mapping[str, str] = {
    "answered": "yanıtlandı",
    "handed_back": "asistana geri verildi",
    "approved": "taslak onaylandı",
    "approved_changed": "taslak değiştirilip onaylandı",
    "post_deleted": "paylaşım silindi",
    "merged": "başka bir kayıtla birleştirildi",
    "rejected": "taslak reddedildi",
    "erased": "vatandaşın verisi silindi",
}
WHY_CLOSED = ("Yanıt gerekmiyor", "Bilgi için okundu", "Mükerrer", "Konu dışı", "Telefonla görüşüldü")
"""Offered when a matter is closed without an answer; any other reason can be written."""
SENT: Mapping[str, str] = {
    "held": "onay bekliyor",
    "pending": "gönderilecek",
    "sending": "gönderiliyor",
    "waiting": "vatandaşın sayfasında",
    "sent": "iletildi",
    "failed": "ulaşmadı",
}
"""What became of a message, by the state of its outbox row."""
KINDS: Mapping[str, str] = {
    "command": "komut",
    "button": "düğme",
    "location": "konum",
    "photo": "fotoğraf",
    "document": "belge",
    "voice": "sesli ileti",
    "video": "video",
    "sticker": "çıkartma",
    "unreadable": "okunamayan ileti",
    "timer": "süre doldu",
}
"""What stands for a line without words, by the kind of the event."""
FAILURES: Mapping[str, str] = {
    "unreachable": "vatandaşa bu kanaldan yazılamıyor",
    "rejected": "kanal iletiyi kabul etmedi",
    "credentials_refused": "kanalın anahtarı geçersiz",
    "rate_limited": "kanal beklememizi istiyor",
    "transient": "kanala ulaşılamadı",
    "uncertain": "ulaşıp ulaşmadığı bilinmiyor",
    "not_fetched": "vatandaş sohbeti açmadı",
    "permanent": "gönderilemez",
    "bug": "beklenmeyen hata",
}
"""Why a message was not delivered, by the code of bot/delivery."""


def reason(code: str) -> tuple[str, str]:
    """Short and explained; the code itself where a newer version wrote it."""
    return REASONS.get(code, (code, code))


def channel(name: str | None) -> str:
    return CHANNELS.get(name or "", name or "–")


def closed(code: str | None, say: Callable[[str], str]) -> str:
    """How a matter was closed: our words for codes (a draft's refusal goes on with the reason), else what was written.

    `say` translates ours and what is offered (WHY_CLOSED).
    """
    ours, mark, why = (code or "").partition(": ")
    if mark and ours == "rejected":
        return f"{say(CLOSED[ours])}: {why}"
    return say(CLOSED.get(code or "", code or ""))


def kind(code: str) -> str:
    """What a line without words was."""
    return KINDS.get(code, "ileti")


def failure(code: str) -> str:
    """Why a message did not arrive; a code of an exception is an unexpected error."""
    return FAILURES.get(code.removesuffix("_too_long").removesuffix("_too_often"), FAILURES["bug"])
