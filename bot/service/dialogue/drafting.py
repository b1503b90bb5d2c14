"""From a first message to the filed request: what is missing is asked, once, in the right order."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.conversation import AwaitedKind, Draft, ReviewReason, Step
from bot.domain.messages import Button, EventKind
from bot.domain.requests import Filing, Kind, Place, Request
from bot.domain.understanding import Problem
from bot.service.dialogue.sameness import find_same
from bot.service.dialogue.talk import Talk, step
from bot.turkish import fold

ASK_BELOW = 0.35
CLOSE = 0.6
REVIEW_BELOW = 0.3
MAX_DESCRIPTION = 4000


@step("report")
def report(talk: Talk) -> None:
    """A new problem, or more about the one being drafted."""
    u = talk.understanding
    draft = talk.draft
    if draft is not None and draft.step is Step.SAME:
        talk.drop_draft()
        draft = None
    if draft is not None and _continues(talk, draft):
        talk.keep(_with_message(talk, draft))
        advance(talk)
        return
    queued = draft is not None
    for index, problem in enumerate(u.problems or (Problem(talk.text, ()),)):
        talk.begin(_new_draft(talk, problem, index))
    if queued:
        talk.say("also_noted")
    elif u.urgent or u.danger:
        talk.say(f"danger_{u.danger or 'general'}")
    advance(talk)


@step("praise")
def praise(talk: Talk) -> None:
    """Thanks that name work, a team or a person are filed."""
    problem = talk.understanding.problems[0]
    talk.begin(replace(_new_draft(talk, problem, 0), kind=Kind.THANKS))
    advance(talk)


@step("give_details")
def give_details(talk: Talk) -> None:
    """An answer that says where (text or position), or adds to the draft."""
    draft = talk.draft
    where = _where(talk)
    if draft is None:
        if where != Place() or talk.attachment_ids:
            talk.begin(Draft(key=f"{talk.key}.0", place=where, attachment_ids=talk.attachment_ids))
            advance(talk)
        else:
            talk.act("not_understood")
        return
    before = draft.place
    draft = _with_message(talk, draft, describe=draft.step not in (Step.PLACE, Step.DETAIL))
    if draft.step is Step.DETAIL:
        if draft.place == before and talk.text.strip():
            draft = replace(draft, place=replace(draft.place, landmark=talk.text.strip()[:150]))
        draft = replace(draft, asked=(*draft.asked, Step.DETAIL))
    elif draft.step is Step.PLACE and not draft.place.known and not draft.candidates:
        if not talk.understanding.outside and talk.text.strip() and draft.place == before:
            draft = replace(draft, place=replace(draft.place, landmark=talk.text.strip()[:150]))
        draft = replace(draft, asked=(*draft.asked, Step.PLACE))
    talk.keep(draft)
    advance(talk)


@step("describe")
def describe(talk: Talk) -> None:
    """The answer to 'what happened?'."""
    draft = talk.draft
    if draft is None:
        report(talk)
        return
    problems = talk.understanding.problems or _problems_of(talk, talk.text)
    if problems:
        fresh = _new_draft(talk, problems[0], 0)
        draft = replace(
            fresh,
            key=draft.key,
            place=draft.place.merged(fresh.place),
            attachment_ids=draft.attachment_ids + talk.attachment_ids,
        )
    else:
        draft = replace(draft, description=talk.text.strip()[:MAX_DESCRIPTION], service="other")
    talk.keep(draft)
    advance(talk)


@step("skip")
def skip(talk: Talk) -> None:
    """'Geç': the question is not asked again; a place that the service needs is asked once more."""
    draft = talk.draft
    if draft is None or draft.step is None:
        talk.act("deny")
        return
    talk.keep(replace(draft, asked=(*draft.asked, draft.step)))
    advance(talk)


@step("choose")
def choose(talk: Talk) -> None:
    """One of the offered services or neighbourhoods, by button or in words."""
    draft = talk.draft
    if draft is None:
        talk.say("stale_button")
        return
    chosen = _chosen(talk, draft)
    if chosen in talk.municipality.services:
        draft = replace(draft, service=chosen, confidence=1.0, asked=(*draft.asked, Step.SERVICE))
    elif chosen in talk.municipality.neighbourhoods:
        draft = replace(draft, place=replace(draft.place, neighbourhood=chosen), candidates=())
    else:
        draft = replace(draft, asked=(*draft.asked, Step.SERVICE))
        problems = _problems_of(talk, talk.text)
        if talk.text.strip():
            draft = replace(draft, description=f"{draft.description}\n{talk.text.strip()}"[:MAX_DESCRIPTION])
        if problems and problems[0].services and problems[0].services[0].confidence > draft.confidence:
            best = problems[0].services[0]
            draft = replace(draft, service=best.label, confidence=best.confidence)
    talk.keep(draft)
    advance(talk)


@step("correct")
def correct(talk: Talk) -> None:
    """A correction of the draft; without one, of the newest request while it is new."""
    draft = talk.draft
    if draft is None or draft.step is Step.SAME:
        talk.act("amend")
        return
    where = _where(talk)
    place = draft.place
    if place.neighbourhood and place.neighbourhood in talk.understanding.negated:
        place = replace(place, neighbourhood=None)
    place = place.merged(where)
    changed = replace(draft, place=place, candidates=talk.understanding.candidates)
    problems = talk.understanding.problems
    if problems and problems[0].services and where == Place() and not talk.understanding.negated:
        best = problems[0].services[0]
        if best.confidence >= ASK_BELOW and best.label != draft.service:
            changed = replace(changed, service=best.label, confidence=best.confidence, alternatives=())
            changed = replace(changed, description=f"{draft.description}\n{talk.text.strip()}"[:MAX_DESCRIPTION])
    if changed == draft:
        if draft.step is Step.CORRECTION:
            changed = replace(draft, description=f"{draft.description}\n{talk.text.strip()}"[:MAX_DESCRIPTION])
        else:
            reject(talk)
            return
    talk.keep(replace(changed, step=None))
    advance(talk)


@step("reject")
def reject(talk: Talk) -> None:
    """'Düzelt' or 'hayır' at the confirmation: what is wrong?"""
    draft = talk.draft
    if draft is None or _stale(talk, draft):
        talk.say("stale_button")
        return
    talk.keep(replace(draft, step=Step.CORRECTION))
    talk.say("ask_correction", talk.button_for("button_drop", f"drop:{draft.key}"), asks=True)


@step("drop")
def drop(talk: Talk) -> None:
    """'Vazgeç': nothing is filed. Without a draft it may mean the filed request."""
    draft = talk.draft
    if draft is None:
        if any(_open_own(talk)) and talk.button is None:
            talk.act("cancel_request")
        else:
            talk.say("nothing_to_drop")
        return
    if _stale(talk, draft):
        talk.say("stale_button")
        return
    talk.drop_draft()
    if talk.draft is not None:
        talk.say("next_problem")
        advance(talk)
    else:
        talk.say("dropped")


@step("same")
def same(talk: Talk) -> None:
    """Yes, it is the request that exists: follow it."""
    draft = talk.draft
    request = talk.uow.requests.get(draft.same_as) if draft and draft.same_as else None
    if draft is None or request is None or _stale(talk, draft):
        talk.say("stale_button")
        return
    talk.drop_draft()
    assert talk.conversation.id is not None
    if request.citizen_id == talk.conversation.citizen_id:
        talk.act("status_of_last")
    elif talk.desk.join(request, talk.conversation.citizen_id, talk.conversation.id, draft.description):
        if draft.attachment_ids:
            talk.desk.add_files(request, draft.attachment_ids, talk.actor)
        talk.conversation.last_request_id = request.id
        talk.say("joined", number=request.tracking_no)
    else:
        talk.say("joined_already", number=request.tracking_no, status=talk.texts.status(request.status))
    _next(talk)


@step("different")
def different(talk: Talk) -> None:
    """No, this is another problem: go on with the draft."""
    draft = talk.draft
    if draft is None:
        talk.no_longer_await(AwaitedKind.INTENTION)
        talk.say("ask_description", asks=True)
        talk.begin(Draft(key=f"{talk.key}.0", step=Step.DESCRIPTION))
        return
    talk.keep(replace(draft, same_as=None, step=None, asked=(*draft.asked, Step.SAME)))
    advance(talk)


@step("confirm")
def confirm(talk: Talk) -> None:
    """'Onayla': file it. Pressed again, it says that the request is there."""
    draft = talk.draft
    key = talk.button.split(":")[1] if talk.button and ":" in talk.button else None
    if key and (draft is None or draft.key != key):
        filed = talk.uow.requests.by_key(key)
        if filed is not None and filed.citizen_id == talk.conversation.citizen_id:
            talk.say("already_filed", number=filed.tracking_no)
        else:
            talk.say("stale_button")
        return
    if draft is None or draft.step is not Step.CONFIRM:
        talk.act("affirm")
        return
    file_draft(talk, draft)
    _next(talk)


def file_draft(talk: Talk, draft: Draft) -> Request:
    """File the confirmed draft and say so; what a person must see becomes a review item."""
    assert talk.conversation.id is not None and draft.service is not None
    service = talk.municipality.services[draft.service]
    request = talk.desk.file(
        Filing(
            key=draft.key,
            service=draft.service,
            kind=draft.kind,
            description=draft.description,
            place=draft.place,
            urgent=draft.urgent,
            sensitive=draft.sensitive,
            confidence=draft.confidence,
            contact=draft.contact,
            attachment_ids=draft.attachment_ids,
            linked_to=draft.linked_to,
        ),
        talk.conversation.citizen_id,
        talk.conversation.id,
        talk.conversation.channel,
    )
    talk.drop_draft()
    talk.conversation.last_request_id = request.id
    for reason, applies in (
        (ReviewReason.URGENT, draft.urgent),
        (ReviewReason.SENSITIVE, draft.sensitive),
        (ReviewReason.ALWAYS_REVIEWED, service.always_reviewed and draft.kind is not Kind.THANKS),
        (ReviewReason.LOW_CONFIDENCE, draft.confidence < REVIEW_BELOW and not draft.sensitive and not draft.urgent),
    ):
        if applies:
            talk.review(reason, request, draft.confidence)
    _say_filed(talk, request, draft)
    return request


def advance(talk: Talk) -> None:
    """Ask the one thing that is missing next, or for the confirmation."""
    draft = talk.draft
    if draft is None:
        return
    if draft.service is None:
        _ask_what(talk, draft)
        return
    service = talk.municipality.services[draft.service]
    outside = _outside(talk, draft)
    if outside is not None:
        _say_outside(talk, draft, outside)
        return
    if _unsure(draft):
        _ask_service(talk, draft)
        return
    if service.body and "told" not in draft.asked and draft.kind is not Kind.THANKS:
        body = talk.municipality.bodies[service.body]
        draft = talk.keep(replace(draft, asked=(*draft.asked, "told")))
        talk.say("responsible_first", body=body.name, phone=talk.texts.phone_of(body))
    needs_place = service.place == "required" and draft.kind is not Kind.THANKS
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


def ask_again(talk: Talk) -> None:
    """After a digression: back to where it was."""
    if talk.draft is not None and talk.draft.step is not Step.SAME:
        advance(talk)


# -- asking
def _ask_what(talk: Talk, draft: Draft) -> None:
    key = "ask_description_file" if draft.attachment_ids else "ask_description"
    if draft.place != Place():
        key = "ask_description_place"
    talk.keep(replace(draft, step=Step.DESCRIPTION))
    talk.say(key, asks=True)


def _unsure(draft: Draft) -> bool:
    """Between two services the citizen is asked, once; far below that the best guess is confirmed and reviewed."""
    return (
        draft.confidence < ASK_BELOW
        and len(draft.alternatives) > 0
        and Step.SERVICE not in draft.asked
        and len(draft.description) < 80
    )


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


def _say_filed(talk: Talk, request: Request, draft: Draft) -> None:
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
    _next(talk)


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
        talk.keep(replace(draft, step=Step.SAME, same_as=found.request.id))
        talk.conversation.last_request_id = found.request.id
        talk.say(
            "same_own",
            new,
            number=found.request.tracking_no,
            service=talk.texts.service(found.request.service),
            day=found.request.created_at,
            status=talk.texts.status(found.request.status),
        )
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


# -- making drafts
def _new_draft(talk: Talk, problem: Problem, index: int) -> Draft:
    u = talk.understanding
    several = len(u.problems) > 1
    best = problem.services[0] if problem.services else None
    close = [s.label for s in problem.services[1:3] if best and s.confidence >= CLOSE * best.confidence]
    description = talk.text.strip() if not several else problem.text.strip()
    return Draft(
        key=f"{talk.key}.{index}",
        description=description[:MAX_DESCRIPTION],
        service=best.label if best else None,
        confidence=best.confidence if best else 0.0,
        alternatives=tuple(close),
        kind=problem.kind if problem.kind is not Kind.INFORMATION else Kind.REQUEST,
        place=_where(talk),
        candidates=u.candidates,
        urgent=u.urgent,
        danger=u.danger,
        sensitive=u.sensitive,
        contact=u.phone,
        attachment_ids=talk.attachment_ids if index == 0 else (),
    )


def _with_message(talk: Talk, draft: Draft, describe: bool = True) -> Draft:
    """The draft with what this message adds: place, files, words, urgency."""
    u = talk.understanding
    place = draft.place
    if place.neighbourhood and place.neighbourhood in u.negated:
        place = replace(place, neighbourhood=None)
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
        place=place.merged(_where(talk)),
        candidates=u.candidates,
        description=description,
        service=service,
        confidence=confidence,
        urgent=draft.urgent or u.urgent,
        sensitive=draft.sensitive or u.sensitive,
        contact=u.phone or draft.contact,
        attachment_ids=draft.attachment_ids + talk.attachment_ids,
    )


def _where(talk: Talk) -> Place:
    """The place of this message: its words, or the position that came with it."""
    place = talk.understanding.place
    for event in talk.events:
        if event.kind is EventKind.LOCATION and event.latitude is not None:
            place = place.merged(Place(latitude=event.latitude, longitude=event.longitude))
    return place


def _continues(talk: Talk, draft: Draft) -> bool:
    """Whether a report goes on about the draft rather than beginning another matter."""
    u = talk.understanding
    if len(u.problems) > 1 or draft.service is None:
        return draft.service is None and len(u.problems) <= 1
    if u.service == draft.service or u.service in draft.alternatives:
        return True
    return u.service_confidence < ASK_BELOW


def _problems_of(talk: Talk, text: str) -> tuple[Problem, ...]:
    if talk.understanding.problems or talk.parse is None or not text.strip():
        return talk.understanding.problems
    return talk.parse(text).problems


def _chosen(talk: Talk, draft: Draft) -> str | None:
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


def _stale(talk: Talk, draft: Draft) -> bool:
    """A button of an older draft."""
    return talk.button is not None and ":" in talk.button and talk.button.split(":")[1] != draft.key


def _open_own(talk: Talk) -> list[Request]:
    return [request for request in talk.own_requests() if request.closed_at is None]


def _next(talk: Talk) -> None:
    """The next draft of the queue."""
    if talk.draft is not None:
        talk.say("next_problem")
        advance(talk)
