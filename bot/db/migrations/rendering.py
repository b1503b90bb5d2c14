"""How our column types are written in a migration: as the plain types they are, so that migrations outlive our code."""

from __future__ import annotations

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext

from bot.db.columns import Drafts, Id, Instant


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """The text for Alembic's autogenerate; False where its own is right."""
    if kind != "type":
        return False
    if isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Drafts):
        return "sa.Text()"
    if item is Id:
        return "Id"
    return False
