"""A filed request is withdrawn: which one, and only after a clear yes to the question that was asked last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.conversation import Awaited, AwaitedKind
from bot.domain.messages import Button
from bot.domain.requests import Request, Status
from bot.domain.understanding import Act
from bot.service.dialogue.answers import place_in_list, plain, thinks_again, to_withdrawal
from bot.service.dialogue.asking import ask_again
from bot.service.dialogue.awaiting import SURE_SERVICE
from bot.service.dialogue.talk import Talk, step
from bot.service.requests import is_open

RECENT = timedelta(hours=24)
AWAITED_HOURS = 24
GUESSES = 5
LISTED = 6
"""So many requests are offered at most."""
_SAYS_NOTHING = re.compile(
    r"olan(i|lar)?|iptal|geri|cek\w*|basvuru\w*|ilgili|icin|bunu|sunu|onu|lutfen|hangisi|evet|istiyorum|ediyorum|numara\w*"
)


@step("cancel_request")
def cancel_request(talk: Talk) -> None:
    """Withdraw a filed request: which one, then a confirmation. A pressed or typed choice leads to it as well."""
    candidates = _candidates(talk)
    if talk.button is not None:
        pressed = next((request for request in candidates if request.id == number_in(talk.button)), None)
        if pressed is None:
            talk.act("stale_button")
        else:
            ask_cancel(talk, pressed)
        return
    if talk.understanding.tracking_no:
        _by_number(talk, talk.understanding.tracking_no)
        return
    choosing = talk.awaits(AwaitedKind.WHICH) is not None
    if choosing and _tells_of_another(talk, candidates):
        talk.act("report")
        return
    if not candidates:
        talk.no_longer_await(AwaitedKind.WHICH)
        talk.say("cancel_none")
        return
    chosen = chosen_of(talk, candidates, in_order=choosing) if choosing or len(candidates) > 1 else None
    last = talk.last_request()
    recent = last is not None and last in candidates and talk.now - last.updated_at <= RECENT
    if chosen is None and recent and not choosing:
        chosen = last
    if chosen is not None or len(candidates) == 1:
        ask_cancel(talk, chosen or candidates[0])
    else:
        ask_which(talk, candidates, again=choosing)


def _tells_of_another(talk: Talk, candidates: Sequence[Request]) -> bool:
    """A problem at a place instead of a choice, of a service that none of the requests has."""
    u = talk.understanding
    told = u.act is Act.REPORT and u.service_confidence >= SURE_SERVICE and u.place.neighbourhood is not None
    return told and u.service not in {request.service for request in candidates}


def _by_number(talk: Talk, number: str) -> None:
    request = talk.own_by_number(number)
    if request is None:
        unknown_number(talk, number)
    elif not _withdrawable(request):
        talk.say("cancel_closed", number=number, status=talk.texts.status(request.status))
    elif _asked_about(talk, request) and to_withdrawal(plain(talk.text), talk.understanding):
        confirm_cancel(talk)
    else:
        ask_cancel(talk, request)


def _asked_about(talk: Talk, request: Request) -> bool:
    awaited = talk.awaits(AwaitedKind.CANCEL)
    return awaited is not None and awaited.request_id == request.id


def ask_which(talk: Talk, candidates: Sequence[Request], again: bool = False) -> None:
    """Which of several: numbered, so that a digit or 'ikincisi' answers it too."""
    offered = candidates[:LISTED]
    lines = [
        talk.texts(
            "cancel_line",
            index=index,
            number=request.tracking_no,
            service=talk.texts.service(request.service),
            place=talk.texts.area(request),
        )
        for index, request in enumerate(offered, 1)
    ]
    buttons = [Button(request.tracking_no, f"withdraw:{request.id}") for request in offered]
    question = talk.texts("ask_cancel_which_again" if again else "ask_cancel_which", talk.conversation.turns)
    talk.no_longer_await(AwaitedKind.CANCEL)
    talk.await_(AwaitedKind.WHICH, AWAITED_HOURS)
    talk.say_text("\n".join([question, *lines]), *buttons, talk.button_for("button_no", "keep"), asks=True)


def ask_which_again(talk: Talk, row: Awaited) -> bool:
    """After a digression; False where there is nothing to choose any more."""
    candidates = _candidates(talk)
    if candidates:
        ask_which(talk, candidates)
    return bool(candidates)


def ask_cancel_again(talk: Talk, row: Awaited) -> bool:
    """After a digression; False where it can't be withdrawn any more."""
    request = next((request for request in _candidates(talk) if request.id == row.request_id), None)
    if request is not None:
        ask_cancel(talk, request)
    return request is not None


