"""Citizens, identities, conversations, their messages and what is awaited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from bot.db.statements import insert_ignoring
from bot.db.tables import awaited as awaited_table
from bot.db.tables import conversations, identities, messages, outbox
from bot.domain.conversation import Awaited, AwaitedKind, Citizen, Conversation, Identity, Mode
from bot.domain.messages import IncomingEvent, Message, OutboxState


def account_channel(channel: str) -> str:
    """The channel whose accounts these are: 'x' for x_mention and x_dm, for all others their own name."""
    return channel.partition("_")[0]


class SqlConversations:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of_event(self, event: IncomingEvent, now: datetime) -> Conversation:
        found = self._of_thread(event.channel, event.thread)
        if found is not None:
            if event.address and dict(found.address) != event.address:
                found.address = event.address
            return found
        identity = self._identity_of(event, now)
        assert identity.id is not None
        values = {
            "channel": event.channel,
            "thread": event.thread,
            "identity_id": identity.id,
            "citizen_id": identity.citizen_id,
            "address": event.address,
            "public": event.public,
            "mode": Mode.BOT,
            "handover_confirmed": False,
            "drafts": (),
            "misunderstandings": 0,
            "insults": 0,
            "turns": 0,
            "created_at": now,
        }
        insert_ignoring(self._session, conversations, values)
        made = self._of_thread(event.channel, event.thread)
        assert made is not None
        return made

    def _of_thread(self, channel: str, thread: str) -> Conversation | None:
        query = select(Conversation).where(conversations.c.channel == channel, conversations.c.thread == thread)
        return self._session.scalars(query).first()

    def _identity_of(self, event: IncomingEvent, now: datetime) -> Identity:
        provider = account_channel(event.channel)
        query = select(Identity).where(identities.c.channel == provider, identities.c.external_id == event.sender)
        found = self._session.scalars(query).first()
        if found is None:
            citizen = Citizen(created_at=now, display_name=event.display_name)
            self._session.add(citizen)
            self._session.flush()
            values = {
                "citizen_id": citizen.id,
                "channel": provider,
                "external_id": event.sender,
                "reachable": True,
                "created_at": now,
            }
            insert_ignoring(self._session, identities, values)
            found = self._session.scalars(query).one()
            if found.citizen_id != citizen.id:
                self._session.delete(citizen)
        elif not found.reachable:
            found.reachable = True
        return found

    def get(self, conversation_id: int) -> Conversation | None:
        return self._session.get(Conversation, conversation_id)

    def lock(self, conversation_id: int, wait: bool = True) -> Conversation | None:
        query = (
            select(Conversation)
            .where(conversations.c.id == conversation_id)
            .with_for_update(skip_locked=not wait)
            .execution_options(populate_existing=True)
        )
        return self._session.scalars(query).first()

    def identity(self, identity_id: int) -> Identity:
        return self._session.get_one(Identity, identity_id)

    def citizen(self, citizen_id: int) -> Citizen:
        return self._session.get_one(Citizen, citizen_id)

    def of_citizen(self, citizen_id: int) -> Sequence[Conversation]:
        return self._session.scalars(select(Conversation).where(conversations.c.citizen_id == citizen_id)).all()

    def public_waiting(self, channel: str, limit: int) -> Sequence[Conversation]:
        here = outbox.c.conversation_id == conversations.c.id
        held = select(outbox.c.id).where(here, outbox.c.state == OutboxState.HELD).exists()
        private = (awaited_table.c.conversation_id == conversations.c.id) & (
            awaited_table.c.what == AwaitedKind.PRIVATE
        )
        query = (
            select(Conversation)
            .where(
                conversations.c.channel == channel,
                conversations.c.public,
                or_(held, select(awaited_table.c.id).where(private).exists()),
            )
            .order_by(conversations.c.last_in_at)
            .limit(limit)
        )
        return self._session.scalars(query).all()

    def handovers_over(self, now: datetime) -> Sequence[int]:
        query = select(conversations.c.id).where(
            conversations.c.mode == Mode.PERSON, conversations.c.handover_until <= now
        )
        return self._session.scalars(query).all()

    def awaited(self, conversation_id: int, now: datetime) -> Sequence[Awaited]:
        query = (
            select(Awaited)
            .where(awaited_table.c.conversation_id == conversation_id, awaited_table.c.expires_at > now)
            .order_by(awaited_table.c.id.desc())
        )
        return self._session.scalars(query).all()

    def expired_awaited(self, now: datetime) -> Sequence[Awaited]:
        return self._session.scalars(select(Awaited).where(awaited_table.c.expires_at <= now)).all()

    def await_(self, awaited: Awaited) -> None:
        self.no_longer_await(awaited.conversation_id, awaited.what)
        self._session.add(awaited)
        self._session.flush()

    def no_longer_await(self, conversation_id: int, what: str | None = None) -> None:
        gone = delete(Awaited).where(awaited_table.c.conversation_id == conversation_id)
        if what is not None:
            gone = gone.where(awaited_table.c.what == what)
        self._session.execute(gone)

    def say(self, message: Message) -> None:
        self._session.add(message)

    def line_of(self, outbox_id: int) -> Message | None:
        return self._session.scalars(select(Message).where(messages.c.outbox_id == outbox_id)).first()

    def unsay(self, outbox_id: int) -> None:
        self._session.execute(delete(Message).where(messages.c.outbox_id == outbox_id))

    def thread(self, conversation_id: int, limit: int = 100) -> Sequence[Message]:
        query = (
            select(Message)
            .where(messages.c.conversation_id == conversation_id)
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        return list(reversed(self._session.scalars(query).all()))
