"""Filed requests in conversation: status, correcting, rating, reopening."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.domain.conversation import AwaitedKind, Draft, ReviewReason, Step
from bot.domain.requests import Kind, Place, Request, Status
from bot.service.dialogue.asking import advance, ask_again
from bot.service.dialogue.drafts import MAX_DESCRIPTION
from bot.service.dialogue.linking import link_accounts
from bot.service.dialogue.talk import Talk, step
from bot.service.dialogue.withdrawal import number_in, unknown_number
from bot.service.requests import is_open

RECENT = timedelta(hours=24)


@step("ask_status")
def ask_status(talk: Talk) -> None:
    """By number, or of all one's own requests, those of another account after it was linked. Others' tell nothing."""
    if link_accounts(talk):
        ask_again(talk)
        return
    number = talk.understanding.tracking_no
    own = talk.own_requests()
    if number:
        request = talk.own_by_number(number)
        if request is not None:
            _say_status(talk, request)
        else:
            unknown_number(talk, number)
    elif not own:
        talk.say("status_none")
    elif len([request for request in own if is_open(request)]) == 1 or len(own) == 1:
        _say_status(talk, next((request for request in own if is_open(request)), own[0]))
    else:
        lines = [talk.texts("status_list")]
        for request in own[:8]:
            lines.append(
                talk.texts(
                    "status_line",
                    number=request.tracking_no,
                    service=talk.texts.service(request.service),
                    place=talk.texts.area(request),
                    status=talk.texts.status(request.status),
                )
            )
        talk.say_text("\n".join(lines))
    ask_again(talk)


@step("status_of_last")
def status_of_last(talk: Talk) -> None:
    """The state of the request that was spoken of last."""
    request = talk.last_request()
    if request is None:
        ask_status(talk)
    else:
        _say_status(talk, request)


@step("amend")
def amend(talk: Talk) -> None:
    """A correction after filing, while the request is new."""
    request = talk.last_request()
    place = talk.understanding.place
    fresh = request is not None and request.status == Status.RECEIVED and talk.now - request.created_at <= RECENT
    if request is None or not is_open(request) or request.citizen_id != talk.conversation.citizen_id:
        if place != Place() or talk.understanding.problems:
            talk.act("report" if talk.understanding.problems else "give_details")
        else:
            talk.act("not_understood")
        return
    if fresh and place != Place():
        talk.desk.amend(request, place, talk.actor)
        talk.say("amended", number=request.tracking_no, place=talk.texts.place(request.place))
        return
    talk.desk.add_note(request, talk.text.strip()[:MAX_DESCRIPTION], talk.actor)
    talk.say("added", number=request.tracking_no)


@step("rate")
def rate(talk: Talk) -> None:
    """Satisfaction 1 to 5, once per resolution."""
    awaited = talk.awaits(AwaitedKind.RATING)
    request_id, rating = awaited.request_id if awaited else None, talk.understanding.rating
    if talk.button is not None:
        pressed = re.fullmatch(r"rate:(\d{1,18}):(\d)", talk.button)
        request_id, rating = (int(pressed[1]), int(pressed[2])) if pressed else (None, None)
    if talk.button is None and rating is None and awaited is not None:
        talk.say("survey", asks=True)
        return
    request = talk.uow.requests.get(request_id, lock=True) if request_id else None
    own = request is not None and talk.is_own(request)
    if request is None or not own or rating is None or request.status != Status.RESOLVED or not 1 <= rating <= 5:
        talk.say("stale_button")
        ask_again(talk)
        return
    if awaited is not None and awaited.request_id == request.id:
        talk.no_longer_await(AwaitedKind.RATING)
    given = talk.desk.rate(request, talk.conversation.citizen_id, rating)
    talk.say("rated" if given else "rated_already")
    ask_again(talk)


@step("not_resolved")
def not_resolved(talk: Talk) -> None:
    """'Çözülmedi': opened again with the reason; after 30 days a new linked request; twice brings a person."""
    request = _closed_request(talk)
    if request is None:
        if talk.understanding.problems and talk.understanding.service_confidence >= 0.5:
            talk.act("report")
        elif any(is_open(own) for own in talk.own_requests()):
            talk.act("ask_status")
        else:
            talk.say("reopen_none", asks=True)
        return
    talk.no_longer_await(AwaitedKind.RATING)
    if not talk.desk.can_reopen(request):
        _file_linked(talk, request)
        return
    said = talk.text.strip() if talk.button is None else ""
    reason = said if len(said.split()) >= 3 else ""
    talk.desk.reopen(request, talk.actor, reason or None)
    if talk.attachment_ids:
        talk.desk.add_files(request, talk.attachment_ids, talk.actor)
    talk.conversation.last_request_id = request.id
    unit = talk.municipality.responsible(request.service)
    if reason:
        talk.say("reopened", number=request.tracking_no, unit=unit)
    else:
        talk.await_(AwaitedKind.REASON, 72, request)
        talk.say("reopened_ask_reason", asks=True, number=request.tracking_no)
    if request.reopened_count >= 2:
        talk.review(ReviewReason.REOPENED_TWICE, request)
        talk.say("reopened_person")


@step("give_reason")
def give_reason(talk: Talk) -> None:
    """Why it isn't solved, after a bare 'Çözülmedi'."""
    awaited = talk.awaits(AwaitedKind.REASON)
    request = talk.uow.requests.get(awaited.request_id) if awaited and awaited.request_id else None
    talk.no_longer_await(AwaitedKind.REASON)
    if request is None:
        talk.act("not_understood")
        return
    talk.desk.add_note(request, talk.text.strip()[:MAX_DESCRIPTION], talk.actor)
    if talk.attachment_ids:
        talk.desk.add_files(request, talk.attachment_ids, talk.actor)
    talk.say("reason_noted")


