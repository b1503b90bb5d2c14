"""The chat's reads and its acknowledgement do the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from starlette.testclient import TestClient

from bot.db.chat_queries import last_message, newly_said, newly_visible
from bot.domain.messages import Button
from tests.web.stage import Stage


def test_a_conversation_is_sent_read_pressed_and_acknowledged(engine: Engine, tmp_path: Path) -> None:
    stage = Stage(engine, tmp_path)
    with TestClient(stage.app()) as browser:
        browser.get("/")
        message = {"id": str(uuid.uuid4()), "text": "Işık yanmıyor"}
        assert browser.post("/chat/send", json=message).status_code == 200
        assert browser.post("/chat/send", json=message).status_code == 200
        stage.answer("Onaylıyor musunuz?", Button("Onayla", "confirm:1"))
        stage.clock.advance(timedelta(seconds=1))
        thread = stage.conversation().thread
        with stage.reads() as uow:
            (visible,) = newly_visible(uow.session, [thread, "another"])
            (said,) = newly_said(uow.session, 0)
            assert last_message(uow.session) == visible.id
        assert (said.text, said.client_id) == ("Işık yanmıyor", message["id"])
        press = {"id": str(uuid.uuid4()), "payload": "confirm:1"}
        assert browser.post("/chat/press", json=press).status_code == 200
        lines = browser.get("/chat/messages").json()["messages"]
        assert [line["text"] for line in lines] == ["Işık yanmıyor", "Onaylıyor musunuz?", "Onayla"]
        assert browser.post("/chat/ack", json={"seen": [visible.id]}).json() == {"changed": 1}
        with stage.reads() as uow:
            assert newly_visible(uow.session, [thread]) == []
