"""The channel `alert`: tells the team of a review item, in a staff chat and by e-mail, as far as they are set up."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import smtplib
import ssl
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.config import Settings
from bot.domain.messages import FileRef, Reply
from bot.errors import ConfigError, CredentialsRefused, HizmetError, Rejected, TransientError
from bot.ports import Channel, Delivered, Mailer

log = logging.getLogger(__name__)
NAME = "alert"
SMTP_SECONDS = 10.0


@dataclass(frozen=True)
class Mailbox:
    """A mail server and the addresses of the alerts. `tls` from the first byte (smtps); else STARTTLS where offered."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None
    sender: str
    recipients: tuple[str, ...]


def mailbox(url: str, sender: str, recipients: tuple[str, ...]) -> Mailbox:
    """From an address like smtp://user:password@host:587 or smtps://host. Raises ConfigError."""
    expected = "HIZMET_SMTP_URL: expected smtp://user:password@host:port or smtps://…"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigError(expected) from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ConfigError(expected)
    if not recipients:
        raise ConfigError("HIZMET_ALERT_TO is not set (the e-mail addresses that get alerts)")
    tls = parts.scheme == "smtps"
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Mailbox(parts.hostname, port or (465 if tls else 25), tls, user, password, sender, recipients)


def mailer(settings: Settings) -> Mailer | None:
    """Sends a mail to one person; None where no mail server is set up. Raises ConfigError."""
    url = settings.smtp_url
    if not url:
        return None
    return lambda address, text: send_mail(mailbox(url, settings.alert_from, (address,)), text)


class AlertChannel:
    """Sends to the staff chat through `sender` (the Telegram channel) and by e-mail; one of them is enough.

    An alert that reached the chat isn't sent again because the mail server is away: that is logged instead.
    Raises ConfigError where the mail settings are wrong.
    """

    name = NAME

    def __init__(self, settings: Settings, sender: Channel | None) -> None:
        self._ways: list[Callable[[Reply], Awaitable[Delivered]]] = []
        if settings.staff_chat and sender is not None:
            self._ways.append(partial(sender.send, {"chat_id": _chat_id(settings.staff_chat)}))
        if settings.smtp_url:
            box = mailbox(settings.smtp_url, settings.alert_from, settings.alert_to)
            self._ways.append(partial(_mailed, box))
        self._said = False

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        """Send on all ways. What all of them refused is raised; the error that may pass comes first."""
        if not self._ways:
            return self._nobody()
        answers: list[Delivered] = []
        errors: list[HizmetError] = []
        for way in self._ways:
            try:
                answers.append(await way(reply))
            except HizmetError as error:
                errors.append(error)
        if not answers:
            raise next((one for one in errors if isinstance(one, TransientError)), errors[0])
        for failed in errors:
            log.warning("an alert went out in one way only: %s", type(failed).__name__)
        return answers[0]

    def _nobody(self) -> Delivered:
        if not self._said:
            log.info("no alert channel is set up (HIZMET_STAFF_CHAT, HIZMET_SMTP_URL): see hizmet review list")
        self._said = True
        return Delivered()

    async def fetch(self, file: FileRef) -> FileRef:
        raise Rejected("alerts have no files")

    async def aclose(self) -> None:
        """Nothing is held; the staff chat's channel belongs to its maker."""


async def _mailed(box: Mailbox, reply: Reply) -> Delivered:
    return await asyncio.to_thread(send_mail, box, reply.text)


def _chat_id(staff_chat: str) -> int | str:
    """A chat's number, or the @name of a public one."""
    return int(staff_chat) if staff_chat.lstrip("-").isdecimal() else staff_chat


def send_mail(box: Mailbox, text: str) -> Delivered:
    """One mail to all recipients. Blocks; raises TransientError, Rejected or CredentialsRefused."""
    mail = EmailMessage()
    mail["Subject"] = text.splitlines()[0][:120] if text.strip() else "Hizmet Masası"
    mail["From"], mail["To"] = box.sender, ", ".join(box.recipients)
    mail["Message-ID"] = make_msgid(domain=box.sender.rpartition("@")[2] or "localhost")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    try:
        with closing(_connected(box)) as server:  # not its own `with`: a mail taken counts, whatever QUIT gets
            if box.user is not None:
                server.login(box.user, box.password or "")
            refused = server.send_message(mail)
    except smtplib.SMTPAuthenticationError as error:
        raise _by_code(error.smtp_code, CredentialsRefused("the mail server refuses our credentials")) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Rejected("the mail server cannot do what is needed") from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _by_code(min(codes, default=550), Rejected("the mail server refuses the recipients")) from error
    except smtplib.SMTPResponseException as error:
        raise _by_code(error.smtp_code, Rejected(f"the mail server answers {error.smtp_code}")) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TransientError(f"the mail server is away: {type(error).__name__}") from error
    if refused:
        log.warning("%d of %d recipients of an alert were refused", len(refused), len(box.recipients))
    return Delivered(mail["Message-ID"])


def _connected(box: Mailbox) -> smtplib.SMTP:
    """A connection, encrypted where credentials go over it (except to this very machine)."""
    context = ssl.create_default_context()
    if box.tls:
        return smtplib.SMTP_SSL(box.host, box.port, timeout=SMTP_SECONDS, context=context)
    server = smtplib.SMTP(box.host, box.port, timeout=SMTP_SECONDS)
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif box.user is not None and not _this_machine(box.host):
            raise CredentialsRefused("the mail server offers no TLS; credentials aren't sent in the clear")
    except BaseException:
        server.close()
        raise
    return server


def _this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _by_code(code: int, permanent: HizmetError) -> HizmetError:
    """SMTP's 4xx answers pass; its 5xx answers stay."""
    return TransientError(f"the mail server answers {code}") if 400 <= code < 500 else permanent
