"""Typed settings, read once from the environment and `.env`. Nothing here is ever logged."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.errors import ConfigError

ROOT = Path(__file__).parent.parent
T = TypeVar("T")
MIN_WEBHOOK_SECRET = 24


@dataclass(frozen=True)
class XSettings:
    """The X account's application and what its plan allows; all of `HIZMET_X_…`.

    `month_reads` posts may be read in a calendar month (UTC), `window_mentions` and `window_messages` requests made in
    15 minutes. `seconds` bounds each step of a request; at least `poll_seconds` lie between two looks. `dm_link` puts a
    link to direct messages under invitations; posts of `ignored` accounts are left alone.
    """

    api: str = "https://api.x.com"
    consumer_key: str | None = None
    consumer_secret: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    seconds: float = 10.0
    poll_seconds: float = 30.0
    month_reads: int = 10_000
    window_mentions: int = 300
    window_messages: int = 15
    webhook: bool = False
    dm_link: bool = False
    ignored: tuple[str, ...] = ()

    @property
    def configured(self) -> bool:
        """Whether an application is there that an account could authorise."""
        return bool((self.consumer_key and self.consumer_secret) or self.client_id)


@dataclass(frozen=True)
class OidcSettings:
    """Logging in at the desk with the institution's accounts; all of `HIZMET_OIDC_…`.

    `roles` maps a value of the claim `role_claim` to a role of ours ('masa-temizlik' → 'unit_staff:cleaning'); the
    first that somebody has counts. Without `roles` only accounts that exist and were linked may enter.
    """

    issuer: str
    client_id: str
    client_secret: str
    name: str = "Kurum hesabıyla giriş"
    role_claim: str = "groups"
    roles: tuple[tuple[str, str], ...] = ()
    scope: str = "openid profile email"


@dataclass(frozen=True)
class WebhookSettings:
    """Where each entry of a request's history is posted to, and the secret that signs it; `HIZMET_WEBHOOK_…`."""

    url: str
    secret: str


