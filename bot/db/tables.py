"""The tables. Constraints live here, in the database; the dataclasses of bot/domain are mapped onto them."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import registry

from bot.domain.conversation import Awaited, Citizen, Conversation, Draft, Identity, Mode, ReviewItem, Step
from bot.domain.incidents import Incident, IncidentReport
from bot.domain.messages import InboxRow, InboxState, Message, OutboxKind, OutboxRow, OutboxState
from bot.domain.privacy import PrivacyWish, WishKind, WishState
from bot.domain.requests import Attachment, Follower, HistoryEntry, Kind, Note, Place, Priority, Request, Status
from bot.domain.staff import ApiToken, CannedReply, LinkPurpose, OneTimeLink, Role, SavedView, StaffSession, StaffUser

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Id = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, `timestamptz` in PostgreSQL, UTC text in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Drafts(TypeDecorator[tuple[Draft, ...]]):
    """The drafts of a conversation as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Draft, ...] | None, dialect: Dialect) -> str:
        return json.dumps([dataclasses.asdict(draft) for draft in value or ()], ensure_ascii=False, default=str)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Draft, ...]:
        return tuple(_draft(data) for data in json.loads(value or "[]"))


def _draft(data: dict[str, Any]) -> Draft:
    known = {field.name for field in dataclasses.fields(Draft)}
    data = {key: value for key, value in data.items() if key in known}
    data["place"] = Place(**data.get("place", {}))
    data["kind"] = Kind(data.get("kind", Kind.COMPLAINT))
    data["step"] = Step(data["step"]) if data.get("step") else None
    data["touched_at"] = datetime.fromisoformat(data["touched_at"]) if data.get("touched_at") else None
    for name in ("alternatives", "candidates", "asked", "attachment_ids"):
        data[name] = tuple(data.get(name, ()))
    return Draft(**data)


def _one_of(column: str, values: Any) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _pk() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


