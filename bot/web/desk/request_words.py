"""What staff call things about requests: statuses, channels, kinds, and the entries of the history."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.requests import HistoryEntry, Kind, Priority, Status
from bot.municipality import Municipality
from bot.web.desk.reasons import CHANNELS as CHANNELS

STATUSES: Mapping[str, str] = {
    Status.RECEIVED: "Alındı",
    Status.ASSIGNED: "Birimde",
    Status.IN_PROGRESS: "İşlemde",
    Status.REOPENED: "Yeniden açıldı",
    Status.RESOLVED: "Çözüldü",
    Status.REJECTED: "Olumsuz sonuçlandı",
    Status.FORWARDED: "Yönlendirildi",
    Status.CANCELLED: "İptal edildi",
    Status.DUPLICATE: "Mükerrer",
}
STEPS: Mapping[str, str] = {
    Status.IN_PROGRESS: "İşleme al",
    Status.RESOLVED: "Çözüldü",
    Status.REJECTED: "Olumsuz sonuçlandır",
    Status.CANCELLED: "İptal et",
    Status.REOPENED: "Yeniden aç",
}
"""What the form of the status offers."""
TONES: Mapping[str, str] = {
    Status.RESOLVED: "good",
    Status.REOPENED: "warn",
    Status.REJECTED: "plain",
    Status.FORWARDED: "plain",
    Status.CANCELLED: "plain",
    Status.DUPLICATE: "plain",
}
"""The colour of a status' pill; the word itself always stands in it."""
KINDS: Mapping[str, str] = {
    Kind.COMPLAINT: "Şikâyet",
    Kind.REQUEST: "Talep",
    Kind.SUGGESTION: "Öneri",
    Kind.THANKS: "Teşekkür",
    Kind.INFORMATION: "Bilgi",
}
PRIORITIES: Mapping[str, str] = {Priority.NORMAL: "Normal", Priority.URGENT: "Acil"}
_ACTIONS: Mapping[str, str] = {
    "filed": "Başvuru kaydedildi",
    "reclassified": "Hizmet düzeltildi",
    "amended": "Yer bilgisi düzeltildi",
    "note_citizen": "Vatandaş ekleme yaptı",
    "note_staff": "Vatandaş için not eklendi",
    "note_internal": "İç not eklendi",
    "files_added": "Dosya eklendi",
    "joined": "Takipçi eklendi",
    "left": "Bir takipçi ayrıldı",
    "passed_on": "Başvuru bir takipçiyle sürüyor",
    "rated": "Değerlendirildi",
    "priority": "Öncelik değişti",
    "merged": "Başka bir başvuru bununla birleştirildi",
    "separated": "Birleştirilen başvuru ayrıldı",
    "erased": "Kişisel veriler silindi",
    "anonymised": "Kişisel veriler silindi",
}
_REASONS: Mapping[str, str] = {
    "withdrawn": "vatandaş geri çekti",
    "not_resolved": "vatandaş çözülmediğini bildirdi",
    "place": "yer",
    "bulk": "toplu işlem",
    "import": "dosyadan aktarma",
    "api": "başka program",
}


def action_words(entry: HistoryEntry) -> str:
    """What happened, in Turkish; a code that has no words stays as it is."""
    if entry.action == "status" and entry.from_status == entry.to_status:
        return "Birim değişti"
    if entry.action == "status":
        return STATUSES.get(entry.to_status or "", entry.to_status or "")
    return _ACTIONS.get(entry.action, entry.action)


def reason_words(entry: HistoryEntry, town: Municipality) -> str:
    """The reason's code in words: a unit, a body, services, a rating, a number."""
    code = entry.reason or ""
    if entry.action == "reclassified" and ">" in code:
        return " → ".join(town.services[part].short if part in town.services else part for part in code.split(">"))
    if entry.action == "rated":
        return f"{code} / 5"
    if entry.action == "priority":
        return PRIORITIES.get(code, code)
    if code in town.units:
        return town.units[code]
    if code in town.bodies:
        return town.bodies[code].name
    return _REASONS.get(code, code)
