"""Wishes about personal data, what is kept of a citizen, and what has been kept long enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.db.desk_tables import incident_reports, incidents, privacy_wishes
from bot.db.forgetting import ERASED
from bot.db.linking import actors_of
from bot.db.queues import UNREAD
from bot.db.tables import (
    attachments,
    citizens,
    conversations,
    followers,
    history,
    identities,
    inbox,
    messages,
    notes,
    outbox,
    requests,
)
from bot.domain.messages import OutboxState
from bot.domain.privacy import PrivacyWish, WishState
from bot.domain.requests import Request
from bot.domain.workflow import OPEN

_ENDED = requests.c.status.not_in(sorted(OPEN))
_WHOLE = requests.c.description != ""
"""Not anonymised yet."""


class SqlPrivacy:
    def __init__(self, session: Session) -> None:
        self._session = session

    # -- wishes
    def add(self, wish: PrivacyWish) -> None:
        self._session.add(wish)
        self._session.flush()

    def open_wishes(self) -> Sequence[PrivacyWish]:
        query = select(PrivacyWish).where(privacy_wishes.c.state == WishState.OPEN).order_by(privacy_wishes.c.due_at)
        return self._session.scalars(query).all()

    def open_of(self, citizen_id: int) -> Sequence[PrivacyWish]:
        return [wish for wish in self.open_wishes() if wish.citizen_id == citizen_id]

    # -- what there is
    def requests_of(self, citizen_id: int) -> Sequence[Request]:
        """Those the citizen has, also more than a conversation shows."""
        query = select(Request).where(requests.c.citizen_id == citizen_id, _WHOLE).order_by(requests.c.id)
        return self._session.scalars(query).all()

    def words_of(self, request_id: int, citizen_id: int) -> str | None:
        """What the citizen wrote when joining the request."""
        query = (
            select(notes.c.text)
            .join(history, history.c.note_id == notes.c.id)
            .where(history.c.request_id == request_id, history.c.actor.in_(actors_of(self._session, citizen_id)))
            .order_by(notes.c.id)
        )
        return self._session.scalars(query).first()

    def busy(self, conversation_ids: Sequence[int]) -> bool:
        """Whether a message of the conversations waits for its turn or for its delivery."""
        waiting_in = select(inbox.c.id).where(inbox.c.conversation_id.in_(conversation_ids), UNREAD)
        sending = select(outbox.c.id).where(
            outbox.c.conversation_id.in_(conversation_ids), outbox.c.state == OutboxState.SENDING
        )
        return any(self._session.scalars(query.limit(1)).first() is not None for query in (waiting_in, sending))

    def told(self, key: str) -> Sequence[tuple[str, datetime]]:
        """States and times of the outbox rows whose key begins so."""
        query = select(outbox.c.state, outbox.c.not_before).where(outbox.c.key.startswith(key, autoescape=True))
        return [(state, at) for state, at in self._session.execute(query)]

    def in_use(self, hashes: Sequence[str]) -> frozenset[str]:
        """Those of the files that an attachment still names."""
        return frozenset(self._session.scalars(select(attachments.c.sha256).where(attachments.c.sha256.in_(hashes))))

    # -- what has been kept long enough
    def requests_over(
        self, before: datetime, services: Sequence[str] | None = None, but: Sequence[str] = (), limit: int = 500
    ) -> Sequence[Request]:
        """Ended before then, of these services (None: of all but `but`), still with words."""
        these = requests.c.service.in_(services) if services is not None else requests.c.service.not_in(but)
        query = (
            select(Request)
            .where(_ENDED, _WHOLE, requests.c.closed_at <= before, these)
            .order_by(requests.c.id)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def conversations_over(self, before: datetime, limit: int = 500) -> Sequence[int]:
        """Nothing was said since then nor waits, no open request; locked, without those that are in a turn."""
        alive = select(requests.c.id).where(requests.c.conversation_id == conversations.c.id, ~_ENDED)
        followed = (
            select(requests.c.id)
            .join(followers, followers.c.request_id == requests.c.id)
            .where(followers.c.conversation_id == conversations.c.id, ~_ENDED)
        )
        said = select(messages.c.id).where(messages.c.conversation_id == conversations.c.id, messages.c.at > before)
        unread = select(inbox.c.id).where(inbox.c.conversation_id == conversations.c.id, UNREAD)
        last = func.coalesce(conversations.c.last_in_at, conversations.c.created_at)
        query = (
            select(conversations.c.id)
            .where(last <= before, ~conversations.c.thread.startswith(ERASED))
            .where(*(~reason.exists() for reason in (alive, followed, said, unread)))
            .order_by(conversations.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._session.scalars(query).all()

    def requests_with_files_of(self, conversation_ids: Sequence[int]) -> Sequence[int]:
        """Requests that still have words and hold files of these conversations."""
        query = (
            select(attachments.c.request_id)
            .join(requests, requests.c.id == attachments.c.request_id)
            .where(attachments.c.conversation_id.in_(conversation_ids), _WHOLE)
            .distinct()
        )
        return self._session.scalars(query).all()

    # -- a copy
    def everything(self, citizen_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The citizen's rows by kind, ready for JSON. Of other people's requests only that they are followed."""
        threads = select(conversations.c.id).where(conversations.c.citizen_id == citizen_id)
        own = select(requests.c.id).where(requests.c.citizen_id == citizen_id)
        said = select(history.c.note_id).where(
            history.c.request_id.in_(own),
            or_(history.c.actor.in_(actors_of(self._session, citizen_id)), history.c.actor.startswith("staff:")),
        )
        mine = conversations.c.citizen_id == citizen_id
        return {
            "citizen": self._rows(citizens, citizens.c.id == citizen_id, "display_name phone created_at"),
            "accounts": self._rows(identities, identities.c.citizen_id == citizen_id, "channel external_id created_at"),
            "conversations": self._rows(
                conversations, mine, "id channel public created_at last_in_at notice_version notice_at drafts"
            ),
            "messages": self._rows(
                messages, messages.c.conversation_id.in_(threads), "conversation_id direction kind text extra at"
            ),
            "requests": self._rows(
                requests,
                requests.c.citizen_id == citizen_id,
                "tracking_no access_code service kind unit body description neighbourhood district street door_no "
                "landmark latitude longitude contact channel priority status rating created_at updated_at due_at "
                "resolved_at closed_at",
            ),
            "request_history": self._rows(
                history, history.c.request_id.in_(own), "request_id at action from_status to_status reason"
            ),
            "notes": self._rows(notes, notes.c.id.in_(said), "request_id kind text at"),
            "followed": self._rows(
                followers.join(requests, requests.c.id == followers.c.request_id),
                followers.c.citizen_id == citizen_id,
                "tracking_no at",
            ),
            "files": self._rows(
                attachments,
                or_(attachments.c.conversation_id.in_(threads), attachments.c.request_id.in_(own)),
                "sha256 name mime size latitude longitude at",
            ),
            "incidents_reported": self._rows(
                incident_reports.join(incidents, incidents.c.id == incident_reports.c.incident_id),
                incident_reports.c.citizen_id == citizen_id,
                "service at",
            ),
            "wishes": self._rows(
                privacy_wishes, privacy_wishes.c.citizen_id == citizen_id, "kind asked_at due_at state done_at kept"
            ),
        }

    def _rows(self, table: Any, where: ColumnElement[bool], names: str) -> list[dict[str, Any]]:
        columns = [_column(table, name) for name in names.split()]
        rows = self._session.execute(select(*columns).select_from(table).where(and_(where)))
        return [{column.name: value for column, value in zip(columns, row, strict=True)} for row in rows]


def _column(table: Any, name: str) -> ColumnElement[Any]:
    if isinstance(table, Table):
        return table.c[name]
    return next(column for column in table.c if column.name == name)  # of a join: the first that is called so
