"""What a public post is: is it for us, and what event is it about? Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from bot.domain.publicity import Category
from bot.domain.requests import Kind
from bot.domain.understanding import Act, Understanding
from bot.municipality import Municipality
from bot.service.dialogue.moves import danger_said
from bot.turkish import fold

SURE, LIKELY, POSSIBLE = 0.7, 0.45, 0.25
_NAME = re.compile(r"(?<!\w)@(\w+)")
_LEADING = re.compile(r"^(?:\s*@\w+)+")
_TAG = re.compile(r"#(\w+)")
_LINK = re.compile(r"https?://\S+")
_MANY_TAGS = 3
_QUESTIONS = frozenset(
    {Act.ASK_INFORMATION, Act.ASK_STATUS, Act.NOT_RESOLVED, Act.CANCEL_REQUEST, Act.CORRECT, Act.ASK_HUMAN}
)
_ASIDES = frozenset({Act.GREET, Act.GOODBYE, Act.AFFIRM, Act.DENY, Act.SKIP, Act.RATE})


@dataclass(frozen=True)
class Post:
    """`category` decides what follows; `matter` is the same for posts on one event; an `aside` awaits nothing."""

    category: Category
    matter: str
    aside: bool = False


def read_post(text: str, u: Understanding, municipality: Municipality) -> Post:
    """What the post is. Danger before all else; a quarrel or politics around a clear report don't hide it."""
    category = _category(text, u, municipality)
    return Post(category, _matter(text, u, category), category is Category.OTHER and u.act in _ASIDES)


def words_of(text: str) -> str:
    """The post without names and links: what it says."""
    return " ".join(_LINK.sub("", _NAME.sub("", text)).split())


def _category(text: str, u: Understanding, municipality: Municipality) -> Category:
    if u.act is Act.EMERGENCY or u.danger not in (None, "general") or danger_said(text):
        return Category.DANGER
    clear = u.act is Act.REPORT and u.service_confidence >= SURE and u.place.known and not u.outside
    said, rules = f" {fold(words_of(text))} ", municipality.publicity
    if not clear and _to_others(text, municipality):
        return Category.QUARREL
    if u.act is Act.ABUSIVE:
        return Category.ABUSE
    if not clear and any(re.search(rf"\b{re.escape(fold(word))}", said) for word in rules.politics):
        return Category.POLITICS
    tags = len(_TAG.findall(text)) >= _MANY_TAGS
    if not clear and (tags or any(re.search(rf"\b{re.escape(fold(word))}", said) for word in rules.campaign)):
        return Category.CAMPAIGN
    if u.act is Act.THANK or (u.problems and u.problems[0].kind is Kind.THANKS):
        return Category.PRAISE
    if u.act is Act.REPORT and not u.outside:
        likely = u.service_confidence >= LIKELY or (u.service_confidence >= POSSIBLE and u.place.known)
        return Category.REPORT if likely else Category.OTHER
    return Category.QUESTION if u.act in _QUESTIONS else Category.OTHER


def _to_others(text: str, municipality: Municipality) -> bool:
    """The post begins with other people's names and not with ours: it speaks to them."""
    ours = {name.lower() for name in municipality.accounts.values()}
    leading = _LEADING.match(text)
    return leading is not None and ours.isdisjoint(name.lower() for name in _NAME.findall(leading[0]))


def _matter(text: str, u: Understanding, category: Category) -> str:
    if category in (Category.REPORT, Category.DANGER) and u.place.neighbourhood:
        what = u.service if category is Category.REPORT else u.danger or "general"
        return f"{what}:{u.place.neighbourhood}"
    tag = _TAG.search(text)
    if tag is not None and category not in (Category.REPORT, Category.DANGER, Category.QUESTION):
        return f"tag:{fold(tag[1])}"[:120]
    return f"text:{hashlib.sha256(fold(words_of(text)).encode()).hexdigest()[:32]}"
