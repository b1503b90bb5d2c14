"""Takes the personal data out of rows; what is counted stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, String, Table, cast, delete, literal, select, update
from sqlalchemy.orm import Session

from bot.db.desk_tables import incident_reports, internal_notes, link_codes, privacy_wishes
from bot.db.linking import actors_of
from bot.db.tables import (
    attachments,
    awaited,
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
    review_items,
)
from bot.domain.conversation import Mode
from bot.domain.messages import OutboxState
from bot.domain.requests import Request

ERASED = "erased:"
_BLANK = {"text": "", "buttons": [], "asks": False, "wants_location": False, "public": False}
_NOT_SENT = (OutboxState.HELD, OutboxState.PENDING, OutboxState.WAITING)
_PLACE = ("street", "door_no", "landmark", "latitude", "longitude")


class SqlForgetting:
    """Every method returns what must follow it outside of the database: the hashes of files that lost their row."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def requests(self, gone: Sequence[Request], now: datetime) -> Sequence[str]:
        """Words, exact place, contact, notes, files and followers of closed requests; service, area and dates stay."""
        ids = [request.id for request in gone if request.id is not None]
        for request in gone:
            request.description, request.contact, request.access_code = "", None, ""
            request.citizen_id = request.conversation_id = None
            for name in _PLACE:
                setattr(request, name, None)
        self._session.flush()
        self._run(notes, notes.c.request_id.in_(ids), text=None)
        self._session.execute(delete(followers).where(followers.c.request_id.in_(ids)))
        self._close_reviews(review_items.c.request_id.in_(ids), now)
        return self._without_files(attachments.c.request_id.in_(ids))

    def conversations(self, ids: Sequence[int], kept_requests: Sequence[int], now: datetime) -> Sequence[str]:
        """Lines, payloads, answers, drafts, tracker and files; the files of `kept_requests` stay."""
        self._run(
            conversations,
            conversations.c.id.in_(ids),
            thread=literal(ERASED) + cast(conversations.c.id, String),
            address={},
            drafts=(),
            tracker=None,
            mode=Mode.BOT,
            handover_until=None,
            last_request_id=None,
        )
        hashes = self._files_said(ids)
        self._run(messages, messages.c.conversation_id.in_(ids), text=None, folded=None, extra={})
        events = literal(ERASED) + cast(inbox.c.id, String)
        self._run(inbox, inbox.c.conversation_id.in_(ids), event_id=events, payload={}, error=None)
        unsent = outbox.c.conversation_id.in_(ids) & outbox.c.state.in_(_NOT_SENT)
        self._run(outbox, unsent, state=OutboxState.WITHDRAWN)
        self._run(outbox, outbox.c.conversation_id.in_(ids), body=_BLANK, provider_id=None, error=None)
        self._run(internal_notes, internal_notes.c.conversation_id.in_(ids), text=None)
        self._run(requests, requests.c.conversation_id.in_(ids), conversation_id=None)
        self._close_reviews(review_items.c.conversation_id.in_(ids), now)
        for table in (awaited, followers, incident_reports):
            self._session.execute(delete(table).where(table.c.conversation_id.in_(ids)))
        self._run(privacy_wishes, privacy_wishes.c.conversation_id.in_(ids), conversation_id=None)
        kept = attachments.c.request_id.in_(kept_requests)
        self._run(attachments, attachments.c.conversation_id.in_(ids) & kept, conversation_id=None)
        return [*hashes, *self._without_files(attachments.c.conversation_id.in_(ids))]

    def notes_of(self, citizen_id: int, kept_requests: Sequence[int]) -> None:
        """What the citizen added to requests, other people's too, but to `kept_requests`."""
        written = select(history.c.note_id).where(history.c.actor.in_(actors_of(self._session, citizen_id)))
        self._run(notes, notes.c.id.in_(written) & notes.c.request_id.not_in(kept_requests), text=None)

    def lonely_accounts(self, now: datetime) -> None:
        """Accounts whose every conversation is forgotten, and citizens whose every account is."""
        thread = select(conversations.c.id).where(
            conversations.c.identity_id == identities.c.id, ~conversations.c.thread.startswith(ERASED)
        )
        alone = select(identities.c.id).where(~identities.c.external_id.startswith(ERASED), ~thread.exists())
        ids = self._session.scalars(alone).all()
        self._session.execute(delete(link_codes).where(link_codes.c.identity_id.in_(ids)))
        name = literal(ERASED) + cast(identities.c.id, String)
        self._run(identities, identities.c.id.in_(ids), external_id=name, reachable=False)
        account = select(identities.c.id).where(
            identities.c.citizen_id == citizens.c.id, ~identities.c.external_id.startswith(ERASED)
        )
        nameless = citizens.c.erased_at.is_(None) & ~account.exists()
        self._run(citizens, nameless, display_name=None, phone=None, folded=None, erased_at=now)

    def _run(self, table: Table, where: ColumnElement[bool], **values: object) -> None:
        self._session.execute(update(table).where(where).values(**values))

    def _close_reviews(self, where: ColumnElement[bool], now: datetime) -> None:
        self._run(review_items, where, summary="", suggested_reply=None, matter=None)
        self._run(review_items, where & review_items.c.closed_at.is_not(None), closed_reason="erased")
        still = where & review_items.c.closed_at.is_(None)
        self._run(review_items, still, state="closed", closed_at=now, closed_reason="erased")

    def _files_said(self, ids: Sequence[int]) -> list[str]:
        """Files that the thread names; those of a turn that failed have no other row."""
        extras = self._session.scalars(select(messages.c.extra).where(messages.c.conversation_id.in_(ids)))
        named = [file.get("sha256") for extra in extras for file in extra.get("files", ())]
        return [sha256 for sha256 in named if sha256]

    def _without_files(self, where: ColumnElement[bool]) -> Sequence[str]:
        hashes = self._session.scalars(select(attachments.c.sha256).where(where)).all()
        self._session.execute(delete(attachments).where(where))
        return hashes