def ask_cancel(talk: Talk, request: Request) -> None:
    """Really this one? Its button is good as long as this question is the last one."""
    talk.no_longer_await(AwaitedKind.WHICH)
    talk.await_(AwaitedKind.CANCEL, AWAITED_HOURS, request)
    yes = talk.button_for("button_yes", f"cancel:{request.id}")
    no = talk.button_for("button_no", f"keep:{request.id}")
    service = talk.texts.service(request.service)
    talk.say("ask_cancel", yes, no, asks=True, number=request.tracking_no, service=service)


@step("confirm_cancel")
def confirm_cancel(talk: Talk) -> None:
    """Yes, withdraw it. A follower only stops following. A button of a question that isn't open changes nothing."""
    awaited = talk.awaits(AwaitedKind.CANCEL)
    pressed = number_in(talk.button)
    asked = (
        awaited.request_id if awaited is not None and (talk.button is None or awaited.request_id == pressed) else None
    )
    request = talk.uow.requests.get(asked or pressed or 0, lock=True)
    if request is None or not talk.is_own(request):
        talk.act("stale_button")
        return
    if not _withdrawable(request):
        talk.say("cancel_closed", number=request.tracking_no, status=talk.texts.status(request.status))
    elif asked is None:
        talk.act("stale_button")
        return
    elif request.citizen_id != talk.conversation.citizen_id:
        talk.desk.leave(request, talk.conversation.citizen_id)
        talk.say("unfollowed", number=request.tracking_no)
    else:
        talk.desk.withdraw(request, talk.actor)
        talk.say("cancelled", number=request.tracking_no)
    if asked is not None:
        talk.no_longer_await(AwaitedKind.CANCEL)
    ask_again(talk)


@step("keep_request")
def keep_request(talk: Talk) -> None:
    """No, or a 'vazgeçtim' that may mean both: the request stays, and in doubt the question stays open."""
    awaited = talk.awaits(AwaitedKind.CANCEL)
    pressed = number_in(talk.button)
    if awaited is None and talk.awaits(AwaitedKind.WHICH) is None:
        talk.act("stale_button")
        return
    if pressed is not None and (awaited is None or awaited.request_id != pressed):
        talk.act("stale_button")
        return
    request = talk.uow.requests.get(awaited.request_id) if awaited is not None and awaited.request_id else None
    if talk.button is None and request is not None and thinks_again(plain(talk.text)):
        talk.await_(AwaitedKind.CANCEL, AWAITED_HOURS, request)
        button = talk.button_for("button_withdraw", f"cancel:{request.id}")
        talk.say("cancel_kept_in_doubt", button, asks=True, number=request.tracking_no)
        return
    talk.no_longer_await(AwaitedKind.CANCEL)
    talk.no_longer_await(AwaitedKind.WHICH)
    talk.say("cancel_kept")
    ask_again(talk)


def _withdrawable(request: Request) -> bool:
    return is_open(request) or request.status == Status.FORWARDED


def _candidates(talk: Talk) -> list[Request]:
    return [request for request in talk.own_requests() if _withdrawable(request)]


def chosen_of(talk: Talk, candidates: Sequence[Request], in_order: bool) -> Request | None:
    """The one that the words name: by its place in the list, or by service, street or words that only it has."""
    words = plain(talk.text).split()
    if in_order and len(words) <= 4:
        index = place_in_list(words, len(candidates[:LISTED]))
        if index is not None:
            return candidates[index]
    telling = [word for word in words if len(word) > 2 and not _SAYS_NOTHING.fullmatch(word)]
    scores = [_likeness(talk, request, telling) for request in candidates]
    best = max(scores, default=0)
    return candidates[scores.index(best)] if best > 0 and scores.count(best) == 1 else None


def _likeness(talk: Talk, request: Request, words: Sequence[str]) -> int:
    """How many of the words the request's service, place or text has too; a word counts from its first letters."""
    u, texts = talk.understanding, talk.texts
    own = plain(f"{texts.service(request.service)} {texts.place(request.place)} {request.description}").split()
    common = sum(any(each.startswith(word[:5]) for each in own) for word in words)
    there = u.place.neighbourhood is not None and u.place.neighbourhood == request.neighbourhood
    this = u.service == request.service and u.service_confidence >= SURE_SERVICE
    return common + 2 * (there + this)


def number_in(button: str | None) -> int | None:
    """The id in a button's payload, which anybody may have made up."""
    part = button.partition(":")[2] if button else ""
    return int(part) if part.isdecimal() and len(part) < 19 else None


def unknown_number(talk: Talk, number: str) -> None:
    """Guessing is slowed down: after some wrong numbers in a day no further number is looked at."""
    name = f"guess:{talk.conversation.id}:{talk.municipality.local(talk.now):%Y%m%d}"
    tries = int(talk.uow.leases.value(name) or 0) + 1
    talk.uow.leases.set_value(name, str(tries))
    if tries > GUESSES:
        talk.say("status_slow_down")
    else:
        talk.say("status_not_yours", number=number)
