"""Requests with history, notes, followers and attachments; review items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.db.statements import insert_ignoring
from bot.db.tables import attachments, counters, followers, history, notes, requests, review_items
from bot.domain.conversation import ReviewItem
from bot.domain.requests import Attachment, Follower, HistoryEntry, Note, Request, Status, keys_beside
from bot.domain.workflow import OPEN


class SqlRequests:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, request: Request) -> None:
        self._session.add(request)
        self._session.flush()

    def next_number(self, year: int) -> int:
        make = postgresql.insert if self._session.get_bind().dialect.name == "postgresql" else sqlite.insert
        statement = (
            make(counters)
            .values(year=year, last=1)
            .on_conflict_do_update(index_elements=[counters.c.year], set_={"last": counters.c.last + 1})
            .returning(counters.c.last)
        )
        return int(self._session.execute(statement).scalar_one())

    def by_key(self, filing_key: str) -> Request | None:
        return self._session.scalars(select(Request).where(requests.c.filing_key == filing_key)).first()

    def beside(self, filing_key: str) -> Sequence[Request]:
        query = select(Request).where(requests.c.filing_key.in_(keys_beside(filing_key))).order_by(requests.c.id)
        return self._session.scalars(query).all()

    def get(self, request_id: int, lock: bool = False) -> Request | None:
        query = select(Request).where(requests.c.id == request_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return self._session.scalars(query).first()

    def by_number(self, tracking_no: str) -> Request | None:
        return self._session.scalars(select(Request).where(requests.c.tracking_no == tracking_no)).first()

    def of_citizen(self, citizen_id: int, limit: int = 20) -> Sequence[Request]:
        followed = select(followers.c.request_id).where(followers.c.citizen_id == citizen_id)
        query = (
            select(Request)
            .where(or_(requests.c.citizen_id == citizen_id, requests.c.id.in_(followed)))
            .order_by(requests.c.id.desc())
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def open_like(self, service: str, since: datetime) -> Sequence[Request]:
        query = (
            select(Request)
            .where(
                requests.c.service == service,
                requests.c.created_at >= since,
                requests.c.status.in_([*OPEN, Status.FORWARDED]),
            )
            .order_by(requests.c.id.desc())
            .limit(200)
        )
        return self._session.scalars(query).all()

    def overdue(self, now: datetime) -> Sequence[Request]:
        query = (
            select(Request)
            .where(requests.c.status.in_([*OPEN]), requests.c.due_at <= now)
            .order_by(requests.c.due_at, requests.c.id)
            .limit(2000)
        )
        return self._session.scalars(query).all()

    def add_history(self, entry: HistoryEntry) -> None:
        self._session.add(entry)

    def history(self, request_id: int) -> Sequence[HistoryEntry]:
        query = select(HistoryEntry).where(history.c.request_id == request_id).order_by(history.c.id)
        return self._session.scalars(query).all()

    def history_entry(self, entry_id: int) -> HistoryEntry | None:
        return self._session.get(HistoryEntry, entry_id)

    def add_note(self, note: Note) -> int:
        self._session.add(note)
        self._session.flush()
        assert note.id is not None
        return note.id

    def notes(self, request_id: int) -> Sequence[Note]:
        return self._session.scalars(select(Note).where(notes.c.request_id == request_id).order_by(notes.c.id)).all()

    def add_follower(self, follower: Follower) -> bool:
        values = {
            "request_id": follower.request_id,
            "citizen_id": follower.citizen_id,
            "conversation_id": follower.conversation_id,
            "at": follower.at,
        }
        follower.id = insert_ignoring(self._session, followers, values)
        return follower.id is not None

    def remove_follower(self, request_id: int, citizen_id: int) -> None:
        gone = delete(Follower).where(followers.c.request_id == request_id, followers.c.citizen_id == citizen_id)
        self._session.execute(gone)

    def followers(self, request_id: int) -> Sequence[Follower]:
        return self._session.scalars(select(Follower).where(followers.c.request_id == request_id)).all()

    def add_attachment(self, attachment: Attachment) -> int:
        self._session.add(attachment)
        self._session.flush()
        assert attachment.id is not None
        return attachment.id

    def attachment_like(self, conversation_id: int, sha256: str) -> Attachment | None:
        query = select(Attachment).where(
            attachments.c.conversation_id == conversation_id, attachments.c.sha256 == sha256
        )
        return self._session.scalars(query).first()

    def held(self, conversation_id: int, since: datetime) -> Sequence[int]:
        query = select(attachments.c.id).where(
            attachments.c.conversation_id == conversation_id,
            attachments.c.request_id.is_(None),
            attachments.c.at >= since,
        )
        return self._session.scalars(query.order_by(attachments.c.id)).all()

    def attachments(self, ids: Sequence[int]) -> Sequence[Attachment]:
        return self._session.scalars(select(Attachment).where(attachments.c.id.in_(ids))).all() if ids else []

    def attachments_of(self, request_id: int) -> Sequence[Attachment]:
        return self._session.scalars(select(Attachment).where(attachments.c.request_id == request_id)).all()

    def search(self, **filters: Any) -> Sequence[Request]:
        """Newest first. Filters: status, unit, service, neighbourhood, limit (default 50)."""
        limit = filters.pop("limit", 50)
        query = select(Request).order_by(requests.c.id.desc()).limit(limit)
        for name, value in filters.items():
            if value is not None:
                query = query.where(requests.c[name] == value)
        return self._session.scalars(query).all()


class SqlReviews:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, item: ReviewItem) -> None:
        self._session.add(item)
        self._session.flush()

    def get(self, item_id: int, lock: bool = False) -> ReviewItem | None:
        query = select(ReviewItem).where(review_items.c.id == item_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return self._session.scalars(query).first()

    def open_of(self, conversation_id: int) -> Sequence[ReviewItem]:
        query = (
            select(ReviewItem)
            .where(review_items.c.conversation_id == conversation_id, review_items.c.state != "closed")
            .order_by(review_items.c.id)
            .execution_options(populate_existing=True)
        )
        return self._session.scalars(query).all()

    def keep(self, item_id: int, staff: str, until: datetime) -> bool:
        whose = select(review_items.c.conversation_id).where(review_items.c.id == item_id)
        conversation_id = self._session.scalar(whose)
        matter = (
            review_items.c.id == item_id
            if conversation_id is None
            else review_items.c.conversation_id == conversation_id
        )
        kept = (
            update(review_items)
            .where(matter, review_items.c.state == "taken", review_items.c.taken_by == staff)
            .values(taken_until=until)
            .execution_options(synchronize_session=False)
        )
        return bool(self._session.execute(kept).rowcount)  # type: ignore[attr-defined]  # CursorResult of an UPDATE

    def of_outbox(self, outbox_id: int) -> ReviewItem | None:
        query = select(ReviewItem).where(review_items.c.outbox_id == outbox_id).order_by(review_items.c.id.desc())
        return self._session.scalars(query.with_for_update()).first()

    def open_items(self, limit: int = 200) -> Sequence[ReviewItem]:
        query = (
            select(ReviewItem)
            .where(review_items.c.state != "closed")
            .order_by(review_items.c.urgent.desc(), review_items.c.id)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def of_matter(self, matter: str, since: datetime) -> ReviewItem | None:
        query = (
            select(ReviewItem)
            .where(review_items.c.matter == matter, review_items.c.created_at >= since)
            .order_by(review_items.c.id.desc())
            .limit(1)
            .with_for_update()
        )
        return self._session.scalars(query).first()

    def holds_over(self, now: datetime) -> Sequence[ReviewItem]:
        query = (
            select(ReviewItem)
            .where(review_items.c.state == "taken", review_items.c.taken_until <= now)
            .order_by(review_items.c.id)
            .with_for_update(skip_locked=True)
        )
        return self._session.scalars(query).all()
