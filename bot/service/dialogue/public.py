"""Public posts: a short answer without anything personal, details in private; one matter in both places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.conversation import AwaitedKind, Draft, Mode, ReviewItem, ReviewReason
from bot.domain.messages import Reply
from bot.domain.publicity import MOST_WEIGHT, Category, Rule, SendMode
from bot.domain.understanding import Act
from bot.domain.weighing import weight
from bot.service.dialogue.alarms import ABOUT_PEOPLE, danger_of
from bot.service.dialogue.continuing import COUNTED, file_or_join
from bot.service.dialogue.drafts import MAX_DESCRIPTION, continues, new_draft, place_said, with_message
from bot.service.dialogue.moves import SURE_SERVICE
from bot.service.dialogue.posts import Made, edited, follow_edit, made_of, take_back, taken_back
from bot.service.dialogue.problems import problems_said
from bot.service.dialogue.talk import Talk, step
from bot.service.public_posts import Post, read_post, words_of
from bot.service.public_text import has_personal, masked
from bot.service.publicity import About, PublicDesk

TOGETHER = timedelta(hours=1)
"""Posts on one event within this time become one review item."""
MOST_ANSWERS = 3
"""So often the bot answers in one thread; then the team looks, and two robots don't talk for ever."""


@step("in_public")
def in_public(talk: Talk) -> None:
    """Answered, shown to the team, or left in the archive: by what the post is and by the municipality's rules.

    A person's thread is left to them, but for danger and for posts that were taken back.
    """
    talk.silent = True
    gone, changed = taken_back(talk.events), edited(talk.events)
    for ref in gone:
        take_back(talk, ref)
    if gone and not talk.text.strip():
        return
    post = read_post(talk.text, talk.understanding, talk.municipality)
    if post.category is Category.DANGER:
        _danger(talk, post)
    elif talk.conversation.mode == Mode.PERSON or (changed and _edited(talk, post, changed)):
        return
    elif talk.conversation.drafts and post.category in (Category.REPORT, Category.OTHER, Category.QUESTION):
        _goes_on(talk, post)
    elif post.category is Category.REPORT:
        _report(talk, post)
    elif post.category is Category.QUESTION:
        _answer(talk, post, "public_question", invites=True)
    elif post.category is Category.PRAISE:
        if talk.municipality.publicity.thanks:
            _answer(talk, post, "public_thanks")
    elif not post.aside and talk.municipality.publicity.rule(post.category) is Rule.DESK:
        reason = ReviewReason.ABUSE if post.category is Category.ABUSE else ReviewReason.PUBLIC_POST
        _show(talk, post, reason)


# -- danger
def _danger(talk: Talk, post: Post) -> None:
    """Answered and alerted each time, whoever else wrote the same. What and where it is makes it a request at once."""
    _say(talk, post, talk.texts("public_danger", _variant(talk)))
    u = talk.understanding
    known = u.service is not None and u.service_confidence >= SURE_SERVICE and place_said(talk).known
    people = danger_of(talk) in ABOUT_PEOPLE
    if known and not people:
        for draft in _drafts(talk):
            _urgent(talk, replace(draft, urgent=True))
    else:
        reason = ReviewReason.DISTRESS if people else ReviewReason.URGENT
        talk.reviews.open(reason, talk.conversation, None, _summary(talk))


def _urgent(talk: Talk, draft: Draft) -> bool:
    """File what cannot wait and alert the team; only alert them where it isn't known what or where. Whether filed."""
    complete = draft.service is not None and draft.confidence >= SURE_SERVICE and draft.place.known
    if not complete:
        talk.reviews.open(ReviewReason.URGENT, talk.conversation, None, _summary(talk))
        return False
    said = list(talk.replies)  # what filing says is for private conversations
    request = file_or_join(talk, draft)
    talk.replies[:] = said
    talk.reviews.open(ReviewReason.URGENT, talk.conversation, request, _summary(talk))
    return True


