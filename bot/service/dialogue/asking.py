"""What is missing is asked, one thing at a time, in the right order; then the confirmation."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.conversation import Draft, Step
from bot.domain.messages import Button
from bot.domain.requests import Kind, Place, Request
from bot.service.dialogue.sameness import find_same
from bot.service.dialogue.talk import Talk
from bot.service.incidents import IncidentDesk


def advance(talk: Talk) -> None:
    """Ask the one thing that is missing next, or for the confirmation."""
    draft = talk.draft
    if draft is None:
        return
    draft = _located(talk, draft)
    if draft.service is None:
        _ask_what(talk, draft)
        return
    service = talk.municipality.services[draft.service]
    outside = _outside(talk, draft)
    if outside is not None:
        _say_outside(talk, draft, outside)
        return
    if _unsure(draft) and not _emergency_service(talk, draft):
        _ask_service(talk, draft)
        return
    if Step.KNOWN not in draft.asked and _known_incident(talk, draft):
        return
    if service.body and "told" not in draft.asked and draft.kind is not Kind.THANKS:
        body = talk.municipality.bodies[service.body]
        draft = talk.keep(replace(draft, asked=(*draft.asked, "told")))
        talk.say("responsible_first", body=body.name, phone=talk.texts.phone_of(body))
    needed = ("required", "optional") if draft.danger else ("required",)
    needs_place = service.place in needed and draft.kind is not Kind.THANKS
    if needs_place and not draft.place.known and draft.asked.count(Step.PLACE) < 2:
        _ask_place(talk, draft)
        return
    vague = draft.place.known and not draft.place.detailed and Step.DETAIL not in draft.asked
    if needs_place and not service.body and vague:
        talk.keep(replace(draft, step=Step.DETAIL))
        talk.say("ask_detail", talk.button_for("button_skip", f"skip:{draft.key}"), asks=True)
        return
    if Step.SAME not in draft.asked and _same_again(talk, draft):
        return
    _ask_confirmation(talk, talk.keep(replace(draft, step=Step.CONFIRM)))


def _located(talk: Talk, draft: Draft) -> Draft:
    """A position alone gets the name of the nearest neighbourhood, where the municipality's file knows one nearby."""
    place = draft.place
    if place.latitude is None or place.longitude is None or place.neighbourhood:
        return draft
    name = talk.municipality.nearest(place.latitude, place.longitude)
    return talk.keep(replace(draft, place=replace(place, neighbourhood=name))) if name else draft


def ask_again(talk: Talk) -> None:
    """After a digression: back to where it was."""
    if talk.draft is not None and not talk.draft.set_aside:
        advance(talk)


def _ask_what(talk: Talk, draft: Draft) -> None:
    key = "ask_description_file" if draft.attachment_ids else "ask_description"
    if draft.place != Place():
        key = "ask_description_place"
    talk.keep(replace(draft, step=Step.DESCRIPTION))
    talk.say(key, asks=True)


def _unsure(draft: Draft) -> bool:
    """Between two services the citizen is asked, once; far below that the best guess is confirmed and reviewed."""
    return len(draft.alternatives) > 0 and Step.SERVICE not in draft.asked and len(draft.description) < 80


def _emergency_service(talk: Talk, draft: Draft) -> bool:
    """What the emergency line does is told before anything is asked; the summary can be corrected."""
    body = talk.municipality.services[draft.service or "other"].body
    return body is not None and talk.municipality.bodies[body].kind == "emergency"


def _ask_service(talk: Talk, draft: Draft) -> None:
    codes = (draft.service or "other", *draft.alternatives)[:3]
    buttons = [Button(talk.texts.service(code), f"service:{code}") for code in codes]
    talk.keep(replace(draft, step=Step.SERVICE))
    talk.say("ask_service", *buttons, talk.button_for("other_service", "service:other"), asks=True)


def _ask_place(talk: Talk, draft: Draft) -> None:
    again = Step.PLACE in draft.asked
    talk.keep(replace(draft, step=Step.PLACE))
    if draft.candidates:
        buttons = [Button(name, f"place:{index}") for index, name in enumerate(draft.candidates[:4])]
        talk.say("ask_place_choice", *buttons, asks=True)
        return
    key = "ask_place_again" if again else "ask_place"
    talk.say(key, asks=True, wants_location=True, district=talk.municipality.district)


def _ask_confirmation(talk: Talk, draft: Draft) -> None:
    buttons = (
        talk.button_for("button_confirm", f"ok:{draft.key}"),
        talk.button_for("button_correct", f"fix:{draft.key}"),
        talk.button_for("button_drop", f"drop:{draft.key}"),
    )
    talk.say("confirm", *buttons, asks=True, summary=_summary(talk, draft))


