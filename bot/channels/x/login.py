"""Authorising the municipality's account: OAuth 1.0a with a PIN, or OAuth 2 with PKCE. Blocks; for the command line.

Sources: https://docs.x.com/resources/fundamentals/authentication, RFC 7636
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from requests_oauthlib import OAuth1  # type: ignore[import-untyped]  # ships no types

from bot.channels.x.keys import Keyring, XKeys, expiry
from bot.config import XSettings
from bot.errors import ConfigError, CredentialsRefused, TransientError
from bot.ports import Clock

SCOPES = "tweet.read tweet.write users.read dm.read dm.write offline.access"
AUTHORIZE = "https://x.com/i/oauth2/authorize"
Ask = Callable[[str], str]
"""Shows an address to open and returns what the person brings back from there."""


def login_by_pin(settings: XSettings, ask: Ask) -> XKeys:
    """OAuth 1.0a: the account's holder opens the address and brings back seven digits."""
    if not (settings.consumer_key and settings.consumer_secret):
        raise ConfigError("HIZMET_X_CONSUMER_KEY and HIZMET_X_CONSUMER_SECRET are not set (from console.x.com)")
    asked = _post(
        settings, "request_token", OAuth1(settings.consumer_key, settings.consumer_secret, callback_uri="oob")
    )
    token, secret = asked.get("oauth_token", ""), asked.get("oauth_token_secret", "")
    pin = ask(f"{settings.api.rstrip('/')}/oauth/authorize?{urlencode({'oauth_token': token})}").strip()
    signing = OAuth1(settings.consumer_key, settings.consumer_secret, token, secret, verifier=pin)
    given = _post(settings, "access_token", signing)
    return XKeys(given["user_id"], given["screen_name"], given["oauth_token"], secret=given["oauth_token_secret"])


def login_by_link(settings: XSettings, keyring: Keyring, clock: Clock, redirect: str, ask: Ask) -> XKeys:
    """OAuth 2: the holder opens the address and brings back the one that the browser was sent to.

    The account's id and name are not in the answer: they are empty in the keys.
    """
    if not settings.client_id:
        raise ConfigError("HIZMET_X_CLIENT_ID is not set (from console.x.com)")
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(16)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": redirect,
        "scope": SCOPES,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    came_back = parse_qs(urlsplit(ask(f"{AUTHORIZE}?{urlencode(query)}").strip()).query)
    if came_back.get("state") != [state] or "code" not in came_back:
        raise CredentialsRefused("that address does not come from this login")
    answer = keyring.ask_token(
        grant_type="authorization_code", code=came_back["code"][0], redirect_uri=redirect, code_verifier=verifier
    )
    return XKeys("", "", answer["access_token"], None, answer.get("refresh_token"), expiry(answer, clock.now()))


def _post(settings: XSettings, name: str, signing: OAuth1) -> dict[str, str]:
    try:
        response = requests.post(f"{settings.api.rstrip('/')}/oauth/{name}", auth=signing, timeout=settings.seconds)
    except requests.RequestException as error:
        raise TransientError(f"X cannot be reached ({type(error).__name__})") from None
    if response.status_code >= 400:
        raise CredentialsRefused(f"X refuses the {name} ({response.status_code})")
    return {key: values[0] for key, values in parse_qs(response.text).items()}
