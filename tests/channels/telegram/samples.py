"""Updates as Telegram sends them, of a citizen named Ayşe."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DATE = int(NOW.timestamp())
AYSE = {"id": 77, "is_bot": False, "first_name": "Ayşe", "last_name": "Yılmaz", "language_code": "tr"}
PRIVATE = {"id": 77, "type": "private", "first_name": "Ayşe"}
GROUP = {"id": -100500, "type": "supergroup", "title": "Yazır Mahallesi"}
_numbers = count(1)


def message(chat: dict[str, Any] = PRIVATE, sender: dict[str, Any] = AYSE, **content: Any) -> dict[str, Any]:
    return {"message_id": next(_numbers), "date": DATE, "chat": chat, "from": sender, **content}


def text(words: str, **rest: Any) -> dict[str, Any]:
    return {"message": message(text=words, **rest)}


def press(data: str, query_id: str = "q1", message_id: int = 900, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    return {
        "callback_query": {
            "id": query_id,
            "from": AYSE,
            "chat_instance": "1",
            "data": data,
            "message": {"message_id": message_id, "date": DATE, "chat": chat, "text": "Onaylıyor musunuz?"},
        }
    }


def photo(file_id: str = "large", size: int = 90_000, **rest: Any) -> dict[str, Any]:
    sizes = [
        {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 1000},
        {"file_id": file_id, "file_unique_id": "l", "width": 1280, "height": 960, "file_size": size},
        {"file_id": "medium", "file_unique_id": "m", "width": 320, "height": 240, "file_size": 9000},
    ]
    return {"message": message(photo=sizes, **rest)}


def location(latitude: float = 37.9, longitude: float = 32.5) -> dict[str, Any]:
    return {"message": message(location={"latitude": latitude, "longitude": longitude})}


def membership(status: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    bot = {"id": 123456, "is_bot": True, "first_name": "Selçuklu"}
    return {
        "my_chat_member": {
            "chat": chat,
            "from": AYSE,
            "date": DATE,
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": {"user": bot, "status": status},
        }
    }
