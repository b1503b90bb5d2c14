"""What a message means in its conversation: one `Move`, decided from the understanding and what is awaited.

A move is the intent that Rasa sees; nlu_data/rules.yml says which action follows which move.
"""

from __future__ import annotations

import re

from bot.domain.conversation import AwaitedKind, Step
from bot.domain.messages import EventKind
from bot.domain.requests import Kind
from bot.domain.understanding import Act, Understanding
from bot.service.dialogue.answers import DROP, INSIST, NEW, NO, SKIP, YES, gives_up, named_of, phrases
from bot.service.dialogue.answers import plain as plain
from bot.service.dialogue.awaiting import SURE_QUESTION, awaited_move
from bot.service.dialogue.awaiting import SURE_SERVICE as SURE_SERVICE
from bot.service.dialogue.situation import Move as Move
from bot.service.dialogue.situation import Situation as Situation
from bot.service.dialogue.wishes import wants_copy, wants_erasure
from bot.service.linking import code_in, wants_link

_ROBOT = phrases(
    r"\b(robot|yapay zeka|bot) ?m[iu]s[iu]n",
    r"insan m[iu]s[iu]n|gercek (biri|insan) m[iu]|kiminle konusuyorum|\bmakine misin",
)
_HELP = phrases(r"yardim|neler yapabil\w+|ne yapabil\w+|ne ise yar\w+|nasil kullan\w+")

_CALM_DANGERS = {
    "gas": phrases(r"\b(dogal ?)?gaz\w* (koku|kacag|kacir|sizi|siziyor)"),
    "child": phrases(
        r"\b(babam|annem|uvey \w+|abim|dayim|amcam)\b.{0,30}\b(dov|vur|sald)\w*uyor",
        r"\b([5-9]|1[0-7]) yasindayim\b.{0,80}\b(kork|yalniz|tek bas|kayb|kayip|kimse)",
        r"\b(kork|yalniz|tek bas|kayb|kayip)\w*\b.{0,80}\b([5-9]|1[0-7]) yasindayim\b",
    ),
    "distress": phrases(r"\b(kocam|esim|sevgilim)\b.{0,30}\b(beni |bizi )?(dov|oldur)\w*"),
}
_QUESTION = phrases(r"\bm[iu](s[iu]n\w*|y[iu]\w*|d[iu]r)?\b", r"\b(ne|kac|nasil|nere|kim|hangi)\w*\b")
_ADDRESS = phrases(r"(\w+ ){1,3}(sok|sk|sokak|sokagi|cad|cd|cadde|caddesi|bulvari|mah|mahallesi|apt|apartmani|sitesi)")
"""A name before the type of a place, and nothing else: an answer to 'where', whatever the name may mean."""
_PAYLOADS = {
    "ok": Move.CONFIRM,
    "fix": Move.REJECT,
    "drop": Move.DROP,
    "skip": Move.SKIP,
    "same": Move.SAME,
    "new": Move.DIFFERENT,
    "service": Move.CHOOSE,
    "place": Move.CHOOSE,
    "rate": Move.RATE,
    "reopen": Move.NOT_RESOLVED,
    "cancel": Move.CONFIRM_CANCEL,
    "keep": Move.KEEP_REQUEST,
    "erase": Move.CONFIRM_ERASE,
    "keepdata": Move.KEEP_DATA,
    "human": Move.ASK_HUMAN,
    "add": Move.ADD_INFORMATION,
    "withdraw": Move.CANCEL_REQUEST,
}
_COMMANDS = {
    "start": Move.GREET,
    "yardim": Move.HELP,
    "help": Move.HELP,
    "durum": Move.ASK_STATUS,
    "iptal": Move.DROP,
}
_ACTS = {
    Act.THANK: Move.THANK,
    Act.GREET: Move.GREET,
    Act.GOODBYE: Move.GOODBYE,
    Act.ASK_HUMAN: Move.ASK_HUMAN,
    Act.COMPLAIN_ABOUT_BOT: Move.COMPLAIN_ABOUT_BOT,
    Act.ABUSIVE: Move.ABUSIVE,
    Act.ASK_STATUS: Move.ASK_STATUS,
    Act.ASK_INFORMATION: Move.ASK_INFORMATION,
    Act.ADD_INFORMATION: Move.ADD_INFORMATION,
    Act.CORRECT: Move.CORRECT,
    Act.CANCEL_REQUEST: Move.CANCEL_REQUEST,
    Act.NOT_RESOLVED: Move.NOT_RESOLVED,
    Act.RATE: Move.RATE,
    Act.AFFIRM: Move.AFFIRM,
    Act.DENY: Move.DENY,
    Act.SKIP: Move.DENY,
    Act.OUT_OF_SCOPE: Move.OUT_OF_SCOPE,
    Act.REPORT: Move.REPORT,
    Act.EMERGENCY: Move.REPORT,
    Act.LANGUAGE_OTHER: Move.LANGUAGE_OTHER,
}
_CONTRAST = frozenset({"ama", "fakat", "ancak", "yalniz", "lakin", "yalnizca", "gelgelelim"})
_SAYS_LITTLE = frozenset({Move.NOT_UNDERSTOOD, Move.OUT_OF_SCOPE, Move.GREET, Move.THANK, Move.AFFIRM, Move.DENY})
"""A file that comes with such words is what matters."""
SOME_SERVICE = 0.2
VAGUE_SERVICE = 0.3
CLEAR_ACT = 0.4
CLEAR_SERVICE, SURE_ALARM = 0.8, 0.95
NAMED = 0.35
"""From here on thanks name the work, the team or the person they are for."""
SURE_STATUS = 0.6


