"""The names under which the components leave their results in a message, and the labels of a training message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.domain.requests import Kind
from bot.domain.understanding import Act

CLEAN = "clean_text"  # str: NFC, no invisible characters, plain apostrophes
SPANS = "place_spans"  # list of (start, end, entity) in the text as written
NORMAL = "normal_text"  # str: ASCII lower case, numbers and names of places levelled, cut; features are made of it
SPARSE = "sparse_vector"  # bot.nlu.vectors.SparseVector
DENSE = "dense_vector"  # float32 (384,)
NOISE = "noise"  # str: which noise made this training copy; absent in written messages
NOISE_OF = "noise_of"  # str: the written text that a noisy copy was made of
UNDERSTANDING = "understanding"  # dict: what comes out; see bot/nlu/reading.py


@dataclass(frozen=True)
class Labels:
    """What a training message says about itself; several `services` where it holds several problems.

    `among`: it comes from a municipality's own requests (`hizmet train --with`) and is about one of these services;
    such a message says nothing else.
    """

    act: str | None
    services: tuple[str, ...] = ()
    kind: str | None = None
    urgent: bool = False
    sensitive: bool = False
    among: tuple[str, ...] = ()

    @property
    def service(self) -> str | None:
        return self.services[0] if len(self.services) == 1 else None


def labels_of(message: Any) -> Labels:
    """The labels from the intent and the metadata of block and example (the example's win)."""
    metadata = message.get("metadata") or {}
    merged: dict[str, Any] = {}
    for level in ("intent", "example"):
        part = metadata.get(level)
        if isinstance(part, dict):
            merged.update(part)
    services = merged.get("services") or ([merged["service"]] if merged.get("service") else [])
    act, kind = message.get("intent"), merged.get("kind")
    if act == Act.REPORT and kind == Kind.THANKS:
        act = Act.THANK.value
    return Labels(
        act=act,
        services=tuple(services),
        kind=kind,
        urgent=bool(merged.get("urgent")),
        sensitive=bool(merged.get("sensitive")),
        among=tuple(merged.get("among") or ()),
    )


def is_payload(message: Any) -> bool:
    """What a button sends ('/confirm'), or a noisy copy of it: Rasa's files name it, nothing is learnt from it."""
    written: str = message.get(NOISE_OF) or message.get("text") or ""
    return written == f"/{message.get('intent')}"


def put(message: Any, **values: Any) -> None:
    """Add to the message's `understanding`, which goes out with Rasa's parse result."""
    message.set(UNDERSTANDING, {**(message.get(UNDERSTANDING) or {}), **values}, add_to_output=True)
