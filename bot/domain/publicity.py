"""What is said in public in the municipality's name: kinds of posts, who presses send, what happens to the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

MOST_WEIGHT = 280
"""Weighted characters that a public answer may have: the shortest limit of the networks that we answer on (X)."""


class Category(StrEnum):
    """What a public post is, or what a public answer tells of."""

    DANGER = "danger"
    REPORT = "report"
    QUESTION = "question"
    PRAISE = "praise"
    RESOLVED = "resolved"
    POLITICS = "politics"
    ABUSE = "abuse"
    CAMPAIGN = "campaign"
    QUARREL = "quarrel"
    OTHER = "other"


class SendMode(StrEnum):
    """`approve`: a draft waits for one click of the team; `automatic`: it goes out at once."""

    APPROVE = "approve"
    AUTOMATIC = "automatic"


class Rule(StrEnum):
    """Where a post goes that gets no answer of ours: to the team's queue, or just into the thread."""

    DESK = "desk"
    ARCHIVE = "archive"


ANSWERED = (Category.DANGER, Category.REPORT, Category.QUESTION, Category.PRAISE, Category.RESOLVED)
UNANSWERED = (Category.POLITICS, Category.ABUSE, Category.CAMPAIGN, Category.QUARREL, Category.OTHER)
_RULES = {
    Category.POLITICS: Rule.ARCHIVE,
    Category.ABUSE: Rule.DESK,
    Category.CAMPAIGN: Rule.DESK,
    Category.QUARREL: Rule.ARCHIVE,
    Category.OTHER: Rule.DESK,
}


@dataclass(frozen=True)
class Publicity:
    """A municipality's rules for public answers.

    `wait` is how long a private message is waited for before a report is filed from its public text; `politics` and
    `campaign` are folded words or phrases that mark such posts.
    """

    modes: Mapping[Category, SendMode] = field(default_factory=dict)
    rules: Mapping[Category, Rule] = field(default_factory=dict)
    thanks: bool = False
    tracking_number: bool = False
    wait: timedelta = timedelta(hours=6)
    politics: tuple[str, ...] = ()
    campaign: tuple[str, ...] = ()

    def mode(self, category: Category) -> SendMode:
        return self.modes.get(category, SendMode.APPROVE)

    def rule(self, category: Category) -> Rule:
        return self.rules.get(category) or _RULES.get(category, Rule.DESK)


ALL_AUTOMATIC = {category: SendMode.AUTOMATIC for category in ANSWERED}
