"""Numbers that identify: T.C. kimlik no, telephone, e-mail, plate, IBAN, card, tracking number; dates and durations.

Recognised by their form and, where there is one, their checksum. `mask` hides those that are personal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.turkish import MONTHS, fold, lower

PERSONAL = frozenset({"tc_no", "phone", "email", "iban", "plate", "card"})
_PLACEHOLDERS = {
    "tc_no": "[kimlik no]", "phone": "[telefon]", "email": "[e-posta]", "iban": "[IBAN]", "plate": "[plaka]",
    "card": "[kart no]",
}  # fmt: skip
_MONTH = "|".join(fold(month) for month in MONTHS)
_COUNT = r"(?:\d{1,4}|bir|iki|uc|dort|bes|alti|yedi|sekiz|dokuz|on|yirmi|otuz|kirk|elli)"
_TRACKING = (
    r"(?<![\w/])(?P<prefix>{prefix})?[ \t]*[-_ ./]?[ \t]*(?P<year>20\d\d)[ \t]*[-_ /]?[ \t]*"
    r"(?P<number>\d{{1,6}})(?![\w]|[./]\d)"
)
_PATTERNS = {
    "email": re.compile(r"(?<![\w.+-])[a-z0-9][\w.+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}"),
    "iban": re.compile(r"\btr[ ]?\d{2}(?:[ ]?\d{4}){5}[ ]?\d{2}\b"),
    "card": re.compile(r"(?<![\d-])\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}(?![\d-])"),
    "phone": re.compile(r"(?<![\w+])(?:\+?90|0090|0)?[ ().-]{0,2}5\d{2}[ ().-]{0,2}\d{3}[ .-]?\d{2}[ .-]?\d{2}(?!\d)"),
    "landline": re.compile(r"(?<![\w+])(?:\+?90[ ]?|0)[ ]?\(?[234]\d{2}\)?[ .-]?\d{3}[ .-]?\d{2}[ .-]?\d{2}(?!\d)"),
    "tc_no": re.compile(r"(?<!\d)[1-9]\d{10}(?!\d)"),
    "plate": re.compile(
        r"(?<![\w/.:-])(?:0[1-9]|[1-7]\d|8[01])(?:[ -]?[a-z][ -]?\d{4,5}"
        r"|[ -]?[a-z]{2}[ -]?\d{3,4}|[ -]?[a-z]{3}[ -]?\d{2,3})(?![\w/]|[.,]\d)"
    ),
    "date": re.compile(
        rf"(?<![\d./])\d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)?\d\d(?![\d/])"
        rf"|(?<!\d)\d{{1,2}} (?:{_MONTH})(?:[ ](?:19|20)\d\d)?\b"
    ),
    "duration": re.compile(
        rf"\b{_COUNT}(?:[ -]{_COUNT})?[ ]?(?:gun|hafta|ay|yil|sene|saat|dakika)(?:dur|dir|lik|luk|den beri|dan beri)?\b"
    ),
}
_ORDER = ("email", "iban", "tracking_no", "phone", "landline", "card", "tc_no", "date", "plate", "duration")
_PLATE_WORD = re.compile(
    r"^\d\d[ -]?(?:ay|yil|gun|tl|lt|km|kg|cm|mm|mt|no|cad|sok|sk|cd|mah|kat|saat|dk|ton|ve|ile|de|da|ten|den|bin)"
    r"[ -]?\d"
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """`value` is the normal form: 05xxxxxxxxx, SLC-2026-000123, TR…, 42 ABC 123; `start`, `end` count characters."""

    kind: str
    start: int
    end: int
    value: str


def flat(text: str) -> str:
    """The text folded character by character, so that positions stay those of `text`."""
    small = lower(text)
    if len(small) != len(text):
        small = "".join(char if len(char) == 1 else char[0] for char in map(lower, text))
    return small.translate(_FLAT)


class _Flat(dict[int, str]):
    """Folding of single characters; other writings' digits become ours. Filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = fold(char)
        digit = unicodedata.digit(char, None)
        self[code] = str(digit) if digit is not None else plain if len(plain) == 1 else " "
        return self[code]


_FLAT = _Flat()


