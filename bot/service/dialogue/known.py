"""What is known already: an incident that staff announced, the citizen's own request, somebody else's."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.conversation import Draft, Step
from bot.domain.messages import Button
from bot.domain.requests import Kind, Place, Request, Status
from bot.service.dialogue.sameness import find_same
from bot.service.dialogue.talk import Talk
from bot.service.incidents import IncidentDesk
from bot.turkish import fold

_ASKS = re.compile(r"\?|\b(ne zaman|neden|niye|nicin|kacta|kac (saat|gun)|ne kadar)\b")


def asks(text: str) -> bool:
    """Whether the words ask why or when, whatever they report."""
    return bool(_ASKS.search(fold(text)))


def known_incident(talk: Talk, draft: Draft) -> bool:
    """Whether staff announced what explains it: said so, counted, set aside. Danger is filed all the same."""
    assert draft.service is not None and talk.conversation.id is not None
    if draft.danger or draft.sensitive or draft.kind in (Kind.THANKS, Kind.SUGGESTION):
        return False
    desk = IncidentDesk(talk.uow, talk.municipality, talk.now)
    incident = desk.matching(draft.service, draft.place)
    if incident is None:
        return False
    new = desk.count(incident, talk.conversation.citizen_id, talk.conversation.id)
    insist = talk.button_for("button_insist", f"new:{draft.key}")
    _set_aside(talk, replace(draft, same_as=None))
    talk.say("incident" if new else "incident_again", insist, text=incident.text)
    return True


def say_incidents(talk: Talk, service: str, place: Place) -> bool:
    """What staff announced about the service, with its area; without a neighbourhood in `place`, all of it."""
    found = IncidentDesk(talk.uow, talk.municipality, talk.now).in_force(service)
    holding = [each for each in found if not place.neighbourhood or each.covers(place.neighbourhood)]
    for incident in holding[:3]:
        area = ", ".join(incident.neighbourhoods) or talk.municipality.district
        talk.say("incident_area", area=area, text=incident.text)
    return bool(holding)


def same_again(talk: Talk, draft: Draft) -> bool:
    """Whether the problem is there already: one's own is told and set aside, joining another's is offered."""
    found = find_same(talk, draft)
    if found is None:
        return False
    if found.own:
        _say_own(talk, draft, found.request)
        return True
    request = found.request
    talk.keep(replace(draft, step=Step.SAME, same_as=request.id))
    near = f"{request.neighbourhood} Mahallesi" if request.neighbourhood else talk.texts("near_position")
    talk.say(
        "same_other",
        talk.button_for("button_same", f"same:{draft.key}"),
        talk.button_for("button_different", f"new:{draft.key}"),
        asks=True,
        service=talk.texts.service(request.service),
        street=request.street or near,
        day=request.created_at,
    )
    return True


def _say_own(talk: Talk, draft: Draft, request: Request) -> None:
    """What is new is added to the request, and its state is told."""
    talk.desk.add_note(request, draft.description, talk.actor)
    if draft.attachment_ids:
        talk.desk.add_files(request, draft.attachment_ids, talk.actor)
    _set_aside(talk, replace(draft, same_as=request.id))
    talk.conversation.last_request_id = request.id
    body = talk.municipality.bodies.get(request.body or "")
    key = "same_own_forwarded" if request.status == Status.FORWARDED and body is not None else "same_own"
    talk.say(
        key,
        Button(talk.texts("button_new"), f"new:{draft.key}"),
        number=request.tracking_no,
        service=talk.texts.service(request.service),
        day=request.created_at,
        status=talk.texts.status(request.status),
        body=body.name if body else "",
        phone=talk.texts.phone_of(body) if body else "",
    )


def _set_aside(talk: Talk, draft: Draft) -> None:
    talk.keep(replace(draft, step=Step.KNOWN))
