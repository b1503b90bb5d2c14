"""Log lines: structured, without secrets, without what citizens wrote."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from bot.config import Settings, load_settings
from bot.errors import ConfigError, TransientError, UserError
from bot.operations.logging import LineFormatter, Mask, describe, secrets_of, set_up_logging

TOKEN = "123456789:AAH-abcdefghijklmnopqrstuvwxyz01234"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        {
            "HIZMET_HOME": str(tmp_path),
            "HIZMET_TELEGRAM_TOKEN": TOKEN,
            "HIZMET_DATABASE": "postgresql://hizmet:correcthorse@db/hizmet",
            "HIZMET_SMTP_URL": "smtp://bot:batterystaple@mail",
        },
        root=tmp_path,
    )


@pytest.fixture
def lines(settings: Settings) -> Iterator[io.StringIO]:
    """Where loggers named bot.* and other.* write during the test, formatted as in production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(Mask(secrets_of(settings))))
    loggers = [logging.getLogger("bot.test"), logging.getLogger("other.test")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)
        logger.propagate = True
        logger.setLevel(logging.NOTSET)


def test_a_line_holds_event_and_fields(lines: io.StringIO) -> None:
    logging.getLogger("bot.test").info("turn done", extra={"conversation": 7, "replies": 2})
    line = lines.getvalue()
    assert 'event="turn done"' in line and "conversation=7" in line and "replies=2" in line
    assert line.startswith("time=") and "level=info" in line


def test_a_line_stays_one_line(lines: io.StringIO) -> None:
    logging.getLogger("bot.test").info("first\nlevel=error second")
    assert lines.getvalue().count("\n") == 1


@pytest.mark.parametrize("secret", [TOKEN, "correcthorse", "batterystaple"])
def test_secrets_are_masked_in_messages_and_fields(lines: io.StringIO, secret: str) -> None:
    logging.getLogger("bot.test").warning("https://api/bot%s/getMe", secret, extra={"where": f"x{secret}y"})
    assert secret not in lines.getvalue() and "***" in lines.getvalue()


def test_a_token_that_is_not_in_the_settings_is_masked_too(lines: io.StringIO) -> None:
    logging.getLogger("bot.test").info("GET https://api.telegram.org/bot987654321:%s/getUpdates", "Z" * 35)
    assert "Z" * 35 not in lines.getvalue()


def test_the_own_secret_is_masked(settings: Settings) -> None:
    assert settings.secret in secrets_of(settings)
    assert settings.secret not in Mask(secrets_of(settings))(f"cookie {settings.secret}")


def test_the_keys_of_every_channel_are_secret(tmp_path: Path) -> None:
    keys = {
        "HIZMET_X_CONSUMER_SECRET": "x-consumer-secret",
        "HIZMET_X_CLIENT_SECRET": "x-client-secret",
        "HIZMET_MESSENGER_TOKEN": "messenger-token",
        "HIZMET_MESSENGER_APP_SECRET": "messenger-app-secret",
    }
    settings = load_settings({"HIZMET_HOME": str(tmp_path), **keys}, root=tmp_path)
    shown = Mask(secrets_of(settings))(" ".join(keys.values()))
    assert not [key for key in keys.values() if key in shown]


def test_an_exception_is_told_by_type_and_place_without_its_message(lines: io.StringIO) -> None:
    try:
        raise ValueError("Yazır mahallesinden Ayşe Yılmaz 0555 111 22 33")
    except ValueError:
        logging.getLogger("bot.test").exception("turn failed")
    line = lines.getvalue()
    assert "Ayşe" not in line and "error=ValueError" in line and "test_logging.py:" in line


def test_our_own_errors_are_told_with_their_message_but_not_a_persons_input() -> None:
    assert describe(TransientError("connection refused")) == "TransientError: connection refused"
    assert describe(UserError("not_found", number="Ayşe")) == "UserError"
    assert describe(OSError(28, "No space left on device", "Ayşe.jpg")) == "OSError: No space left on device"


def test_causes_are_told() -> None:
    try:
        try:
            raise KeyError("Ayşe")
        except KeyError as error:
            raise TransientError("again later") from error
    except TransientError as error:
        assert describe(error) == "TransientError: again later < KeyError"


def test_of_others_messages_only_the_first_line_is_kept(lines: io.StringIO) -> None:
    logging.getLogger("other.test").error("Task exception was never retrieved\nValueError('Ayşe Yılmaz')")
    assert "Ayşe" not in lines.getvalue()


def test_after_set_up_rasa_prints_no_text_and_httpx_no_address(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        set_up_logging(settings)
        structlog.get_logger("rasa.core.processor").debug("processor.parse", text="Ayşe Yılmaz")
        structlog.get_logger("rasa.core.processor").warning("processor.parse", text="Ayşe Yılmaz")
        logging.getLogger("httpx").info("HTTP Request: GET https://api.telegram.org/bot%s/getMe", TOKEN)
        logging.getLogger("bot.cli").info("ready")
        error = ValueError("Ayşe Yılmaz")
        sys.excepthook(ValueError, error, None)
    finally:
        sys.excepthook = sys.__excepthook__
        root.handlers[:], root.level = before
        structlog.reset_defaults()
        logging.captureWarnings(False)
    out, err = capfd.readouterr()
    assert out == ""
    assert "Ayşe" not in err and TOKEN not in err
    assert "processor.parse" in err and "event=ready" in err and "error=ValueError" in err


def test_an_unknown_level_is_a_mistake_in_the_settings(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="HIZMET_LOG_LEVEL"):
        set_up_logging(replace(settings, log_level="loud"))


def test_values_with_spaces_are_quoted_so_that_they_can_be_parsed_back(lines: io.StringIO) -> None:
    logging.getLogger("bot.test").info("x", extra={"reason": 'said "no" twice'})
    quoted = lines.getvalue().split("reason=")[1].strip()
    assert json.loads(quoted) == 'said "no" twice'
