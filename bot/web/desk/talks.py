"""The screens of the social-media team: queue, conversation, canned replies, incidents, the public switch, files."""

from __future__ import annotations

from bot.web.desk.canned import CannedScreen
from bot.web.desk.conversation import ConversationScreen
from bot.web.desk.files import Files
from bot.web.desk.frame import Desk
from bot.web.desk.incidents import IncidentScreen
from bot.web.desk.queue import QueueScreen
from bot.web.desk.routing import DeskRoute
from bot.web.desk.switch import PublicSwitch
from bot.web.desk.talk_acts import TalkActs
from bot.web.desk.talk_filing import TalkFiling


class Talks:
    """These screens, as one."""

    def __init__(self, desk: Desk) -> None:
        conversation = ConversationScreen(desk)
        self._screens = (
            QueueScreen(desk),
            conversation,
            TalkActs(desk, conversation),
            TalkFiling(desk),
            CannedScreen(desk),
            IncidentScreen(desk),
            PublicSwitch(desk),
            Files(desk),
        )

    def routes(self) -> list[DeskRoute]:
        return [route for screen in self._screens for route in screen.routes()]