citizens = Table(
    "citizens",
    metadata,
    _pk(),
    Column("display_name", String(200)),
    Column("phone", String(40)),
    Column("folded", Text),
    Column("created_at", Instant, nullable=False),
    Column("erased_at", Instant),
)
identities = Table(
    "identities",
    metadata,
    _pk(),
    Column("citizen_id", ForeignKey("citizens.id"), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("channel", "external_id"),
)
conversations = Table(
    "conversations",
    metadata,
    _pk(),
    Column("channel", String(20), nullable=False),
    Column("thread", String(200), nullable=False),
    Column("identity_id", ForeignKey("identities.id"), nullable=False, index=True),
    Column("citizen_id", ForeignKey("citizens.id"), nullable=False, index=True),
    Column("address", JSON, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("mode", String(10), nullable=False),
    Column("handover_until", Instant),
    Column("handover_confirmed", Boolean, nullable=False),
    Column("drafts", Drafts, nullable=False),
    Column("misunderstandings", Integer, nullable=False),
    Column("insults", Integer, nullable=False),
    Column("notice_version", String(20)),
    Column("notice_at", Instant),
    Column("last_request_id", Id),
    Column("last_in_at", Instant),
    Column("continues_id", ForeignKey("conversations.id"), index=True),
    Column("tracker", Text),
    Column("turns", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("channel", "thread"),
    _one_of("mode", Mode),
)
messages = Table(
    "messages",
    metadata,
    _pk(),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("author", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text),
    Column("extra", JSON, nullable=False),
    Column("at", Instant, nullable=False),
    Column("folded", Text),
    Column("inbox_id", Id, unique=True),
    Column("outbox_id", Id, unique=True),
    Index(None, "conversation_id", "id"),
    _one_of("direction", ("in", "out")),
)
inbox = Table(
    "inbox",
    metadata,
    _pk(),
    Column("channel", String(20), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("ready_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("handled_at", Instant),
    Column("error", Text),
    UniqueConstraint("channel", "event_id"),
    _one_of("state", InboxState),
)
_WAITING_IN = inbox.c.state.in_(["fetching", "ready"])
Index("ix_inbox_waiting", inbox.c.ready_at, sqlite_where=_WAITING_IN, postgresql_where=_WAITING_IN)
Index(
    "ix_inbox_of_conversation",
    inbox.c.conversation_id,
    inbox.c.sequence,
    sqlite_where=_WAITING_IN,
    postgresql_where=_WAITING_IN,
)
outbox = Table(
    "outbox",
    metadata,
    _pk(),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("conversation_id", ForeignKey("conversations.id"), index=True),
    Column("body", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Instant),
    Column("claimed_until", Instant),
    Column("provider_id", String(200)),
    Column("error", Text),
    Column("sent_at", Instant),
    _one_of("state", OutboxState),
    _one_of("kind", OutboxKind),
)
_WAITING_OUT = outbox.c.state.in_(["pending", "sending"])
Index("ix_outbox_waiting", outbox.c.channel, outbox.c.id, sqlite_where=_WAITING_OUT, postgresql_where=_WAITING_OUT)
Index(
    "ix_outbox_of_conversation",
    outbox.c.conversation_id,
    outbox.c.id,
    sqlite_where=_WAITING_OUT,
    postgresql_where=_WAITING_OUT,
)
_UNFETCHED = outbox.c.state.in_(["waiting"])
Index("ix_outbox_unfetched", outbox.c.not_before, sqlite_where=_UNFETCHED, postgresql_where=_UNFETCHED)
requests = Table(
    "requests",
    metadata,
    _pk(),
    Column("tracking_no", String(40), nullable=False, unique=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("filing_key", String(80), nullable=False, unique=True),
    Column("access_code", String(20), nullable=False),
    Column("citizen_id", ForeignKey("citizens.id"), index=True),
    Column("conversation_id", ForeignKey("conversations.id")),
    Column("service", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("unit", String(40)),
    Column("body", String(40)),
    Column("description", Text, nullable=False),
    Column("neighbourhood", String(80)),
    Column("district", String(80)),
    Column("street", String(120)),
    Column("door_no", String(30)),
    Column("landmark", String(200)),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("contact", String(200)),
    Column("channel", String(20), nullable=False),
    Column("priority", String(10), nullable=False),
    Column("due_at", Instant),
    Column("status", String(20), nullable=False),
    Column("sensitive", Boolean, nullable=False),
    Column("confidence", Float),
    Column("rating", Integer),
    Column("reopened_count", Integer, nullable=False),
    Column("linked_to", ForeignKey("requests.id")),
    Column("duplicate_of", ForeignKey("requests.id")),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("closed_at", Instant),
    Column("folded", Text),
    Column("version", Integer, nullable=False),
    UniqueConstraint("year", "number"),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
    CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
    CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("unit IS NOT NULL OR body IS NOT NULL", name="responsible"),
    _one_of("status", Status),
    _one_of("kind", Kind),
    _one_of("priority", Priority),
    Index(None, "status", "unit", "due_at"),
    Index(None, "service", "created_at"),
)
history = Table(
    "request_history",
    metadata,
    _pk(),
    Column("request_id", ForeignKey("requests.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("from_status", String(20)),
    Column("to_status", String(20)),
    Column("reason", String(80)),
    Column("note_id", ForeignKey("notes.id")),
    Column("note_hash", String(64)),
)
notes = Table(
    "notes",
    metadata,
    _pk(),
    Column("request_id", ForeignKey("requests.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("text", Text),
    Column("at", Instant, nullable=False),
)
followers = Table(
    "followers",
    metadata,
    _pk(),
    Column("request_id", ForeignKey("requests.id"), nullable=False),
    Column("citizen_id", ForeignKey("citizens.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("rating", Integer),
    UniqueConstraint("request_id", "citizen_id"),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
)
attachments = Table(
    "attachments",
    metadata,
    _pk(),
    Column("conversation_id", ForeignKey("conversations.id"), index=True),
    Column("request_id", ForeignKey("requests.id"), index=True),
    Column("sha256", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("mime", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("at", Instant, nullable=False),
)
review_items = Table(
    "review_items",
    metadata,
    _pk(),
    Column("conversation_id", ForeignKey("conversations.id"), index=True),
    Column("request_id", ForeignKey("requests.id")),
    Column("reason", String(40), nullable=False),
    Column("handover", Boolean, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", String(10), nullable=False),
    Column("summary", Text, nullable=False),
    Column("confidence", Float),
    Column("suggested_unit", String(40)),
    Column("suggested_reply", Text),
    Column("outbox_id", ForeignKey("outbox.id")),
    Column("matter", String(120)),
    Column("count", Integer, nullable=False, server_default=text("1")),
    Column("due_at", Instant),
    Column("version", Integer, nullable=False),
    Column("taken_by", String(80)),
    Column("taken_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_reason", String(200)),
    _one_of("state", ("open", "taken", "closed")),
    Index(None, "state", "created_at"),
    Index(None, "matter", "created_at"),
)
awaited = Table(
    "awaited",
    metadata,
    _pk(),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("what", String(20), nullable=False),
    Column("request_id", ForeignKey("requests.id")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    UniqueConstraint("conversation_id", "what"),
)
counters = Table(
    "counters",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)
leases = Table(
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("owner", String(80)),
    Column("until", Instant),
    Column("value", Text),
)
staff_users = Table(
    "staff_users",
    metadata,
    _pk(),
    Column("username", String(80), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("unit", String(40)),
    Column("email", String(200)),
    Column("password_hash", String(200)),
    Column("totp_secret", Text),
    Column("totp_last", BigInteger),
    Column("oidc_subject", String(200), unique=True),
    Column("language", String(5), nullable=False, server_default=text("'tr'")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("failed_logins", Integer, nullable=False, server_default=text("0")),
    Column("locked_until", Instant),
    Column("created_at", Instant, nullable=False),
    _one_of("role", Role),
)
staff_sessions = Table(
    "staff_sessions",
    metadata,
    _pk(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("staff_id", ForeignKey("staff_users.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("agent", String(200), nullable=False),
    Column("address", String(64), nullable=False),
    Column("revoked_at", Instant),
)
one_time_links = Table(
    "one_time_links",
    metadata,
    _pk(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("purpose", String(20), nullable=False),
    Column("staff_id", ForeignKey("staff_users.id")),
    Column("role", String(20)),
    Column("unit", String(40)),
    Column("email", String(200)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("used_at", Instant),
    _one_of("purpose", LinkPurpose),
)
api_tokens = Table(
    "api_tokens",
    metadata,
    _pk(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("unit", String(40)),
    Column("writes", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)
saved_views = Table(
    "saved_views",
    metadata,
    _pk(),
    Column("staff_id", ForeignKey("staff_users.id"), index=True),
    Column("page", String(40), nullable=False),
    Column("name", String(80), nullable=False),
    Column("query", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)
canned_replies = Table(
    "canned_replies",
    metadata,
    _pk(),
    Column("title", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("service", String(40)),
    Column("status", String(20)),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("archived_at", Instant),
)
internal_notes = Table(
    "internal_notes",
    metadata,
    _pk(),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("author", String(80), nullable=False),
    Column("text", Text),
    Column("at", Instant, nullable=False),
)
incidents = Table(
    "incidents",
    metadata,
    _pk(),
    Column("service", String(40), nullable=False),
    Column("neighbourhoods", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("until", Instant, nullable=False, index=True),
    Column("created_by", String(80), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(80)),
    Column("reports", Integer, nullable=False),
)
incident_reports = Table(
    "incident_reports",
    metadata,
    _pk(),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False),
    Column("citizen_id", ForeignKey("citizens.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("incident_id", "citizen_id"),
)
privacy_wishes = Table(
    "privacy_wishes",
    metadata,
    _pk(),
    Column("citizen_id", ForeignKey("citizens.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversations.id")),
    Column("kind", String(10), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("done_at", Instant),
    Column("done_by", String(80)),
    Column("kept", Text),
    _one_of("kind", WishKind),
    _one_of("state", WishState),
)
switches = Table(
    "switches",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
)
credentials = Table(
    "credentials",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
link_codes = Table(
    "link_codes",
    metadata,
    _pk(),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("identity_id", ForeignKey("identities.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
audit = Table(
    "audit",
    metadata,
    _pk(),
    Column("at", Instant, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(80), nullable=False),
    Column("object", String(120), nullable=False),
    Column("detail_hash", String(64)),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)

mapper = registry(metadata=metadata)
for _entity, _table in (
    (Citizen, citizens),
    (Identity, identities),
    (Conversation, conversations),
    (Message, messages),
    (InboxRow, inbox),
    (OutboxRow, outbox),
    (Request, requests),
    (HistoryEntry, history),
    (Note, notes),
    (Follower, followers),
    (Attachment, attachments),
    (ReviewItem, review_items),
    (Awaited, awaited),
    (StaffUser, staff_users),
    (StaffSession, staff_sessions),
    (OneTimeLink, one_time_links),
    (ApiToken, api_tokens),
    (SavedView, saved_views),
    (CannedReply, canned_replies),
    (Incident, incidents),
    (IncidentReport, incident_reports),
    (PrivacyWish, privacy_wishes),
):
    _options: dict[str, Any] = {"version_id_col": _table.c.version} if _entity in (Request, ReviewItem) else {}
    mapper.map_imperatively(_entity, _table, **_options)
