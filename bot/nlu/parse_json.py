"""The JSON object of `hizmet parse`: an interface for programs, so its keys are stable (docs/nlu.md)."""

from __future__ import annotations

from typing import Any

from bot.domain.understanding import Act, Understanding
from bot.municipality import Municipality

_ACTS = {Act.SKIP: Act.DENY}
"""Acts that the interface does not name, and what they are there."""
_MOST_ALTERNATIVES = 3


def parse_object(said: Understanding, municipality: Municipality) -> dict[str, Any]:
    """One text's object; null where there is nothing. `services` has the first service of every problem."""
    services = [problem.services[0].label for problem in said.problems if problem.services]
    first = municipality.services.get(services[0]) if services else None
    ranked = said.problems[0].services if services else ()
    place = said.place
    return {
        "text": said.text,
        "act": _ACTS.get(said.act, said.act).value,
        "act_confidence": round(said.act_confidence, 4),
        "kind": said.problems[0].kind.value if said.problems else None,
        "service": services[0] if services else None,
        "service_confidence": round(said.service_confidence, 4) if services else None,
        "alternatives": [
            {"service": entry.label, "confidence": round(entry.confidence, 4)}
            for entry in ranked[1 : 1 + _MOST_ALTERNATIVES]
        ],
        "services": services,
        "unit": municipality.units[first.unit] if first and first.unit else None,
        "body": municipality.bodies[first.body].name if first and first.body else None,
        "neighbourhood": place.neighbourhood,
        "district": place.district,
        "street": place.street,
        "door_no": place.door_no,
        "landmark": place.landmark,
        "tracking_no": said.tracking_no,
        "phone": said.phone,
        "urgent": said.urgent,
        "sensitive": said.sensitive,
        "language": said.language,
    }
