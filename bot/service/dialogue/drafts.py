"""Drafts from messages: what is new, what a message adds, what was chosen."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.conversation import Draft, Step
from bot.domain.messages import EventKind
from bot.domain.requests import Kind, Place, Request
from bot.domain.understanding import Problem, Understanding
from bot.service.dialogue.problems import Said
from bot.service.dialogue.talk import Talk
from bot.turkish import fold

ASK_BELOW = 0.35
"""A service below this confidence is asked about, where another one is close."""
CLOSE = 0.6
"""An alternative is close at this share of the best one's confidence."""
MAX_DESCRIPTION = 4000
_SUGGESTS = re.compile(r"\bonerim(iz)?\b|\boneriyor(um|uz)\b|\boneride bulun")


def new_draft(talk: Talk, problem: Problem, index: int, said: Said | None = None) -> Draft:
    """A draft of one problem; `said` where the message holds several, each with words and a place of its own."""
    u = talk.understanding
    best = problem.services[0] if problem.services else None
    unsure = problem.services[1:3] if best and not problem.sure else ()
    close = [s.label for s in unsure if best and s.confidence >= CLOSE * best.confidence]
    description = said.text if said else talk.text.strip()
    return Draft(
        key=f"{talk.key}.{index}",
        description=description[:MAX_DESCRIPTION],
        service=best.label if best else None,
        confidence=best.confidence if best else 0.0,
        alternatives=tuple(close),
        kind=_kind(talk, problem),
        place=said.place if said else place_said(talk),
        candidates=u.candidates if said is None or not said.place.neighbourhood else (),
        urgent=_is_urgent(talk, best.label if best else None),
        danger=u.danger if _danger_named(u) else None,
        sensitive=u.sensitive,
        contact=u.phone,
        attachment_ids=talk.attachment_ids if index == 0 else (),
    )


def _kind(talk: Talk, problem: Problem) -> Kind:
    """What is put forward as a suggestion is one; a question that is filed is a request."""
    if _SUGGESTS.search(fold(talk.text)):
        return Kind.SUGGESTION
    return problem.kind if problem.kind is not Kind.INFORMATION else Kind.REQUEST


def _is_urgent(talk: Talk, service: str | None) -> bool:
    """Danger in the words, or urgency told of a thing that stands somewhere (not of a tax or a course)."""
    u = talk.understanding
    somewhere = service is None or talk.municipality.services[service].place == "required"
    return _danger_named(u) or (u.urgent and somewhere)


def _danger_named(u: Understanding) -> bool:
    return u.danger is not None and u.danger != "general"


def with_message(talk: Talk, draft: Draft, describe: bool = True) -> Draft:
    """The draft with what this message adds: place, files, words, urgency."""
    u = talk.understanding
    place = draft.place
    if place.neighbourhood and place.neighbourhood in u.negated:
        place = replace(place, neighbourhood=None)
    said = place_said(talk)
    if said.latitude is not None and place.latitude is not None:
        place = replace(place, neighbourhood=None)  # it may have come from the older position
    text = talk.text.strip()
    description = draft.description
    if describe and text and fold(text) not in fold(description):
        description = f"{description}\n{text}".strip()[:MAX_DESCRIPTION]
    service, confidence = draft.service, draft.confidence
    best = u.problems[0].services[0] if u.problems and u.problems[0].services else None
    if best and best.confidence > max(confidence, 0.5) and describe and draft.step is not Step.CONFIRM:
        service, confidence = best.label, best.confidence
    return replace(
        draft,
        place=place.merged(said),
        candidates=u.candidates,
        description=description,
        service=service,
        confidence=confidence,
        urgent=draft.urgent or _is_urgent(talk, service),
        sensitive=draft.sensitive or u.sensitive,
        contact=u.phone or draft.contact,
        attachment_ids=draft.attachment_ids + talk.attachment_ids,
    )


def place_said(talk: Talk) -> Place:
    """The place of this message: its words, or the position that came with it."""
    place = talk.understanding.place
    for event in talk.events:
        if event.kind is EventKind.LOCATION and event.latitude is not None:
            place = place.merged(Place(latitude=event.latitude, longitude=event.longitude))
    return place


def continues(talk: Talk, draft: Draft) -> bool:
    """Whether a report goes on about the draft rather than beginning another matter."""
    u = talk.understanding
    if len(u.problems) > 1 or draft.service is None:
        return draft.service is None and len(u.problems) <= 1
    if u.service == draft.service or u.service in draft.alternatives:
        return True
    return u.service_confidence < ASK_BELOW


def problems_of(talk: Talk, text: str) -> tuple[Problem, ...]:
    if talk.understanding.problems or talk.parse is None or not text.strip():
        return talk.understanding.problems
    return talk.parse(text).problems


def chosen_of(talk: Talk, draft: Draft) -> str | None:
    if talk.button is not None:
        kind, _, value = talk.button.partition(":")
        if kind == "place":
            return draft.candidates[int(value)] if value.isdigit() and int(value) < len(draft.candidates) else None
        return value
    answer = fold(talk.text).strip(" .!")
    for code in (draft.service, *draft.alternatives):
        if code and (answer == fold(talk.texts.service(code)) or talk.understanding.service == code):
            return code
    for name in draft.candidates:
        if fold(name) in answer:
            return name
    if answer.isdigit() and 1 <= int(answer) <= 3:
        codes = (draft.service, *draft.alternatives)
        return codes[int(answer) - 1] if int(answer) <= len(codes) else None
    return talk.understanding.place.neighbourhood


def is_stale(talk: Talk, draft: Draft) -> bool:
    """A button of an older draft."""
    return talk.button is not None and ":" in talk.button and talk.button.split(":")[1] != draft.key


def open_own(talk: Talk) -> list[Request]:
    return [request for request in talk.own_requests() if request.closed_at is None]
