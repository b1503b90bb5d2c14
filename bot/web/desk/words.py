"""Words of the people's screens: roles, what each may do, and short names of browsers."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.staff import Role

ROLES: Mapping[str, str] = {
    Role.REVIEWER: "Sosyal medya görevlisi",
    Role.UNIT_STAFF: "Birim görevlisi",
    Role.SUPERVISOR: "Sorumlu",
    Role.ADMINISTRATOR: "Yönetici",
    Role.AUDITOR: "Denetçi",
}
DUTIES: Mapping[str, str] = {
    Role.REVIEWER: "Vatandaşlara yanıt verir, başvuruları düzenler.",
    Role.UNIT_STAFF: "Yalnız kendi biriminin başvurularını görür ve sonuçlandırır.",
    Role.SUPERVISOR: "Görevlinin yaptıklarına ek olarak toplu değişiklik yapar, denetim izini görür.",
    Role.ADMINISTRATOR: "Her şeyi yapar; kişileri ve yetkileri yönetir.",
    Role.AUDITOR: "Her şeyi görür, hiçbir şeyi değiştirmez.",
}
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """'Firefox, Windows' of a user agent; its beginning where it is none that we know."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part) or agent[:40] or "–"