def interpret(situation: Situation) -> Move:
    """The move; pure. Buttons first, then danger, then what is awaited, then the act itself."""
    s = situation
    if s.public:
        return Move.IN_PUBLIC
    if s.with_person:
        return Move.EMERGENCY if _breaks_silence(s) else Move.TO_PERSON
    if s.button is not None:
        return _PAYLOADS.get(s.button.split(":")[0], Move.STALE_BUTTON)
    if s.kind is EventKind.COMMAND:
        return _COMMANDS.get(s.text.split()[0].lstrip("/").split("@")[0].lower() if s.text.split() else "", Move.HELP)
    if s.edited:
        return Move.EDITED
    wordless = _without_words(s)
    if wordless is not None:
        return wordless
    move = _always(s) or awaited_move(s) or _drafting(s) or _free(s)
    return Move.SHARE_FILE if s.has_files and move in _SAYS_LITTLE else move


def _without_words(s: Situation) -> Move | None:
    if s.kind is EventKind.VOICE and not s.text.strip():
        return Move.SHARE_VOICE
    if s.kind is EventKind.LOCATION:
        return Move.GIVE_DETAILS
    if not plain(s.text) and s.understanding.language == "tr":
        return Move.SHARE_FILE if s.has_files else Move.WORDLESS
    return None


def _always(s: Situation) -> Move | None:
    """What is heard in every situation."""
    u, words = s.understanding, plain(s.text).split()
    answer = s.step is not None and len(words) <= 5 and (_says_where(u) or _picks(s))
    if danger_said(s.text) or u.danger == "distress" or (_alarms(s) and not answer):
        return Move.EMERGENCY
    if u.act is Act.LANGUAGE_OTHER and (s.step is None or len(words) >= 4 or not words):
        return Move.LANGUAGE_OTHER
    text = " ".join(words)
    told = u.act is Act.REPORT and u.service_confidence >= SURE_SERVICE
    if wants_erasure(text, told):
        return Move.ERASE_DATA
    if wants_copy(text, told):
        return Move.EXPORT_DATA
    if _ROBOT.search(text):
        return Move.ROBOT
    if wants_link(s.text) or code_in(s.text):
        return Move.ASK_STATUS
    if u.act is Act.ASK_HUMAN and u.act_confidence >= CLEAR_ACT and len(words) <= 12:
        return Move.ASK_HUMAN
    if re.fullmatch(r"(gorevli|temsilci|operator|yetkili|insan)( lutfen)?", text):
        return Move.ASK_HUMAN
    return None


def _alarms(s: Situation) -> bool:
    """An emergency; but two words that name a thing of a service are a report, whatever the model hears in them."""
    u = s.understanding
    thing = u.danger in (None, "general") and len(plain(s.text).split()) <= 3 and u.service_confidence >= CLEAR_SERVICE
    return u.act is Act.EMERGENCY and not (thing and u.act_confidence < SURE_ALARM)


def _breaks_silence(s: Situation) -> bool:
    """Danger, however calmly it is told: it is answered though a person has the conversation."""
    u = s.understanding
    named = u.danger not in (None, "general") or (u.urgent and u.act is Act.REPORT)
    return bool(s.text.strip()) and (u.act is Act.EMERGENCY or named or danger_said(s.text) is not None)


