"""The team is told in the staff chat and by e-mail; the mail server here is a small real one on loopback."""

from __future__ import annotations

import base64
import logging
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_string, policy
from pathlib import Path

import pytest

from bot.channels.alerts import AlertChannel, Mailbox, mailbox
from bot.channels.fake import FakeChannel
from bot.config import Settings, load_settings
from bot.domain.messages import Reply
from bot.errors import ConfigError, CredentialsRefused, Rejected, TransientError, Unreachable

pytestmark = pytest.mark.anyio
ALERT = Reply("ACİL İnceleme #7: urgent (telegram), SLC-2026-000001, Çöp konteyneri")


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks SMTP as far as a client needs it; `answers` replaces the reply to a command."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MailTalk)
        self.mails: list[str] = []
        self.logins: list[str] = []
        self.answers: dict[str, str] = {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class MailTalk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 mail ready")
        while line := self.rfile.readline().decode():
            command = line.split()[0].upper()
            if command in self.server.answers:
                self.say(self.server.answers[command])
            elif command == "EHLO":
                self.say("250-mail\r\n250 AUTH PLAIN")
            elif command == "AUTH":
                self.server.logins.append(base64.b64decode(line.split()[2]).decode())
                self.say("235 welcome")
            elif command == "DATA":
                self.say("354 go on")
                lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
                self.server.mails.append("".join(lines))
                self.say("250 taken")
            else:
                self.say("250 yes")
            if command == "QUIT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def settings(tmp_path: Path, **values: str) -> Settings:
    environ = {f"HIZMET_{name.upper()}": value for name, value in values.items()}
    return load_settings({"HIZMET_HOME": str(tmp_path), **environ}, root=tmp_path)


def by_mail(tmp_path: Path, port: int, credentials: str = "", **more: str) -> Settings:
    url = f"smtp://{credentials}127.0.0.1:{port}"
    return settings(tmp_path, smtp_url=url, alert_to="ekip@example.org, nobetci@example.org", **more)


async def test_without_any_way_alerts_are_done_and_it_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    channel = AlertChannel(settings(tmp_path), None)
    for _ in range(3):
        assert (await channel.send({}, ALERT)).provider_id is None
    assert [record.levelno for record in caplog.records] == [logging.INFO]


async def test_the_staff_chat_gets_the_alert(tmp_path: Path) -> None:
    telegram = FakeChannel("telegram")
    channel = AlertChannel(settings(tmp_path, staff_chat="-100123"), telegram)
    assert (await channel.send({}, ALERT)).provider_id == "telegram-1"
    assert telegram.sent == [({"chat_id": -100123}, ALERT)]


async def test_a_mail_goes_to_all_with_its_turkish_letters(tmp_path: Path, mail: MailServer) -> None:
    channel = AlertChannel(by_mail(tmp_path, mail.port, "us%40er:pa%3Ass@"), None)
    assert (await channel.send({}, ALERT)).provider_id
    (text,) = mail.mails
    message = message_from_string(text, policy=policy.default)
    assert message["Subject"] == ALERT.text
    assert message["To"] == "ekip@example.org, nobetci@example.org"
    assert message.get_content().strip() == ALERT.text
    assert mail.logins == ["\0us@er\0pa:ss"]


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("AUTH", "535 wrong password", CredentialsRefused),
        ("AUTH", "454 later", TransientError),
        ("RCPT", "550 nobody here", Rejected),
        ("RCPT", "450 busy", TransientError),
        ("MAIL", "553 sender refused", Rejected),
        ("DATA", "554 no", Rejected),
        ("DATA", "451 later", TransientError),
    ],
)
async def test_answers_of_the_mail_server_become_our_errors(
    tmp_path: Path, mail: MailServer, command: str, answer: str, error: type[Exception]
) -> None:
    mail.answers[command] = answer
    with pytest.raises(error) as told:
        await AlertChannel(by_mail(tmp_path, mail.port, "user:pass@"), None).send({}, ALERT)
    assert type(told.value) is error


async def test_a_mail_server_that_is_away_is_transient(tmp_path: Path, mail: MailServer) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as closed:
        port = int(closed.server_address[1])
    with pytest.raises(TransientError):
        await AlertChannel(by_mail(tmp_path, port), None).send({}, ALERT)


async def test_one_way_is_enough_and_the_other_is_logged(
    tmp_path: Path, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    telegram = FakeChannel("telegram")
    channel = AlertChannel(by_mail(tmp_path, mail.port, staff_chat="5"), telegram)
    telegram.fail_next(Unreachable("403"))
    assert (await channel.send({}, ALERT)).provider_id
    assert len(mail.mails) == 1
    assert "one way only: Unreachable" in caplog.text


async def test_where_all_ways_fail_the_error_that_may_pass_decides(tmp_path: Path, mail: MailServer) -> None:
    mail.answers["MAIL"] = "451 later"
    telegram = FakeChannel("telegram")
    telegram.fail_next(Rejected("400"))
    with pytest.raises(TransientError):
        await AlertChannel(by_mail(tmp_path, mail.port, staff_chat="5"), telegram).send({}, ALERT)


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "smtp://host:many", "mail.example.org"])
def test_a_wrong_address_of_the_mail_server_is_told(url: str) -> None:
    with pytest.raises(ConfigError, match="HIZMET_SMTP_URL"):
        mailbox(url, "a@b", ("c@d",))


def test_mail_without_recipients_is_told() -> None:
    with pytest.raises(ConfigError, match="HIZMET_ALERT_TO"):
        mailbox("smtp://host", "a@b", ())


def test_the_ports_of_mail_are_known() -> None:
    assert mailbox("smtps://host", "a@b", ("c@d",)) == Mailbox("host", 465, True, None, None, "a@b", ("c@d",))
    assert mailbox("smtp://u:p@host:587", "a@b", ("c@d",)).port == 587
