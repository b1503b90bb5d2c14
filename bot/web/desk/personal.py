"""Personal data at the desk: masked until somebody with the right asks to see them; each look is in the audit."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.policy import Right
from bot.service.public_text import masked
from bot.turkish import upper
from bot.web.desk.visit import Visit

LOOK = timedelta(minutes=30)


class Looks:
    """Grants looks at the personal data of one object ('conversation:12', 'request:7') for half an hour.

    The grant is a signed text bound to the session: the page sends it along when it reads parts of itself anew.
    """

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(f"looks:{secret}".encode()).digest()

    def open(self, visit: Visit, uow: UnitOfWork, object_: str) -> str:
        """Record the look and grant it. Raises NotAllowed; the caller commits."""
        visit.require(Right.SEE_PERSONAL)
        uow.audit.record(visit.now, visit.staff.actor, "personal_seen", object_)
        until = int((visit.now + LOOK).timestamp())
        return f"{until}.{self._sign(visit, object_, until)}"

    def granted(self, visit: Visit, object_: str, grant: str) -> bool:
        """Whether `grant` was given to this session for this object and holds."""
        until, _, signature = grant.partition(".")
        if not until.isdecimal() or len(until) > 12 or not visit.may(Right.SEE_PERSONAL):
            return False
        right = hmac.compare_digest(signature, self._sign(visit, object_, int(until)))
        return right and visit.now <= datetime.fromtimestamp(int(until), visit.now.tzinfo)

    def _sign(self, visit: Visit, object_: str, until: int) -> str:
        text = f"{visit.session.token_hash}:{object_}:{until}"
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:40]


class Shown:
    """Texts and names of one page: as they are where the look is granted, else masked."""

    def __init__(self, municipality: Municipality, open_: bool) -> None:
        self._municipality, self.open = municipality, open_

    def text(self, text: str | None) -> str:
        """Words with telephone numbers, identity numbers and the like masked."""
        return (text or "") if self.open else masked(text or "", self._municipality)

    def name(self, name: str | None) -> str:
        return (name or "") if self.open else initials(name)

    def contact(self, contact: str | None) -> str:
        """A telephone or address: its last two characters only."""
        return (contact or "") if self.open or not contact else f"••• {contact.strip()[-2:]}"


_PIECES = re.compile(r"\[[^\[\]\n]+\]|\s+|\w+|[^\w\s]")


def restored(written: str, original: str, municipality: Municipality) -> str:
    """What somebody wrote over the masked `original`, with what was masked in the places that they left alone."""
    shown, kept, wrote = (_PIECES.findall(_plain(text)) for text in (masked(original, municipality), original, written))
    behind: dict[int, str] = {}
    for step, a, b, c, d in SequenceMatcher(None, shown, kept, autojunk=False).get_opcodes():
        if step != "equal" and b > a:
            behind[a] = "".join(kept[c:d])
            behind |= dict.fromkeys(range(a + 1, b), "")
    pieces = []
    for step, a, b, c, d in SequenceMatcher(None, shown, wrote, autojunk=False).get_opcodes():
        pieces += [behind.get(a + n, shown[a + n]) for n in range(b - a)] if step == "equal" else wrote[c:d]
    return "".join(pieces)


def _plain(text: str) -> str:
    """As a form sends it back: lines end in one way, nothing around it."""
    return text.replace("\r\n", "\n").strip()


def initials(name: str | None) -> str:
    """'Ayşe Nur Yılmaz' → 'A. N. Y.'; '' where there is no name."""
    return " ".join(f"{upper(word[0])}." for word in (name or "").split() if word[0].isalnum())