# -- reports
def _report(talk: Talk, post: Post) -> None:
    """What another body does is said so; all else is asked for in private, once a thread, and waits for a while."""
    invited, fresh = bool(talk.conversation.drafts), _drafts(talk)
    bodies = [talk.municipality.services[draft.service].body if draft.service else None for draft in fresh]
    if all(bodies):
        told = [talk.municipality.bodies[code] for code in dict.fromkeys(bodies) if code is not None]
        others = "".join(f"{body.name}{talk.texts.phone_of(body)} ve " for body in told[:-1])
        _answer(talk, post, "public_body", body=f"{others}{told[-1].name}", phone=talk.texts.phone_of(told[-1]))
        if any(draft.urgent for draft in fresh):
            talk.reviews.open(ReviewReason.URGENT, talk.conversation, None, _summary(talk))
        return
    warning = talk.texts("public_danger", _variant(talk)) if any(draft.urgent for draft in fresh) else ""
    known = fresh[0].place.neighbourhood
    key = "public_report_known" if known else "public_report"
    counted = not invited and not _answer(talk, post, key, True, warning, neighbourhood=known or "")
    for draft in fresh:
        if not (draft.urgent and _urgent(talk, draft)):
            talk.begin(replace(draft, asked=(COUNTED,)) if counted else draft)
    if talk.conversation.drafts:
        talk.await_(AwaitedKind.PRIVATE, talk.municipality.publicity.wait.total_seconds() / 3600)


def _drafts(talk: Talk) -> list[Draft]:
    """A draft for each problem of the post, in its own words without personal numbers."""
    said = enumerate(problems_said(talk, place_said(talk)))
    return [_masked(talk, new_draft(talk, each.problem, index, each)) for index, each in said]


def _masked(talk: Talk, draft: Draft) -> Draft:
    words = "\n".join(words_of(line) for line in draft.description.split("\n"))
    return replace(draft, description=masked(words, talk.municipality)[:MAX_DESCRIPTION])


def _goes_on(talk: Talk, post: Post) -> None:
    """More in the same thread: it completes the draft that it fits, or is another problem; nothing is asked twice."""
    draft = next((draft for draft in talk.conversation.drafts if _adds_to(talk, draft)), None)
    if draft is None:
        _report(talk, post)
        return
    description = f"{draft.description}\n{words_of(talk.text)}"
    added = replace(with_message(talk, draft, describe=False), description=description)
    _put(talk, draft, _masked(talk, added))
    if has_personal(talk.text, talk.municipality):
        _hint(talk, post)


def _adds_to(talk: Talk, draft: Draft) -> bool:
    """Whether the post is about the draft: not a clear report of another thing, nor of the same in another place."""
    if talk.understanding.act is not Act.REPORT or not talk.understanding.problems:
        return True
    said, known = place_said(talk), draft.place
    elsewhere = any(
        there and here and there != here
        for there, here in ((known.neighbourhood, said.neighbourhood), (known.street, said.street))
    )
    return continues(talk, draft) and (not elsewhere or known.neighbourhood in talk.understanding.negated)


def _put(talk: Talk, old: Draft, *new: Draft) -> None:
    """`new` in the place of `old`. What became urgent by it doesn't wait any longer."""
    kept: list[Draft] = []
    for draft in talk.conversation.drafts:
        kept += [replace(each, touched_at=talk.now) for each in new] if draft.key == old.key else [draft]
    talk.conversation.drafts = tuple(kept)
    for draft in new:
        if draft.urgent and not old.urgent:
            _urgent(talk, draft)


# -- posts that were edited
def _edited(talk: Talk, post: Post, refs: Sequence[str]) -> bool:
    """Whether what was made of the posts followed their new words; else they are read as new ones."""
    followed = False
    for ref in refs:
        made = made_of(talk, ref)
        if any(made.of(draft) for draft in talk.conversation.drafts):
            _redraft(talk, post, made)
            followed = True
        elif follow_edit(talk, ref):
            followed = True
    return followed


