"""The rooms of the code: who may import whom, how large a module may grow, what must stand beside a `type: ignore`.

docs/architecture.md tells why. Each test first makes sure that it found files to look at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVERYONE = {"bot.errors"}
READ_ONLY = EVERYONE | {"bot.municipality", "bot.turkish"}
CORE = READ_ONLY | {"bot.domain", "bot.ports", "bot.desk_ports"}

MAY_IMPORT: dict[str, set[str]] = {
    "bot.errors": set(),
    "bot.turkish": set(),
    "bot.domain": EVERYONE,
    "bot.municipality": EVERYONE | {"bot.turkish", "bot.domain"},
    "bot.config": EVERYONE,
    "bot.clock": set(),
    "bot.sealing": EVERYONE,
    "bot.ports": EVERYONE | {"bot.domain", "bot.desk_ports"},
    "bot.desk_ports": EVERYONE | {"bot.domain"},
    "bot.service": CORE
    | {"bot.sealing", "bot.nlu.identifiers", "bot.nlu.people", "bot.nlu.places", "bot.nlu.gazetteer"},
    "bot.nlu": READ_ONLY | {"bot.domain", "bot.config"},
    "bot.engine": CORE | {"bot.nlu"},
    "bot.db": CORE,
    "bot.channels": CORE | {"bot.config", "bot.sealing", "bot.service.receiving"},
    "bot.delivery": CORE | {"bot.service"},
    "bot.web": CORE | {"bot.config", "bot.clock", "bot.service"},
    "bot.evaluation": CORE | {"bot.config", "bot.nlu"},
    "bot.operations": CORE
    | {"bot.config", "bot.clock", "bot.db", "bot.sealing", "bot.channels.alerts", "bot.channels.x"},
    "actions": CORE | {"bot.service"},
}
"""A room and what it may import besides itself. `bot.bootstrap`, `bot.commands` and `bot.cli` may import everything."""

QUERIES = re.compile(r"bot\.db\.(\w+_)?queries")
"""Reads for screens: the one part of `bot.db` that `bot.web` may use."""

WIRING = ("bot.bootstrap", "bot.commands", "bot.cli", "bot.rehearsal")
MODULE_LINES = 500


def modules(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "_pb2" not in path.name]
    assert len(found) > 20, "no files to check: did the folders move?"
    return found


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Everything of ours that the module imports, inside functions and for type checking as well."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
            names += [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "bot" else []
        else:
            continue
        yield from (name for name in names if within(name, "bot") or within(name, "actions"))


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def room_of(module: str) -> str | None:
    return next((room for room in MAY_IMPORT if within(module, room)), None)


def allowed(module: str, imported: str) -> bool:
    if any(within(module, part) for part in WIRING) or module in ("bot", "actions") or imported == "bot":
        return True
    room = room_of(module)
    assert room is not None, f"{module} stands in no room: add it to MAY_IMPORT"
    if any(within(imported, target) for target in {room, *MAY_IMPORT[room]}):
        return True
    return room == "bot.web" and bool(QUERIES.match(imported))


def test_every_room_of_the_list_exists() -> None:
    for room in MAY_IMPORT:
        place = ROOT / room.replace(".", "/")
        assert place.is_dir() or place.with_suffix(".py").is_file(), f"{room} is gone"


@pytest.mark.parametrize("path", modules("bot", "actions"), ids=name_of)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    module = name_of(path)
    forbidden = sorted({imported for imported in imports_of(path) if not allowed(module, imported)})
    assert not forbidden, f"{module} must not import {', '.join(forbidden)}"


def test_the_rule_itself_catches_what_is_forbidden() -> None:
    assert not allowed("bot.domain.requests", "bot.ports")
    assert not allowed("bot.service.turn", "bot.db.tables")
    assert not allowed("bot.channels.telegram.polling", "bot.db.queues")
    assert not allowed("bot.nlu.reading", "bot.service.texts")
    assert not allowed("bot.web.chat", "bot.db.tables")
    assert allowed("bot.web.chat", "bot.db.chat_queries")
    assert allowed("bot.commands.requests", "bot.db.tables")


def test_no_module_is_over_500_lines() -> None:
    written = [path for path in modules("bot", "actions") if "versions" not in path.parts]  # migrations are generated
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written}
    assert not {name: size for name, size in sizes.items() if size > MODULE_LINES}


def test_every_type_ignore_has_its_code_and_a_reason() -> None:
    bare = re.compile(r"#\s*type:\s*ignore(?!\[[\w-]+(,\s*[\w-]+)*\]\s+#\s*\S)")
    found = [
        f"{name_of(path)}:{number}"
        for path in modules("bot", "actions")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert not found


def test_files_that_are_shared_name_no_registry_and_no_machine() -> None:
    """What is installed comes from wherever the machine's owner says."""
    names = ["Makefile", "tools/setup.sh", "requirements.lock", "requirements-uv.txt", "pyproject.toml", ".ci/run"]
    paths = [ROOT / name for name in names]
    assert all(path.is_file() for path in paths)
    hosts = re.compile(r"https?://|--index-url|--extra-index|--find-links|/(root|home|opt)/")
    assert not [path.name for path in paths if hosts.search(path.read_text(encoding="utf-8"))]
