"""The X API v2 as the channel needs it: tweepy's client at any address, with time-outs, in threads, our errors.

tweepy names its host inside `Client.request` and sets no time-out: the session below does both.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import requests
import tweepy

from bot.channels.x.keys import Keyring, NewKeys, XKeys
from bot.channels.x.translation import Asked, translated
from bot.errors import CredentialsRefused, HizmetError, Rejected, TransientError, UncertainError
from bot.ports import Clock

THEIRS = "https://api.twitter.com"
PAGE = 100
_POST_FIELDS = ["author_id", "conversation_id", "created_at", "referenced_tweets", "in_reply_to_user_id", "entities",
                "attachments", "edit_history_tweet_ids", "note_tweet"]  # fmt: skip
_MEDIA_FIELDS = ["url", "type", "variants", "preview_image_url"]
_FILE_HOSTS = ("twimg.com", "twitter.com", "x.com")
_CHUNK = 64 * 1024
_THREADS = 6
Json = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Newest first; `next` is the token of the older page, `left` and `resets_at` what X says of its limit."""

    data: tuple[Json, ...]
    includes: Json
    next: str | None = None
    left: int | None = None
    resets_at: datetime | None = None


class _Session(requests.Session):
    """Where the API is and how long it may take."""

    def __init__(self, base: str, seconds: float) -> None:
        super().__init__()
        self._base, self._seconds = base.rstrip("/"), seconds

    def request(self, method: str, url: str | bytes, *rest: Any, **more: Any) -> requests.Response:
        more.setdefault("timeout", self._seconds)
        return super().request(method, str(url).replace(THEIRS, self._base, 1), *rest, **more)