def _say_status(talk: Talk, request: Request) -> None:
    talk.conversation.last_request_id = request.id
    text = talk.texts(
        "status_one",
        number=request.tracking_no,
        service=talk.texts.service(request.service),
        place=talk.texts.area(request),
        status=talk.texts.status(request.status),
        day=request.updated_at,
    )
    if is_open(request) and request.due_at is not None and request.due_at > talk.now:
        text += " " + talk.texts("status_due", due=request.due_at)
    note = _note_for(talk, request) if not is_open(request) else None
    if note:
        text += "\n" + talk.texts("status_note", note=note)
    talk.say_text(text)


def _note_for(talk: Talk, request: Request) -> str | None:
    """What staff wrote last to this citizen, who has the request: not to a follower, nor to who had it before."""
    if request.id is None or request.citizen_id != talk.conversation.citizen_id:
        return None
    passed_on = [entry.at for entry in talk.uow.requests.history(request.id) if entry.action == "passed_on"]
    notes = [note for note in talk.uow.requests.notes(request.id) if note.kind == "staff" and note.text]
    return next((note.text for note in reversed(notes) if not passed_on or note.at > passed_on[-1]), None)


def _closed_request(talk: Talk) -> Request | None:
    """The request that 'it isn't solved' speaks of: by button, by number, by what is awaited, else the newest."""
    number = talk.understanding.tracking_no
    awaited = talk.awaits(AwaitedKind.RATING)
    own = [request for request in talk.own_requests() if request.status in (Status.RESOLVED, Status.REJECTED)]
    if talk.button is not None:
        return next((request for request in own if request.id == number_in(talk.button)), None)
    if number:
        return next((request for request in own if request.tracking_no == number), None)
    if awaited is not None:
        return next((request for request in own if request.id == awaited.request_id), None)
    service = talk.understanding.service
    return next((request for request in own if request.service == service), own[0] if own else None)


def _file_linked(talk: Talk, request: Request) -> None:
    """Too late to reopen: a new draft with the old one's place, linked to it."""
    talk.say("reopen_too_late", number=request.tracking_no)
    talk.begin(
        Draft(
            key=f"{talk.key}.0",
            description=talk.text.strip()[:MAX_DESCRIPTION] or request.description,
            service=request.service,
            confidence=1.0,
            kind=Kind(request.kind),
            place=request.place,
            linked_to=request.id,
            attachment_ids=talk.attachment_ids,
            asked=(Step.DETAIL, Step.SAME),
        )
    )
    advance(talk)
