"""'Ne zaman alınacak?', 'kim ilgileniyor?': short questions that mean what was just told, not the information base."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.domain.requests import Request, Status
from bot.service.dialogue.moves import plain
from bot.service.dialogue.talk import Talk
from bot.service.requests import is_open

SPOKEN_OF = timedelta(days=30)
_WHEN = r"ne zaman|ne vakit|kac (gun|saat|hafta)\w*|ne kadar (zaman|sur)\w*|hangi gun|kacta"
_WHO = r"kim(ler)?|hangi (birim|mudurluk|ekip|kurum)\w*"
_DONE = (
    r"(al|gel|yap|coz|bit|sur|gider|gid|tamir|onar|bak|ilgilen|temizle|topla|sonuclan|hallo|halle|ol|cik|kapat|bosal|duzel|"
    r"basla|tamamla|geri don|don)\w*|var|sorumlu\w*"
)
_AROUND = (
    r"peki|acaba|ya|tamam|bu|bunu|buna|bununla|bunun|is|isi|isim|simdi|e|ee|yani|basvuru\w*|sorun\w*|konu\w*|sizce|tahminen|"
    r"yaklasik|icin|ekip\w*|kayit|kaydim\w*|talebim\w*|benim|ile|lutfen|daha"
)
_ABOUT_OWN = re.compile(rf"(?:(?:{_AROUND}|{_DONE}) )*(?:{_WHEN}|{_WHO})(?: (?:{_AROUND}|{_DONE}))*")


def asks_about_own(text: str) -> bool:
    """Nothing is named in it: what it asks about was said before."""
    return _ABOUT_OWN.fullmatch(plain(text)) is not None


def answer_about_own(talk: Talk) -> bool:
    """Who looks after it and until when: of the draft, else of the request that was spoken of last."""
    if not asks_about_own(talk.text):
        return False
    if talk.draft is not None and not talk.draft.set_aside:
        return _of_draft(talk, talk.draft.service)
    request = talk.last_request()
    if request is None or talk.now - request.updated_at > SPOKEN_OF:
        return False
    return _of_request(talk, request)


def _of_draft(talk: Talk, code: str | None) -> bool:
    service = talk.municipality.services[code] if code else None
    if service is None:
        return False
    if service.body:
        body = talk.municipality.bodies[service.body]
        talk.say("follow_up_draft_body", body=body.name, phone=talk.texts.phone_of(body))
        return True
    if service.target_hours is None:
        return False
    days = service.target_hours >= 48
    span = talk.texts("span_days" if days else "span_hours", count=service.target_hours // (24 if days else 1))
    talk.say("follow_up_draft", span=span, unit=talk.municipality.responsible(service.code))
    return True


def _of_request(talk: Talk, request: Request) -> bool:
    number, service = request.tracking_no, talk.texts.service(request.service)
    body = talk.municipality.bodies.get(request.body or "")
    if request.status == Status.FORWARDED and body is not None:
        phone = talk.texts.phone_of(body)
        talk.say("follow_up_forwarded", number=number, service=service, body=body.name, phone=phone)
        return True
    if not is_open(request):
        return False
    unit = talk.municipality.units.get(request.unit or "") or talk.municipality.responsible(request.service)
    status = talk.texts.status(request.status)
    text = talk.texts("follow_up", number=number, service=service, status=status, unit=unit)
    if request.due_at is not None:
        text += " " + talk.texts("status_due" if request.due_at > talk.now else "follow_up_late", due=request.due_at)
    talk.say_text(text)
    return True
