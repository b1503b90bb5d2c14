"""One turn's conversation as the dialogue steps see it: what came in, what is known, and the replies so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.conversation import Awaited, AwaitedKind, Conversation, Draft, Mode, ReviewReason
from bot.domain.messages import Button, EventKind, IncomingEvent, Reply
from bot.domain.requests import Request, Status
from bot.domain.understanding import Act, Scored, Understanding
from bot.errors import TurnError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.dialogue.answers import plain
from bot.service.dialogue.moves import interpret
from bot.service.dialogue.queue import begun
from bot.service.dialogue.situation import Edited, Matter, Move, Situation
from bot.service.publicity import About
from bot.service.requests import RequestDesk, is_open
from bot.service.reviews import ReviewDesk, drafts_told
from bot.service.suggestions import Suggestion, suggest
from bot.service.texts import Texts

NEAR_ANSWER = 0.3
"""An information entry this near is worth suggesting to a person."""
ANSWERS_A_DRAFT = frozenset(
    {
        Move.AFFIRM, Move.DENY, Move.CONFIRM, Move.REJECT, Move.CHOOSE, Move.SKIP, Move.SAME, Move.DIFFERENT,
        Move.CORRECT, Move.GIVE_DETAILS, Move.ADD_INFORMATION, Move.GREET,
    }
)  # fmt: skip
"""What somebody says who comes back to a draft; where it expired meanwhile, that is told."""
Step = Callable[["Talk"], None]
STEPS: dict[str, Step] = {}


def step(name: str) -> Callable[[Step], Step]:
    """Register a dialogue step under the name of its Rasa action (without `action_`)."""

    def register(function: Step) -> Step:
        if name in STEPS:
            raise ValueError(f"the step {name} stands twice")
        STEPS[name] = function
        return function

    return register


@dataclass
class Talk:
    """Implements ports.TurnSession. All changes go to `uow`; replies are collected and written by the turn.

    `awaited` is kept up with what the steps await and no longer await, `asked` holds what this turn awaits anew;
    `expired` is the draft that ended before these messages came; `edited` the earlier message that they change.
    """

    uow: UnitOfWork
    municipality: Municipality
    texts: Texts
    conversation: Conversation
    understanding: Understanding
    events: Sequence[IncomingEvent]
    text: str
    now: datetime
    key: str
    secret: bytes
    awaited: Sequence[Awaited] = ()
    button: str | None = None
    attachment_ids: tuple[int, ...] = ()
    find_information: Callable[[str, str | None], tuple[Scored, ...]] = lambda text, service: ()
    parse: Callable[[str], Understanding] | None = None
    handover_hours: float = 24.0
    replies: list[Reply] = field(default_factory=list)
    understood: bool = True
    silent: bool = False
    declined: str | None = None
    about: About | None = None
    asked: set[str] = field(default_factory=set)
    expired: Draft | None = None
    edited: Edited | None = None
    edit_belongs: bool = False
    moved: Move | None = None

    def __post_init__(self) -> None:
        self._own: Sequence[Request] | None = None
        self.desk = RequestDesk(self.uow, self.municipality, self.now, self.secret)
        self.reviews = ReviewDesk(self.uow, self.municipality, self.now)

    @property
    def move(self) -> str:
        """What the messages mean in this conversation, as it stood before them."""
        if self.moved is None:
            self.moved = interpret(self._situation())
        return self.moved

    def _situation(self) -> Situation:
        own = self.own_requests()
        kinds = [event.kind for event in self.events]
        return Situation(
            understanding=self.understanding,
            kind=next((kind for kind in kinds if kind is not EventKind.TEXT), EventKind.TEXT),
            text=self.text,
            button=self.button,
            has_files=any(event.files for event in self.events),
            draft=self.insisted or self.draft,
            awaited=frozenset(row.what for row in self.awaited if self.edited is None),
            reopened=self._reopened(),
            with_person=self.conversation.mode == Mode.PERSON,
            public=self.conversation.public,
            edited=self.edited is not None and self.edit_belongs,
            has_open_request=any(is_open(request) for request in own),
            has_closed_request=any(request.status in (Status.RESOLVED, Status.REJECTED) for request in own),
        )

    def _reopened(self) -> Matter | None:
        """What the reopened request is about whose reason is awaited."""
        awaited = self.awaits(AwaitedKind.REASON)
        request = self.uow.requests.get(awaited.request_id) if awaited is not None and awaited.request_id else None
        return Matter(request.service, request.place) if request is not None else None

    def act(self, name: str) -> None:
        """Carry out a step."""
        if name not in STEPS:
            raise TurnError(f"no dialogue step named {name}")
        if self.expired is not None and name == self.moved and name in ANSWERS_A_DRAFT:
            name = "draft_expired"
        STEPS[name](self)

    # -- saying
    def say(self, key: str, *buttons: Button, asks: bool = False, wants_location: bool = False, **data: Any) -> None:
        """Add a reply made from a text of the municipality."""
        text = self.texts(key, self.conversation.turns, **data)
        self.say_text(text, *buttons, asks=asks, wants_location=wants_location)

    def say_text(self, text: str, *buttons: Button, asks: bool = False, wants_location: bool = False) -> None:
        self.replies.append(Reply(text, buttons, asks, wants_location, self.conversation.public))

    def button_for(self, key: str, payload: str) -> Button:
        return Button(self.texts(key), payload)

    # -- the drafts
    @property
    def draft(self) -> Draft | None:
        """The active one."""
        return self.conversation.draft

    @property
    def insisted(self) -> Draft | None:
        """The parked draft that typed words want filed all the same; a button names its draft by the key."""
        aside = [draft for draft in self.conversation.drafts if draft.parked]
        answers = self.draft is not None and self.draft.step in ("same", "known")
        if not aside or answers or self.button is not None:
            return None
        words = plain(self.text)
        labels = {plain(self.texts(key)) for key in ("button_insist", "button_new")}
        return aside[0] if words in labels or re.fullmatch(r"(yine|gene) ?de (kaydet|ac|basvur)\w*", words) else None

    def keep(self, draft: Draft) -> Draft:
        """Store the active draft anew."""
        draft = replace(draft, touched_at=self.now)
        self.conversation.drafts = (draft, *self.conversation.drafts[1:])
        return draft

    def begin(self, draft: Draft, first: bool = False) -> None:
        """Put a draft at the end of the queue, or `first`."""
        self.conversation.drafts = begun(self.conversation.drafts, replace(draft, touched_at=self.now), first)

    def drop_draft(self) -> None:
        """Take the active draft out of the queue."""
        active = self.draft
        self.conversation.drafts = tuple(draft for draft in self.conversation.drafts if draft is not active)

    # -- what is awaited
    def awaits(self, what: AwaitedKind) -> Awaited | None:
        return next((row for row in self.awaited if row.what == what), None)

    def await_(
        self, what: AwaitedKind, hours: float, request: Request | None = None, since: datetime | None = None
    ) -> None:
        """Await it for so many hours from now on; `since` where it was asked earlier and is only asked again."""
        assert self.conversation.id is not None
        expires = self.now + timedelta(hours=hours)
        row = Awaited(self.conversation.id, what, since or self.now, expires, request.id if request else None)
        self.uow.conversations.await_(row)
        self.asked.add(what)
        self.awaited = (row, *(other for other in self.awaited if other.what != what))

    def no_longer_await(self, what: AwaitedKind) -> None:
        assert self.conversation.id is not None
        self.uow.conversations.no_longer_await(self.conversation.id, what)
        self.asked.discard(what)
        self.awaited = tuple(other for other in self.awaited if other.what != what)

    # -- requests
    @property
    def actor(self) -> str:
        return f"citizen:{self.conversation.citizen_id}"

    def own_requests(self) -> Sequence[Request]:
        """Filed or followed, newest first; read once a turn and again after a filing."""
        if self._own is None:
            self._own = self.uow.requests.of_citizen(self.conversation.citizen_id)
        return self._own

    def forget_own_requests(self) -> None:
        """They changed in this turn."""
        self._own = None

    def own_by_number(self, number: str) -> Request | None:
        """A request of this citizen by its number; None for anybody else's, without telling which."""
        request = next((request for request in self.own_requests() if request.tracking_no == number), None)
        if request is None:  # own_requests holds the newest alone
            found = self.uow.requests.by_number(number)
            request = found if found and self.is_own(found) else None
        return request

    def is_own(self, request: Request) -> bool:
        """Filed or followed by this citizen."""
        citizen = self.conversation.citizen_id
        followers = self.uow.requests.followers(request.id or 0)
        return request.citizen_id == citizen or citizen in [follower.citizen_id for follower in followers]

    def last_request(self) -> Request | None:
        """The request that was spoken of last, as long as it is the citizen's."""
        if self.conversation.last_request_id is None:
            return None
        request = self.uow.requests.get(self.conversation.last_request_id)
        return request if request is not None and self.is_own(request) else None

    # -- people
    def review(self, reason: ReviewReason, request: Request | None = None, confidence: float | None = None) -> None:
        suggestion = self.suggestion(reason, request)
        summary = self.texts.about(request) if request is not None else self.summary()
        self.reviews.open(reason, self.conversation, request, summary, confidence, suggestion=suggestion)

    def hand_over(self, reason: ReviewReason, text_key: str | None = "handover") -> None:
        """A person has the conversation from now on; the citizen is told when to expect an answer."""
        confidence = self.understanding.service_confidence or None
        suggestion = self.suggestion(reason)
        self.reviews.open(
            reason, self.conversation, None, self.summary(), confidence, handover=True, suggestion=suggestion
        )
        self.reviews.hand_over(self.conversation, self.now + timedelta(hours=self.handover_hours))
        if text_key is not None:
            self.say(text_key, when=self.when_answered())
        self.conversation.handover_confirmed = text_key is None

    def suggestion(self, reason: ReviewReason, request: Request | None = None) -> Suggestion:
        """What the person who looks might do: the likely unit, and an answer to begin with."""
        u, answer = self.understanding, None
        if u.act is Act.ASK_INFORMATION and self.text.strip():
            found = self.find_information(self.text, None)
            nearest = found[0].label if found and found[0].confidence >= NEAR_ANSWER else None
            answer = next((entry.answer for entry in self.municipality.information if entry.id == nearest), None)
        return suggest(self.municipality, reason, request, self.draft, u, answer)

    def when_answered(self) -> str:
        if self.municipality.works_at(self.now):
            return self.texts("handover_now")
        return self.texts("handover_later", moment=self.municipality.next_working_moment(self.now))

    def summary(self) -> str:
        """What is known, for the person who takes over."""
        parts = [f"Son ileti: {self.text.strip()[:500]}"] if self.text.strip() else []
        parts += drafts_told(self.texts, self.conversation.drafts)
        if not self.conversation.drafts and self.understanding.service:
            parts.append(f"Tahmin: {self.texts.service(self.understanding.service)}")
        return "\n".join(parts)
