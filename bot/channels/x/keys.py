"""The account's keys: kept sealed in the database, OAuth 2 tokens renewed before and when they run out."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import requests

from bot.config import Settings, XSettings
from bot.errors import CredentialsRefused, TransientError
from bot.ports import Clock, UnitOfWorkFactory
from bot.sealing import Sealer

NAME = "x"
REFRESH_BEFORE = timedelta(minutes=5)
_LEASE, _LEASE_SECONDS = "x:refresh", 30.0


@dataclass(frozen=True)
class XKeys:
    """What an authorised account gave us: OAuth 1.0a (`secret` set) or OAuth 2 (`refresh` and `expires_at` set)."""

    user_id: str
    username: str
    token: str
    secret: str | None = None
    refresh: str | None = None
    expires_at: str | None = None

    @property
    def oauth1(self) -> bool:
        return self.secret is not None

    def runs_out(self, now: datetime) -> bool:
        """Whether an OAuth 2 token is at its end."""
        return self.expires_at is not None and datetime.fromisoformat(self.expires_at) - now < REFRESH_BEFORE


@dataclass(frozen=True)
class NewKeys:
    """Keys that X just gave, before they are kept: they stand in for the keyring until X has said whose they are."""

    settings: XSettings
    keys: XKeys

    def current(self) -> XKeys:
        return self.keys

    def renewed(self, old: XKeys) -> XKeys:
        """Nothing newer is there."""
        raise CredentialsRefused("X refuses the keys that it just gave")


class Keyring:
    """Reads, keeps and renews the keys. Safe from any thread and process; all of it blocks."""

    def __init__(self, settings: XSettings, uows: UnitOfWorkFactory, clock: Clock, sealer: Sealer) -> None:
        self.settings = settings
        self._uows, self._clock, self._sealer = uows, clock, sealer
        self._lock = threading.Lock()
        self._session = requests.Session()

    def kept(self) -> XKeys | None:
        """The keys; None where no account was authorised."""
        with self._uows() as uow:
            sealed = uow.credentials.get(NAME)
        return XKeys(**json.loads(self._sealer.open(sealed))) if sealed else None

    def keep(self, keys: XKeys) -> None:
        with self._uows() as uow:
            uow.credentials.put(NAME, self._sealer.seal(json.dumps(asdict(keys))), self._clock.now())
            uow.commit()

    def current(self) -> XKeys:
        """Keys that are good now. Raises CredentialsRefused where there are none or X renews them no more."""
        keys = self.kept()
        if keys is None:
            raise CredentialsRefused("no X account is authorised: hizmet channels x login")
        return self.renewed(keys) if keys.runs_out(self._clock.now()) else keys

    def renewed(self, old: XKeys) -> XKeys:
        """Newer keys than `old`: renewed here, or by another process meanwhile. A refresh token works once."""
        with self._lock:
            keys = self.kept()
            if keys is not None and keys != old:
                return keys
            if keys is None or keys.refresh is None:
                raise CredentialsRefused("X refuses the keys: hizmet channels x login")
            if not self._take_lease():
                raise TransientError("another process renews the keys", 2.0)
            keys = self._renew(keys)
            self.keep(keys)
            return keys

    def _take_lease(self) -> bool:
        with self._uows() as uow:
            taken = uow.leases.take(_LEASE, f"{id(self)}:{threading.get_ident()}", self._clock.now(), _LEASE_SECONDS)
            uow.commit()
        return taken

    def _renew(self, keys: XKeys) -> XKeys:
        answer = self.ask_token(grant_type="refresh_token", refresh_token=keys.refresh or "")
        return replace(
            keys,
            token=answer["access_token"],
            refresh=answer.get("refresh_token", keys.refresh),
            expires_at=expiry(answer, self._clock.now()),
        )

    def ask_token(self, **form: str) -> dict[str, Any]:
        """One question to the token address. Raises CredentialsRefused and TransientError."""
        client_id, client_secret = self.settings.client_id or "", self.settings.client_secret
        auth = (client_id, client_secret) if client_secret else None
        try:
            response = self._session.post(
                f"{self.settings.api.rstrip('/')}/2/oauth2/token",
                data={**form, "client_id": client_id},
                auth=auth,
                timeout=self.settings.seconds,
            )
            answer = response.json()
        except (requests.RequestException, ValueError) as error:
            raise TransientError(f"the keys were not renewed: {type(error).__name__}") from None
        if response.status_code >= 500 or response.status_code == 429:
            raise TransientError(f"the keys were not renewed: {response.status_code}")
        if "access_token" not in answer:
            raise CredentialsRefused("X does not renew the keys: hizmet channels x login")
        return dict(answer)


def make_keyring(settings: Settings, uows: UnitOfWorkFactory, clock: Clock) -> Keyring:
    """The keyring of the configured account."""
    return Keyring(settings.x, uows, clock, Sealer(settings.secret))


def expiry(answer: dict[str, Any], now: datetime) -> str:
    """When the token of an answer runs out."""
    return (now + timedelta(seconds=float(answer.get("expires_in", 7200)))).isoformat()