def danger_said(text: str) -> str | None:
    """Danger that is told so calmly that nothing else in the words shows it: gas, violence at home."""
    words = plain(text)
    return next((danger for danger, pattern in _CALM_DANGERS.items() if pattern.search(words)), None)


def _drafting(s: Situation) -> Move | None:
    """What a text means while a draft is being completed; None where it is about something else."""
    u, answer = s.understanding, plain(s.text)
    if s.draft is None or s.step is None:
        return None
    if u.tracking_no and u.act in (Act.ASK_STATUS, Act.CANCEL_REQUEST):
        return None
    another = u.service_confidence >= SURE_SERVICE and not _known_service(s)
    new_problem = u.act is Act.REPORT and another
    if another and u.problems and len(answer.split()) > 6 and gives_up(s.text):
        return Move.REPORT
    if DROP.fullmatch(answer) or (u.act is Act.CANCEL_REQUEST and not u.tracking_no):
        return Move.DROP
    if _picks(s):
        return Move.CHOOSE
    if s.step is Step.CONFIRM:
        return _at_confirmation(s, answer, new_problem)
    if s.step in (Step.PLACE, Step.DETAIL) and _ADDRESS.fullmatch(answer):
        return Move.GIVE_DETAILS
    if s.step is Step.KNOWN:
        return _after_known(s, answer)
    if s.step is Step.SAME:
        if YES.fullmatch(answer) or u.act is Act.AFFIRM:
            return Move.SAME
        if NEW.fullmatch(answer) or u.act is Act.DENY:
            return Move.DIFFERENT
        return None
    if s.step is Step.CORRECTION and u.act not in _DIGRESSIONS:
        return Move.CORRECT
    if s.step is Step.SERVICE and u.act not in _DIGRESSIONS:
        return Move.CHOOSE
    if s.step is Step.DESCRIPTION and (SKIP.fullmatch(answer) or u.act in (Act.DENY, Act.SKIP)):
        return Move.DENY
    if s.step is Step.DESCRIPTION and u.act not in _DIGRESSIONS and u.act is not Act.AFFIRM:
        only_where = _says_where(u) and u.service_confidence < SOME_SERVICE
        return Move.GIVE_DETAILS if only_where else Move.DESCRIBE
    if s.step in (Step.PLACE, Step.DETAIL):
        if SKIP.fullmatch(answer) or u.act is Act.SKIP:
            return Move.SKIP
        if u.act is Act.CORRECT and u.act_confidence >= CLEAR_ACT:
            return Move.CORRECT
        if _says_where(u):
            told_anew = new_problem and len(answer.split()) > 6 and not answer.startswith("adres")
            return Move.REPORT if told_anew else Move.GIVE_DETAILS
        told_more = u.act is Act.REPORT and u.service_confidence >= SURE_SERVICE and len(answer.split()) > 3
        if new_problem or told_more:
            return Move.REPORT
        if _asks(s.text, answer):
            return Move.ASK_INFORMATION
        if u.act not in _DIGRESSIONS and u.act is not Act.AFFIRM and len(answer.split()) <= 14:
            return Move.GIVE_DETAILS
    return None


def _picks(s: Situation) -> bool:
    """One of the neighbourhoods that were offered."""
    return s.draft is not None and s.step is Step.PLACE and named_of(s.text, s.draft.candidates) is not None


def _asks(text: str, answer: str) -> bool:
    """A question in form, where a place was asked for."""
    return text.rstrip().endswith("?") and bool(_QUESTION.search(answer)) and len(answer.split()) > 1


def _after_known(s: Situation, answer: str) -> Move | None:
    """The citizen was told that it is known: they may insist, or say that it is well."""
    if INSIST.fullmatch(answer):
        return Move.DIFFERENT
    if YES.fullmatch(answer) or s.understanding.act is Act.AFFIRM:
        return Move.SAME
    return None


_DIGRESSIONS = frozenset(
    {
        Act.ASK_STATUS, Act.ASK_INFORMATION, Act.THANK, Act.GREET, Act.GOODBYE, Act.ASK_HUMAN, Act.COMPLAIN_ABOUT_BOT,
        Act.ABUSIVE, Act.NOT_RESOLVED,
    }
)  # fmt: skip


