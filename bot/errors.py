"""Every error of this project, in three families; anything else that is raised is a bug.

HizmetError
├── UserError               the person who wrote or pressed can mend it: message key and data for the text
│   ├── TransitionRefused   the workflow does not know this change of status
│   ├── NotAllowed          the policy says no
│   ├── NotFound            no such request, review item, conversation …
│   └── StaleVersion        somebody else changed the record in between
├── TransientError          try again, after `retry_after` seconds where the other side told
│   ├── RateLimited
│   └── DatabaseAway
├── PermanentError          trying again can never work
│   ├── Unreachable         the citizen blocked the bot, closed the account, closed direct messages
│   ├── Rejected            the provider refuses this message
│   └── CredentialsRefused  wrong or revoked token
├── UncertainError          the provider may or may not have taken the message (time-out after sending)
├── ConfigError             a file or setting is wrong: says where and what is expected
└── TurnError               the engine could not finish a turn
"""

from __future__ import annotations


class HizmetError(Exception):
    """Base of the tree."""


class UserError(HizmetError):
    """What the person asked cannot be done; `key` names the text, `data` fills it."""

    def __init__(self, key: str, **data: object) -> None:
        super().__init__(f"{key} {data}" if data else key)
        self.key = key
        self.data = data


class TransitionRefused(UserError):
    """The transition table has no such step."""

    def __init__(self, before: str, after: str) -> None:
        super().__init__("transition_refused", before=before, after=after)


class NotAllowed(UserError):
    """The actor has no right to do this."""


class NotFound(UserError):
    """The thing that was named does not exist, or not for this person."""


class StaleVersion(UserError):
    """The record was changed by somebody else since it was read."""


class TransientError(HizmetError):
    """May work later; `retry_after` is in seconds, None where the other side did not say."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RateLimited(TransientError):
    """The provider asked us to wait."""


class DatabaseAway(TransientError):
    """The database cannot be reached."""


class PermanentError(HizmetError):
    """Will never work as it is."""


class Unreachable(PermanentError):
    """The citizen cannot be reached on this channel any more."""


class Rejected(PermanentError):
    """The provider refuses this message."""


class CredentialsRefused(PermanentError):
    """The provider refuses our token."""


class UncertainError(HizmetError):
    """The provider may have taken the message: the rule of its kind decides what happens next."""


class ConfigError(HizmetError):
    """A configuration file or setting is wrong."""

    def __init__(self, message: str, file: str | None = None, line: int | None = None) -> None:
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + message)
        self.file = file
        self.line = line


class TurnError(HizmetError):
    """A turn could not be finished; nothing of it was stored."""
