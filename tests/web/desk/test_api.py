"""The JSON API: what a key may see and do, that nothing is overwritten, and that its description is true."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, RefResolver
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.domain.messages import OutboxRow
from bot.domain.requests import Status
from bot.service.tokens import Tokens
from bot.service.webhooks import message
from bot.web.api.app import PREFIX, api_routes, description
from bot.web.api.calls import ApiRoute
from bot.web.desk.frame import Desk
from tests.web.desk.office import PHONE, file_request, reread
from tests.web.desk.scenery import snapshot
from tests.web.stage import Stage


class Program:
    """A program with a key. Every answer is held against the description."""

    def __init__(self, stage: Stage, client: TestClient, key: str) -> None:
        self.stage, self.client, self.key = stage, client, key

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}"} | more.pop("headers", {})
        answer: httpx.Response = self.client.request(method, PREFIX + path, headers=headers, **more)
        fits_the_description(method, path, answer)
        return answer

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.call("POST", path, json=body, **more)


def template_of(path: str) -> str:
    """The path of the description that an address belongs to."""
    plain = path.partition("?")[0]
    for template in description()["paths"]:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), plain):
            return str(template)
    raise AssertionError(f"{path} is not described")


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = description()
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    assert isinstance(found, dict)
    return found


def fits(schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator(schema, resolver=RefResolver.from_schema(description())).validate(value)


def fits_the_description(method: str, path: str, answer: httpx.Response) -> None:
    described = description()["paths"][template_of(path)][method.lower()]["responses"]
    assert str(answer.status_code) in described, f"{method} {path} answers {answer.status_code}"
    (media_type, content), *_ = resolved(described[str(answer.status_code)])["content"].items()
    assert answer.headers["content-type"] == media_type
    fits(content["schema"], answer.json())


@pytest.fixture
def client(stage: Stage) -> Iterator[TestClient]:
    with TestClient(stage.app()) as client:
        yield client


def key_for(stage: Stage, name: str, unit: str | None = None, writes: bool = True) -> str:
    with stage.uows() as uow:
        key = Tokens(uow, stage.municipality, stage.clock.now()).make(name, unit, writes, "staff:boss")
        uow.commit()
    return key


@pytest.fixture
def program(stage: Stage, client: TestClient) -> Program:
    return Program(stage, client, key_for(stage, "central"))


@pytest.fixture
def cleaning(stage: Stage, client: TestClient) -> Program:
    return Program(stage, client, key_for(stage, "cleaning-app", "cleaning"))


# -- keys
@pytest.mark.parametrize("given", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer hzm_" + "x" * 43, "Bearer \x7f\x00"])
def test_without_a_key_there_is_nothing(client: TestClient, given: str) -> None:
    answer = client.get(f"{PREFIX}/requests", headers={"authorization": given.encode("latin-1")})
    assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Bearer")
    fits_the_description("GET", "/requests", answer)


def test_a_revoked_key_works_no_more(stage: Stage, program: Program) -> None:
    assert program.get("/requests").status_code == 200
    with stage.uows() as uow:
        (kept,) = uow.staff.tokens()
        assert kept.last_used_at == stage.clock.now()
        Tokens(uow, stage.municipality, stage.clock.now()).revoke(kept.id or 0, "staff:boss")
        uow.commit()
    assert program.get("/requests").status_code == 401


def test_a_reading_key_changes_nothing(stage: Stage, client: TestClient) -> None:
    request = file_request(stage)
    reader = Program(stage, client, key_for(stage, "reader", writes=False))
    body = {"status": "in_progress", "version": request.version}
    assert reader.post(f"/requests/{request.tracking_no}/status", body).status_code == 403
    assert reader.post(f"/requests/{request.tracking_no}/notes", {"text": "x"}).status_code == 403
    assert reread(stage, request.tracking_no).status == Status.RECEIVED


def test_guessing_keys_and_calling_too_often_is_slowed_down(client: TestClient, program: Program) -> None:
    for number in range(20):
        assert client.get(f"{PREFIX}/requests", headers={"authorization": f"Bearer hzm_{number}"}).status_code == 401
    assert client.get(f"{PREFIX}/requests", headers={"authorization": "Bearer hzm_x"}).status_code == 429
    program.stage.ticking.seconds += 3600
    codes = [program.get("/catalogue").status_code for _ in range(121)]
    assert codes[:120] == [200] * 120 and codes[120] == 429


# -- reading
def test_a_units_key_sees_its_own_requests_only(stage: Stage, program: Program, cleaning: Program) -> None:
    ours, theirs = file_request(stage, "waste_container"), file_request(stage, "park_maintenance")
    assert {item["number"] for item in program.get("/requests").json()["items"]} == {
        ours.tracking_no,
        theirs.tracking_no,
    }
    assert [item["number"] for item in cleaning.get("/requests").json()["items"]] == [ours.tracking_no]
    assert cleaning.get("/requests?unit=parks").json()["items"] == []
    assert cleaning.get(f"/requests/{ours.tracking_no}").status_code == 200
    unseen, unknown = cleaning.get(f"/requests/{theirs.tracking_no}"), cleaning.get("/requests/SLC-2026-999999")
    assert unseen.status_code == unknown.status_code == 404
    assert unseen.json()["detail"] == unknown.json()["detail"]
    path = f"/requests/{theirs.tracking_no}"
    assert cleaning.post(f"{path}/status", {"status": "resolved", "version": 1}).status_code == 404
    assert cleaning.post(f"{path}/notes", {"text": "x"}).status_code == 404
    assert reread(stage, theirs.tracking_no).status == Status.RECEIVED


def test_a_list_is_paged_to_its_end(stage: Stage, program: Program) -> None:
    filed = [file_request(stage).tracking_no for _ in range(5)]
    seen: list[str] = []
    path = "/requests?limit=2"
    while True:
        page = program.get(path).json()
        seen += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        file_request(stage)  # what comes in meanwhile moves nothing
        path = f"/requests?limit=2&cursor={page['next']}"
    assert seen == filed[::-1]


def test_filters_leave_what_fits(stage: Stage, program: Program) -> None:
    old = file_request(stage)
    stage.clock.advance(timedelta(days=1))
    moment = stage.clock.now().isoformat()
    new = file_request(stage, "park_maintenance")

    def found(**query: Any) -> list[str]:
        address = "/requests?" + str(httpx.QueryParams(query))
        return [item["number"] for item in program.get(address).json()["items"]]

    assert found(unit="parks") == [new.tracking_no]
    assert found(created_since=moment) == found(changed_since=moment) == [new.tracking_no]
    assert found(created_until=moment) == [old.tracking_no]
    assert found(status="resolved") == []
    assert program.get("/requests?status=resolved&status=received").json()["items"] != []


@pytest.mark.parametrize(
    "query",
    [
        "status=done", "kind=x", "priority=x", "limit=0", "limit=201", "limit=x", "limit=٣", "cursor=x",
        "cursor=aWQ6eA", "cursor=%00", "created_since=yesterday", "created_since=2026-11-23T09:00:00", "sort=name",
        "changed_since=1e9",
    ],
)  # fmt: skip
def test_wrong_parameters_are_told(program: Program, query: str) -> None:
    assert program.get(f"/requests?{query}").status_code == 422


def test_nothing_personal_is_given_out(stage: Stage, program: Program) -> None:
    request = file_request(stage, text=f"Beni {PHONE} numarasından arayın, T.C. 10000000146", name="Ayşe Yılmaz")
    answer = program.get(f"/requests/{request.tracking_no}").text
    listed = program.get("/requests").text
    for secret in (PHONE, "10000000146", "Ayşe", request.access_code, "thread-"):
        assert secret not in answer and secret not in listed
    assert "[telefon]" in answer


def test_the_words_of_a_sensitive_request_stay_at_the_desk(stage: Stage, program: Program) -> None:
    request = file_request(stage, text="Komşum eşini dövüyor")
    with stage.uows() as uow:
        kept = uow.requests.get(request.id or 0, lock=True)
        assert kept is not None
        kept.sensitive = True
        uow.commit()
    program.post(f"/requests/{request.tracking_no}/notes", {"text": "Komşu arandı"})
    shown = program.get(f"/requests/{request.tracking_no}")
    assert shown.json()["description"] is None and "dövüyor" not in shown.text and "arandı" not in shown.text


# -- changing
def test_a_status_is_changed_through_the_gate_and_the_citizen_is_told(stage: Stage, cleaning: Program) -> None:
    request = file_request(stage)
    path = f"/requests/{request.tracking_no}"
    seen = cleaning.get(path)
    answer = cleaning.post(
        f"{path}/status",
        {"status": "resolved", "note": "Konteyner boşaltıldı"},
        headers={"if-match": seen.headers["etag"]},
    )
    assert answer.status_code == 200 and answer.json()["status"] == "resolved"
    assert answer.headers["etag"] != seen.headers["etag"]
    with stage.reads() as uow:
        told = uow.session.scalars(select(OutboxRow)).all()
        entry = uow.requests.history(request.id or 0)[-1]
    assert any("Konteyner boşaltıldı" in row.body["text"] for row in told)
    assert entry.actor == "api:cleaning-app"


def test_what_changed_since_is_not_overwritten(stage: Stage, program: Program) -> None:
    request = file_request(stage)
    path = f"/requests/{request.tracking_no}/status"
    body: dict[str, Any] = {"status": "in_progress"}
    assert program.post(path, body).status_code == 428
    assert program.post(path, body | {"version": request.version}).status_code == 200
    late = program.post(path, {"status": "resolved", "version": request.version})
    assert late.status_code == 409 and late.json()["key"] == "stale_version"
    stale = program.post(path, {"status": "resolved"}, headers={"if-match": f'"{request.version}"'})
    assert stale.status_code == 412 and stale.json()["version"] > request.version
    assert program.post(path, {"status": "resolved"}, headers={"if-match": "nonsense"}).status_code == 412
    assert reread(stage, request.tracking_no).status == Status.IN_PROGRESS
    assert program.post(path, {"status": "resolved"}, headers={"if-match": "*"}).status_code == 200


def test_to_another_unit_or_body_needs_its_code(stage: Stage, program: Program) -> None:
    request = file_request(stage)
    path = f"/requests/{request.tracking_no}/status"
    star = {"if-match": "*"}
    assert program.post(path, {"status": "assigned"}, headers=star).status_code == 422
    assert program.post(path, {"status": "assigned", "unit": "nowhere"}, headers=star).status_code == 422
    assert program.post(path, {"status": "assigned", "unit": "parks"}, headers=star).json()["unit"] == "parks"
    body = next(iter(stage.municipality.bodies))
    forwarded = program.post(path, {"status": "forwarded", "body": body, "sent": True}, headers=star).json()
    assert (forwarded["status"], forwarded["body"]) == ("forwarded", body)
    refused = program.post(path, {"status": "in_progress"}, headers=star)
    assert refused.status_code == 409 and refused.json()["key"] == "transition_refused"
    assert program.post(path, {"status": "duplicate"}, headers=star).status_code == 422


def test_a_note_is_for_the_staff(stage: Stage, program: Program) -> None:
    request = file_request(stage)
    path = f"/requests/{request.tracking_no}/notes"
    stage.clock.advance(timedelta(minutes=1))
    answer = program.post(path, {"text": " Parça beklendi \u202e"}).json()
    assert (answer["history"][-1]["note"], answer["history"][-1]["note_kind"]) == ("Parça beklendi", "internal")
    with stage.reads() as uow:
        assert uow.session.scalars(select(OutboxRow)).all() == []
    assert program.post(path, {"text": "x", "version": 1}).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {}, {"status": 5}, {"status": "done"}, {"status": "resolved", "note": ""},
        {"status": "resolved", "note": "x" * 2001}, {"status": "resolved", "colour": "red"},
        {"status": "resolved", "version": "1"}, {"status": "resolved", "version": True},
        {"status": "forwarded", "body": "koski", "sent": "yes"}, {"status": None},
    ],
)  # fmt: skip
def test_wrong_bodies_change_nothing(stage: Stage, program: Program, body: dict[str, Any]) -> None:
    request = file_request(stage)
    answer = program.post(f"/requests/{request.tracking_no}/status", body, headers={"if-match": "*"})
    assert answer.status_code == 422
    assert reread(stage, request.tracking_no).status == Status.RECEIVED


def test_bodies_that_are_no_json_or_too_large_are_refused(stage: Stage, program: Program) -> None:
    path = f"/requests/{file_request(stage).tracking_no}/notes"
    for content in (b"", b"[]", b"{", b"[" * 30_000, b'{"text": "\xff"}'):
        assert program.call("POST", path, content=content).status_code == 400
    assert program.call("POST", path, content=b'{"text": "' + b"x" * 70_000 + b'"}').status_code == 413
    assert program.call("POST", path, content=b"x" * 2_000_000).status_code == 413
    assert program.call("POST", path, content=(b"x" * 10_000 for _ in range(20))).status_code == 413


def test_every_problem_is_told_as_rfc_9457_says(client: TestClient, program: Program) -> None:
    key = {"authorization": f"Bearer {program.key}"}
    answers = [
        client.get(f"{PREFIX}/nothing", headers=key),
        client.delete(f"{PREFIX}/requests", headers=key),
        client.post(f"{PREFIX}/requests/x/notes", headers=key | {"origin": "https://evil.example"}, json={"text": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 405, 403]
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json"
        fits(description()["components"]["schemas"]["Problem"], answer.json())


# -- every resource
def test_every_resource_keeps_to_the_rights_of_the_key(stage: Stage, client: TestClient, cleaning: Program) -> None:
    """No key, a key that only reads, a key of another unit: on each resource, and nothing changes."""
    ours, theirs = file_request(stage), file_request(stage, "park_maintenance")
    reader = Program(stage, client, key_for(stage, "reader", writes=False))
    before = snapshot(stage)
    body = {"status": "resolved", "text": "x", "version": 1}
    for route in routes(stage):
        own, other = (route.path.replace("{number}", one.tracking_no) for one in (ours, theirs))
        assert client.request(route.method, PREFIX + own).status_code == 401
        if route.writes:
            assert reader.call(route.method, own, json=body).status_code == 403
        if "{number}" in route.path:
            for number in (
                other,
                own.replace(ours.tracking_no, "..%2f..%2fx"),
                own.replace(ours.tracking_no, "9" * 60),
            ):
                fields = {name: value for name, value in body.items() if name in _fields(route)}
                assert cleaning.call(route.method, number, json=fields).status_code == 404
    marks = {"api_tokens"}  # when a key was last used
    assert {name: rows for name, rows in snapshot(stage).items() if name not in marks} == {
        name: rows for name, rows in before.items() if name not in marks
    }


def _fields(route: ApiRoute) -> set[str]:
    described = description()["paths"][route.path][route.method.lower()].get("requestBody")
    return set(described["content"]["application/json"]["schema"]["properties"]) if described else set()


# -- the description
def routes(stage: Stage) -> list[ApiRoute]:
    limits: Any = None
    desk = Desk(stage.settings, stage.municipality, stage.uows, stage.reads, stage.clock, stage.files, limits)
    found = api_routes(desk)
    assert len(found) >= 5
    return found


def test_the_description_names_every_resource_and_no_other(stage: Stage) -> None:
    described = {
        (path, method.upper())
        for path, item in description()["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    }
    assert described == {(route.path, route.method) for route in routes(stage)}


def test_the_description_is_served_openly_and_as_valid_json_schema(client: TestClient) -> None:
    served = client.get(f"{PREFIX}/openapi.json").json()
    assert served["openapi"].startswith("3.1") and served["servers"][0]["url"].endswith(PREFIX)
    for schema in served["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert set(served["components"]["schemas"]["Status"]["enum"]) == set(Status)


def test_what_the_webhook_posts_is_described(stage: Stage) -> None:
    request = file_request(stage)
    with stage.reads() as uow:
        entry = uow.requests.history(request.id or 0)[0]
    posted = json.loads(json.dumps(message(request, entry)))
    fits(description()["components"]["schemas"]["HistoryMessage"], posted)


def test_the_catalogue_holds_the_codes_that_requests_use(stage: Stage, program: Program) -> None:
    catalogue = program.get("/catalogue").json()
    assert {unit["code"] for unit in catalogue["units"]} == set(stage.municipality.units)
    assert {status["code"] for status in catalogue["statuses"]} == set(Status)


def test_requests_read_alike_on_both_databases(both: Stage) -> None:
    request = file_request(both)
    with TestClient(both.app()) as client:
        program = Program(both, client, key_for(both, "central"))
        path = f"/requests/{request.tracking_no}/status"
        assert program.post(path, {"status": "in_progress", "version": request.version}).status_code == 200
        page = program.get(f"/requests?changed_since={both.clock.now().strftime('%Y-%m-%dT%H:%M:%SZ')}")
        assert [item["status"] for item in page.json()["items"]] == ["in_progress"]
