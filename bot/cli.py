"""The command `hizmet`. Each command's module is loaded only when it is called, so that small ones answer at once."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Optional

import typer

from bot.config import Settings, load_settings
from bot.errors import HizmetError
from bot.operations.surroundings import keep_inside

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
requests_app = typer.Typer(no_args_is_help=True, help="Requests: list, show, and every change through the one gate.")
review_app = typer.Typer(no_args_is_help=True, help="Review items: what needs a person.")
db_app = typer.Typer(no_args_is_help=True, help="The request database.")
models_app = typer.Typer(no_args_is_help=True, help="Trained models.")
app.add_typer(requests_app, name="requests")
app.add_typer(review_app, name="review")
incidents_app = typer.Typer(no_args_is_help=True, help="Known incidents: what the assistant says first.")
privacy_app = typer.Typer(no_args_is_help=True, help="Personal data (KVKK): copies, erasure, retention.")
app.add_typer(incidents_app, name="incidents")
app.add_typer(privacy_app, name="privacy")
channels_app = typer.Typer(no_args_is_help=True, help="Channels: what is connected, stopping public answers, keys.")
x_app = typer.Typer(no_args_is_help=True, help="The municipality's account on X.")
channels_app.add_typer(x_app, name="x")
app.add_typer(channels_app, name="channels")
users_app = typer.Typer(no_args_is_help=True, help="The desk's people and the keys of programs.")
audit_app = typer.Typer(no_args_is_help=True, help="The chain of what staff did.")
app.add_typer(users_app, name="users")
app.add_typer(audit_app, name="audit")
app.add_typer(db_app, name="db")
app.add_typer(models_app, name="models")

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Note = Annotated[Optional[str], typer.Option("--note", help="Words for the citizen.")]  # noqa: UP045 - typer reads it
Staff = Annotated[str, typer.Option("--as", help="Your name, as history and audit keep it.")]
WHO = os.environ.get("USER", "staff")


HEAVY = frozenset({"rehearse", "models", "understand", "bench"})
"""Commands that load Rasa: its libraries are kept quiet and inside the project's folder first."""


def _load(name: str) -> ModuleType:
    """A command's module, at the moment it is called."""
    keep_inside(load_settings().home)
    if name in HEAVY:
        importlib.import_module("bot.operations.logging").quiet_libraries()
    return importlib.import_module(f"bot.commands.{name}")


def _settings() -> Settings:
    return load_settings()


@app.command()
def run(
    roles: Annotated[str, typer.Option(help="Comma-separated: channels,dialogue,delivery,web.")] = "all",
    workers: Annotated[int, typer.Option(help="Dialogue processes (PostgreSQL).")] = 0,
) -> None:
    """Start the system, or the named roles of it."""
    _load("running").run(_settings(), roles, workers)


@app.command()
def train(
    with_: Annotated[Optional[Path], typer.Option("--with", help="Labelled requests (JSONL).")] = None,  # noqa: UP045
) -> None:
    """Train a model; it is taken into use when no class falls by more than the stated margin."""
    _load("models").train(_settings(), with_)


@app.command()
def chat() -> None:
    """Talk with the assistant in the terminal (a database of its own)."""
    _load("rehearse").run_chat(_settings())


@app.command()
def parse() -> None:
    """Understand texts: one a line (or JSONL with `text`) in, one JSON object a line out."""
    _load("understand").parse(_settings())


@app.command()
def evaluate(
    file: Path,
    html: Annotated[Optional[Path], typer.Option(help="Also write a page with plots.")] = None,  # noqa: UP045
) -> None:
    """Measure the understanding on a labelled file."""
    _load("understand").evaluate(_settings(), file, html)


@app.command()
def replay(files: list[Path], as_json: Json = False) -> None:
    """Play scripted conversations through the real engine; exit status 1 where one fails."""
    if not _load("rehearse").run_replay(_settings(), files, as_json):
        raise typer.Exit(1)


@app.command()
def simulate(file: Path, as_json: Json = False) -> None:
    """Let every text be sent by a simulated citizen; say what became of each."""
    _load("rehearse").run_simulate(_settings(), file, as_json)


@app.command()
def bench(
    desk: Annotated[bool, typer.Option("--desk", help="The desk's pages over a full database.")] = False,
    as_json: Json = False,
) -> None:
    """Measure turns a second, latency, memory and start; or how fast the desk answers."""
    _load("desk_bench" if desk else "bench").run(_settings(), as_json)


@app.command()
def doctor() -> None:
    """Check everything that the system needs and say how to mend it."""
    if not _load("keeping").doctor(_settings()):
        raise typer.Exit(1)


@requests_app.command("list")
def requests_list(
    status: Optional[str] = None,  # noqa: UP045
    unit: Optional[str] = None,  # noqa: UP045
    limit: int = 50,
    as_json: Json = False,
) -> None:
    """Newest first."""
    _load("requests").show_list(_settings(), status, unit, limit, as_json)


