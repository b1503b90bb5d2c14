"""From a first message to the filed request: the steps around a draft."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.conversation import AwaitedKind, Draft, ReviewReason, Step
from bot.domain.messages import EventKind
from bot.domain.requests import Filing, Kind, Place, Request
from bot.domain.understanding import Act
from bot.service.dialogue.adding import files_are_new
from bot.service.dialogue.alarms import heard
from bot.service.dialogue.asking import advance, next_draft, say_filed
from bot.service.dialogue.drafts import (
    ASK_BELOW,
    MAX_DESCRIPTION,
    chosen_of,
    new_draft,
    open_own,
    place_said,
    pressed,
    problems_of,
    with_message,
)
from bot.service.dialogue.following import asks_about_own
from bot.service.dialogue.moves import danger_said
from bot.service.dialogue.queue import brought
from bot.service.dialogue.talk import Talk, step
from bot.service.origin import post_address

CORRECTION_ABOVE = 0.1
"""In a correction a service that was not the wrong one counts from here on."""
REVIEW_BELOW = 0.3
"""A request filed below this confidence of its service is looked at by a person."""


@step("give_details")
def give_details(talk: Talk) -> None:
    """An answer that says where (text or position), or adds to the draft."""
    draft = talk.draft
    if talk.text.strip() and any(event.kind is EventKind.LOCATION for event in talk.events):
        if danger_said(talk.text) or talk.understanding.act is Act.EMERGENCY:
            talk.act("emergency")
            return
        if draft is None and talk.understanding.act is Act.REPORT and talk.understanding.problems:
            talk.act("report")
            return
    where = place_said(talk)
    if draft is None:
        if where != Place() or talk.attachment_ids:
            talk.begin(Draft(key=f"{talk.key}.0", place=where, attachment_ids=talk.attachment_ids))
            advance(talk)
        else:
            talk.act("not_understood")
        return
    before = draft.place
    draft = with_message(talk, heard(talk, draft), describe=draft.step not in (Step.PLACE, Step.DETAIL))
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
        talk.act("report")
        return
    problems = talk.understanding.problems or problems_of(talk, talk.text)
    if problems:
        draft, fresh = heard(talk, draft), new_draft(talk, problems[0], 0)
        draft = replace(
            fresh,
            key=draft.key,
            urgent=draft.urgent or fresh.urgent,
            danger=draft.danger or fresh.danger,
            place=draft.place.merged(fresh.place),
            attachment_ids=draft.attachment_ids + talk.attachment_ids,
        )
    else:
        draft = replace(heard(talk, draft), description=talk.text.strip()[:MAX_DESCRIPTION], service="other")
    talk.keep(draft)
    advance(talk)


@step("skip")
def skip(talk: Talk) -> None:
    """'Geç': the question is not asked again; a place that the service needs is asked once more."""
    draft = pressed(talk, Step.DETAIL)
    if talk.button is not None and draft is None:
        talk.act("stale_button")
        return
    if draft is None or draft.step is None:
        talk.act("deny")
        return
    talk.keep(replace(draft, asked=(*draft.asked, draft.step)))
    advance(talk)


@step("choose")
def choose(talk: Talk) -> None:
    """One of the offered services or neighbourhoods, by button or in words."""
    draft = pressed(talk, Step.PLACE if (talk.button or "").startswith("place:") else Step.SERVICE)
    chosen = chosen_of(talk, draft) if draft is not None else None
    if draft is None or (talk.button is not None and chosen is None):
        talk.act("stale_button")
        return
    if chosen in talk.municipality.services:
        draft = replace(draft, service=chosen, confidence=1.0, asked=(*draft.asked, Step.SERVICE))
    elif chosen in talk.municipality.neighbourhoods:
        draft = replace(draft, place=replace(draft.place, neighbourhood=chosen), candidates=())
    else:
        draft = replace(heard(talk, draft), asked=(*draft.asked, Step.SERVICE))
        problems = problems_of(talk, talk.text)
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
    if draft is None or draft.set_aside:
        talk.act("amend")
        return
    draft = heard(talk, draft)
    where = place_said(talk)
    place = draft.place
    if place.neighbourhood and place.neighbourhood in talk.understanding.negated:
        place = replace(place, neighbourhood=None)
    place = place.merged(where)
    changed = replace(draft, place=place, candidates=talk.understanding.candidates)
    tells = talk.understanding.act is Act.REPORT and talk.understanding.service_confidence >= ASK_BELOW
    silent_on_place = where == Place() and not talk.understanding.negated
    better = _better_service(talk, draft) if tells or silent_on_place else None
    if better is not None:
        description = f"{draft.description}\n{talk.text.strip()}"[:MAX_DESCRIPTION]
        asked = tuple(what for what in draft.asked if what != "told")
        changed = replace(
            changed, service=better, confidence=1.0, alternatives=(), description=description, asked=asked
        )
    if changed == draft:
        if draft.step is Step.CORRECTION and len(talk.text.split()) > 2:
            changed = replace(draft, description=f"{draft.description}\n{talk.text.strip()}"[:MAX_DESCRIPTION])
        else:
            reject(talk)
            return
    talk.keep(replace(changed, step=None))
    advance(talk)


def _better_service(talk: Talk, draft: Draft) -> str | None:
    """What the correction says it is instead: the likeliest service but the one that was wrong."""
    ranked = [scored for problem in problems_of(talk, talk.text) for scored in problem.services]
    others = [scored for scored in ranked if scored.label != draft.service and scored.confidence >= CORRECTION_ABOVE]
    return max(others, key=lambda scored: scored.confidence).label if others else None


@step("reject")
def reject(talk: Talk) -> None:
    """'Düzelt' or 'hayır' at the confirmation: what is wrong?"""
    draft = pressed(talk, Step.CONFIRM, Step.CORRECTION)
    if draft is None:
        talk.act("stale_button")
        return
    talk.keep(replace(draft, step=Step.CORRECTION))
    talk.say("ask_correction", talk.button_for("button_drop", f"drop:{draft.key}"), asks=True)


@step("drop")
def drop(talk: Talk) -> None:
    """'Vazgeç': nothing is filed. Without a draft it may mean the filed request."""
    draft = pressed(talk)
    if draft is None and talk.button is not None:
        talk.act("stale_button")
        return
    about_filed = draft is None or (draft.set_aside and draft.same_as is not None)
    if about_filed and talk.button is None:
        talk.drop_draft()
        if any(open_own(talk)):
            talk.act("cancel_request")
        else:
            talk.say("nothing_to_drop")
        return
    talk.drop_draft()
    if not next_draft(talk):
        talk.say("dropped")


@step("same")
def same(talk: Talk) -> None:
    """Yes, it is the request that exists: follow it."""
    draft = pressed(talk, Step.SAME)
    if draft is not None and draft.set_aside and draft.same_as is None:
        talk.drop_draft()
        talk.say("thanked")
        return
    request = talk.uow.requests.get(draft.same_as) if draft and draft.same_as else None
    if draft is None or request is None:
        talk.act("stale_button")
        return
    talk.drop_draft()
    assert talk.conversation.id is not None
    talk.conversation.last_request_id = request.id
    if request.citizen_id == talk.conversation.citizen_id:
        talk.act("status_of_last")
    elif talk.desk.join(request, talk.conversation.citizen_id, talk.conversation.id, draft.description):
        if draft.attachment_ids:
            talk.desk.add_files(request, draft.attachment_ids, talk.actor)
        talk.forget_own_requests()
        talk.say("joined", number=request.tracking_no)
    else:
        talk.say("joined_already", number=request.tracking_no, status=talk.texts.status(request.status))
    next_draft(talk)


@step("different")
def different(talk: Talk) -> None:
    """No, this is another problem; or "yine de kaydet": go on with the draft, also where it was set aside long ago."""
    if files_are_new(talk):
        return
    draft = pressed(talk, Step.KNOWN, Step.SAME)
    parked = talk.insisted
    if parked is not None:
        talk.conversation.drafts = brought(talk.conversation.drafts, parked)
        draft = talk.draft
    if draft is None and talk.button is not None:
        say_filed_already(talk)
        return
    if draft is None:
        talk.no_longer_await(AwaitedKind.INTENTION)
        talk.say("ask_description", asks=True)
        talk.begin(Draft(key=f"{talk.key}.0", step=Step.DESCRIPTION))
        return
    known = Step.KNOWN if draft.set_aside and draft.same_as is None else Step.SAME
    talk.keep(replace(draft, same_as=None, step=None, asked=(*draft.asked, known)))
    advance(talk)


@step("confirm")
def confirm(talk: Talk) -> None:
    """'Onayla': file it. Pressed again, it says that the request is there."""
    draft = pressed(talk, Step.CONFIRM, Step.CORRECTION)
    if draft is None and talk.button is not None:
        say_filed_already(talk)
        return
    if talk.button is None and asks_about_own(talk.text):  # "ne zaman olur" ends like a yes
        talk.act("ask_information")
        return
    if draft is None or draft.step is not Step.CONFIRM:
        talk.act("affirm")
        return
    file_draft(talk, draft)
    next_draft(talk)


def say_filed_already(talk: Talk) -> None:
    """To a button whose draft is gone: the number of what was filed from it, where it was."""
    _, _, key = (talk.button or "").partition(":")
    filed = talk.uow.requests.by_key(key)
    if filed is not None and filed.citizen_id == talk.conversation.citizen_id:
        talk.say("already_filed", number=filed.tracking_no)
    else:
        talk.act("stale_button")


def _filed_beside(talk: Talk, draft: Draft) -> int | None:
    """The first of the citizen's requests that was filed from the same message."""
    citizen = talk.conversation.citizen_id
    beside = (request for request in talk.uow.requests.beside(draft.key) if request.citizen_id == citizen)
    return next((request.id for request in beside), None)


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
            linked_to=draft.linked_to or _filed_beside(talk, draft),
        ),
        talk.conversation.citizen_id,
        talk.conversation.id,
        talk.conversation.channel,
    )
    address = post_address(talk.uow, request)
    if address is not None:
        talk.desk.add_note(request, address, talk.actor, kind="post")
    talk.drop_draft()
    talk.forget_own_requests()
    talk.conversation.last_request_id = request.id
    lost = service.place == "required" and not draft.place.known
    for reason, applies in (
        (ReviewReason.URGENT, draft.urgent),
        (ReviewReason.SENSITIVE, draft.sensitive),
        (ReviewReason.ALWAYS_REVIEWED, service.always_reviewed),
        (ReviewReason.NOT_UNDERSTOOD, lost),
        (ReviewReason.LOW_CONFIDENCE, draft.confidence < REVIEW_BELOW and not draft.sensitive and not draft.urgent),
    ):
        if applies and draft.kind is not Kind.THANKS:
            talk.review(reason, request, draft.confidence)
    say_filed(talk, request, draft)
    return request
