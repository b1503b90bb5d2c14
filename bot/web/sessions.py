"""Who writes in the web chat: a random name in a signed, http-only cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from bot.ports import Clock

COOKIE = "hizmet_sohbet"
MAX_AGE = 90 * 24 * 3600
RENEW_AFTER = 24 * 3600


@dataclass(frozen=True)
class ChatSession:
    """`id` names the conversation's thread; `stale` says that the browser must get a (new) cookie."""

    id: str
    stale: bool

    @property
    def tag(self) -> str:
        """Tells sessions apart in the page without giving the session's name away."""
        return hashlib.sha256(f"tag:{self.id}".encode()).hexdigest()[:16]


class ChatSessions:
    """Reads and writes the cookie. A cookie that is forged, expired or broken counts as none."""

    def __init__(self, secret: str, clock: Clock, *, embedded: bool, secure: bool) -> None:
        """`embedded`: the chat is shown in other sites; `secure`: the public address is https."""
        self._signer = URLSafeSerializer(secret, salt="hizmet.web.session")
        self._clock = clock
        self._embedded = embedded
        self._secure = secure

    def find(self, connection: HTTPConnection) -> ChatSession | None:
        """The session of the cookie, if it is ours and not too old."""
        try:
            data = self._signer.loads(connection.cookies.get(COOKIE, ""))
        except (BadSignature, UnicodeError):
            return None
        if not (isinstance(data, dict) and isinstance(data.get("s"), str) and isinstance(data.get("t"), int)):
            return None
        age = self._now() - data["t"]
        return ChatSession(data["s"], age > RENEW_AFTER) if age <= MAX_AGE else None

    def find_or_begin(self, connection: HTTPConnection) -> ChatSession:
        """The cookie's session, else a fresh one of 128 random bits."""
        return self.find(connection) or ChatSession(secrets.token_hex(16), True)

    def keep(self, session: ChatSession, connection: HTTPConnection, response: Response) -> None:
        """Give the browser the cookie where it lacks a current one."""
        if session.stale:
            value = self._signer.dumps({"s": session.id, "t": self._now()})
            response.headers.append("set-cookie", self._cookie(str(value), MAX_AGE, connection))

    def end(self, connection: HTTPConnection, response: Response) -> None:
        response.headers.append("set-cookie", self._cookie("", 0, connection))

    def _cookie(self, value: str, max_age: int, connection: HTTPConnection) -> str:
        """In other sites' frames browsers send a cookie only with SameSite=None, and that only over https."""
        secure = self._secure or connection.url.scheme == "https"
        same_site = "SameSite=None; Partitioned" if secure and self._embedded else "SameSite=Lax"
        path = connection.scope.get("root_path") or "/"
        return f"{COOKIE}={value}; Path={path}; Max-Age={max_age}; HttpOnly; {same_site}{'; Secure' if secure else ''}"

    def _now(self) -> int:
        return _seconds(self._clock.now())


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
