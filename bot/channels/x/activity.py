"""Account activity (the webhook's payload, in the words of API v1.1) → what the parser of API v2 reads. Pure.

Source: https://docs.x.com/x-api/account-activity/introduction
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.channels.x.parsing import Account, Includes, event_id_of, left_alone, parse_message, parse_post
from bot.domain.messages import IncomingEvent

Json = Mapping[str, Any]
_NONSENSE = (KeyError, TypeError, ValueError, AttributeError, IndexError)


def events_of(payload: Json, account: Account, now: datetime) -> list[IncomingEvent]:
    """Posts and messages of a call; what is about another account is passed over."""
    if str(payload.get("for_user_id")) != account.user_id:
        return []
    return [*_posts(payload, account, now), *_messages(payload, account, now)]


def deleted_posts(payload: Json, account: Account) -> list[str]:
    """Ids of posts that were taken back."""
    found = payload.get("tweet_delete_events") if str(payload.get("for_user_id")) == account.user_id else ()
    return [str(entry["status"]["id"]) for entry in found or () if "id" in (entry.get("status") or {})]


def _posts(payload: Json, account: Account, now: datetime) -> Iterator[IncomingEvent]:
    for tweet in payload.get("tweet_create_events") or ():
        named = {"id": str(tweet.get("id_str", ""))}
        if event_id_of(named) is None:
            continue
        try:
            post, includes = _post(tweet)
            yield (
                parse_post(post, includes, account, now)
                if _names(tweet, account)
                else left_alone(post, "x_mention", now)
            )
        except _NONSENSE:
            yield left_alone(named, "x_mention", now)


def _messages(payload: Json, account: Account, now: datetime) -> Iterator[IncomingEvent]:
    for event in payload.get("direct_message_events") or ():
        named = {"id": str(event.get("id", ""))}
        if event_id_of(named) is None:
            continue
        try:
            message, includes = _message(event, payload.get("users") or {}, account)
            yield parse_message(message, includes, account, now)
        except _NONSENSE:
            yield left_alone(named, "x_dm", now)


def _post(tweet: Json) -> tuple[Json, Includes]:
    user, longer = tweet["user"], tweet.get("extended_tweet") or {}
    number = str(tweet["id_str"])
    answered = tweet.get("in_reply_to_status_id_str")
    kinds = {
        "retweeted": "retweeted_status" in tweet,
        "quoted": bool(tweet.get("is_quote_status")),
        "replied_to": bool(answered),
    }
    entities = longer.get("entities") or tweet.get("entities") or {}
    media = (longer.get("extended_entities") or tweet.get("extended_entities") or {}).get("media") or ()
    post = {
        "id": number,
        "text": longer.get("full_text") or tweet.get("full_text") or tweet.get("text"),
        "author_id": str(user["id_str"]),
        "created_at": _moment(str(tweet["created_at"])),
        "conversation_id": str(tweet.get("conversation_id_str") or answered or number),
        "referenced_tweets": [{"type": kind, "id": ""} for kind, is_so in kinds.items() if is_so],
        "entities": {"urls": [*(entities.get("urls") or ()), *(_link(one) for one in media)]},
        "edit_history_tweet_ids": (tweet.get("edit_history") or {}).get("edit_tweet_ids") or [number],
        "attachments": {"media_keys": [str(one["id_str"]) for one in media]} if media else {},
    }
    return post, Includes({"users": [_user(user, str(user["id_str"]))], "media": [_media(one) for one in media]})


def _message(event: Json, users: Json, account: Account) -> tuple[Json, Includes]:
    created = event["message_create"]
    data, sender = created["message_data"], str(created["sender_id"])
    media = [data["attachment"]["media"]] if (data.get("attachment") or {}).get("type") == "media" else []
    message = {
        "id": str(event["id"]),
        "text": data.get("text"),
        "sender_id": sender,
        "created_at": datetime.fromtimestamp(int(event["created_timestamp"]) / 1000, UTC).isoformat(),
        "dm_conversation_id": f"{sender}-{account.user_id}",
        "entities": {"urls": [_link(one) for one in media]},
        "attachments": {"media_keys": [str(one["id_str"]) for one in media]} if media else {},
    }
    return message, Includes(
        {"users": [_user(users.get(sender) or {}, sender)], "media": [_media(one) for one in media]}
    )


def _names(tweet: Json, account: Account) -> bool:
    """Whether the post mentions, answers or quotes us."""
    entities = (tweet.get("extended_tweet") or {}).get("entities") or tweet.get("entities") or {}
    mentioned = {str(mention.get("id_str")) for mention in entities.get("user_mentions") or ()}
    quoted = str(((tweet.get("quoted_status") or {}).get("user") or {}).get("id_str"))
    return account.user_id in mentioned | {str(tweet.get("in_reply_to_user_id_str")), quoted}


def _user(user: Json, number: str) -> Json:
    name, words = user.get("screen_name") or "", user.get("description")
    return {"id": number, "username": name, "name": user.get("name"), "description": words}


def _media(media: Json) -> Json:
    variants = [
        {**variant, "bit_rate": variant.get("bitrate")}
        for variant in (media.get("video_info") or {}).get("variants") or ()
    ]
    kind = str(media.get("type"))
    return {"media_key": str(media["id_str"]), "type": kind, "url": media.get("media_url_https"), "variants": variants}


def _link(media: Json) -> Json:
    return {"url": media.get("url"), "expanded_url": media.get("expanded_url"), "media_key": str(media.get("id_str"))}


def _moment(text: str) -> str:
    """'Mon May 19 14:01:46 +0000 2025' as ISO 8601."""
    return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y").isoformat()
