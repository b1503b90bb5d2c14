"""The dataclasses of bot/domain mapped onto the tables; whoever imports this has all tables and all mappings."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import registry

from bot.db.columns import metadata
from bot.db.desk_tables import (
    api_tokens,
    canned_replies,
    incident_reports,
    incidents,
    internal_notes,
    one_time_links,
    privacy_wishes,
    saved_views,
    staff_sessions,
    staff_users,
)
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
from bot.domain.conversation import Awaited, Citizen, Conversation, Identity, ReviewItem
from bot.domain.incidents import Incident, IncidentReport
from bot.domain.messages import InboxRow, Message, OutboxRow
from bot.domain.privacy import PrivacyWish
from bot.domain.requests import Attachment, Follower, HistoryEntry, Note, Request
from bot.domain.staff import ApiToken, CannedReply, InternalNote, OneTimeLink, SavedView, StaffSession, StaffUser

__all__ = ["mapper", "metadata"]

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
    (InternalNote, internal_notes),
    (Incident, incidents),
    (IncidentReport, incident_reports),
    (PrivacyWish, privacy_wishes),
):
    _options: dict[str, Any] = {"version_id_col": _table.c.version} if _entity in (Request, ReviewItem) else {}
    mapper.map_imperatively(_entity, _table, **_options)
