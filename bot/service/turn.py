"""A turn: messages of one conversation in, one commit with everything that follows from them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain.conversation import AwaitedKind, Conversation, Mode, ReviewReason
from bot.domain.messages import EventKind, InboxRow, InboxState, OutboxKind, Reply
from bot.domain.understanding import Scored, Understanding
from bot.errors import DatabaseAway, TurnError
from bot.municipality import Municipality
from bot.ports import Clock, DialogueEngine, UnitOfWork, UnitOfWorkFactory, Waiting
from bot.service.batches import batch_of, edited_of, files_of, text_of
from bot.service.dialogue import adding, continuing, drafting, public, records, reporting, social
from bot.service.dialogue.bare import understand
from bot.service.dialogue.edits import belongs, changes, find_edited
from bot.service.dialogue.expiry import alive, expire
from bot.service.dialogue.pieces import complete
from bot.service.dialogue.problems import problems_said
from bot.service.dialogue.questions import settle_questions
from bot.service.dialogue.talk import Talk
from bot.service.dialogue.words import Words
from bot.service.posting import heard, post
from bot.service.public_text import masked
from bot.service.publicity import PublicDesk
from bot.service.receiving import event_of
from bot.service.reviews import ReviewDesk
from bot.service.texts import Texts

log = logging.getLogger(__name__)
ATTEMPTS = 3
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
assert adding and drafting and public and records and reporting and social, "imported so that their steps register"


@dataclass(frozen=True)
class TurnDone:
    """What a turn was: `waited` from 'may begin' to commit and `worked` for the turn itself, in seconds.

    `declined` names the district, city or 'firm' whose matter a report is, where it was not filed for that reason.
    """

    conversation_id: int
    messages: int
    replies: int
    waited: float
    worked: float
    declined: str | None = None


class TurnWorker:
    """Takes due messages, one conversation at a time. Several workers may share a database."""

    def __init__(
        self,
        uows: UnitOfWorkFactory,
        reads: UnitOfWorkFactory,
        engine: DialogueEngine,
        municipality: Municipality,
        clock: Clock,
        secret: str,
        *,
        gather_seconds: float = 2.0,
        handover_hours: float = 24.0,
        find_information: Callable[[str, str | None], tuple[Scored, ...]] = lambda text, service: (),
        shard: tuple[int, int] = (0, 1),
        on_turn: Callable[[TurnDone], None] = lambda done: None,
    ) -> None:
        self._uows, self._reads, self._engine, self._clock = uows, reads, engine, clock
        self._municipality = municipality
        self._texts = Texts(municipality)
        self._secret = secret.encode()
        self._gather = timedelta(seconds=gather_seconds)
        self._handover_hours = handover_hours
        self._find_information = find_information
        self._shard = shard
        self._on_turn = on_turn
        self._parsed: OrderedDict[str, Understanding] = OrderedDict()

    async def run(self, stop: asyncio.Event, idle_seconds: float = 0.05) -> None:
        """Work until `stop`; the turn at hand is finished. A database that is away is waited for."""
        away = 0.0
        while not stop.is_set():
            try:
                busy = await self.run_once()
                away = 0.0
            except DatabaseAway as error:
                away = min(30.0, away * 2 or 0.5)
                log.warning("database away, next try in %.1f s: %s", away, type(error.__cause__).__name__)
                busy = False
            if not busy:
                try:
                    await asyncio.wait_for(stop.wait(), away or idle_seconds)
                except TimeoutError:
                    continue

    async def drain(self) -> int:
        """Turns until nothing is due; their number. For tests, replay and simulation."""
        turns = 0
        while await self.run_once():
            turns += 1
        return turns

    async def run_once(self) -> bool:
        """One turn, where one is due; False where nothing was."""
        passed: set[int] = set()
        while True:
            now = self._clock.now()
            waiting = self._look(now, frozenset(passed))
            if waiting is None:
                return False
            batch = batch_of(waiting.rows)
            early = waiting.may_begin > now
            if early and any(row.attempts for row in batch):  # it failed before: the pause is there to be kept
                passed.add(waiting.conversation_id)
                continue
            try:
                understanding = self._understand(text_of(batch))
                if early and not self._complete(waiting, batch, understanding):
                    passed.add(waiting.conversation_id)
                    continue
                self._understand_edited(waiting, batch)
                begun = time.perf_counter()
                done = await self._turn(waiting.conversation_id, batch, understanding)
            except DatabaseAway:
                raise
            except Exception as error:
                log.exception("turn failed", extra={"conversation": waiting.conversation_id})
                self._failed(batch, error)
                return True
            if done is None:
                passed.add(waiting.conversation_id)
                continue
            due = min(waiting.may_begin, self._clock.now())
            waited = (self._clock.now() - due).total_seconds()
            self._on_turn(replace(done, waited=waited, worked=time.perf_counter() - begun))
            return True

    # -- before the transaction
    def _look(self, now: datetime, passed: frozenset[int]) -> Waiting | None:
        with self._reads() as uow:
            for shard in dict.fromkeys((self._shard, (0, 1))):
                found = uow.inbox.next(now + self._gather, passed, shard)
                if found is not None:
                    return found
        return None

    def _understand(self, text: str) -> Understanding:
        """What the messages say. Their parts are understood here too: nothing is left to parse in the transaction."""
        u = understand(self._parse, text)
        problems_said(Words(u, text, self._parse), u.place)
        return u

    def _understand_edited(self, waiting: Waiting, batch: Sequence[InboxRow]) -> None:
        """Where the messages edit earlier ones, all that the turn will read anew is understood now."""
        if edited_of(batch) is None:
            return
        with self._reads() as uow:
            conversation = uow.conversations.get(waiting.conversation_id)
            edited = find_edited(uow, conversation, batch) if conversation is not None else None
        if conversation is not None and edited is not None:
            changes(conversation.drafts, edited, self._parse)

    def _parse(self, text: str) -> Understanding:
        """Parse, remembering the last texts (a fragment may be looked at several times while it waits)."""
        known = self._parsed.get(text)
        if known is None:
            known = self._parsed[text] = self._engine.parse(text)
            if len(self._parsed) > 256:
                self._parsed.popitem(last=False)
        return known

    def _complete(self, waiting: Waiting, batch: Sequence[InboxRow], understanding: Understanding) -> bool:
        """Whether the messages need not wait for further fragments."""
        now = self._clock.now()
        with self._reads() as uow:
            conversation = uow.conversations.get(waiting.conversation_id)
            awaited = uow.conversations.awaited(waiting.conversation_id, now)
        if conversation is None:
            return True
        events, drafts = [event_of(row) for row in batch], alive(conversation.drafts, now)
        return complete(conversation, awaited, drafts, events, text_of(batch), understanding)

    # -- the transaction
    async def _turn(self, conversation_id: int, batch: Sequence[InboxRow], u: Understanding) -> TurnDone | None:
        with self._uows() as uow:
            conversation = uow.conversations.lock(conversation_id, wait=False)
            if conversation is None:
                return None
            rows = batch_of(uow.inbox.pending_of(conversation_id))
            if [row.id for row in rows] != [row.id for row in batch]:
                return None
            talk = self._talk(uow, conversation, rows, u)
            continuing.take_up(talk)
            await self._engine.respond(talk)
            settle_questions(talk)
            if not talk.replies and not talk.silent:
                raise TurnError("a turn without any reply")
            self._close(uow, talk, rows)
            uow.commit()
        return TurnDone(conversation_id, len(rows), len(talk.replies), 0.0, 0.0, talk.declined)

    def _talk(self, uow: UnitOfWork, conversation: Conversation, rows: Sequence[InboxRow], u: Understanding) -> Talk:
        now = self._clock.now()
        assert conversation.id is not None
        events = [event_of(row) for row in rows]
        if conversation.mode == Mode.PERSON and conversation.handover_until and conversation.handover_until <= now:
            ReviewDesk(uow, self._municipality, now).end_by_time(conversation)
        ever = uow.conversations.awaited(conversation.id, _LONG_AGO)
        awaited = [row for row in ever if row.expires_at > now]
        talk = Talk(
            uow=uow,
            municipality=self._municipality,
            texts=self._texts,
            conversation=conversation,
            understanding=u,
            events=events,
            text=text_of(rows),
            now=now,
            key=str(rows[0].id),
            secret=self._secret,
            awaited=awaited,
            button=next((event.button for event in events if event.kind is EventKind.BUTTON), None),
            attachment_ids=files_of(uow, conversation, events, awaited, now),
            find_information=self._find_information,
            parse=self._parse,
            handover_hours=self._handover_hours,
        )
        if not any(row.what == AwaitedKind.PRIVATE for row in ever):
            expire(talk)  # those that wait for a private message end otherwise (`settle_public`)
        talk.edited = find_edited(uow, conversation, rows)
        talk.edit_belongs = talk.edited is not None and belongs(talk, talk.edited)
        return talk

    def _close(self, uow: UnitOfWork, talk: Talk, rows: Sequence[InboxRow]) -> None:
        """Messages handled, thread and replies written."""
        conversation, now = talk.conversation, talk.now
        assert conversation.id is not None
        for row, event in zip(rows, talk.events, strict=True):
            row.state, row.handled_at, row.error = InboxState.HANDLED, now, None
            uow.conversations.say(heard(conversation, row, event, self._municipality))
        if talk.understood:
            conversation.misunderstandings = 0
        if (
            talk.replies
            and not conversation.public
            and conversation.notice_version != self._municipality.privacy_version
        ):
            notice = self._texts("notice", conversation.id or 0, url=self._municipality.privacy_url)
            talk.replies[0] = replace(talk.replies[0], text=f"{talk.replies[0].text}\n\n{notice}")
            conversation.notice_version, conversation.notice_at = self._municipality.privacy_version, now
        conversation.turns += 1
        conversation.last_in_at = now
        for index, reply in enumerate(talk.replies):
            key = f"reply:{rows[0].id}:{index}"
            if talk.about is not None:
                desk = PublicDesk(uow, self._municipality, now)
                desk.answer(conversation, reply, key, OutboxKind.REPLY, talk.about)
            else:
                post(uow, conversation, reply, key, OutboxKind.REPLY, now)

    def _failed(self, batch: Sequence[InboxRow], error: Exception) -> None:
        """Try again with a pause; after three attempts a person gets the message and the citizen is told."""
        with self._uows() as uow:
            now = self._clock.now()
            rows = [row for row in (uow.inbox.get(row.id or 0) for row in batch) if row is not None]
            for row in rows:
                row.attempts += 1
                row.error = type(error).__name__
                row.ready_at = now + timedelta(seconds=2**row.attempts)
            first = rows[0]
            if first.attempts >= ATTEMPTS:
                conversation = uow.conversations.lock(first.conversation_id)
                assert conversation is not None and conversation.id is not None
                for row in rows:
                    row.state, row.handled_at = InboxState.FAILED, now
                    uow.conversations.say(heard(conversation, row, event_of(row), self._municipality))
                uow.flush()
                ReviewDesk(uow, self._municipality, now).open(
                    ReviewReason.TURN_FAILED, conversation, summary=masked(text_of(rows), self._municipality)[:500]
                )
                reply = Reply(self._texts("turn_failed"), public=conversation.public)
                if not conversation.public:
                    post(uow, conversation, reply, f"reply:{first.id}:failed", OutboxKind.REPLY, now)
            uow.commit()
