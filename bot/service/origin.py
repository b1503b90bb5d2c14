"""Where a request began: the public thread behind it. Its filing key names the inbox row of the post."""

from __future__ import annotations

from bot.domain.conversation import Conversation
from bot.domain.requests import Request
from bot.ports import UnitOfWork


def origin_of(uow: UnitOfWork, request: Request) -> Conversation | None:
    """The public thread whose post the request was made of; None where it began in private."""
    return public_thread(uow, request.filing_key)


def public_thread(uow: UnitOfWork, filing_key: str) -> Conversation | None:
    """The public thread that a request or a draft with this key was made of."""
    number = filing_key.partition(".")[0]
    row = uow.inbox.get(int(number)) if number.isdigit() else None
    conversation = uow.conversations.get(row.conversation_id) if row is not None else None
    return conversation if conversation is not None and conversation.public else None


def post_address(uow: UnitOfWork, request: Request) -> str | None:
    """The address of the post, where the channel has one."""
    conversation = origin_of(uow, request)
    return str(conversation.address["url"]) if conversation is not None and conversation.address.get("url") else None
