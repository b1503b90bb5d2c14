"""Law 8: a second municipality is a file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.messages import EventKind
from bot.domain.requests import Place
from bot.domain.understanding import Act
from bot.engine.scripted import ScriptedEngine
from bot.municipality import load_municipality
from bot.rehearsal.stage import Stage
from tests.support import report, small_municipality, understood


def test_a_small_municipality_files_under_its_own_prefix_and_unit(tmp_path: Path) -> None:
    town = load_municipality(small_municipality(tmp_path))
    place = Place(neighbourhood="Yukarı", street="Gül Sokak")
    known = {
        "konteyner dolu": report("konteyner dolu", place=place),
        "su yok": report("su yok", "water_outage", place=place),
        "evet": understood("evet", Act.AFFIRM),
    }
    stage = Stage.at(tmp_path / "k.db", ScriptedEngine(known), town)

    async def talk() -> list[str]:
        heard = []
        for text in ("konteyner dolu", "evet", "su yok", "evet"):
            heard += await stage.play(stage.event("telegram", "a", EventKind.TEXT, text=text))
        return [message.reply.text for message in heard]

    replies = asyncio.run(talk())
    assert any("KCK-2026-000001" in text and "Fen İşleri" in text for text in replies)
    assert any("Küçükova Su" in text and "100" in text for text in replies)
    assert not any("Selçuklu" in text or "SLC" in text for text in replies)
