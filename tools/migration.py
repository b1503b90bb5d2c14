"""Writes migrations from bot/db/tables.py.

.venv/bin/python tools/migration.py initial            writes 0001 anew: only until the first release
.venv/bin/python tools/migration.py add "What and why" writes the next one from what differs; read it, then commit
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from bot.db.engine import make_engine
from bot.db.migrate import MIGRATIONS, configuration, upgrade

VERSIONS = MIGRATIONS / "versions"
APPEND_ONLY = ("request_history", "audit")


def write(message: str, number: int) -> Path:
    """Compare the tables with an empty database that is migrated so far; write what is missing."""
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/empty.db"
        if number > 1:
            upgrade(url)
        engine = make_engine(url)
        with engine.begin() as connection:
            script = command.revision(configuration(connection), message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    assert script is not None and not isinstance(script, list)
    return Path(script.path)


def main(arguments: list[str]) -> None:
    match arguments:
        case ["initial"]:
            for old in VERSIONS.glob("*.py"):
                old.unlink()
            path = write("All tables", 1)
            text = path.read_text(encoding="utf-8")
            text = text.replace("\nrevision =", "from bot.db.migrations.append_only import protect\n\nrevision =", 1)
            tables = ", ".join(f'"{table}"' for table in APPEND_ONLY)
            text = text.replace("\n\n\ndef downgrade", f"\n    protect({tables})\n\n\ndef downgrade", 1)
            path.write_text(text, encoding="utf-8")
        case ["add", message]:
            number = len(list(ScriptDirectory.from_config(configuration()).walk_revisions())) + 1
            path = write(message, number)
        case _:
            sys.exit(__doc__)
    for step in (["check", "--fix-only", "--quiet"], ["format", "--quiet"], ["check", "--add-noqa", "--quiet"]):
        subprocess.run([Path(sys.executable).with_name("ruff"), *step, path], check=True)
    print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
