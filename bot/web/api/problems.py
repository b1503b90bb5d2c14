"""What the API answers where something cannot be done: problem details as RFC 9457 says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from bot.errors import NotAllowed, NotFound, StaleVersion, TransitionRefused, UserError

MEDIA_TYPE = "application/problem+json"
DETAILS: Mapping[str, str] = {
    "token_needed": "Send a key: Authorization: Bearer hzm_…",
    "token_refused": "The key is unknown or was revoked.",
    "read_only": "The key may read only.",
    "not_found": "There is no such resource.",
    "request_not_found": "There is no such request, or the key may not see it.",
    "method_not_allowed": "The resource does not know this method.",
    "not_json": "The body is not a JSON object.",
    "foreign_origin": "Pages of other sites may not call.",
    "too_large": "The body is too large.",
    "too_slow": "The body came too slowly.",
    "too_many": "Too many calls. Wait as long as Retry-After says.",
    "try_again": "The database is away. Try again.",
    "version_needed": "Send the version that you saw, as If-Match or in the body.",
    "stale_version": "The request was changed since. Read it again.",
    "transition_refused": "This status cannot follow that one.",
    "unknown_parameter": "The query has a parameter that does not exist here.",
    "bad_parameter": "A parameter has a value that cannot be.",
    "unknown_field": "The body has a field that does not exist here.",
    "bad_field": "A field has a value that cannot be.",
    "field_needed": "A field is missing.",
    "unknown_unit": "There is no such unit.",
    "unknown_body": "There is no such body.",
    "internal": "Something failed on our side.",
}
_STATUS = {NotAllowed: 403, NotFound: 404, StaleVersion: 409, TransitionRefused: 409}


class Problem(Exception):
    """Ends a call with a problem; `key` is a stable word for programs, `more` goes into the answer."""

    def __init__(self, status: int, key: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(key)
        self.status, self.key, self.more = status, key, more
        self.headers = dict(headers or {})

    def response(self) -> Response:
        body = {
            "type": f"urn:hizmet:{self.key}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": DETAILS.get(self.key, self.key.replace("_", " ")),
            "key": self.key,
            **self.more,
        }
        content = json.dumps(body, ensure_ascii=False, default=str)
        return Response(content, self.status, self.headers, media_type=MEDIA_TYPE)


def problem_of(error: UserError) -> Problem:
    """The problem that an error of the services is."""
    data: dict[str, Any] = {name: value for name, value in error.data.items() if isinstance(value, str | int)}
    return Problem(_STATUS.get(type(error), 422), error.key, **data)