def _summary(talk: Talk, draft: Draft) -> str:
    assert draft.service is not None
    service = talk.municipality.services[draft.service]
    texts = talk.texts
    key = {Kind.THANKS: "summary_thanks", Kind.SUGGESTION: "summary_suggestion"}.get(draft.kind, "summary_problem")
    lines = [texts(key, service=service.short)]
    if service.unit:
        lines.append(texts("summary_unit", unit=talk.municipality.units[service.unit]))
    elif service.body:
        lines.append(texts("summary_body", body=talk.municipality.bodies[service.body].name))
    if texts.place(draft.place):
        lines.append(texts("summary_place", place=texts.place(draft.place)))
    if draft.attachment_ids:
        lines.append(texts("summary_files", count=len(draft.attachment_ids)))
    if draft.urgent:
        lines.append(texts("summary_urgent"))
    return "\n".join(lines)


def say_filed(talk: Talk, request: Request, draft: Draft) -> None:
    service = talk.municipality.services[request.service]
    body = talk.municipality.bodies.get(request.body or "")
    if draft.kind is Kind.THANKS:
        talk.say("filed_thanks", number=request.tracking_no, unit=talk.municipality.responsible(request.service))
    elif body is not None:
        phone = talk.texts.phone_of(body)
        talk.say("filed_forwarded", number=request.tracking_no, body=body.name, phone=phone)
    else:
        unit = talk.municipality.responsible(request.service)
        key = "filed_suggestion" if draft.kind is Kind.SUGGESTION else "filed"
        text = talk.texts(key, talk.conversation.turns, number=request.tracking_no, unit=unit)
        if request.due_at is not None and service.unit and key == "filed":
            text += "\n" + talk.texts("filed_due", due=request.due_at)
        talk.say_text(text)
    if talk.conversation.channel == "web":
        talk.say("filed_web", code=request.access_code)


def _outside(talk: Talk, draft: Draft) -> str | None:
    """The district, city or 'firm' whose matter it is; None where it is ours. An own neighbourhood always is."""
    if draft.place.district and draft.place.district in talk.municipality.outside:
        return draft.place.district
    if draft.place.neighbourhood or draft.place.latitude is not None or draft.step is not None:
        return None
    return talk.understanding.outside


def _say_outside(talk: Talk, draft: Draft, outside: str) -> None:
    """Another district or city, or a private firm: said so, nothing filed."""
    own = talk.municipality
    talk.declined = outside
    talk.drop_draft()
    if outside in own.outside:
        metropolitan = next((body for body in own.bodies.values() if body.kind == "metropolitan"), None)
        talk.say(
            "outside_district",
            place=talk.texts.place(draft.place) or outside,
            district=outside,
            other=f"{outside} Belediyesi",
            metropolitan=metropolitan.name if metropolitan else own.name,
            phone=metropolitan.phone if metropolitan else own.phone,
            district_own=own.district,
        )
    elif outside == "firm":
        talk.say("outside_firm")
    else:
        talk.say("outside_city", place=outside, district_own=own.district, name=own.name)
    next_draft(talk)


def _known_incident(talk: Talk, draft: Draft) -> bool:
    """Whether staff announced what explains it: said so, counted, nothing asked. Danger is filed all the same."""
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
    next_after_aside(talk)
    return True


def _set_aside(talk: Talk, draft: Draft) -> None:
    talk.keep(replace(draft, step=Step.KNOWN))


def next_after_aside(talk: Talk) -> None:
    """Where further problems wait, the known one is let go and they are asked about."""
    if len(talk.conversation.drafts) > 1:
        talk.drop_draft()
        next_draft(talk)


def _same_again(talk: Talk, draft: Draft) -> bool:
    """Whether the problem is there already; then its status is told (one's own) or joining is offered."""
    found = find_same(talk, draft)
    if found is None:
        return False
    new = talk.button_for("button_new", f"new:{draft.key}")
    if found.own:
        talk.desk.add_note(found.request, draft.description, talk.actor)
        if draft.attachment_ids:
            talk.desk.add_files(found.request, draft.attachment_ids, talk.actor)
        _set_aside(talk, replace(draft, same_as=found.request.id))
        talk.conversation.last_request_id = found.request.id
        talk.say(
            "same_own",
            new,
            number=found.request.tracking_no,
            service=talk.texts.service(found.request.service),
            day=found.request.created_at,
            status=talk.texts.status(found.request.status),
        )
        next_after_aside(talk)
        return True
    talk.keep(replace(draft, step=Step.SAME, same_as=found.request.id))
    street = found.request.street or f"{found.request.neighbourhood} Mahallesi"
    buttons = (
        talk.button_for("button_same", f"same:{draft.key}"),
        talk.button_for("button_different", f"new:{draft.key}"),
    )
    service = talk.texts.service(found.request.service)
    talk.say("same_other", *buttons, asks=True, service=service, street=street, day=found.request.created_at)
    return True


def next_draft(talk: Talk) -> None:
    """The next draft of the queue."""
    if talk.draft is not None:
        talk.say("next_problem")
        advance(talk)
