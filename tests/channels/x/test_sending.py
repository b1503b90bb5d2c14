"""Answers and direct messages as X's server sees them, and the contract of every channel kept over a real socket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from bot.channels.x.api import XApi
from bot.channels.x.budget import Reads
from bot.channels.x.channel import XParts, XPrivateChannel, XPublicChannel
from bot.channels.x.keys import Keyring
from bot.domain.messages import Button, FileRef, Reply
from bot.errors import CredentialsRefused, RateLimited, Rejected, TransientError, UncertainError, Unreachable
from tests.channels.x.conftest import KEYS, NOW
from tests.channels.x.fake_x_api import US, FakeXApi
from tests.contract.test_channel_contract import ChannelContract

pytestmark = pytest.mark.anyio
POST, PERSON = {"post_id": "20639", "author_id": "77", "username": "ayse"}, {"participant_id": "77"}
FAULTS: dict[str, tuple[Any, ...]] = {
    "transient": (402, "CreditsDepleted"),
    "rate_limit": (429, "Too Many Requests"),
    "rejected": (400, "The text is too strange"),
    "unreachable": (403, "You have been blocked from replying to this user's tweets"),
    "credentials": (403, "Your account is suspended and is not permitted to access this feature."),
}


class PublicScene:
    cannot: frozenset[str] = frozenset()
    route: ClassVar[str] = "tweets"

    def __init__(self, channel: XPublicChannel | XPrivateChannel, api: FakeXApi, address: dict[str, Any]) -> None:
        self.channel, self._api, self.address = channel, api, address

    def received(self) -> list[str]:
        return [post["said"] for post in self._api.posts]

    def answer(self, situation: str) -> None:
        if situation == "uncertain":
            self._api.hang(self.route)
        elif situation == "rate_limit":
            reset = str(int((NOW + timedelta(seconds=7)).timestamp()))
            self._api.refuse(self.route, *FAULTS[situation], **{"x_rate_limit_reset": reset})
        else:
            self._api.refuse(self.route, *FAULTS[situation])


class PrivateScene(PublicScene):
    route: ClassVar[str] = "dm_send"

    def received(self) -> list[str]:
        return self._api.sent


class TestXPublicChannel(ChannelContract):
    of = "x"

    @pytest.fixture
    def scene(self, public: XPublicChannel, api: FakeXApi) -> Iterator[PublicScene]:
        yield PublicScene(public, api, POST)


class TestXPrivateChannel(ChannelContract):
    of = "x"

    @pytest.fixture
    def scene(self, private: XPrivateChannel, api: FakeXApi) -> Iterator[PrivateScene]:
        yield PrivateScene(private, api, PERSON)


# -- in public
async def test_an_answer_stands_under_the_post(public: XPublicChannel, api: FakeXApi) -> None:
    answer = await public.send(POST, Reply("Merhaba", public=True))
    [post] = api.posts
    assert answer.provider_id == post["id"]
    assert post["referenced_tweets"] == [{"type": "replied_to", "id": "20639"}]
    assert post["link"] is None


async def test_an_invitation_carries_the_link_to_private_messages_where_it_is_configured(
    shared: XParts, api: FakeXApi
) -> None:
    channel = XPublicChannel(replace(shared, dm_link=True))
    await channel.send(POST, Reply("DM'den yazar mısınız?", public=True, invites=True))
    await channel.send(POST, Reply("Teşekkürler", public=True))
    links = [post["link"] for post in api.posts]
    assert links == [f"https://x.com/messages/compose?recipient_id={US['id']}", None]


async def test_a_text_that_is_too_heavy_is_not_even_tried(public: XPublicChannel, api: FakeXApi) -> None:
    with pytest.raises(Rejected):
        await public.send(POST, Reply("ö" * 281, public=True))
    assert api.calls == []


async def test_what_was_said_to_others_gets_a_sign_of_its_own(public: XPublicChannel, api: FakeXApi) -> None:
    """As many within a minute as come; the same one has the same sign whenever it is tried again."""
    reply, said = Reply("Merhaba", public=True), []
    for number in range(20):
        address = {**POST, "post_id": str(20640 + number)}
        answer = await public.send(address, reply)
        assert await public.sent_already(address, reply, NOW) == answer
        said.append(api.posts[-1]["said"])
    assert len(set(said)) == 20
    assert said[0] == "Merhaba" and all(re.fullmatch(r"Merhaba \([2-9A-Z]{4}\)", text) for text in said[1:])


async def test_a_duplicate_that_stands_under_the_same_post_is_there_already(
    public: XPublicChannel, api: FakeXApi
) -> None:
    first = await public.send(POST, Reply("Merhaba & iyi günler", public=True))
    assert await public.send(POST, Reply("Merhaba & iyi günler", public=True)) == first
    assert len(api.posts) == 1


async def test_a_duplicate_that_fits_no_variation_is_rejected(public: XPublicChannel, api: FakeXApi) -> None:
    await public.send(POST, Reply("x" * 279, public=True))
    with pytest.raises(Rejected):
        await public.send({**POST, "post_id": "20640"}, Reply("x" * 279, public=True))


async def test_a_post_of_unknown_outcome_is_found_in_the_own_timeline(public: XPublicChannel, api: FakeXApi) -> None:
    api.hang("tweets")
    reply = Reply("Merhaba, bilgi: https://www.selcuklu.bel.tr/kvkk", public=True)
    with pytest.raises(UncertainError):
        await public.send(POST, reply)
    found = await public.sent_already(POST, reply, NOW)
    assert found is not None and found.provider_id == api.posts[0]["id"]
    assert await public.sent_already({**POST, "post_id": "1"}, reply, NOW) is None
    assert await public.sent_already(POST, Reply("Başka", public=True), NOW) is None
    assert await public.sent_already(POST, Reply("Merhaba", public=True), NOW) is None  # it only begins like that


async def test_an_address_without_its_beginning_is_found_though_x_shortened_it(
    public: XPublicChannel, api: FakeXApi
) -> None:
    await public.send(POST, Reply("Bilgi: selcuklu.bel.tr/kvkk <Selçuklu>", public=True))
    api.posts[0]["text"] = "@user77 Bilgi: https://t.co/abc &lt;Selçuklu&gt;"
    assert await public.sent_already(POST, Reply("Bilgi: selcuklu.bel.tr/kvkk <Selçuklu>", public=True), NOW)


async def test_the_own_timeline_is_read_back_to_the_attempt_and_counted(
    public: XPublicChannel, api: FakeXApi, reads: Reads
) -> None:
    first = await public.send(POST, Reply("Merhaba", public=True))
    for number in range(230):
        await public.send({**POST, "post_id": str(number)}, Reply(f"Başka {number}", public=True))
    assert await public.sent_already(POST, Reply("Merhaba", public=True), NOW) == first
    assert len(api.called("timeline")) == 3
    assert reads.spent(NOW).posts == 231


async def test_where_the_month_is_used_up_nothing_is_looked_for_nor_said_twice(
    public: XPublicChannel, api: FakeXApi, reads: Reads
) -> None:
    reads.count(NOW, 9_998)
    with pytest.raises(TransientError) as told:
        await public.sent_already(POST, Reply("Merhaba", public=True), NOW)
    assert told.value.retry_after == 3600 and api.calls == []


@pytest.mark.parametrize(
    ("status", "detail", "error"),
    [
        (403, "You attempted to reply to a Tweet that is deleted or not visible to you.", Rejected),
        (403, "Reply to this conversation is not allowed because you have not been mentioned.", Rejected),
        (403, "Forbidden", CredentialsRefused),
        (401, "Unauthorized", CredentialsRefused),
        (402, "CreditsDepleted", TransientError),
        (404, "Not Found", Rejected),
        (503, "Service Unavailable", UncertainError),
        (500, "Internal Server Error", UncertainError),
        (429, "UsageCapExceeded", RateLimited),
    ],
)
async def test_refusals_of_a_post(
    public: XPublicChannel, api: FakeXApi, status: int, detail: str, error: type[Exception]
) -> None:
    api.refuse("tweets", status, detail)
    with pytest.raises(error) as told:
        await public.send(POST, Reply("Merhaba", public=True))
    assert type(told.value) is error
    assert detail not in str(told.value) or detail == "Unauthorized"


# -- in private
async def test_buttons_are_named_as_x_has_none(private: XPrivateChannel, api: FakeXApi) -> None:
    await private.send(PERSON, Reply("Doğru mu?", (Button("Onayla", "ok:1"), Button("Vazgeç", "drop:1")), asks=True))
    assert api.sent == ["Doğru mu?\n\nYanıt olarak yazabilirsiniz: Onayla, Vazgeç"]


@pytest.mark.parametrize(
    ("status", "detail", "error"),
    [
        (403, "You do not have permission to DM one or more participants.", Unreachable),
        (403, "You cannot send messages to this user.", Unreachable),
        (403, "User has been suspended.", Unreachable),
        (403, "Forbidden", CredentialsRefused),
        (404, "Not Found", Unreachable),
        (503, "Service Unavailable", UncertainError),
    ],
)
async def test_closed_messages(
    private: XPrivateChannel, api: FakeXApi, status: int, detail: str, error: type[Exception]
) -> None:
    api.refuse("dm_send", status, detail)
    with pytest.raises(error) as told:
        await private.send(PERSON, Reply("Merhaba"))
    assert type(told.value) is error


async def test_a_message_of_unknown_outcome_is_found_in_the_conversation(
    private: XPrivateChannel, api: FakeXApi
) -> None:
    api.hang("dm_send")
    with pytest.raises(UncertainError):
        await private.send(PERSON, Reply("Merhaba"))
    found = await private.sent_already(PERSON, Reply("Merhaba"), NOW)
    assert found is not None and found.provider_id == api.messages[-1]["id"]
    assert await private.sent_already({"participant_id": "78"}, Reply("Merhaba"), NOW) is None


async def test_messages_are_read_back_to_the_attempt_and_counted(
    private: XPrivateChannel, api: FakeXApi, reads: Reads
) -> None:
    api.message("Merhaba", US["id"], at=NOW - timedelta(hours=1), dm_conversation_id=f"77-{US['id']}")
    sent = api.message("Merhaba", US["id"], at=NOW, dm_conversation_id=f"77-{US['id']}")
    for number in range(30):
        api.message(f"ileti {number}", at=NOW + timedelta(seconds=number))
    found = await private.sent_already(PERSON, Reply("Merhaba"), NOW)
    assert found is not None and found.provider_id == sent["id"]
    assert await private.sent_already(PERSON, Reply("Merhaba"), NOW + timedelta(minutes=10)) is None
    assert reads.spent(NOW).messages == 32 + 20


@pytest.mark.parametrize("used_up", ["user", "app"])
async def test_the_day_s_limit_waits_for_its_own_end(private: XPrivateChannel, api: FakeXApi, used_up: str) -> None:
    headers = {
        "x_rate_limit_reset": str(int(NOW.timestamp()) + 60),
        f"x_{used_up}_limit_24hour_remaining": "0",
        f"x_{used_up}_limit_24hour_reset": str(int(NOW.timestamp()) + 7200),
    }
    api.refuse("dm_send", 429, "Too Many Requests", **headers)
    with pytest.raises(RateLimited) as told:
        await private.send(PERSON, Reply("Merhaba"))
    assert told.value.retry_after == 7200


async def test_where_x_says_no_moment_a_minute_is_waited(private: XPrivateChannel, api: FakeXApi) -> None:
    api.refuse("dm_send", 429, "Too Many Requests")
    with pytest.raises(RateLimited) as told:
        await private.send(PERSON, Reply("Merhaba"))
    assert told.value.retry_after == 60


# -- files and keys
async def test_a_photo_is_brought_and_one_that_is_gone_says_so(public: XPublicChannel, api: FakeXApi) -> None:
    api.files["a.png"] = b"\x89PNG\r\n\x1a\n" + b"x" * 500
    there = await public.fetch(FileRef("photo", "foto.jpg", "image/jpeg", remote=f"{api.url}/media/a.png"))
    assert (there.mime, there.size, there.problem) == ("image/png", 508, None)
    gone = await public.fetch(FileRef("photo", "foto.jpg", "image/jpeg", remote=f"{api.url}/media/b.png"))
    assert gone.problem == "gone"
    elsewhere = await public.fetch(FileRef("photo", "foto.jpg", "image/jpeg", remote="http://127.0.0.1:9/a.png"))
    assert elsewhere.problem == "gone"


async def test_no_key_and_no_citizen_s_word_stands_in_an_error(public: XPublicChannel, api: FakeXApi) -> None:
    api.refuse("tweets", 403, "Okan Yiğit 0532 111 22 33 gizli")
    with pytest.raises(Rejected) as told:
        await public.send(POST, Reply("Merhaba", public=True))
    shown = f"{told.value!r} {told.value.__cause__!r}"
    assert "Okan" not in shown and KEYS.token not in shown and str(KEYS.secret) not in shown


async def test_keys_are_sealed_in_the_database(keyring: Keyring, client: XApi) -> None:
    assert keyring.kept() == KEYS
    with keyring._uows() as uow:
        sealed = uow.credentials.get("x")
    assert sealed is not None and KEYS.token not in sealed
    assert (await client.me())["username"] == US["username"]
