"""The drafts of a conversation in their order: the active one, those that wait, last those that were parked. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.conversation import Draft

Drafts = tuple[Draft, ...]
PARKED = 5
"""So many drafts that were set aside are kept for a citizen who insists after all: the newest ones."""


def parked(drafts: Drafts) -> Drafts:
    """What was set aside goes behind those that wait."""
    waiting = (draft for draft in drafts if not draft.set_aside)
    aside = [replace(draft, parked=True) for draft in drafts if draft.set_aside]
    return (*waiting, *aside[:PARKED])


def begun(drafts: Drafts, draft: Draft, first: bool = False) -> Drafts:
    """A new draft behind those that wait, or before them."""
    return parked((draft, *drafts) if first else (*drafts, draft))


def brought(drafts: Drafts, draft: Draft) -> Drafts:
    """One of them as the active one."""
    rest = tuple(each for each in drafts if each.key != draft.key)
    return (replace(draft, parked=False), *parked(rest))