def _at_confirmation(s: Situation, answer: str, new_problem: bool) -> Move | None:
    u = s.understanding
    if YES.fullmatch(answer) or (u.act is Act.AFFIRM and not _says_where(u)):
        return Move.CONFIRM
    if NO.fullmatch(answer) and not _says_where(u):
        return Move.REJECT
    if u.act is Act.CORRECT or (u.act is Act.DENY and _says_where(u)) or u.negated:
        return Move.CORRECT
    if NO.fullmatch(answer) or (u.act is Act.DENY and len(answer.split()) <= 4):
        return Move.REJECT
    if u.act is Act.DENY:
        return Move.CORRECT
    if u.act is Act.REPORT and re.search(r"\b(degil|yanlis|hayir)\b", answer):
        return Move.CORRECT
    if new_problem:
        return Move.REPORT
    if u.act in (Act.ADD_INFORMATION, Act.REPORT) and (_says_where(u) or u.act is Act.ADD_INFORMATION or u.phone):
        return Move.GIVE_DETAILS
    return None


def _known_service(s: Situation) -> bool:
    draft = s.draft
    return draft is not None and (
        s.understanding.service == draft.service or s.understanding.service in draft.alternatives
    )


def _says_where(u: Understanding) -> bool:
    place = u.place
    return bool(u.candidates or u.outside) or any(
        (place.neighbourhood, place.street, place.door_no, place.landmark, place.latitude)
    )


def _free(s: Situation) -> Move:
    """Outside of any question."""
    u, text = s.understanding, plain(s.text)
    words = text.split()
    if u.tracking_no and u.act not in (Act.CANCEL_REQUEST, Act.NOT_RESOLVED, Act.ADD_INFORMATION, Act.CORRECT):
        return Move.ASK_STATUS
    if u.act is Act.THANK:
        told = u.service_confidence >= SURE_SERVICE and len(words) > 5
        if told and (thanks_but(s.text) or not _praises(u)):
            return Move.REPORT
        return Move.PRAISE if u.service_confidence >= NAMED and len(words) >= 4 else Move.THANK
    if _HELP.fullmatch(text):
        return Move.HELP
    if _complains_by_asking(s):
        return Move.REPORT
    if DROP.fullmatch(text):
        return Move.DROP
    if u.act is Act.SKIP:
        return Move.DENY
    if u.act is Act.RATE and AwaitedKind.RATING not in s.awaited:
        return Move.NOT_UNDERSTOOD
    if u.act is Act.REPORT and len(words) <= 9:
        if not _says_where(u) and not u.outside and u.service_confidence < VAGUE_SERVICE:
            return Move.NOT_UNDERSTOOD
        if _says_where(u) and not u.outside and u.service_confidence < SURE_SERVICE and len(words) <= 6:
            return Move.GIVE_DETAILS
    nothing_filed = not s.has_open_request and not s.has_closed_request
    if u.act is Act.ASK_STATUS and u.act_confidence < SURE_STATUS and nothing_filed and len(words) > 3:
        return Move.NOT_UNDERSTOOD
    if u.act_confidence < CLEAR_ACT and u.act is not Act.REPORT:
        if u.problems and u.service_confidence >= SURE_SERVICE:
            return Move.REPORT
        return Move.NOT_UNDERSTOOD
    if u.act is Act.NOT_RESOLVED and not s.has_closed_request and u.problems and u.service_confidence >= SURE_SERVICE:
        return Move.REPORT if not s.has_open_request else Move.ASK_STATUS
    return _ACTS[u.act]


def _complains_by_asking(s: Situation) -> bool:
    """ "… Sokak'ta elektrik yok, ne zaman gelir?": a question in form, a report of a thing at a place in substance."""
    u = s.understanding
    placed = u.place.neighbourhood is not None or u.place.street is not None
    if not placed or u.service_confidence < SURE_SERVICE or u.tracking_no:
        return False
    if u.act is Act.ASK_STATUS:
        return not s.has_open_request and not s.has_closed_request
    return u.act is Act.ASK_INFORMATION and u.act_confidence < SURE_QUESTION


def _praises(u: Understanding) -> bool:
    return bool(u.problems) and u.problems[0].kind is Kind.THANKS


def thanks_but(text: str) -> bool:
    """Thanks with a 'but', short enough to be about what comes after it."""
    words = plain(text).split()
    return len(words) <= 40 and bool(_CONTRAST & set(words))
