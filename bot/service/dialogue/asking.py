"""What is missing is asked, one thing at a time, in the right order; then the confirmation."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.conversation import Draft, Step
from bot.domain.requests import Kind, Place, Request
from bot.service.dialogue.drafts import place_buttons, service_button
from bot.service.dialogue.known import asks, known_incident, same_again, say_incidents
from bot.service.dialogue.outside import located, outside_of, say_outside
from bot.service.dialogue.queue import parked
from bot.service.dialogue.talk import Talk
from bot.turkish import asked


def advance(talk: Talk) -> None:
    """Ask the one thing that is missing next, or for the confirmation."""
    draft = talk.draft
    if draft is None:
        return
    outside = outside_of(talk, draft)
    if outside is not None:
        say_outside(talk, draft, outside)
        next_draft(talk)
        return
    draft = located(talk, draft)
    if draft.service is None:
        _ask_what(talk, draft)
        return
    service = talk.municipality.services[draft.service]
    if _unsure(draft) and not _emergency_service(talk, draft):
        _ask_service(talk, draft)
        return
    if Step.KNOWN not in draft.asked and known_incident(talk, draft):
        next_after_aside(talk)
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
    if Step.SAME not in draft.asked and same_again(talk, draft):
        next_after_aside(talk)
        return
    _ask_confirmation(talk, talk.keep(replace(draft, step=Step.CONFIRM)))


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
    buttons = [service_button(talk, draft, code) for code in codes]
    other = service_button(talk, draft, "other", talk.texts("other_service"))
    talk.keep(replace(draft, step=Step.SERVICE))
    talk.say("ask_service", *buttons, other, asks=True)


def _ask_place(talk: Talk, draft: Draft) -> None:
    again = Step.PLACE in draft.asked
    talk.keep(replace(draft, step=Step.PLACE))
    buttons = place_buttons(talk, draft)
    if buttons:
        names = ", ".join(asked(button.label) for button in buttons)
        talk.say("ask_place_choice", *buttons, asks=True, names=names)
        return
    if draft.step is not Step.PLACE and draft.service is not None and asks(talk.text):
        say_incidents(talk, draft.service, draft.place)
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
    elif service.place == "required" and draft.kind is not Kind.THANKS:
        lines.append(texts("summary_no_place"))
    if draft.attachment_ids:
        lines.append(texts("summary_files", count=len(draft.attachment_ids)))
    if draft.urgent:
        lines.append(texts("summary_urgent"))
    return "\n".join(lines)


def say_filed(talk: Talk, request: Request, draft: Draft) -> None:
    service = talk.municipality.services[request.service]
    body = talk.municipality.bodies.get(request.body or "")
    if draft.kind is Kind.THANKS and body is not None:
        talk.say("filed_thanks_body", number=request.tracking_no, body=body.name)
    elif draft.kind is Kind.THANKS:
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


def next_after_aside(talk: Talk) -> None:
    """Where a known problem was set aside and others wait, these are asked about; it is kept for who insists."""
    aside = talk.draft is not None and talk.draft.set_aside
    if aside and any(not draft.set_aside for draft in talk.conversation.drafts):
        talk.conversation.drafts = parked(talk.conversation.drafts)
        next_draft(talk)


def next_draft(talk: Talk) -> bool:
    """The next draft of the queue; False where none waits."""
    if talk.draft is None or talk.draft.set_aside:
        return False
    talk.say("next_problem")
    advance(talk)
    return True
