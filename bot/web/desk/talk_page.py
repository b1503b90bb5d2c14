"""Everything that the conversation page shows, read once in one unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from bot.db.conversation_queries import (
    SHOWN,
    SHOWN_OLD,
    NoteLine,
    OtherTalk,
    ThreadFile,
    ThreadLine,
    follower_counts,
    notes_of,
    other_talks,
    similar_open,
    thread_of,
)
from bot.db.queue_queries import QueueRow, one_row
from bot.db.request_queries import staff_names
from bot.domain.conversation import Citizen, Conversation, Draft, Mode, ReviewItem
from bot.domain.publicity import MOST_WEIGHT
from bot.domain.requests import Place, Request
from bot.errors import NotFound
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.canned import Canned, CannedDesk
from bot.service.policy import Right
from bot.service.publicity import is_paused
from bot.service.reviews import held_by, length_for
from bot.web.desk.personal import Shown
from bot.web.desk.visit import Visit


@dataclass(frozen=True)
class TalkPage:
    """`row` is the item with which the page works, None where none is open; `items` are all open ones."""

    row: QueueRow | None
    shown: Shown
    grant: str
    holder: str | None
    conversation: Conversation | None = None
    citizen: Citizen | None = None
    items: Sequence[ReviewItem] = ()
    suggested: str | None = None
    confidence: float | None = None
    lines: Sequence[ThreadLine] = ()
    notes: Sequence[NoteLine] = ()
    requests: Sequence[Request] = ()
    request: Request | None = None
    similar: Sequence[Request] = ()
    followers: dict[int, int] = field(default_factory=dict)
    canned: Sequence[Canned] = ()
    others: Sequence[OtherTalk] = ()
    mine: bool = False
    may_answer: bool = False
    old: bool = False
    me: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    paused: bool = False

    @property
    def open(self) -> bool:
        return self.row is not None and self.row.state != "closed"

    @property
    def writable(self) -> bool:
        """Whether the visitor may write here now: taking it where nobody has it."""
        return self.open and self.may_answer and self.conversation is not None and (self.holder is None or self.mine)

    @property
    def draft(self) -> Draft | None:
        return self.conversation.draft if self.conversation else None

    @property
    def silent(self) -> bool:
        """Whether the assistant is silent in the conversation."""
        return self.conversation is not None and self.conversation.mode == Mode.PERSON

    @property
    def most(self) -> int:
        """How long a reply may be, as the channel counts."""
        if self.conversation is None:
            return 0
        return MOST_WEIGHT if self.conversation.public else length_for(self.conversation.channel)

    @property
    def begun_with(self) -> tuple[str, str]:
        """Where a description begins and its words: the draft's, else the citizen's last ones (by the message's id)."""
        if self.draft is not None and self.draft.description:
            return "draft", self.draft.description
        words = (line for line in reversed(self.lines) if line.direction == "in" and line.id and line.text.strip())
        return next(((str(line.id), line.text) for line in words), ("", ""))

    @property
    def held_elsewhere(self) -> list[OtherTalk]:
        """The citizen's other conversations that a colleague has now."""
        return [other for other in self.others if other.holder and other.holder != self.me]

    def who(self, username: str | None) -> str:
        """The name of a colleague."""
        return self.people.get(username or "", username or "")

    @property
    def cut(self) -> bool:
        """Whether older lines were left out."""
        return not self.old and len(self.lines) >= SHOWN

    @property
    def free_files(self) -> list[ThreadFile]:
        """Files that belong to no request yet."""
        files = {file.id: file for line in self.lines for file in line.files if file.id is not None and file.free}
        return list(files.values())

    def links(self) -> str:
        """What the page's own requests carry along."""
        carried = {"bak": self.grant, "eski": "1" if self.old else ""}
        query = urlencode({name: value for name, value in carried.items() if value})
        return f"?{query}" if query else ""


def talk_page(
    uow: UnitOfWork,
    session: Session,
    municipality: Municipality,
    visit: Visit,
    row: QueueRow | None,
    conversation_id: int | None,
    shown: Shown,
    grant: str,
) -> TalkPage:
    """Read the page. Raises NotFound where the conversation does not exist."""
    may_answer = visit.may(Right.ANSWER)
    holder = row.holder(visit.now) if row else None
    mine, people = holder == visit.staff.username, staff_names(session)
    if conversation_id is None:
        return TalkPage(row, shown, grant, holder, mine=mine, may_answer=may_answer, people=people)
    conversation = uow.conversations.get(conversation_id)
    if conversation is None:
        raise NotFound("not_found")
    citizen = uow.conversations.citizen(conversation.citizen_id)
    items = uow.reviews.open_of(conversation_id)
    item = uow.reviews.get(row.id) if row else None
    requests = uow.requests.of_citizen(conversation.citizen_id, 12)
    request = _in_focus(requests, item, conversation)
    old = bool(visit.asked("eski"))
    similar = _similar(session, request, conversation.draft, [each.id or 0 for each in requests])
    name = citizen.display_name if shown.open else None
    return TalkPage(
        row=row,
        shown=shown,
        grant=grant,
        holder=holder or next((h for h in (held_by(each, visit.now) for each in items) if h), None),
        conversation=conversation,
        citizen=citizen,
        items=items,
        suggested=item.suggested_reply if item else None,
        confidence=item.confidence if item else None,
        lines=thread_of(session, conversation_id, SHOWN_OLD if old else SHOWN),
        notes=notes_of(session, conversation_id),
        requests=requests,
        request=request,
        similar=similar,
        followers=follower_counts(session, [each.id or 0 for each in (*requests, *similar)]),
        canned=CannedDesk(uow, municipality, visit.now).fitting(request, name) if may_answer else (),
        others=other_talks(session, conversation.citizen_id, conversation_id, visit.now),
        mine=mine,
        may_answer=may_answer,
        old=old,
        me=visit.staff.username,
        people=people,
        paused=conversation.public and is_paused(uow),
    )


def item_row(session: Session, item_id: int) -> QueueRow:
    """Raises NotFound."""
    row = one_row(session, item_id)
    if row is None:
        raise NotFound("review_not_found", id=item_id)
    return row


def seconds_left(line: ThreadLine, now: datetime) -> int:
    """How long a reply can still be undone."""
    if line.state != "pending" or line.leaves_at is None or not line.author.startswith("staff:"):
        return 0
    return max(0, int((line.leaves_at - now).total_seconds() + 0.999))


def _in_focus(requests: Sequence[Request], item: ReviewItem | None, conversation: Conversation) -> Request | None:
    """The request that the matter is about: the item's, else the one that was spoken of last."""
    wanted = (item.request_id if item else None) or conversation.last_request_id
    return next((request for request in requests if request.id == wanted), None)


def _similar(session: Session, request: Request | None, draft: Draft | None, own: Sequence[int]) -> list[Request]:
    if request is not None:
        return similar_open(session, request.service, request.place, own)
    if draft is not None and draft.service:
        return similar_open(session, draft.service, draft.place or Place(), own)
    return []
