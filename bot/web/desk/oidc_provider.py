"""The OpenID Connect provider over the network: where it is, the exchange of the code, the check of what it signed."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.config import OidcSettings
from bot.errors import NotAllowed, UserError
from bot.service.oidc_accounts import Claimed

SECONDS = 10.0
KEPT_FOR = timedelta(hours=1)
ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY = 60
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Pending:
    """A login that is away at the provider; travels signed in a cookie. `link`: whose account it is to be linked to."""

    state: str
    nonce: str
    verifier: str
    after: str
    until: int
    link: int = 0


class Provider:
    """One provider. Safe to call from several threads. Raises UserError oidc_away where it can't be reached."""

    def __init__(self, settings: OidcSettings, redirect_uri: str) -> None:
        self._settings, self._redirect_uri = settings, redirect_uri
        self._lock = threading.Lock()
        self._metadata: tuple[datetime, Json] | None = None
        self._keys: KeySet | None = None

    def address(self, pending: Pending, now: datetime) -> str:
        """Where the browser is sent: with state, nonce and the challenge of the verifier (PKCE)."""
        endpoint = str(self._described(now)["authorization_endpoint"])
        url, _ = self._session().create_authorization_url(
            endpoint, state=pending.state, code_verifier=pending.verifier, nonce=pending.nonce
        )
        return str(url)

    def claimed(self, code: str, pending: Pending, now: datetime) -> Claimed:
        """Exchange the code and check the signed answer. Raises NotAllowed where anything is not as it must be."""
        described = self._described(now)
        try:
            token = self._session().fetch_token(
                described["token_endpoint"], code=code, code_verifier=pending.verifier, timeout=SECONDS
            )
        except OAuthError as error:
            raise NotAllowed("oidc_refused") from error
        except (requests.RequestException, ValueError) as error:
            raise UserError("oidc_away") from error
        claims = self._checked(str(token.get("id_token", "")), pending.nonce, described, now)
        if _at(claims, self._settings.role_claim) is None and described.get("userinfo_endpoint"):
            claims = self._with_userinfo(
                claims, str(described["userinfo_endpoint"]), str(token.get("access_token", ""))
            )
        return self._claimed(claims)

    def _checked(self, id_token: str, nonce: str, described: Json, now: datetime) -> dict[str, Any]:
        try:
            claims = self._decoded(id_token, described)
            registry = jwt.JWTClaimsRegistry(
                now=int(now.timestamp()),
                leeway=LEEWAY,
                iss={"essential": True, "value": str(described["issuer"])},
                aud={"essential": True, "value": self._settings.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True},
            )
            registry.validate(claims)
        except (JoseError, ValueError) as error:
            raise NotAllowed("oidc_refused") from error
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise NotAllowed("oidc_refused")
        if claims.get("azp", self._settings.client_id) != self._settings.client_id:
            raise NotAllowed("oidc_refused")
        return claims

    def _decoded(self, id_token: str, described: Json) -> dict[str, Any]:
        """By the keys that we have; where they don't fit, by those that the provider has now."""
        with self._lock:
            keys = self._keys
        if keys is not None:
            try:
                return dict(jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims)
            except (JoseError, ValueError):
                pass  # perhaps it has new keys
        fresh = KeySet.import_key_set(self._fetched(str(described["jwks_uri"])))  # type: ignore[arg-type]  # checked there
        with self._lock:
            self._keys = fresh
        return dict(jwt.decode(id_token, fresh, algorithms=ALGORITHMS).claims)

    def _with_userinfo(self, claims: dict[str, Any], endpoint: str, access_token: str) -> dict[str, Any]:
        told = self._fetched(endpoint, {"authorization": f"Bearer {access_token}"})
        return {**told, **claims} if told.get("sub") == claims["sub"] else claims

    def _claimed(self, claims: dict[str, Any]) -> Claimed:
        groups = _at(claims, self._settings.role_claim)
        listed = groups if isinstance(groups, list) else [groups] if isinstance(groups, str) else []
        name = str(claims.get("name") or claims.get("preferred_username") or "")
        return Claimed(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            username=str(claims.get("preferred_username") or ""),
            name=name,
            email=str(claims["email"])[:200] if claims.get("email") else None,
            groups=frozenset(str(group) for group in listed),
        )

    def _described(self, now: datetime) -> Json:
        """The provider's own description of itself, kept for an hour. Its issuer must be the one that was set."""
        with self._lock:
            kept = self._metadata
        if kept is not None and now - kept[0] < KEPT_FOR:
            return kept[1]
        found = self._fetched(self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
        needed = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if any(not isinstance(found.get(name), str) for name in needed):
            raise UserError("oidc_away")
        if found["issuer"].rstrip("/") != self._settings.issuer.rstrip("/"):
            raise UserError("oidc_away")
        with self._lock:
            self._metadata = (now, found)
        return found

    def _fetched(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            answer = requests.get(url, headers=dict(headers or {}), timeout=SECONDS, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise UserError("oidc_away") from error
        if not isinstance(found, dict):
            raise UserError("oidc_away")
        return found

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            scope=self._settings.scope,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
        )


def _at(claims: Json, path: str) -> Any:
    """A claim by its name, or by a path into claims ('realm_access.roles')."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
