"""ProblemSplitter: the problems of a message that holds several; one for all others."""

from __future__ import annotations

from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import Component
from bot.nlu.keys import CLEAN, UNDERSTANDING, put


class ProblemSplitter(Component):
    """Puts `problems`: `{text, services, kind}` for each, the whole message where there is one problem."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            known = message.get(UNDERSTANDING) or {}
            services = known.get("services") or []
            whole = {"text": message.get(CLEAN) or "", "services": services, "kind": known.get("kind")}
            put(message, problems=[whole] if services else [])
        return messages
