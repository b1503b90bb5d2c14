"""Problems that are told: each becomes a draft, and what is dangerous comes before all else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.conversation import Draft, Mode, Step
from bot.domain.requests import Kind
from bot.service.dialogue.alarms import ABOUT_PEOPLE, DANGERS_OF_BODIES, GENERAL, danger_of, heard, warn
from bot.service.dialogue.answers import gives_up
from bot.service.dialogue.asking import advance
from bot.service.dialogue.drafts import MAX_DESCRIPTION, continues, new_draft, place_said, with_message
from bot.service.dialogue.moves import SURE_SERVICE, thanks_but
from bot.service.dialogue.problems import Said, problems_said
from bot.service.dialogue.sameness import contradict
from bot.service.dialogue.talk import Talk, step


@step("report")
def report(talk: Talk) -> None:
    """A new problem, or more about the one being drafted. What is urgent comes before all that waits."""
    draft = talk.draft if talk.draft is not None and not talk.draft.set_aside else None
    if draft is not None and continues(talk, draft):
        talk.keep(with_message(talk, heard(talk, draft)))
        advance(talk)
        return
    told = problems_said(talk, place_said(talk))
    if draft is not None and gives_up(talk.text):
        talk.drop_draft()
        draft = None
        told = [said for said in told if not gives_up(said.text)] or told
    fresh = [new_draft(talk, said.problem, index, said) for index, said in enumerate(told)]
    if thanks_but(talk.text):
        fresh = [replace(each, kind=Kind.COMPLAINT) if each.kind is Kind.THANKS else each for each in fresh]
    urgent = [_told_already(each) for each in fresh if each.urgent]
    if urgent:
        warn(talk, danger_of(talk) or GENERAL)
    elif draft is not None:
        talk.say("also_noted")
    enqueue(talk, urgent, [each for each in fresh if not each.urgent])
    advance(talk)


def _told_already(draft: Draft) -> Draft:
    """The warning named the body that is responsible for gas and cables."""
    return replace(draft, asked=(*draft.asked, "told")) if draft.danger in DANGERS_OF_BODIES else draft


def enqueue(talk: Talk, urgent: Sequence[Draft], others: Sequence[Draft]) -> None:
    """Drafts of one message: the urgent ones before all that waits, the others behind it."""
    for each in others:
        talk.begin(each)
    for each in reversed(urgent):
        talk.begin(each, first=True)


@step("praise")
def praise(talk: Talk) -> None:
    """Thanks that name work, a team or a person are filed."""
    problem = talk.understanding.problems[0]
    talk.begin(replace(new_draft(talk, problem, 0), kind=Kind.THANKS))
    advance(talk)


@step("emergency")
def emergency(talk: Talk) -> None:
    """The right number before anything else; a person is alerted; then what there is to file is recorded."""
    danger = danger_of(talk) or GENERAL
    warn(talk, danger)
    if danger not in ABOUT_PEOPLE and talk.conversation.mode == Mode.BOT:
        talk.act("report_after_danger")


@step("report_after_danger")
def report_after_danger(talk: Talk) -> None:
    """The dangerous thing is recorded ahead of all else, as urgent; further problems of the message come after it."""
    waiting = talk.draft is not None and not talk.draft.set_aside
    urgent, others = [], []
    for index, said in enumerate(problems_said(talk, place_said(talk))):
        draft = new_draft(talk, said.problem, index, said)
        if said.danger is None and said.problem.services:
            others.append(draft)
        elif said.danger is not None and _to_be_filed(talk, said):
            urgent.append(_of_danger(talk, draft, said.danger))
    enqueue(talk, urgent, others)
    if others and waiting and not urgent:
        talk.say("also_noted")
    if urgent or others:
        advance(talk)


def _to_be_filed(talk: Talk, said: Said) -> bool:
    """What a body's own line takes, or a thing at a place that is said; else the person who was alerted sees to it."""
    if not said.problem.services:
        return False
    best = said.problem.services[0]
    if said.danger in DANGERS_OF_BODIES:
        return True
    return best.confidence >= SURE_SERVICE and said.place.known and best.label in talk.municipality.services


def _of_danger(talk: Talk, draft: Draft, danger: str) -> Draft:
    """Only where it is may be asked; what waits already about the same thing is taken up again."""
    drafts = talk.conversation.drafts
    told = next((each for each in drafts if each.service == draft.service and not each.set_aside), None)
    if told is not None and not contradict(told.place, draft.place):
        talk.conversation.drafts = tuple(each for each in drafts if each is not told)
        draft = replace(
            draft,
            key=told.key,
            description=f"{told.description}\n{draft.description}"[:MAX_DESCRIPTION],
            place=told.place.merged(draft.place),
            attachment_ids=told.attachment_ids + draft.attachment_ids,
            sensitive=told.sensitive or draft.sensitive,
            contact=draft.contact or told.contact,
        )
    return replace(draft, urgent=True, danger=danger, alternatives=(), asked=("told", Step.DETAIL))
