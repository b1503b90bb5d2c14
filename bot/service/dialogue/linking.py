"""'Hesabımı bağla': one person's accounts on two channels become one citizen."""

from __future__ import annotations

from bot.domain.conversation import Conversation, Identity
from bot.domain.messages import OutboxKind, Reply
from bot.service.dialogue.talk import Talk
from bot.service.linking import GOOD_FOR, LinkDesk, Redeemed, code_in, wants_link
from bot.service.posting import post


def link_accounts(talk: Talk) -> bool:
    """Give a code or take one; False where the message is about neither."""
    desk = LinkDesk(talk.uow, talk.now, talk.secret)
    code = code_in(talk.text)
    if code is not None:
        _take(talk, desk, code)
    elif wants_link(talk.text):
        given = desk.issue(talk.conversation.identity_id, talk.key)
        talk.say("link_code", code=given, minutes=int(GOOD_FOR.total_seconds() // 60))
    else:
        return False
    return True


def _take(talk: Talk, desk: LinkDesk, code: str) -> None:
    redeemed = desk.redeem(code, talk.conversation.identity_id)
    own = talk.uow.conversations.identity(talk.conversation.identity_id)
    if redeemed is None:
        talk.say("link_unknown")
    elif redeemed.other.citizen_id == own.citizen_id:
        talk.say("link_same")
    elif redeemed.proved:
        _join(talk, desk, own, redeemed)
    else:
        proof = desk.issue(talk.conversation.identity_id, talk.key, redeemed.other.id)
        talk.say("link_prove", channel=_channel(talk, redeemed.other), code=proof)


def _join(talk: Talk, desk: LinkDesk, own: Identity, redeemed: Redeemed) -> None:
    desk.join(own, redeemed.other)
    talk.forget_own_requests()
    talk.say("link_done")
    there = _private_of(talk, redeemed.other)
    if there is not None:
        text = talk.texts("link_done")
        post(talk.uow, there, Reply(text), f"link:{talk.key}", OutboxKind.NOTIFICATION, talk.now)


def _private_of(talk: Talk, identity: Identity) -> Conversation | None:
    """Where the other account wrote us last."""
    mine = talk.uow.conversations.of_citizen(identity.citizen_id)
    private = [one for one in mine if one.identity_id == identity.id and not one.public]
    return max(private, key=lambda one: one.last_in_at or one.created_at, default=None)


def _channel(talk: Talk, identity: Identity) -> str:
    key = f"channel_{identity.channel}"
    return talk.texts(key) if key in talk.municipality.texts else identity.channel