def find_identifiers(text: str, prefix: str) -> tuple[Identifier, ...]:
    """All identifiers from left to right, none inside another. Never raises; linear in the text's length."""
    plain = flat(text)
    taken: list[Identifier] = []
    covered = bytearray(len(plain))
    tracking = re.compile(_TRACKING.format(prefix=re.escape(fold(prefix))))
    for kind in _ORDER:
        pattern = tracking if kind == "tracking_no" else _PATTERNS[kind]
        for match in pattern.finditer(plain):
            if any(covered[match.start() : match.end()]):
                continue
            value = tracking_value(match, plain, prefix) if kind == "tracking_no" else _VALUES[kind](match[0])
            if value:
                start, end = _trimmed(plain, match.start(), match.end())
                covered[start:end] = b"\1" * (end - start)
                taken.append(Identifier("phone" if kind == "landline" else kind, start, end, value))
    return tuple(sorted(taken, key=lambda found: found.start))


def mask(text: str, prefix: str = "") -> str:
    """The text with personal numbers and addresses replaced by '[telefon]', '[kimlik no]', …"""
    pieces, end = [], 0
    for found in find_identifiers(text, prefix or "\x00"):
        if found.kind in PERSONAL:
            pieces += [text[end : found.start], _PLACEHOLDERS[found.kind]]
            end = found.end
    return "".join([*pieces, text[end:]])


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip(" (.-")), end


def tracking_value(match: re.Match[str], text: str, prefix: str) -> str | None:
    """SLC-2026-000123; without the prefix only where a hyphen, a slash or a word about requests makes it one."""
    year, number = match["year"], int(match["number"])
    if not match["prefix"]:
        written = match[0].strip()
        joined = re.fullmatch(r"20\d\d[-/]\d{1,6}", written)
        about = re.search(
            r"(takip|basvuru|kayit|kayd|sikayet|talep)", text[max(0, match.start() - 40) : match.end() + 40]
        )
        if (
            not joined
            or ("/" in written and not about)
            or (len(match["number"]) < 3 and number <= 12 and not about and len(text) > 20)
        ):
            return None
    return f"{prefix}-{year}-{number:06d}"


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _phone(text: str) -> str | None:
    digits = _digits(text)[-10:]
    return f"0{digits}" if len(digits) == 10 else None


def valid_tc_no(digits: str) -> bool:
    """The checksum of the T.C. kimlik no: 10th digit from odd and even sums, 11th from the sum of the first ten."""
    if len(digits) != 11 or not digits.isdigit() or digits[0] == "0":
        return False
    numbers = [int(char) for char in digits]
    tenth = (7 * sum(numbers[0:9:2]) - sum(numbers[1:8:2])) % 10
    return numbers[9] == tenth and numbers[10] == sum(numbers[:10]) % 10


def valid_iban(iban: str) -> bool:
    """ISO 13616: moved four to the end, letters as numbers, the remainder by 97 is 1."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def _iban(text: str) -> str | None:
    iban = text.replace(" ", "").upper()
    return iban if valid_iban(iban) else None


def _card(text: str) -> str | None:
    digits = _digits(text)
    doubled = (int(char) if place % 2 else sum(divmod(2 * int(char), 10)) for place, char in enumerate(digits))
    return digits if sum(doubled) % 10 == 0 else None


def _tc_no(text: str) -> str | None:
    return text if valid_tc_no(text) else None


def _plate(text: str) -> str | None:
    if _PLATE_WORD.match(text):
        return None
    match = re.fullmatch(r"(\d\d)[ -]?([a-z]{1,3})[ -]?(\d{2,5})", text)
    return f"{match[1]} {match[2].upper()} {match[3]}" if match else None


def _as_written(text: str) -> str | None:
    return text


_VALUES: dict[str, Callable[[str], str | None]] = {
    "email": _as_written, "iban": _iban, "card": _card, "phone": _phone, "landline": _phone, "tc_no": _tc_no,
    "plate": _plate, "date": _as_written, "duration": _as_written,
}  # fmt: skip


def personal(found: tuple[Identifier, ...]) -> Iterator[Identifier]:
    """Those that identify a person."""
    return (one for one in found if one.kind in PERSONAL)
