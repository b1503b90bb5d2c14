"""Everything around the request: greetings, help, information, people, danger, personal data."""

from __future__ import annotations

from bot.domain.conversation import AwaitedKind, ReviewReason
from bot.domain.privacy import WishKind
from bot.domain.understanding import Act
from bot.municipality import InformationEntry
from bot.service.dialogue.asking import advance, ask_again
from bot.service.dialogue.following import answer_about_own, asks_about_own
from bot.service.dialogue.known import asks, say_incidents
from bot.service.dialogue.moves import SURE_SERVICE
from bot.service.dialogue.talk import Talk, step
from bot.service.privacy import PrivacyDesk

FOUND, SURE_ENTRY = 0.45, 0.6
"""An information entry this near answers; from SURE_ENTRY on it does so whatever service the question seems to name."""
NAMED_SERVICE = 0.9


@step("greet")
def greet(talk: Talk) -> None:
    talk.say("greeting" if talk.conversation.turns == 0 else "greeting_again", name=talk.municipality.name)
    ask_again(talk)


@step("help")
def help_(talk: Talk) -> None:
    talk.say("help")
    ask_again(talk)


@step("robot")
def robot(talk: Talk) -> None:
    """Asked honestly, answered honestly."""
    talk.say("robot", talk.button_for("button_human", "human"), name=talk.municipality.name)
    ask_again(talk)


@step("thank")
def thank(talk: Talk) -> None:
    talk.say("thanked")
    ask_again(talk)


@step("goodbye")
def goodbye(talk: Talk) -> None:
    talk.say("goodbye")


@step("ask_information")
def ask_information(talk: Talk) -> None:
    """What was told before, what staff announced, the municipality's data with its source, the body that knows; else a
    person is offered."""
    if not answer_about_own(talk):
        code = talk.understanding.service if talk.understanding.service_confidence >= NAMED_SERVICE else None
        announced = code is not None and asks(talk.text) and say_incidents(talk, code, talk.understanding.place)
        entry = _entry(talk, code)
        body = talk.municipality.bodies.get(talk.municipality.services[code].body or "") if code else None
        if entry is not None and (not announced or code in entry.services):
            talk.say_text(f"{entry.answer}\n{talk.texts('information_source', source=entry.source)}")
        elif announced:
            talk.say("incident_elsewhere")
        elif body is not None:
            told = talk.texts("responsible_first", body=body.name, phone=talk.texts.phone_of(body))
            talk.say_text(f"{told} {talk.texts('report_offer')}")
        else:
            human = talk.button_for("button_human", "human")
            talk.say("unknown_information", human, phone=talk.municipality.phone)
    ask_again(talk)


def _entry(talk: Talk, code: str | None) -> InformationEntry | None:
    """The entry that answers. Of several near ones that of the service which is named; where the question names nothing
    ("kaç gün sürer"), or another matter, likeness alone must be great."""
    u = talk.understanding
    scored = talk.find_information(talk.text, u.service if u.service_confidence >= SURE_SERVICE else None)
    entries = {entry.id: entry for entry in talk.municipality.information}
    near = [each for each in scored if each.confidence >= FOUND]
    if not near:
        return None
    best = near[0]
    if best.confidence >= SURE_ENTRY or not (code or asks_about_own(talk.text)):
        return entries[best.label]
    return next((entries[each.label] for each in near if code in entries[each.label].services), None)


@step("ask_human")
def ask_human(talk: Talk) -> None:
    talk.hand_over(ReviewReason.ASKED_FOR_PERSON)


@step("complain_about_bot")
def complain_about_bot(talk: Talk) -> None:
    talk.conversation.misunderstandings += 1
    talk.understood = False
    if talk.conversation.misunderstandings >= 2:
        talk.hand_over(ReviewReason.NOT_UNDERSTOOD, "handover_not_understood")
        return
    talk.say("complain_about_bot", talk.button_for("button_human", "human"))
    ask_again(talk)


@step("abusive")
def abusive(talk: Talk) -> None:
    """Answered calmly once; when it goes on, a person has the conversation. Threats are looked at."""
    talk.conversation.insults += 1
    if talk.understanding.sensitive:
        talk.review(ReviewReason.SENSITIVE)
    if talk.conversation.insults >= 2:
        talk.hand_over(ReviewReason.ABUSE)
        return
    talk.say("abuse", talk.button_for("button_human", "human"))
    ask_again(talk)


@step("language_other")
def language_other(talk: Talk) -> None:
    """A short answer in that language, and a person."""
    language = talk.understanding.language
    key = f"language_{language}" if language in ("en", "de", "ar", "ru") else "language_other"
    talk.say(key)
    talk.hand_over(ReviewReason.LANGUAGE, None)


