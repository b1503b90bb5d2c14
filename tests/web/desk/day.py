"""A day at the desk with something on every page, and the paths of all pages with the numbers of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.conversation import ReviewReason
from bot.domain.messages import FileRef, OutboxKind, Reply
from bot.domain.publicity import Category
from bot.domain.requests import Place, Request, Status
from bot.domain.staff import Role
from bot.service.accounts import Accounts
from bot.service.canned import CannedDesk
from bot.service.incidents import IncidentDesk
from bot.service.publicity import About, PublicDesk
from bot.service.requests import RequestDesk, find_request
from bot.service.reviews import ReviewDesk
from bot.web.desk.routing import PREFIX, DeskRoute
from tests.channels.pictures import jpeg
from tests.web.desk.office import enroll, file_request
from tests.web.desk.scenery import PARAMETER, routes_of
from tests.web.desk.talks import Matter, escalate, filed_and_unsure
from tests.web.stage import Stage

LONG = "Konteynerin kapağı kopmuş, kediler çöpü bütün sokağa yayıyor, kokudan pencere açılmıyor. " * 4


@dataclass(frozen=True)
class Day:
    """`numbers` fill the parameters of the desk's paths; `asked` is a conversation that waits for a person."""

    asked: Matter
    unsure: Matter
    draft: Matter
    resolved: Request
    numbers: dict[str, str]

    @property
    def conversations(self) -> list[str]:
        """Conversation pages of other kinds: held by a colleague, with a filed request, with a draft for the public."""
        return [f"{PREFIX}/gorusme/{matter.item}" for matter in (self.asked, self.unsure, self.draft)]

    def path(self, route: DeskRoute) -> str:
        return PREFIX + PARAMETER.sub(lambda found: self.numbers[found[1]], route.path)


def a_day(stage: Stage) -> Day:
    """Requests in every state, matters of every kind, an incident, a canned reply, people and an open invitation."""
    resolved = _requests(stage)
    sha256, size = stage.files.put([jpeg()], 1_000_000)
    photo = FileRef("photo", "çöp.jpg", "image/jpeg", size=size, sha256=sha256)
    unsure = filed_and_unsure(stage)
    asked = escalate(stage, "Görevli istiyorum. " + LONG, position=(37.945, 32.49), files=(photo,))
    urgent = escalate(stage, "Kablo yerde", reason=ReviewReason.URGENT, handover=False)
    escalate(stage, "asdf", reason=ReviewReason.NOT_UNDERSTOOD, name="Ö")
    draft = drafted(stage)
    stage.clock.advance(timedelta(minutes=7))
    numbers = {
        "item": str(urgent.item),
        "conversation": str(urgent.conversation),
        "no": resolved.tracking_no,
        "file": "1",
        "figure": "kanal",
        "topic": "0",
    }
    return Day(asked, unsure, draft, resolved, numbers | _people(stage, asked))


def drafted(stage: Stage) -> Matter:
    """A public answer that waits for a person's yes."""
    matter = escalate(
        stage, "Lambalar yanmıyor", reason=ReviewReason.PUBLIC_ANSWER, handover=False, channel="x_mention", public=True
    )
    with stage.uows() as uow:
        conversation = uow.conversations.get(matter.conversation)
        assert conversation is not None
        desk = PublicDesk(uow, stage.municipality, stage.clock.now())
        reply = Reply("Ekibimize haber verdik.", public=True)
        desk.answer(conversation, reply, "draft", OutboxKind.REPLY, About(Category.REPORT))
        uow.commit()
    return matter


def pages(stage: Stage) -> list[DeskRoute]:
    """Every route that answers a plain GET at once: no stream, no institution's login that isn't set up."""
    return [
        route
        for route in routes_of(stage)
        if "GET" in route.methods and route.stream is None and "/kurum" not in route.path
    ]


def _requests(stage: Stage) -> Request:
    place = Place("Feritpaşa", "Selçuklu", "Atlas Sokak", "4", "bakkalın karşısı", latitude=37.93, longitude=32.5)
    for number, service in enumerate(("waste_container", "road_damage", "stray_dogs", "street_light", "sewage")):
        file_request(stage, service, LONG if number == 1 else "Kaç gündür böyle", place=place, urgent=number == 2)
        stage.clock.advance(timedelta(minutes=3))
    resolved = file_request(stage, channel="web", contact=None)
    with stage.uows() as uow:
        desk = RequestDesk(uow, stage.municipality, stage.clock.now(), stage.settings.secret.encode())
        one = find_request(uow, resolved.tracking_no)
        desk.change(one, Status.IN_PROGRESS, "staff:mehmet", note="Ekip yolda.")
        desk.change(one, Status.RESOLVED, "staff:mehmet", note="Kapak değiştirildi.")
        uow.commit()
    return resolved


def _people(stage: Stage, taken: Matter) -> dict[str, str]:
    colleague = enroll(stage, Role.UNIT_STAFF, "cleaning")
    now = stage.clock.now()
    with stage.uows() as uow:
        accounts = Accounts(uow, stage.municipality, now, colleague.actor)
        accounts.invite(Role.REVIEWER, None, "ayse@ornek.tr")
        reset = accounts.reset(colleague.id or 0)
        CannedDesk(uow, stage.municipality, now).save(
            None,
            title="Ekip yolda",
            text="Merhaba {ad}, ekibimiz {mahalle:-e} çıktı.",
            service="",
            status="",
            staff="x",
        )
        IncidentDesk(uow, stage.municipality, now).announce(
            "street_light", ["Yazır"], "Yazır'da elektrik kesintisi var.", now + timedelta(hours=4), "ayse"
        )
        ReviewDesk(uow, stage.municipality, now).take(taken.item, colleague.username)
        uow.commit()
    return {"staff_id": str(colleague.id), "token": reset}
