"""Structured logs on stderr: one line a record, `key=value`. Message ids, never texts; secrets are masked.

Our own messages are trusted to hold no personal data. What others' code logs is cut to its first line, and of an
exception only the type and the place are written, because its message may quote a citizen or a database row.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.config import Settings
from bot.errors import ConfigError, HizmetError, UserError

OURS = ("bot", "actions")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_PLAIN = re.compile(r"[^\s\"=\\]+")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_TOKENS = re.compile(r"(bot)?\d{6,12}:[A-Za-z0-9_-]{30,}|(?<=://)[^/\s@]*:[^/\s@]*(?=@)")
_MASK = "***"
_MAX_FOREIGN = 300


class Mask:
    """Replaces secrets wherever they stand: those we know, and what looks like a token or a password in an address."""

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        known = sorted({secret for secret in secrets if secret and len(secret) >= 6}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(_MASK, text)
        return _TOKENS.sub(_MASK, text)


class LineFormatter(logging.Formatter):
    """`time=… level=… logger=… event=… key=value … error=… at=…`"""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.split(".")[0] in OURS
        event = record.getMessage()
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event if ours else event.partition("\n")[0][:_MAX_FOREIGN],
        }
        if ours:
            fields |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = describe(record.exc_info[1])
            fields["at"] = _place(record.exc_info[2])
        return self._mask(" ".join(f"{name}={_value(value)}" for name, value in fields.items()))


def describe(error: BaseException) -> str:
    """The exception and its causes by type; our own errors also by message, except those made of a person's input."""
    parts: list[str] = []
    link: BaseException | None = error
    while link is not None and len(parts) < 5:
        parts.append(": ".join(filter(None, (type(link).__name__, _harmless(link)))))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return " < ".join(parts)


def _harmless(error: BaseException) -> str:
    """What of the message can't quote anybody."""
    if isinstance(error, HizmetError):
        return "" if isinstance(error, UserError) else str(error)
    if isinstance(error, OSError):
        return error.strerror or ""
    return str(error) if isinstance(error, ImportError) else ""


def set_up_logging(settings: Settings) -> None:
    """Log to stderr at `settings.log_level` (others' code at WARNING). Called once a process, before work begins.

    Raises ConfigError for an unknown level.
    """
    level = settings.log_level.upper()
    if level not in LEVELS:
        raise ConfigError(f"HIZMET_LOG_LEVEL: expected one of {', '.join(LEVELS)}, not '{settings.log_level}'")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(Mask(secrets_of(settings))))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    sys.excepthook = _log_the_end
    logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it logs addresses, which hold the bot's token
    quiet_libraries()


def quiet_libraries() -> None:
    """Keep Rasa's structlog and Python's warnings off the terminal; unconfigured, they print citizens' texts."""
    structlog.configure(
        processors=[_event_only],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)


_SECRET_NAMES = ("_token", "_secret", "_password", "_key")
"""How settings of channels end that nobody is to see."""


def secrets_of(settings: Settings) -> tuple[str | None, ...]:
    """Everything in the settings that must not be seen."""
    return (
        settings.secret,
        settings.telegram_token,
        settings.telegram_webhook_secret,
        settings.metrics_token,
        settings.x.consumer_secret,
        settings.x.client_secret,
        settings.oidc.client_secret if settings.oidc else None,
        settings.webhook.secret if settings.webhook else None,
        *(value for name, value in settings.blocks.items() if name.endswith(_SECRET_NAMES)),
        _password(settings.database),
        _password(settings.smtp_url),
    )


def _log_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An error that ends the process is told as any other: Python would print its message."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("bot").critical("ended by an error", exc_info=(kind, error, trace))


def _password(address: str | None) -> str | None:
    if not address:
        return None
    try:
        return make_url(address).password
    except ArgumentError:
        return address


def _event_only(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """Of Rasa's structured records only the name: their fields may hold a citizen's words."""
    return str(event.get("event", ""))


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-6:]
    return " > ".join(f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno}" for frame in frames)


def _value(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