@step("out_of_scope")
def out_of_scope(talk: Talk) -> None:
    if talk.understanding.act is Act.OUT_OF_SCOPE and talk.understanding.act_confidence < 0.6:
        not_understood(talk)
        return
    talk.say("out_of_scope")
    ask_again(talk)


@step("not_understood")
def not_understood(talk: Talk) -> None:
    """Asked once differently; the second time a person takes over."""
    talk.conversation.misunderstandings += 1
    talk.understood = False
    if talk.conversation.misunderstandings >= 2:
        talk.hand_over(ReviewReason.NOT_UNDERSTOOD, "handover_not_understood")
        return
    if talk.draft is not None and talk.draft.step is not None and not talk.draft.set_aside:
        advance(talk)
        return
    talk.say("not_understood", asks=True)


@step("affirm")
def affirm(talk: Talk) -> None:
    """'Evet' or 'tamam' without a question: the draft's question again, else an offer of help."""
    draft = talk.draft
    if draft is not None and draft.set_aside:
        talk.act("same")
    elif draft is not None:
        advance(talk)
    elif not answer_about_own(talk):  # "ne zaman olur" ends like a yes
        talk.say("acknowledged" if talk.conversation.turns else "greeting_again")


@step("deny")
def deny(talk: Talk) -> None:
    if talk.draft is not None and not talk.draft.set_aside:
        advance(talk)
    else:
        talk.say("thanked" if talk.conversation.turns else "greeting_again")


@step("wordless")
def wordless(talk: Talk) -> None:
    """A sticker, emoji, '???' or nothing at all."""
    if talk.draft is not None and not talk.draft.set_aside:
        advance(talk)
    else:
        talk.say("wordless", asks=True)


@step("share_voice")
def share_voice(talk: Talk) -> None:
    """Kept; a friendly request to write. Without a text within 10 minutes a person listens."""
    talk.await_(AwaitedKind.TRANSCRIPT, 10 / 60)
    talk.say("voice", asks=True)


@step("stale_button")
def stale_button(talk: Talk) -> None:
    talk.say("stale_button")
    ask_again(talk)


@step("to_person")
def to_person(talk: Talk) -> None:
    """A person has the conversation: the message is kept for them; the citizen is told once."""
    if not talk.conversation.handover_confirmed:
        talk.conversation.handover_confirmed = True
        talk.say("handover_again")
    talk.silent = True


@step("erase_data")
def erase_data(talk: Talk) -> None:
    talk.await_(AwaitedKind.ERASE, 24)
    yes, no = talk.button_for("button_yes", "erase"), talk.button_for("button_no", "keepdata")
    talk.say("erase_ask", yes, no, asks=True)


@step("confirm_erase")
def confirm_erase(talk: Talk) -> None:
    if talk.awaits(AwaitedKind.ERASE) is None:
        talk.say("stale_button")
        return
    talk.no_longer_await(AwaitedKind.ERASE)
    desk, citizen_id = PrivacyDesk(talk.uow, talk.municipality, talk.now), talk.conversation.citizen_id
    wish = desk.wish(WishKind.ERASE, talk.conversation)
    key = "erase_recorded" if wish.asked_at == talk.now else "erase_recorded_before"
    text = talk.texts(key, asked=wish.asked_at, due=wish.due_at)
    waits = desk.open_requests(citizen_id)
    if waits:
        text += " " + talk.texts("erase_waits", numbers=", ".join(request.tracking_no for request in waits))
    talk.say_text(text + desk.kept_text(citizen_id))
    ask_again(talk)


@step("keep_data")
def keep_data(talk: Talk) -> None:
    if talk.awaits(AwaitedKind.ERASE) is None:
        talk.act("stale_button")
        return
    talk.no_longer_await(AwaitedKind.ERASE)
    talk.say("erase_kept")


@step("export_data")
def export_data(talk: Talk) -> None:
    desk, citizen_id = PrivacyDesk(talk.uow, talk.municipality, talk.now), talk.conversation.citizen_id
    desk.wish(WishKind.EXPORT, talk.conversation)
    kept = talk.uow.privacy.everything(citizen_id)
    numbers = ", ".join(row["tracking_no"] for row in kept["requests"])
    talk.say(
        "export_recorded",
        messages=len(kept["messages"]),
        files=len(kept["files"]),
        requests=len(kept["requests"]),
        numbers=talk.texts("export_numbers", numbers=numbers) if numbers else "",
    )
    ask_again(talk)