@requests_app.command("show")
def requests_show(number: str, as_json: Json = False) -> None:
    """One request with its history."""
    _load("requests").show(_settings(), number, as_json)


def _change(name: str, help_text: str) -> None:
    @requests_app.command(name, help=help_text)
    def command(number: str, note: Note = None, staff: Staff = WHO) -> None:
        _load("requests").change(_settings(), number, name, note, staff)


for _name, _help in (
    ("start", "Work has begun."),
    ("resolve", "Solved: the citizen is told and asked to rate it."),
    ("reject", "Ends without being done; the note says why."),
    ("reopen", "Open it again."),
    ("cancel", "Close it as withdrawn."),
):
    _change(_name, _help)


@requests_app.command("assign")
def requests_assign(number: str, unit: str, note: Note = None, staff: Staff = WHO) -> None:
    """Give it to a unit (code of the municipality's file)."""
    _load("requests").assign(_settings(), number, unit, note, staff)


@requests_app.command("forward")
def requests_forward(
    number: str,
    body: str,
    sent: Annotated[bool, typer.Option("--sent", help="The case was really passed on to the body.")] = False,
    note: Note = None,
    staff: Staff = WHO,
) -> None:
    """Record that another body is responsible."""
    _load("requests").forward(_settings(), number, body, sent, note, staff)


@requests_app.command("reclassify")
def requests_reclassify(number: str, service: str, staff: Staff = WHO) -> None:
    """Correct the service; kept as a label for teaching."""
    _load("requests").reclassify(_settings(), number, service, staff)


@requests_app.command("export-labels")
def requests_export_labels(file: Path) -> None:
    """Write the corrected services, masked, as JSONL for `hizmet train --with`."""
    _load("requests").export_labels(_settings(), file)


@review_app.command("list")
def review_list(as_json: Json = False) -> None:
    """What needs a person, urgent first."""
    _load("review").show_list(_settings(), as_json)


@review_app.command("show")
def review_show(item: int) -> None:
    """The item with its conversation."""
    _load("review").show(_settings(), item)


@review_app.command("take")
def review_take(item: int, staff: Staff = WHO) -> None:
    """Work on it: the bot's unsent replies are withdrawn, others see that you have it."""
    _load("review").take(_settings(), item, staff)


@review_app.command("reply")
def review_reply(item: int, text: str, staff: Staff = WHO) -> None:
    """Answer the citizen."""
    _load("review").reply(_settings(), item, text, staff)


@review_app.command("handback")
def review_handback(item: int, staff: Staff = WHO) -> None:
    """Give the conversation back to the bot."""
    _load("review").hand_back(_settings(), item, staff)


@review_app.command("approve")
def review_approve(
    item: int,
    text: Annotated[Optional[str], typer.Option("--text", help="Other words than the draft's.")] = None,  # noqa: UP045
    staff: Staff = WHO,
) -> None:
    """Send the drafted public answer."""
    _load("review").approve(_settings(), item, text, staff)


@review_app.command("reject")
def review_reject(item: int, reason: str, staff: Staff = WHO) -> None:
    """Never send the drafted public answer; say why."""
    _load("review").reject(_settings(), item, reason, staff)


@review_app.command("close")
def review_close(item: int, reason: str, staff: Staff = WHO) -> None:
    """Close without an answer; say why."""
    _load("review").close(_settings(), item, reason, staff)


@incidents_app.command("list")
def incidents_list(all_: Annotated[bool, typer.Option("--all", help="Past ones too.")] = False) -> None:
    """What is announced now, with the number of reports."""
    _load("incidents").show_list(_settings(), all_)


@incidents_app.command("announce")
def incidents_announce(
    service: str,
    text: str,
    until: Annotated[str, typer.Option(help="'18:00' today, or '2026-06-08 18:00', local time.")],
    area: Annotated[Optional[list[str]], typer.Option(help="A neighbourhood; several times. None: all.")] = None,  # noqa: UP045
    staff: Staff = WHO,
) -> None:
    """Tell every citizen who reports the service there."""
    _load("incidents").announce(_settings(), service, area or [], text, until, staff)


@incidents_app.command("end")
def incidents_end(incident: int, staff: Staff = WHO) -> None:
    """It is over before its time."""
    _load("incidents").end(_settings(), incident, staff)


@privacy_app.command("list")
def privacy_list() -> None:
    """Open wishes for a copy or for erasure."""
    _load("privacy").show_list(_settings())


@privacy_app.command("export")
def privacy_export(who: str, target: Path, staff: Staff = WHO) -> None:
    """Everything of a citizen (number, or a tracking number) as a ZIP: JSON and files."""
    _load("privacy").export(_settings(), who, target, staff)


@privacy_app.command("erase")
def privacy_erase(who: str, staff: Staff = WHO) -> None:
    """Erase a citizen's personal data now; refused while a request is open."""
    _load("privacy").erase(_settings(), who, staff)


