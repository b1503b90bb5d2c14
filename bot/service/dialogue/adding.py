"""More about what is there: words and files for the draft, for a filed request, or for something new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.conversation import Awaited, AwaitedKind, Draft
from bot.domain.messages import FileRef
from bot.domain.requests import Place, Request
from bot.service.dialogue.answers import to_addition
from bot.service.dialogue.asking import advance, ask_again
from bot.service.dialogue.drafts import MAX_DESCRIPTION
from bot.service.dialogue.talk import Talk, step
from bot.service.dialogue.withdrawal import number_in, unknown_number
from bot.service.requests import is_open

RECENT = timedelta(hours=24)
"""So long words go to the request that was spoken of, and a file is asked about."""
SOON = timedelta(minutes=10)
"""So long after the citizen's last word on a request a file without words belongs to it."""
AWAITED_HOURS = 24


@step("add_information")
def add_information(talk: Talk) -> None:
    """More about the draft, else about an open request; a bare place begins a draft."""
    asked = talk.awaits(AwaitedKind.INTENTION)
    if talk.button is not None and (asked is None or number_in(talk.button) != asked.request_id):
        talk.act("stale_button")
        return
    if talk.draft is not None and asked is None:
        talk.act("give_details")
        return
    number = talk.understanding.tracking_no
    request = talk.own_by_number(number) if number else _asked_about(talk, asked) or request_to_add_to(talk)
    if number and request is None:
        unknown_number(talk, number)
    elif request is None:
        talk.act("give_details")
    else:
        _add(talk, request, said=asked is None or to_addition(talk.text, talk.understanding) is None)


def _asked_about(talk: Talk, asked: Awaited | None) -> Request | None:
    """The request of the question what a file is for, or of the reason why it isn't solved."""
    request = talk.uow.requests.get(asked.request_id) if asked is not None and asked.request_id else None
    return request if request is not None and talk.is_own(request) else None


def _add(talk: Talk, request: Request, said: bool = True) -> None:
    """Files and, where they were more than an answer, words: to history and unit."""
    talk.no_longer_await(AwaitedKind.INTENTION)
    text = talk.text.strip()[:MAX_DESCRIPTION] if said else ""
    if talk.attachment_ids:
        talk.desk.add_files(request, talk.attachment_ids, talk.actor)
    if text:
        talk.desk.add_note(request, text, talk.actor)
    talk.conversation.last_request_id = request.id
    talk.say("added_file" if talk.attachment_ids else "added", number=request.tracking_no)
    ask_again(talk)


@step("share_file")
def share_file(talk: Talk) -> None:
    """A photo or document that says nothing: for the draft, a request, or the beginning of a report; else asked."""
    if not talk.attachment_ids:
        problem = next((file.problem for event in talk.events for file in event.files if file.problem), "gone")
        talk.say("file_problem", problem=talk.texts(f"problem_{problem}"))
        ask_again(talk)
        return
    draft = talk.draft
    if draft is not None and not draft.set_aside:
        talk.keep(_with_files(talk, draft))
        talk.say("file_kept")
        advance(talk)
        return
    asked = talk.awaits(AwaitedKind.INTENTION)
    lately = _asked_about(talk, talk.awaits(AwaitedKind.REASON)) or _spoken_of_just_now(talk)
    if lately is not None and asked is None:
        _add(talk, lately)
        return
    request = _asked_about(talk, asked) or request_to_add_to(talk)
    if request is None:
        _begin(talk)
    else:
        ask_intention(talk, request, asked)


def ask_intention(talk: Talk, request: Request, before: Awaited | None = None) -> None:
    """What is the file for? It is held meanwhile: all that came since the question was asked first."""
    since = before.created_at if before is not None else None
    talk.await_(AwaitedKind.INTENTION, AWAITED_HOURS, request, since)
    photos = all(file.kind == "photo" for file in _files(talk))
    talk.say(
        "ask_intention",
        talk.button_for("button_add", f"add:{request.id}"),
        talk.button_for("button_new", f"new:{_held(request.id)}"),
        asks=True,
        what=talk.texts("file_photo" if photos else "file_other"),
        number=request.tracking_no,
        service=talk.texts.service(request.service),
    )


def ask_intention_again(talk: Talk, row: Awaited) -> bool:
    """After a digression; False where the files went somewhere meanwhile."""
    request = _asked_about(talk, row)
    if request is None or not talk.attachment_ids or talk.draft is not None:
        return False
    ask_intention(talk, request, row)
    return True


def files_are_new(talk: Talk) -> bool:
    """Whether the answer was about files that are held: that they are for something new; then a draft begins."""
    asked = talk.awaits(AwaitedKind.INTENTION)
    pressed = talk.button or ""
    if asked is None or pressed not in ("", f"new:{_held(asked.request_id)}"):
        if pressed.startswith(f"new:{_held(None)}"):
            talk.act("stale_button")
            return True
        return False
    talk.no_longer_await(AwaitedKind.INTENTION)
    _begin(talk)
    return True


def _held(request_id: int | None) -> str:
    return f"file{request_id or ''}"


def _begin(talk: Talk) -> None:
    talk.begin(_with_files(talk, Draft(key=f"{talk.key}.0")))
    advance(talk)


def request_to_add_to(talk: Talk) -> Request | None:
    """The open request that was spoken of in the last day."""
    last = talk.last_request()
    if last is not None and is_open(last) and talk.now - last.updated_at <= RECENT:
        return last
    return None


def _spoken_of_just_now(talk: Talk) -> Request | None:
    """The open request that the citizen filed or added to a few minutes ago."""
    last = talk.last_request()
    if last is None or last.id is None or not is_open(last):
        return None
    own = (entry for entry in talk.uow.requests.history(last.id) if entry.actor == talk.actor)
    return last if any(talk.now - entry.at <= SOON for entry in own) else None


def _files(talk: Talk) -> list[FileRef]:
    return [file for event in talk.events for file in event.files]


def _with_files(talk: Talk, draft: Draft) -> Draft:
    """The draft with the files of this message; without a place it takes the one that a photo knows."""
    new = tuple(id_ for id_ in talk.attachment_ids if id_ not in draft.attachment_ids)
    draft = replace(draft, attachment_ids=draft.attachment_ids + new)
    taken = next((file for file in _files(talk) if file.latitude is not None), None)
    if taken is None or draft.place.known:
        return draft
    return replace(draft, place=draft.place.merged(Place(latitude=taken.latitude, longitude=taken.longitude)))
