"""The doctor's checks of what is elsewhere: the database with its clock, Telegram, the mail server."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta

import httpx
from sqlalchemy import DateTime, Engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.alerts import Mailbox, mailbox
from bot.config import Settings
from bot.db.engine import make_engine
from bot.db.migrate import head, revision
from bot.db.tables import inbox
from bot.errors import ConfigError, HizmetError
from bot.operations.findings import Finding, fail, ok, warn

CLOCK_WARN, CLOCK_FAIL = timedelta(seconds=2), timedelta(seconds=30)
_SECONDS = 5.0


def check_database(url: str) -> Finding:
    """Reachable and migrated."""
    try:
        engine = make_engine(url, pooled=False)
        try:
            there, expected = revision(engine), head()
        finally:
            engine.dispose()
    except ConfigError as error:
        return fail(
            "database", str(error), "set HIZMET_DATABASE to sqlite:///path or postgresql://user:password@host/name"
        )
    except (HizmetError, OSError) as error:
        return fail("database", f"{_without_password(url)}: {error}", "start the database, or mend HIZMET_DATABASE")
    if there is None:
        return fail("database", "has no tables yet", "hizmet db upgrade (hizmet run does it as well)")
    if there != expected:
        return fail("database", f"is at {there}, this version expects {expected}", "back up, then: hizmet db upgrade")
    return ok("database", f"{_without_password(url)} at {there}")


def check_clock(url: str, now: datetime) -> Finding:
    """Our clock against the database's, and against the newest message: time must not have gone back."""
    engine = make_engine(url, pooled=False)
    try:
        difference = _difference(engine, now)
        newest = _newest(engine)
    except SQLAlchemyError as error:
        return warn("clock", f"not compared ({type(error).__name__})", "mend the database first")
    finally:
        engine.dispose()
    mend = "let the clock be set by NTP (systemctl enable --now systemd-timesyncd) here and on the database's machine"
    if newest is not None and newest - now > CLOCK_FAIL:
        return fail("clock", f"is {(newest - now).total_seconds():.0f} s behind the newest message", mend)
    if difference > CLOCK_FAIL:
        return fail("clock", f"differs from the database's by {difference.total_seconds():.0f} s", mend)
    if difference > CLOCK_WARN:
        return warn("clock", f"differs from the database's by {difference.total_seconds():.1f} s", mend)
    return ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def check_telegram(settings: Settings) -> Finding:
    """Ask who we are (getMe). The token is in the address, so no error's text is shown."""
    if not settings.telegram_token:
        return ok("telegram", "not set up (HIZMET_TELEGRAM_TOKEN)")
    try:
        answer = httpx.get(f"{settings.telegram_api}/bot{settings.telegram_token}/getMe", timeout=_SECONDS)
        data = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        found = f"{settings.telegram_api} can't be reached ({type(error).__name__})"
        return fail("telegram", found, "check the network, a proxy (HTTPS_PROXY) or HIZMET_TELEGRAM_API")
    except ValueError:
        return fail(
            "telegram", f"{settings.telegram_api} does not answer as the Bot API does", "mend HIZMET_TELEGRAM_API"
        )
    if answer.status_code in (401, 404):
        return fail("telegram", "the token is refused", "copy HIZMET_TELEGRAM_TOKEN anew from @BotFather (/mybots)")
    if not data.get("ok"):
        return warn("telegram", f"answers {answer.status_code}", "try again in a minute")
    return ok("telegram", f"@{data['result']['username']}")


def check_mail(settings: Settings) -> Finding:
    """Connect and log in; nothing is sent."""
    if not settings.smtp_url:
        if settings.staff_chat:
            return ok("alerts", "to the staff chat")
        mend = "set HIZMET_STAFF_CHAT (a Telegram group) or HIZMET_SMTP_URL and HIZMET_ALERT_TO"
        return warn("alerts", "nobody is told of review items", mend)
    try:
        box = mailbox(settings.smtp_url, settings.alert_from, settings.alert_to)
    except ConfigError as error:
        return fail("alerts", str(error), "mend the setting")
    try:
        _knock(box)
    except smtplib.SMTPAuthenticationError:
        return fail("alerts", f"{box.host} refuses the user or password", "mend HIZMET_SMTP_URL")
    except (smtplib.SMTPException, OSError) as error:
        return fail("alerts", f"{box.host}:{box.port}: {type(error).__name__}", "check host, port and firewall")
    return ok("alerts", f"{box.host}:{box.port}, {len(box.recipients)} addresses")


def _knock(box: Mailbox) -> None:
    make = smtplib.SMTP_SSL if box.tls else smtplib.SMTP
    with make(box.host, box.port, timeout=_SECONDS) as server:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        if box.user is not None:
            server.login(box.user, box.password or "")


def _difference(engine: Engine, now: datetime) -> timedelta:
    """SQLite has no clock of its own."""
    if engine.dialect.name == "sqlite":
        return timedelta()
    with engine.connect() as connection:
        theirs = connection.scalars(select(func.clock_timestamp(type_=DateTime(timezone=True)))).one()
    return abs(theirs - now)


def _newest(engine: Engine) -> datetime | None:
    with engine.execution_options(write=False).connect() as connection:
        return connection.scalar(select(inbox.c.received_at).order_by(inbox.c.id.desc()).limit(1))


def _without_password(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