@dataclass(frozen=True)
class Settings:
    """All settings. Times are in seconds, sizes in bytes.

    `channels` names modules of bot/channels; `blocks` is everything as it was written, for channels with settings of
    their own.
    """

    home: Path
    database: str
    municipality: Path
    models: Path
    files: Path
    secret: str
    host: str
    port: int
    public_url: str | None
    telegram_token: str | None
    telegram_api: str
    telegram_webhook_secret: str | None
    staff_chat: str | None
    smtp_url: str | None
    alert_from: str
    alert_to: tuple[str, ...]
    gather_seconds: float
    handover_hours: float
    max_file: int
    workers: int
    log_level: str
    widget_origins: tuple[str, ...]
    dense: str | None
    channels: tuple[str, ...] = ()
    blocks: Mapping[str, str] = field(default_factory=dict, repr=False)
    metrics_token: str | None = None
    tiles_url: str | None = None
    tiles_attribution: str | None = None
    x: XSettings = XSettings()
    oidc: OidcSettings | None = None
    webhook: WebhookSettings | None = None

    @property
    def base_url(self) -> str:
        """Where people reach us, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def block(self, name: str) -> dict[str, str]:
        """HIZMET_<NAME>_KEY as `key`."""
        beginning = f"{name.lower()}_"
        return {key.removeprefix(beginning): value for key, value in self.blocks.items() if key.startswith(beginning)}

    def require_telegram(self) -> str:
        if not self.telegram_token:
            raise ConfigError("HIZMET_TELEGRAM_TOKEN is not set (the token that @BotFather gives)")
        return self.telegram_token


def load_settings(environ: Mapping[str, str] | None = None, root: Path = ROOT) -> Settings:
    """Settings from the environment, over `.env` in `root`, over defaults. Raises ConfigError."""
    values: dict[str, str] = {}
    for name, value in {**dotenv_values(root / ".env"), **(os.environ if environ is None else environ)}.items():
        if name.startswith("HIZMET_") and value:
            values[name.removeprefix("HIZMET_").lower()] = value
    home = Path(values.get("home", root / "var"))

    def number(name: str, default: T, convert: Callable[[str], T]) -> T:
        raw = values.get(name)
        try:
            return default if raw is None else convert(raw)
        except ValueError as error:
            raise ConfigError(f"HIZMET_{name.upper()}: expected a number, not '{raw}'") from error

    def several(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in values.get(name, "").split(",") if part.strip())

    return Settings(
        home=home,
        database=values.get("database", f"sqlite:///{home / 'hizmet.db'}"),
        municipality=Path(values.get("municipality", ROOT / "bot" / "municipalities" / "selcuklu.yml")),
        models=Path(values.get("models", root / "models")),
        files=Path(values.get("files", home / "files")),
        secret=values.get("secret") or _kept_secret(home),
        host=values.get("host", "127.0.0.1"),
        port=number("port", 8080, int),
        public_url=values.get("public_url"),
        telegram_token=values.get("telegram_token"),
        telegram_api=values.get("telegram_api", "https://api.telegram.org"),
        telegram_webhook_secret=values.get("telegram_webhook_secret"),
        staff_chat=values.get("staff_chat"),
        smtp_url=values.get("smtp_url"),
        alert_from=values.get("alert_from", "hizmet-masasi@localhost"),
        alert_to=several("alert_to"),
        gather_seconds=number("gather_seconds", 2.0, float),
        handover_hours=number("handover_hours", 24.0, float),
        max_file=number("max_file", 20 * 1024 * 1024, int),
        workers=number("workers", 1, int),
        log_level=values.get("log_level", "INFO"),
        widget_origins=several("widget_origins"),
        dense=values.get("dense"),
        channels=several("channels") or _own_channels(values),
        blocks=values,
        metrics_token=values.get("metrics_token"),
        tiles_url=values.get("tiles_url"),
        tiles_attribution=values.get("tiles_attribution"),
        x=XSettings(
            api=values.get("x_api", XSettings.api),
            consumer_key=values.get("x_consumer_key"),
            consumer_secret=values.get("x_consumer_secret"),
            client_id=values.get("x_client_id"),
            client_secret=values.get("x_client_secret"),
            seconds=number("x_seconds", XSettings.seconds, float),
            poll_seconds=number("x_poll_seconds", XSettings.poll_seconds, float),
            month_reads=number("x_month_reads", XSettings.month_reads, int),
            window_mentions=number("x_window_mentions", XSettings.window_mentions, int),
            window_messages=number("x_window_messages", XSettings.window_messages, int),
            webhook=values.get("x_webhook", "").lower() in ("1", "yes", "true"),
            dm_link=values.get("x_dm_link", "").lower() in ("1", "yes", "true"),
            ignored=several("x_ignored"),
        ),
        oidc=_oidc(values, several("oidc_roles")),
        webhook=_webhook(values),
    )


def _own_channels(values: Mapping[str, str]) -> tuple[str, ...]:
    """The web chat, and those whose keys are set."""
    telegram = ("telegram",) if values.get("telegram_token") else ()
    x = (
        ("x",)
        if (values.get("x_consumer_key") and values.get("x_consumer_secret")) or values.get("x_client_id")
        else ()
    )
    return ("webchat", *telegram, *x)


def _oidc(values: Mapping[str, str], roles: tuple[str, ...]) -> OidcSettings | None:
    """None where no provider is set. Raises ConfigError for what would not be safe or can't be read."""
    issuer = values.get("oidc_issuer")
    if not issuer:
        return None
    if not (values.get("oidc_client_id") and values.get("oidc_client_secret")):
        raise ConfigError("HIZMET_OIDC_ISSUER needs HIZMET_OIDC_CLIENT_ID and HIZMET_OIDC_CLIENT_SECRET as well")
    for mapping in roles:
        if "=" not in mapping:
            raise ConfigError(f"HIZMET_OIDC_ROLES: expected group=role or group=unit_staff:unit, not '{mapping}'")
    return OidcSettings(
        issuer=_private("HIZMET_OIDC_ISSUER", issuer),
        client_id=values["oidc_client_id"],
        client_secret=values["oidc_client_secret"],
        name=values.get("oidc_name", OidcSettings.name),
        role_claim=values.get("oidc_role_claim", OidcSettings.role_claim),
        roles=tuple((group.strip(), role.strip()) for group, _, role in (one.rpartition("=") for one in roles)),
        scope=values.get("oidc_scope", OidcSettings.scope),
    )


def _webhook(values: Mapping[str, str]) -> WebhookSettings | None:
    url, secret = values.get("webhook_url"), values.get("webhook_secret", "")
    if not url:
        return None
    if len(secret) < MIN_WEBHOOK_SECRET:
        raise ConfigError(f"HIZMET_WEBHOOK_SECRET: at least {MIN_WEBHOOK_SECRET} characters are needed")
    return WebhookSettings(_private("HIZMET_WEBHOOK_URL", url), secret)


def _private(name: str, url: str) -> str:
    """An address that is read by nobody on the way: https, or this very machine. Raises ConfigError."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return url
    raise ConfigError(f"{name}: expected an https:// address")


def _kept_secret(home: Path) -> str:
    """The secret that signs cookies and keys hashes: made once, kept in a file that only we may read."""
    path = home / "secret"
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", str(path)) from error
    return path.read_text(encoding="ascii").strip()
