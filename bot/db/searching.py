"""Turkish-aware search: folded copies of what people look for ("çöp" finds "COP"), kept beside the words by the mapper.

A folded copy is made again whenever its row changes, so it is erased with the words.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, event

from bot.db.mapping import mapper
from bot.domain.conversation import Citizen
from bot.domain.messages import Message
from bot.domain.requests import Request
from bot.turkish import fold

SOURCES: dict[type, tuple[str, ...]] = {
    Citizen: ("display_name", "phone"),
    Message: ("text",),
    Request: ("tracking_no", "description", "neighbourhood", "street", "door_no", "landmark", "contact"),
}


def _keep(_mapper: Any, _connection: Any, target: Any) -> None:
    words = (getattr(target, name) for name in SOURCES[type(target)])
    target.folded = fold(" ".join(word for word in words if word)) or None


for _entity in SOURCES:
    event.listen(_entity, "before_insert", _keep)
    event.listen(_entity, "before_update", _keep)
mapper.configure()


def holds(column: ColumnElement[Any], query: str) -> ColumnElement[bool]:
    """A condition: the folded column contains every word of the query."""
    return and_(*(column.contains(word, autoescape=True) for word in fold(query).split()))
