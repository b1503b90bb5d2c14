"""What a review item suggests to the person who looks at it: the unit, and an answer to begin with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.conversation import Draft, ReviewReason
from bot.domain.requests import Request
from bot.domain.understanding import Understanding
from bot.municipality import Municipality
from bot.service.texts import Texts

LIKELY = 0.3
"""Below this confidence a service is not worth suggesting its unit."""
LANGUAGES = ("en", "de", "ar", "ru")


@dataclass(frozen=True)
class Suggestion:
    unit: str | None = None
    reply: str | None = None


def suggest(
    municipality: Municipality,
    reason: str,
    request: Request | None = None,
    draft: Draft | None = None,
    understanding: Understanding | None = None,
    answer: str | None = None,
) -> Suggestion:
    """From what is known; `answer` is the information entry that comes nearest to a question."""
    service = _service(request, draft, understanding)
    unit = request.unit if request else municipality.services[service].unit if service else None
    return Suggestion(unit, _reply(Texts(municipality), reason, request, draft, service, understanding, answer))


def _service(request: Request | None, draft: Draft | None, understanding: Understanding | None) -> str | None:
    if request is not None:
        return request.service
    if draft is not None and draft.service is not None:
        return draft.service
    sure = understanding is not None and understanding.service_confidence >= LIKELY
    return understanding.service if understanding is not None and sure else None


def _reply(
    texts: Texts,
    reason: str,
    request: Request | None,
    draft: Draft | None,
    service: str | None,
    understanding: Understanding | None,
    answer: str | None,
) -> str | None:
    if request is not None and reason == ReviewReason.NOT_UNDERSTOOD and not request.place.known:
        return texts("suggest_ask_place", service=texts.service(request.service))
    if request is not None:
        key = "suggest_reopened" if reason == ReviewReason.REOPENED_TWICE else "suggest_request"
        unit = texts.municipality.responsible(request.service)
        return texts(key, number=request.tracking_no, service=texts.service(request.service), unit=unit)
    if reason == ReviewReason.LANGUAGE:
        language = understanding.language if understanding and understanding.language in LANGUAGES else "en"
        return texts(f"suggest_language_{language}")
    talks = reason in (ReviewReason.ASKED_FOR_PERSON, ReviewReason.NOT_UNDERSTOOD)
    if talks and answer is not None:
        return texts("suggest_answer", answer=answer)
    if not talks or service is None:
        return texts(f"suggest_{reason}") if f"suggest_{reason}" in texts.municipality.texts else None
    place = texts.place(draft.place) if draft else texts.place(understanding.place) if understanding else ""
    key = "suggest_file" if place or texts.municipality.services[service].place == "none" else "suggest_ask_place"
    return texts(key, service=texts.service(service), place=f" ({place})" if place else "")
