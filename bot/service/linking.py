"""Two accounts of one person: proved by codes that are exchanged between both channels, then one citizen.

Account A asks for a code and B writes it; B then gets a code of its own that only A can use. So whoever joins two
accounts holds both: a code that somebody was talked into writing leads nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.conversation import Identity
from bot.domain.privacy import ACCOUNTS_JOINED
from bot.ports import UnitOfWork
from bot.turkish import fold

GOOD_FOR = timedelta(minutes=15)
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_WISH = re.compile(r"\bhesa[pb]\w*\b.{0,25}\b(bagla(?!nti)|birlestir|eslestir)|\b(baglanti|baglama|eslestirme) kodu")
_CODE = re.compile(rf"\bBAG[- ]?([{_LETTERS}]{{4}})[- ]?([{_LETTERS}]{{4}})\b", re.IGNORECASE)


def code_in(text: str) -> str | None:
    """The code that stands in a text, in its normal form: BAG-7F3K-92QM."""
    found = _CODE.search(text)
    return f"BAG-{found[1]}-{found[2]}".upper() if found else None


def wants_link(text: str) -> bool:
    """Whether somebody asks that two accounts become one ('hesabımı bağla'), or for the code that does it."""
    return _WISH.search(fold(text)) is not None


@dataclass(frozen=True)
class Redeemed:
    """Whose code it was; `proved`: both accounts wrote what the other got."""

    other: Identity
    proved: bool


class LinkDesk:
    """Issues and takes codes inside one unit of work; `key` keeps them from being guessed from the database."""

    def __init__(self, uow: UnitOfWork, now: datetime, key: bytes) -> None:
        self._uow, self._now, self._key = uow, now, key

    def issue(self, identity_id: int, nonce: str, only_for: int | None = None) -> str:
        """A new code of this account, good for 15 minutes and once; older ones of it are void. `nonce`: never again."""
        self._uow.links.void(identity_id)
        seed = hmac.new(self._key, f"{nonce}:{identity_id}:{self._now.isoformat()}".encode(), hashlib.sha256).digest()
        letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in seed[:8])
        code = f"BAG-{letters[:4]}-{letters[4:]}"
        self._uow.links.add(self._hash(code, only_for), identity_id, self._now, self._now + GOOD_FOR)
        return code

    def redeem(self, code: str, identity_id: int) -> Redeemed | None:
        """What the code proves where this account writes it; None for a wrong, used or old one, and for one's own."""
        for only_for in (identity_id, None):
            found = self._uow.links.use(self._hash(code, only_for), self._now)
            if found is not None and found != identity_id:
                return Redeemed(self._uow.conversations.identity(found), only_for is not None)
        return None

    def join(self, one: Identity, other: Identity) -> None:
        """One citizen from now on: the one who was known first."""
        kept, gone = sorted((one.citizen_id, other.citizen_id))
        if kept == gone:
            return
        self._uow.flush()
        self._uow.links.join(kept, gone)
        self._uow.audit.record(self._now, f"citizen:{kept}", ACCOUNTS_JOINED, f"citizen:{gone}")

    def _hash(self, code: str, only_for: int | None) -> str:
        return hmac.new(self._key, f"link:{code}:{only_for or ''}".encode(), hashlib.sha256).hexdigest()
