"""`hizmet users …`: the desk's people from the server's terminal."""

from __future__ import annotations

import json
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bot.bootstrap.wiring import municipality_of, open_database
from bot.clock import SystemClock
from bot.config import Settings
from bot.db.people_queries import people
from bot.domain.staff import Role, StaffUser
from bot.errors import NotFound, UserError
from bot.ports import UnitOfWork
from bot.service.accounts import Accounts
from bot.service.staff import StaffDesk
from bot.service.tokens import Tokens

out = Console()
LINK = "/masa/baglanti/"


def show_list(settings: Settings, as_json: bool) -> None:
    """Everybody, those who are active first."""
    municipality = municipality_of(settings.municipality)
    with open_database(settings).reads() as uow:
        found = people(uow.session)
    if as_json:
        for person in found:
            names = ("id", "username", "name", "role", "unit", "active", "two_steps")
            print(json.dumps({name: getattr(person, name) for name in names}, ensure_ascii=False))
        return
    table = Table("username", "name", "role", "unit", "two steps", "last seen", "active")
    for person in found:
        seen = f"{municipality.local(person.seen_at):%d.%m.%Y %H:%M}" if person.seen_at else "-"
        two_steps, active = ("yes" if value else "no" for value in (person.two_steps, person.active))
        table.add_row(person.username, person.name, person.role, person.unit or "-", two_steps, seen, active)
    out.print(table)


def add(settings: Settings, username: str, name: str, role: str, unit: str | None, password: str, by: str) -> None:
    """An account with a password that was typed here."""
    if role not in list(Role):
        raise UserError("unknown_role", role=role)
    if role == Role.UNIT_STAFF and unit not in municipality_of(settings.municipality).units:
        raise UserError("unit_needed", unit=unit)
    with open_database(settings).writes() as uow:
        bound = unit if role == Role.UNIT_STAFF else None
        staff = StaffDesk(uow, SystemClock().now())
        user = staff.enroll(username, name, Role(role), password, bound, by=f"staff:{by}")
        uow.commit()
    out.print(f"{user.username}: {user.role}", highlight=False)


def invite(settings: Settings, role: str, unit: str | None, email: str | None, by: str) -> None:
    """Print a link with which somebody makes their own account."""
    _link(settings, by, lambda accounts, uow: accounts.invite(role, unit, email))


def reset(settings: Settings, username: str, drop_codes: bool, by: str) -> None:
    """Print a link for a new password; `drop_codes` also ends two-step login."""

    def made(accounts: Accounts, uow: UnitOfWork) -> str:
        staff_id = _person(uow, username).id or 0
        if drop_codes:
            accounts.drop_codes(staff_id)
        return accounts.reset(staff_id)

    _link(settings, by, made)


def set_up_link(settings: Settings) -> None:
    """Print the link of the first administrator, where there is nobody yet."""
    address = new_set_up_link(settings)
    if address is None:
        raise UserError("there are people already; invite with: hizmet users invite")
    print(address)


def new_set_up_link(settings: Settings) -> str | None:
    """A new link; the one before works no more. None where there are people."""
    municipality = municipality_of(settings.municipality)
    with open_database(settings).writes() as uow:
        token = Accounts(uow, municipality, SystemClock().now()).set_up()
        uow.commit()
    return f"{settings.base_url}{LINK}{token}" if token else None


def set_active(settings: Settings, username: str, active: bool, by: str) -> None:
    with open_database(settings).writes() as uow:
        accounts = _accounts(settings, uow, by)
        staff_id = _person(uow, username).id or 0
        (accounts.activate if active else accounts.deactivate)(staff_id)
        uow.commit()
    out.print(f"{username}: {'active' if active else 'deactivated'}", highlight=False)


def token(settings: Settings, name: str, unit: str | None, writes: bool, by: str) -> None:
    """Print a key for the JSON API; it isn't shown again."""
    with open_database(settings).writes() as uow:
        tokens = Tokens(uow, municipality_of(settings.municipality), SystemClock().now())
        print(tokens.make(name, unit, writes, f"staff:{by}"))
        uow.commit()


def _link(settings: Settings, by: str, make: Callable[[Accounts, UnitOfWork], str]) -> None:
    with open_database(settings).writes() as uow:
        address = settings.base_url + LINK + make(_accounts(settings, uow, by), uow)
        uow.commit()
    print(address)


def _accounts(settings: Settings, uow: UnitOfWork, by: str) -> Accounts:
    return Accounts(uow, municipality_of(settings.municipality), SystemClock().now(), f"staff:{by}")


def _person(uow: UnitOfWork, username: str) -> StaffUser:
    user = uow.staff.by_username(username.strip().lower())
    if user is None:
        raise NotFound("no such person", username=username)
    return user
