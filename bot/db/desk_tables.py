"""The tables of the desk, of incidents, of privacy, and of what channels keep."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.db.columns import Instant, metadata, one_of, primary_key
from bot.domain.privacy import WishKind, WishState
from bot.domain.staff import LinkPurpose, Role

staff_users = Table(
    "staff_users",
    metadata,
    primary_key(),
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
    one_of("role", Role),
)
staff_sessions = Table(
    "staff_sessions",
    metadata,
    primary_key(),
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
    primary_key(),
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
    one_of("purpose", LinkPurpose),
)
api_tokens = Table(
    "api_tokens",
    metadata,
    primary_key(),
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
    primary_key(),
    Column("staff_id", ForeignKey("staff_users.id"), index=True),
    Column("page", String(40), nullable=False),
    Column("name", String(80), nullable=False),
    Column("query", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)
canned_replies = Table(
    "canned_replies",
    metadata,
    primary_key(),
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
    primary_key(),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("author", String(80), nullable=False),
    Column("text", Text),
    Column("at", Instant, nullable=False),
)
incidents = Table(
    "incidents",
    metadata,
    primary_key(),
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
    primary_key(),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False),
    Column("citizen_id", ForeignKey("citizens.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("incident_id", "citizen_id"),
)
privacy_wishes = Table(
    "privacy_wishes",
    metadata,
    primary_key(),
    Column("citizen_id", ForeignKey("citizens.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversations.id")),
    Column("kind", String(10), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("done_at", Instant),
    Column("done_by", String(80)),
    Column("kept", Text),
    one_of("kind", WishKind),
    one_of("state", WishState),
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
    primary_key(),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("identity_id", ForeignKey("identities.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