class XApi:
    """One per process. Raises the errors that ports.Channel names, and nothing else."""

    def __init__(self, keyring: Keyring | NewKeys, clock: Clock) -> None:
        silence()
        self._keyring, self._clock = keyring, clock
        self._session = _Session(keyring.settings.api, keyring.settings.seconds)
        self._threads = ThreadPoolExecutor(_THREADS, "x-api")

    # -- asking
    async def me(self) -> Json:
        """The account whose keys we have: id, username, name; and `access`, what OAuth 1.0a keys may do ('' else)."""
        response = await self._call(lambda client, user: client.get_me(user_auth=user), Asked.READ)
        found = _body(response, TransientError).get("data")
        if not isinstance(found, dict):
            raise TransientError("X does not say who we are")
        return {**found, "access": response.headers.get("x-access-level", "")}

    async def mentions(self, user_id: str, since: str | None, token: str | None, most: int = PAGE) -> Page:
        """Posts that mention the account, newer than `since`; `most` from 5 to 100."""
        return await self._page(
            lambda client, user: client.get_users_mentions(
                user_id,
                since_id=since,
                pagination_token=token,
                max_results=max(5, min(PAGE, most)),
                tweet_fields=_POST_FIELDS,
                expansions=["author_id", "attachments.media_keys"],
                user_fields=["username", "name", "description"],
                media_fields=_MEDIA_FIELDS,
                user_auth=user,
            )
        )

    async def messages(self, token: str | None, most: int = PAGE) -> Page:
        """Direct messages of the last 30 days; there is no since_id."""
        return await self._page(
            lambda client, user: client.get_direct_message_events(
                event_types="MessageCreate",
                pagination_token=token,
                max_results=max(1, min(PAGE, most)),
                dm_event_fields=["created_at", "sender_id", "dm_conversation_id", "attachments", "entities"],
                expansions=["sender_id", "attachments.media_keys"],
                user_fields=["username", "name"],
                media_fields=_MEDIA_FIELDS,
                user_auth=user,
            )
        )

    async def messages_with(self, participant_id: str, token: str | None = None) -> Page:
        """Messages with one person, ours too."""
        return await self._page(
            lambda client, user: client.get_direct_message_events(
                participant_id=participant_id,
                event_types="MessageCreate",
                max_results=20,
                pagination_token=token,
                dm_event_fields=["created_at", "sender_id"],
                user_auth=user,
            )
        )

    async def there(self, post_ids: Sequence[str]) -> frozenset[str]:
        """Which of these posts (at most 100) can still be seen."""
        page = await self._page(lambda client, user: client.get_tweets(list(post_ids), user_auth=user))
        return frozenset(str(post["id"]) for post in page.data)

    async def own_posts(self, user_id: str, since: datetime, token: str | None = None, most: int = PAGE) -> Page:
        """What the account posted since then; `most` from 5 to 100."""
        return await self._page(
            lambda client, user: client.get_users_tweets(
                user_id,
                start_time=since,
                max_results=max(5, min(PAGE, most)),
                pagination_token=token,
                tweet_fields=["referenced_tweets", "created_at"],
                user_auth=user,
            )
        )

    # -- saying
    async def reply(self, text: str, post_id: str, deep_link: str | None = None) -> str:
        """Answer a post; the id of ours. `deep_link` is shown as a button that opens a private message."""
        answer = await self._call(
            lambda client, user: client.create_tweet(
                text=text, in_reply_to_tweet_id=post_id, direct_message_deep_link=deep_link, user_auth=user
            ),
            Asked.POST,
        )
        return _id(answer, "id")

    async def message(self, participant_id: str, text: str) -> str:
        """A direct message; the id of its event."""
        answer = await self._call(
            lambda client, user: client.create_direct_message(participant_id=participant_id, text=text, user_auth=user),
            Asked.MESSAGE,
        )
        return _id(answer, "dm_event_id")

    # -- files
    def download(self, url: str) -> Iterator[bytes]:
        """The bytes of a photo or film, as they come; blocks. Files of direct messages need our keys."""
        parts = urlsplit(url)
        own = urlsplit(self._keyring.settings.api)
        known = any(parts.hostname == host or str(parts.hostname).endswith(f".{host}") for host in _FILE_HOSTS)
        if not (parts.scheme == "https" and known) and parts.netloc != own.netloc:
            raise Rejected("a file that lies elsewhere")
        try:
            with closing(self._open(url, public=str(parts.hostname).endswith("twimg.com"))) as response:
                if response.status_code in (400, 403, 404, 410):
                    raise Rejected("the file is gone")
                if response.status_code != 200:
                    raise TransientError(f"the file's server answers {response.status_code}")
                yield from response.iter_content(_CHUNK)
        except requests.RequestException as error:
            raise TransientError(f"the download broke: {type(error).__name__}") from None  # the error knows the URL

    def _open(self, url: str, public: bool) -> requests.Response:
        if public:
            return self._session.get(url, stream=True, allow_redirects=False)
        keys, settings = self._keyring.current(), self._keyring.settings
        if not keys.oauth1:
            headers = {"Authorization": f"Bearer {keys.token}"}
            return self._session.get(url, headers=headers, stream=True, allow_redirects=False)
        signing = tweepy.OAuth1UserHandler(settings.consumer_key, settings.consumer_secret, keys.token, keys.secret)
        return self._session.get(url, auth=signing.apply_auth(), stream=True, allow_redirects=False)

    async def aclose(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._session.close()

    # -- calling
    async def _page(self, ask: Callable[[tweepy.Client, bool], requests.Response]) -> Page:
        response = await self._call(ask, Asked.READ)
        body, headers = _body(response, TransientError), response.headers
        left, resets = headers.get("x-rate-limit-remaining"), headers.get("x-rate-limit-reset")
        return Page(
            data=tuple(body.get("data") or ()),
            includes=body.get("includes") or {},
            next=(body.get("meta") or {}).get("next_token"),
            left=int(left) if left is not None else None,
            resets_at=datetime.fromtimestamp(int(resets), UTC) if resets is not None else None,
        )

    async def _call(self, ask: Callable[[tweepy.Client, bool], requests.Response], asked: Asked) -> requests.Response:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(self._ask, ask, asked))

    def _ask(self, ask: Callable[[tweepy.Client, bool], requests.Response], asked: Asked) -> requests.Response:
        """One call; keys that X refuses are renewed once, as a refused call had no effect."""
        keys = self._keyring.current()
        try:
            return self._once(ask, asked, keys)
        except CredentialsRefused:
            if keys.oauth1:
                raise
        return self._once(ask, asked, self._keyring.renewed(keys))

    def _once(
        self, ask: Callable[[tweepy.Client, bool], requests.Response], asked: Asked, keys: XKeys
    ) -> requests.Response:
        try:
            return ask(self._client(keys), keys.oauth1)
        except (tweepy.TweepyException, requests.RequestException) as error:
            ours: HizmetError = translated(error, asked, self._clock.now())
            raise ours from None  # theirs knows the words that were sent

    def _client(self, keys: XKeys) -> tweepy.Client:
        settings = self._keyring.settings
        client = tweepy.Client(
            bearer_token=None if keys.oauth1 else keys.token,
            consumer_key=settings.consumer_key,
            consumer_secret=settings.consumer_secret,
            access_token=keys.token if keys.oauth1 else None,
            access_token_secret=keys.secret,
            return_type=requests.Response,
        )
        client.session = self._session
        return client


def _body(response: requests.Response, otherwise: type[HizmetError]) -> Json:
    """The JSON of an answer; `otherwise` is raised where it is none."""
    try:
        body = response.json()
    except ValueError:
        raise otherwise("an answer that is no JSON") from None
    if not isinstance(body, dict):
        raise otherwise("an answer that is no object")
    return body


def _id(response: requests.Response, name: str) -> str:
    """The id of what was just written; an answer without it leaves open whether it was."""
    found = (_body(response, UncertainError).get("data") or {}).get(name)
    if not found:
        raise UncertainError("an answer without an id")
    return str(found)


def silence() -> None:
    """The libraries log keys, addresses and citizens' words at DEBUG."""
    for name in ("tweepy", "tweepy.client", "requests_oauthlib", "oauthlib", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