def _redraft(talk: Talk, post: Post, made: Made) -> None:
    """The drafts of an edited post as its new words tell them; keys, photos and what was counted stay."""
    old = [draft for draft in talk.conversation.drafts if made.of(draft)]
    first, fresh = old[0], _drafts(talk)
    if talk.understanding.problems:
        files = first.attachment_ids + tuple(i for i in talk.attachment_ids if i not in first.attachment_ids)
        keys = [draft.key for draft in old] + [draft.key for draft in fresh[len(old) :]]
        new = [replace(draft, key=key, asked=first.asked) for key, draft in zip(keys, fresh, strict=False)]
        new[0] = replace(new[0], attachment_ids=files)
    else:
        new = [replace(with_message(talk, first, describe=False), description=fresh[0].description)]
    dropped = {draft.key for draft in old[1:]}
    talk.conversation.drafts = tuple(draft for draft in talk.conversation.drafts if draft.key not in dropped)
    _put(talk, first, *new)
    if has_personal(talk.text, talk.municipality):
        _hint(talk, post)


# -- answers
def _answer(talk: Talk, post: Post, key: str, invites: bool = False, warning: str = "", **data: object) -> bool:
    """Answer, once for an event and a few times in a thread; False where the post was only counted or shown."""
    personal = talk.texts("public_personal", _variant(talk)) if has_personal(talk.text, talk.municipality) else ""
    if _counted(talk, post):
        if personal:
            _hint(talk, post)
        return False
    if _answered_often(talk):
        talk.reviews.open(ReviewReason.PUBLIC_POST, talk.conversation, None, _summary(talk)).matter = post.matter
        return False
    text = talk.texts(key, _variant(talk), **data)
    for before, after in ((warning, ""), ("", personal)):
        longer = " ".join(part for part in (before, text, after) if part)
        text = longer if weight(longer) <= MOST_WEIGHT else text
    _say(talk, post, text, invites)
    if talk.municipality.publicity.mode(post.category) is SendMode.AUTOMATIC:
        _remember(talk, post)
    return True


def _variant(talk: Talk) -> int:
    """Which wording: another one in each thread and turn, the same whenever the turn is played again."""
    return (talk.conversation.id or 0) + talk.conversation.turns


def _answered_often(talk: Talk) -> bool:
    lines = talk.uow.conversations.thread(talk.conversation.id or 0, 50)
    return sum(line.direction == "out" and line.author == "bot" for line in lines) >= MOST_ANSWERS


def _say(talk: Talk, post: Post, text: str, invites: bool = False) -> None:
    talk.replies.append(Reply(text, public=True, invites=invites))
    talk.about = About(post.category, _summary(talk), post.matter)


def _hint(talk: Talk, post: Post) -> None:
    """That personal numbers should not stand there: with the draft that waits, else by itself. It answers no event."""
    text = talk.texts("public_personal", _variant(talk))
    if PublicDesk(talk.uow, talk.municipality, talk.now).lengthen(talk.conversation, text):
        return
    talk.replies.append(Reply(text, public=True))
    talk.about = About(post.category, _summary(talk))


def _remember(talk: Talk, post: Post) -> None:
    """An answered event, so that the next post on it within the hour is counted instead of answered."""
    item = ReviewItem(
        ReviewReason.PUBLIC_POST,
        talk.now,
        talk.conversation.id,
        state="closed",
        matter=post.matter,
        closed_at=talk.now,
        closed_reason="answered",
    )
    talk.uow.reviews.add(item)


def _counted(talk: Talk, post: Post) -> bool:
    """Whether others posted on the same event within the hour: then this one is counted with theirs."""
    earlier = talk.uow.reviews.of_matter(post.matter, talk.now - TOGETHER)
    if earlier is None or earlier.conversation_id == talk.conversation.id:
        return False
    if earlier.state == "closed":
        item = talk.reviews.open(ReviewReason.PUBLIC_POST, talk.conversation, None, _summary(talk))
        item.matter, item.count = post.matter, earlier.count + 1
    else:
        earlier.count += 1
    return True


def _show(talk: Talk, post: Post, reason: ReviewReason) -> None:
    if not _counted(talk, post):
        talk.reviews.open(reason, talk.conversation, None, _summary(talk)).matter = post.matter


def _summary(talk: Talk) -> str:
    return masked(talk.text.strip()[:500], talk.municipality)
