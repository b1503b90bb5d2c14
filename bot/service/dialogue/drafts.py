"""Drafts from messages: what is new, what a message adds, what was chosen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.domain.conversation import Draft, Step
from bot.domain.messages import Button, EventKind
from bot.domain.requests import Kind, Place, Request, Status
from bot.domain.understanding import Problem
from bot.service.dialogue.alarms import GENERAL, danger_of, is_urgent
from bot.service.dialogue.answers import named_of
from bot.service.dialogue.problems import Said
from bot.service.dialogue.queue import brought
from bot.service.dialogue.talk import Talk
from bot.turkish import fold

ASK_BELOW = 0.35
"""A service below this confidence is asked about, where another one is close."""
CLOSE = 0.6
"""An alternative is close at this share of the best one's confidence."""
MAX_DESCRIPTION = 4000
JUST_FORWARDED = timedelta(days=1)
_SUGGESTS = re.compile(r"\bonerim(iz)?\b|\boneriyor(um|uz)\b|\boneride bulun")


def new_draft(talk: Talk, problem: Problem, index: int, said: Said | None = None) -> Draft:
    """A draft of one problem; `said` where the message holds several, each with words and a place of its own."""
    u = talk.understanding
    best = problem.services[0] if problem.services else None
    unsure = problem.services[1:3] if best and not problem.sure else ()
    close = [s.label for s in unsure if best and s.confidence >= CLOSE * best.confidence]
    description = said.text if said else talk.text.strip()
    danger = said.danger if said else danger_of(talk)
    return Draft(
        key=f"{talk.key}.{index}",
        description=description[:MAX_DESCRIPTION],
        service=best.label if best else None,
        confidence=best.confidence if best else 0.0,
        alternatives=tuple(close),
        kind=_kind(talk, problem),
        place=said.place if said else place_said(talk),
        candidates=u.candidates if said is None or not said.place.neighbourhood else (),
        urgent=is_urgent(talk, danger, best.label if best else None),
        danger=danger if danger != GENERAL else None,
        sensitive=u.sensitive,
        contact=u.phone,
        attachment_ids=talk.attachment_ids if index == 0 else (),
    )


def _kind(talk: Talk, problem: Problem) -> Kind:
    """What is put forward as a suggestion is one; a question that is filed is a request."""
    if _SUGGESTS.search(fold(talk.text)):
        return Kind.SUGGESTION
    return problem.kind if problem.kind is not Kind.INFORMATION else Kind.REQUEST


def with_message(talk: Talk, draft: Draft, describe: bool = True) -> Draft:
    """The draft with what this message adds: place, files, words, urgency."""
    u, danger = talk.understanding, danger_of(talk)
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
        urgent=draft.urgent or is_urgent(talk, danger, service),
        danger=draft.danger or (danger if danger != GENERAL else None),
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


def pressed(talk: Talk, *steps: Step) -> Draft | None:
    """The draft whose button was pressed, from now on the active one; without a button the active one.

    None where that draft is gone, or awaits something other than `steps` by now: an old button does no harm.
    """
    if talk.button is None:
        return talk.draft
    _, _, rest = talk.button.partition(":")
    key = rest.split(":")[0]
    for draft in talk.conversation.drafts:
        if draft.key == key and (not steps or draft.step in steps):
            talk.conversation.drafts = brought(talk.conversation.drafts, draft)
            return talk.draft
    return None


def chosen_of(talk: Talk, draft: Draft) -> str | None:
    """A service's code or a neighbourhood: of the pressed button, else of the words."""
    if talk.button is not None:
        return _chosen_by_button(talk, talk.button, draft)
    if draft.candidates and draft.step is Step.PLACE:
        return named_of(talk.text, draft.candidates)
    answer = fold(talk.text).strip(" .!")
    for code in (draft.service, *draft.alternatives):
        if code and (answer == fold(talk.texts.service(code)) or talk.understanding.service == code):
            return code
    if answer == fold(talk.texts("other_service")):
        return "other"
    if answer.isdecimal() and 1 <= int(answer) <= 3:
        codes = (draft.service, *draft.alternatives)
        return codes[int(answer) - 1] if int(answer) <= len(codes) else None
    return talk.understanding.place.neighbourhood


def service_button(talk: Talk, draft: Draft, code: str, label: str | None = None) -> Button:
    return Button(label or talk.texts.service(code), f"service:{draft.key}:{code}")


def place_buttons(talk: Talk, draft: Draft) -> list[Button]:
    """The neighbourhoods that the words may mean, each by its number in the municipality's file."""
    known = talk.municipality.neighbourhoods
    names = [name for name in draft.candidates if name in known][:4]
    return [Button(name, f"place:{draft.key}:{known.index(name)}") for name in names]


def _chosen_by_button(talk: Talk, button: str, draft: Draft) -> str | None:
    kind, _, value = button.partition(f":{draft.key}:")
    if kind == "service":
        return value if value in talk.municipality.services else None
    known = talk.municipality.neighbourhoods
    name = known[int(value)] if value.isdecimal() and int(value) < len(known) else None
    return name if name in draft.candidates else None


def open_own(talk: Talk) -> list[Request]:
    """One's own requests that "vazgeç" may mean: open ones, and what was just forwarded."""
    return [
        request
        for request in talk.own_requests()
        if request.closed_at is None
        or (request.status == Status.FORWARDED and talk.now - request.created_at <= JUST_FORWARDED)
    ]
