"""An X API v2 on loopback: a real HTTP server that pages, limits, refuses and hangs as X does.

Sources: https://docs.x.com/x-api, its rate-limit and error pages. Ids are snowflakes; times in seconds.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.x.reading import snowflake

US = {"id": "4242", "username": "SelcukluBelediyesi", "name": "Selçuklu Belediyesi"}
Json = dict[str, Any]


class Refusal(Exception):
    """An error body as X sends it."""

    def __init__(self, status: int, detail: str, title: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.headers = status, headers or {}
        self.body = {"title": title or str(status), "detail": detail, "type": "about:blank", "status": status}


@dataclass
class Fault:
    """What the next call to `route` meets: a refusal, or no answer for `hang` seconds after it was carried out.

    `done`: it was carried out all the same.
    """

    route: str
    refusal: Refusal | None = None
    hang: float = 0.0
    done: bool = False


@dataclass
class FakeXApi:
    """State is read and written from the test's thread too; fields are replaced or appended to, never iterated while
    they change. `window` is how many reads a stream allows before 429, None for no limit."""

    token: str = "user-token"
    refresh_token: str = "refresh-1"
    calls: list[tuple[str, Json]] = field(default_factory=list)
    mentions: list[Json] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)
    posts: list[Json] = field(default_factory=list)
    users: dict[str, Json] = field(default_factory=dict)
    media: dict[str, Json] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    window: int | None = None
    resets_at: float = 0.0
    access: str = "read-write-directmessages"
    port: int = 0
    _number: int = 0

    # -- the test's side
    def mention(self, text: str, author: str = "77", at: datetime | None = None, **more: Any) -> Json:
        """A post that mentions us."""
        post = {"text": text, "author_id": author, **self._new(at), **more}
        post.setdefault("conversation_id", post["id"])
        post.setdefault("edit_history_tweet_ids", [post["id"]])
        self.users.setdefault(author, {"id": author, "username": f"user{author}", "name": f"Kişi {author}"})
        self.mentions.append(post)
        return post

    def message(self, text: str, sender: str = "77", at: datetime | None = None, **more: Any) -> Json:
        """A direct message to us."""
        event = {"event_type": "MessageCreate", "text": text, "sender_id": sender, **self._new(at), **more}
        event.setdefault("dm_conversation_id", f"{sender}-{US['id']}")
        self.users.setdefault(sender, {"id": sender, "username": f"user{sender}", "name": f"Kişi {sender}"})
        self.messages.append(event)
        return event

    def refuse(self, route: str, status: int, detail: str, title: str = "", **headers: str) -> None:
        """The next call to `route` is refused and has no effect."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.append(Fault(route, Refusal(status, detail, title, named)))

    def break_after(self, route: str, status: int = 503) -> None:
        """The next call to `route` is carried out, yet answered as if it had failed."""
        self.faults.append(Fault(route, Refusal(status, "Service Unavailable"), done=True))

    def hang(self, route: str, seconds: float = 30.0) -> None:
        """The next call to `route` is carried out, but the answer does not come in time."""
        self.faults.append(Fault(route, hang=seconds))

    def called(self, route: str) -> list[Json]:
        return [parameters for name, parameters in self.calls if name == route]

    @property
    def replies(self) -> list[str]:
        return [post["text"] for post in self.posts]

    @property
    def sent(self) -> list[str]:
        return [message["text"] for message in self.messages if message["sender_id"] == US["id"]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        routes = [
            Route("/2/users/me", self._me),
            Route("/2/users/{id}/mentions", self._mentions),
            Route("/2/users/{id}/tweets", self._timeline),
            Route("/2/tweets", self._tweet, methods=["POST"]),
            Route("/2/tweets", self._lookup),
            Route("/2/dm_events", self._dm_events),
            Route("/2/dm_conversations/with/{id}/dm_events", self._dm_with),
            Route("/2/dm_conversations/with/{id}/messages", self._dm_send, methods=["POST"]),
            Route("/2/oauth2/token", self._oauth2, methods=["POST"]),
            Route("/oauth/request_token", self._request_token, methods=["POST"]),
            Route("/oauth/access_token", self._access_token, methods=["POST"]),
            Route("/media/{name}", self._download),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), log_config=None, access_log=False, lifespan="off", ws="none", loop="asyncio"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)

    # -- X's side: reading
    async def _me(self, request: Request) -> Response:
        return await self._answer("me", request, lambda _: {"data": US})

    async def _mentions(self, request: Request) -> Response:
        def found(parameters: Json) -> Json:
            newer = [post for post in self.mentions if int(post["id"]) > int(parameters.get("since_id", 0))]
            return self._page(sorted(newer, key=_by_id)[:800], parameters, 5)

        return await self._answer("mentions", request, found, limited=True)

    async def _timeline(self, request: Request) -> Response:
        def found(parameters: Json) -> Json:
            since = parameters.get("start_time", "0")
            return self._page(sorted((p for p in self.posts if p["created_at"] >= since), key=_by_id), parameters, 5)

        return await self._answer("timeline", request, found)

    async def _lookup(self, request: Request) -> Response:
        def found(parameters: Json) -> Json:
            wanted = parameters["ids"].split(",")
            there = [post for post in self.mentions if post["id"] in wanted]
            missing = set(wanted) - {post["id"] for post in there}
            errors = [{"resource_id": one, "title": "Not Found Error"} for one in missing]
            return {**({"data": there} if there else {}), **({"errors": errors} if errors else {})}

        return await self._answer("lookup", request, found)

    async def _dm_events(self, request: Request) -> Response:
        def found(parameters: Json) -> Json:
            return self._page(sorted(self.messages, key=_by_id), parameters, 1)

        return await self._answer("dm_events", request, found, limited=True)

    async def _dm_with(self, request: Request) -> Response:
        def found(parameters: Json) -> Json:
            conversation = f"{request.path_params['id']}-{US['id']}"
            with_them = [message for message in self.messages if message["dm_conversation_id"] == conversation]
            return self._page(sorted(with_them, key=_by_id), parameters, 1)

        return await self._answer("dm_with", request, found)

    def _page(self, items: list[Json], parameters: Json, least: int) -> Json:
        most = int(parameters.get("max_results", 10))
        if not least <= most <= 100:
            raise Refusal(400, f"The `max_results` query parameter value [{most}] is not between {least} and 100")
        token = parameters.get("pagination_token", "")
        if token and not token.startswith("after:"):
            raise Refusal(400, "The `pagination_token` query parameter value is not valid")
        if token:
            items = [item for item in items if int(item["id"]) < int(token.removeprefix("after:"))]
        shown, rest = items[:most], items[most:]
        if not shown:
            return {"meta": {"result_count": 0}}
        meta: Json = {"result_count": len(shown), "newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        if rest:
            meta["next_token"] = f"after:{shown[-1]['id']}"
        authors = {item.get("author_id") or item.get("sender_id") for item in shown}
        keys = {key for item in shown for key in item.get("attachments", {}).get("media_keys", ())}
        includes = {
            "users": [self.users[author] for author in authors if author in self.users],
            "media": [self.media[key] for key in keys if key in self.media],
        }
        return {"data": shown, "includes": includes, "meta": meta}

    # -- X's side: writing
    async def _tweet(self, request: Request) -> Response:
        def created(parameters: Json) -> Json:
            text = parameters["text"]
            if len(text) > 280:
                raise Refusal(403, "Your Tweet text is too long.", "Forbidden")
            if any(post["said"] == text for post in self.posts):
                raise Refusal(403, "You are not allowed to create a Tweet with duplicate content.", "Forbidden")
            answered = parameters["reply"]["in_reply_to_tweet_id"]
            post = {
                **self._new(None),
                "said": text,
                "text": f"@user77 {text}".replace("&", "&amp;"),
                "referenced_tweets": [{"type": "replied_to", "id": answered}],
                "link": parameters.get("direct_message_deep_link"),
            }
            self.posts.append(post)
            return {"data": {"id": post["id"], "text": text}}

        return await self._answer("tweets", request, created, 201)

    async def _dm_send(self, request: Request) -> Response:
        def created(parameters: Json) -> Json:
            conversation = f"{request.path_params['id']}-{US['id']}"
            event = self.message(parameters["text"], US["id"], dm_conversation_id=conversation)
            return {"data": {"dm_conversation_id": conversation, "dm_event_id": event["id"]}}

        return await self._answer("dm_send", request, created, 201)

    # -- X's side: keys and files
    async def _oauth2(self, request: Request) -> Response:
        form = dict(await request.form())
        self.calls.append(("oauth2", form))
        good = form.get("refresh_token") == self.refresh_token or form.get("code") == "good-code"
        if not good:
            return JSONResponse({"error": "invalid_request", "error_description": "Value passed is wrong."}, 400)
        number = len(self.called("oauth2"))
        self.token, self.refresh_token = f"user-token-{number}", f"refresh-{number + 1}"
        return JSONResponse(
            {
                "token_type": "bearer",
                "expires_in": 7200,
                "access_token": self.token,
                "refresh_token": self.refresh_token,
            }
        )

    async def _request_token(self, request: Request) -> Response:
        self.calls.append(("request_token", {}))
        return Response("oauth_token=asked&oauth_token_secret=s1&oauth_callback_confirmed=true")

    async def _access_token(self, request: Request) -> Response:
        self.calls.append(("access_token", {}))
        if 'oauth_verifier="1234567"' not in request.headers.get("authorization", ""):
            return Response("Error processing your OAuth request: Invalid oauth_verifier parameter", 401)
        return Response("oauth_token=4242-token&oauth_token_secret=s2&user_id=4242&screen_name=SelcukluBelediyesi")

    async def _download(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.calls.append(("download", {"name": name, "authorization": request.headers.get("authorization", "")}))
        return Response(self.files[name]) if name in self.files else Response(status_code=404)

    # -- any call
    async def _answer(
        self, route: str, request: Request, act: Any, status: int = 200, limited: bool = False
    ) -> Response:
        parameters = dict(request.query_params)
        if request.method == "POST":
            parameters |= json.loads(await request.body() or b"{}")
        self.calls.append((route, parameters))
        fault = next((fault for fault in self.faults if fault.route == route), None)
        if fault is not None:
            self.faults.remove(fault)
        headers: dict[str, str] = {"x-access-level": self.access}
        try:
            self._check(request)
            if fault is not None and fault.refusal is not None and not fault.done:
                raise fault.refusal
            if limited and self.window is not None:
                headers |= self._limit()
            body = act(parameters)
            if fault is not None and fault.refusal is not None:
                raise fault.refusal
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status, {**headers, **refusal.headers})
        if fault is not None:
            await self._sleep(fault.hang)
        return JSONResponse(body, status, headers)

    def _check(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if given != f"Bearer {self.token}" and f'oauth_token="{self.token}"' not in given:
            raise Refusal(401, "Unauthorized", "Unauthorized")

    def _limit(self) -> dict[str, str]:
        assert self.window is not None
        reset = {"x-rate-limit-reset": str(int(self.resets_at))}
        if self.window <= 0:
            raise Refusal(429, "Too Many Requests", "Too Many Requests", reset)
        self.window -= 1
        return {**reset, "x-rate-limit-remaining": str(self.window)}

    async def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._server.should_exit:
            await asyncio.sleep(0.01)

    def _new(self, at: datetime | None) -> Json:
        at = at or datetime.now(UTC)
        self._number += 1
        stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return {"id": str(snowflake(at) + self._number), "created_at": stamp}


def _by_id(item: Json) -> int:
    return -int(item["id"])