@privacy_app.command("retention")
def privacy_retention() -> None:
    """Work off wishes and anonymise what was kept long enough; `run` does it once a day."""
    _load("privacy").retention(_settings())


Unit = Annotated[Optional[str], typer.Option(help="A unit's code.")]  # noqa: UP045 - typer reads it


@users_app.command("list")
def users_list(as_json: Json = False) -> None:
    """Everybody, with role and unit."""
    _load("users").show_list(_settings(), as_json)


@users_app.command("add")
def users_add(
    username: str,
    role: Annotated[str, typer.Option(help="reviewer, unit_staff, supervisor, administrator or auditor.")],
    unit: Unit = None,
    name: str = "",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
    staff: Staff = WHO,
) -> None:
    """An account with a password that is asked for."""
    _load("users").add(_settings(), username, name, role, unit, password, staff)


@users_app.command("invite")
def users_invite(
    role: Annotated[str, typer.Option(help="reviewer, unit_staff, supervisor, administrator or auditor.")],
    unit: Unit = None,
    email: Optional[str] = None,  # noqa: UP045
    staff: Staff = WHO,
) -> None:
    """Print a link with which somebody makes their own account."""
    _load("users").invite(_settings(), role, unit, email, staff)


@users_app.command("reset")
def users_reset(
    username: str,
    codes: Annotated[bool, typer.Option("--codes", help="End two-step login as well.")] = False,
    staff: Staff = WHO,
) -> None:
    """Print a link for a new password."""
    _load("users").reset(_settings(), username, codes, staff)


@users_app.command("deactivate")
def users_deactivate(username: str, staff: Staff = WHO) -> None:
    """They can no longer log in; their sessions end."""
    _load("users").set_active(_settings(), username, False, staff)


@users_app.command("activate")
def users_activate(username: str, staff: Staff = WHO) -> None:
    """They may log in again."""
    _load("users").set_active(_settings(), username, True, staff)


@users_app.command("setup-link")
def users_setup_link() -> None:
    """Print the one-time link of the first administrator."""
    _load("users").set_up_link(_settings())


@users_app.command("token")
def users_token(
    name: str,
    unit: Unit = None,
    write: Annotated[bool, typer.Option("--write", help="May change the status and add notes.")] = False,
    staff: Staff = WHO,
) -> None:
    """Print a key for the JSON API; it isn't shown again."""
    _load("users").token(_settings(), name, unit, write, staff)


@audit_app.command("verify")
def audit_verify(
    head: Annotated[Optional[str], typer.Option(help="A head printed earlier: it must still be there.")] = None,  # noqa: UP045
) -> None:
    """Check the chain; exit status 1 and the first broken row where it doesn't hold."""
    if not _load("audit").verify(_settings(), head):
        raise typer.Exit(1)


@audit_app.command("list")
def audit_list(
    actor: str = "",
    action: Annotated[str, typer.Option(help="Or how it begins.")] = "",
    object_: Annotated[str, typer.Option("--object", help="Or how it begins, for instance request:7.")] = "",
    limit: int = 50,
    as_json: Json = False,
) -> None:
    """What staff did, newest first."""
    _load("audit").show_list(_settings(), actor, action, object_, limit, as_json)


@channels_app.command("list")
def channels_list() -> None:
    """What is connected, and how much of the plan is used."""
    _load("channels").show_list(_settings())


@channels_app.command("pause")
def channels_pause(channel: str, staff: Staff = WHO) -> None:
    """Stop all public answers at once; private messages go on."""
    _load("channels").pause(_settings(), channel, staff)


@channels_app.command("resume")
def channels_resume(channel: str, staff: Staff = WHO) -> None:
    """Let public answers leave again."""
    _load("channels").resume(_settings(), channel, staff)


@x_app.command("login")
def channels_x_login(
    oauth2: Annotated[bool, typer.Option("--oauth2", help="OAuth 2 instead of OAuth 1.0a with a PIN.")] = False,
    redirect: Annotated[str, typer.Option(help="The callback address that the application names.")] = (
        "https://127.0.0.1/"
    ),
) -> None:
    """Authorise the account: opens nothing, says which address to open and what to bring back."""
    _load("channels").login(_settings(), oauth2, redirect)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database's tables up to date."""
    _load("keeping").upgrade(_settings())


@db_app.command("backup")
def db_backup(target: Path) -> None:
    """Write database and attachments into one archive."""
    _load("keeping").backup(_settings(), target)


@db_app.command("restore")
def db_restore(source: Path, force: bool = False) -> None:
    """Bring a backup back into an empty database."""
    _load("keeping").restore(_settings(), source, force)


@models_app.command("list")
def models_list() -> None:
    """The trained models; a star marks the one in use."""
    _load("models").show_list(_settings())


@models_app.command("use")
def models_use(name: str) -> None:
    """Use another model from the next start on."""
    _load("models").use(_settings(), name)


def main() -> None:
    """Entry point: errors of ours become one clear line and exit status 2."""
    try:
        app()
    except HizmetError as error:
        print(f"hizmet: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
