"""A scripted scene: citizens' and staff's turns on a stage, texts understood as told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.domain.conversation import Draft
from bot.domain.messages import Button, EventKind
from bot.domain.requests import Request, Status
from bot.domain.understanding import Act, Understanding
from bot.engine.scripted import ScriptedEngine
from bot.rehearsal.stage import Stage
from bot.service.requests import RequestDesk
from tests.support import selcuklu, understood

ANSWERS = {
    "evet": understood("evet", Act.AFFIRM),
    "hayır": understood("hayır", Act.DENY),
    "merhaba": understood("merhaba", Act.GREET),
    "teşekkürler": understood("teşekkürler", Act.THANK),
    "vazgeçtim": understood("vazgeçtim", Act.CANCEL_REQUEST),
    "iptal et": understood("iptal et", Act.CANCEL_REQUEST),
    "başvurumu iptal et": understood("başvurumu iptal et", Act.CANCEL_REQUEST),
    "başvurularım": understood("başvurularım", Act.ASK_STATUS),
    "kaçta kapanıyorsunuz": understood("kaçta kapanıyorsunuz", Act.ASK_INFORMATION),
}


class Scene:
    """`known` says how further texts are understood. Replies are those to the account that acts."""

    def __init__(self, folder: Path, known: Mapping[str, Understanding]) -> None:
        self.stage = Stage.at(folder / "scene.db", ScriptedEngine({**ANSWERS, **known}), selcuklu())
        self.offered: dict[str, list[Button]] = {}

    def say(self, text: str, who: str = "ayşe", channel: str = "telegram", **more: Any) -> str:
        """One text; all that is answered to it."""
        return self._send(who, channel, EventKind.TEXT, text=text, **more)

    def press(self, label: str, who: str = "ayşe", channel: str = "telegram") -> str:
        """The button of this label that was offered last."""
        found = [button.payload for button in self.offered[who] if button.label == label]
        return self.send_button(found[-1], who, channel)

    def send_button(self, payload: str, who: str = "ayşe", channel: str = "telegram") -> str:
        return self._send(who, channel, EventKind.BUTTON, button=payload)

    def photo(self, text: str = "", who: str = "ayşe", channel: str = "telegram", **more: Any) -> str:
        return self._send(who, channel, EventKind.PHOTO, text=text, files=(self.stage.photo(),), **more)

    def _send(self, who: str, channel: str, kind: EventKind, **more: Any) -> str:
        return self._heard(who, asyncio.run(self.stage.play(self.stage.event(channel, who, kind, **more))))

    def _heard(self, who: str, heard: list[Any]) -> str:
        for message in heard:
            self.offered.setdefault(message.account, []).extend(message.reply.buttons)
        return "\n".join(message.reply.text for message in heard if message.account == who)

    def wait(self, who: str = "ayşe", **span: float) -> str:
        return self._heard(who, asyncio.run(self.stage.wait(timedelta(**span))))

    def later(self, **span: float) -> None:
        """The clock alone moves on: nothing is swept or delivered meanwhile."""
        self.stage.clock.advance(timedelta(**span))

    def staff(self, number: str, after: Status, who: str = "ayşe", note: str | None = None) -> str:
        """The staff change a request; what the citizen hears of it."""
        with self.stage.database.writes() as uow:
            found = uow.requests.by_number(number)
            assert found is not None
            desk = RequestDesk(uow, self.stage.municipality, self.stage.clock.now(), b"key")
            desk.change(found, after, "staff:can", note=note)
            uow.commit()
        return self._heard(who, asyncio.run(self.stage.settle()))

    @property
    def requests(self) -> list[Request]:
        """All that is filed, oldest first."""
        with self.stage.database.reads() as uow:
            return list(reversed(uow.requests.search(limit=100)))

    @property
    def statuses(self) -> list[str]:
        return [request.status for request in self.requests]

    def notes(self, request: Request) -> list[tuple[str, str | None]]:
        with self.stage.database.reads() as uow:
            return [(note.kind, note.text) for note in uow.requests.notes(request.id or 0)]

    def photos(self, request: Request) -> int:
        with self.stage.database.reads() as uow:
            return len(uow.requests.attachments_of(request.id or 0))

    def drafts(self, who: str = "ayşe", channel: str = "telegram") -> tuple[Draft, ...]:
        with self.stage.database.reads() as uow:
            found = uow.conversations._of_thread(channel, who)  # type: ignore[attr-defined]  # the repository's own
            return found.drafts if found else ()
