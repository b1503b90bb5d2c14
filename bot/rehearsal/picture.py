"""The picture of the dialogue in docs/dialogue.md, made from the code: `python -m bot.rehearsal.picture`.

Every step of a draft is asked what each kind of answer means there; the moves that come out make edges and table.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from bot.config import ROOT
from bot.domain.conversation import AwaitedKind, Draft, Step
from bot.domain.requests import Place
from bot.domain.understanding import Act, Problem, Scored, Understanding
from bot.service.dialogue.moves import Move, Situation, interpret

PAGE = ROOT / "docs" / "dialogue.md"
BEGIN, END = "<!-- made by python -m bot.rehearsal.picture -->", "<!-- end -->"
PLACE = Place("Yazır", "Selçuklu", "Gül Sokak")
NEW = (Problem("", (Scored("road_damage", 0.9),)),)


def _u(text: str, act: Act, place: Place | None = None, problems: tuple[Problem, ...] = ()) -> Understanding:
    return Understanding(text, act, 0.99, place=place or Place(), problems=problems)


ANSWERS: Mapping[str, Understanding] = {
    "evet": _u("evet", Act.AFFIRM),
    "hayır": _u("hayır", Act.DENY),
    "geç": _u("geç", Act.SKIP),
    "vazgeç": _u("vazgeç", Act.CANCEL_REQUEST),
    "a place": _u("Yazır Gül Sokak", Act.ADD_INFORMATION, PLACE),
    "a correction": _u("12 değil 21", Act.CORRECT),
    "another problem": _u("ayrıca yolda çukur var", Act.REPORT, problems=NEW),
    "a question": _u("kaçta kapanıyorsunuz", Act.ASK_INFORMATION),
    "görevli": _u("görevli", Act.ASK_HUMAN),
}
"""One answer of each kind, as the understanding gives it."""


def moves_at(step: Step | None) -> dict[str, Move]:
    """What each answer means while the draft stands at `step`; None: without a draft."""
    draft = Draft("1.0", "konteyner doldu", "waste_container", 0.9, step=step) if step else None
    return {
        answer: interpret(Situation(understanding=u, text=u.text, draft=draft, awaited=frozenset[str]()))
        for answer, u in ANSWERS.items()
    }


def awaited_moves() -> dict[str, dict[str, Move]]:
    """What 'evet' and 'hayır' mean where something else is awaited."""
    return {
        what: {
            answer: interpret(Situation(ANSWERS[answer], text=ANSWERS[answer].text, awaited=frozenset({what})))
            for answer in ("evet", "hayır")
        }
        for what in (AwaitedKind.CANCEL, AwaitedKind.ERASE, AwaitedKind.INTENTION)
    }


def picture() -> str:
    """A Mermaid flowchart: steps as boxes, moves as rounded nodes, answers on the edges."""
    everywhere = {answer: move for answer, move in moves_at(None).items() if _same_everywhere(answer, move)}
    lines = ["```mermaid", "flowchart LR"]
    for step in Step:
        edges: dict[Move, list[str]] = {}
        for answer, move in moves_at(step).items():
            if answer not in everywhere:
                edges.setdefault(move, []).append(answer)
        lines.append(f'  {step}["{step}"]')
        lines += [f'  {step} -->|"{" / ".join(answers)}"| m_{move}(["{move}"])' for move, answers in edges.items()]
    lines.append('  any["any step"]')
    lines += [f'  any -->|"{answer}"| m_{move}(["{move}"])' for answer, move in everywhere.items()]
    return "\n".join([*lines, "```"])


def _same_everywhere(answer: str, move: Move) -> bool:
    return all(moves_at(step)[answer] == move for step in Step)


def table() -> str:
    """Answers by steps, as Markdown."""
    columns: list[Step | None] = [None, *Step]
    lines = ["| answer | " + " | ".join(step or "no draft" for step in columns) + " |"]
    lines.append("|---" * (len(columns) + 1) + "|")
    rows = {step: moves_at(step) for step in columns}
    for answer in ANSWERS:
        lines.append(f"| {answer} | " + " | ".join(rows[step][answer] for step in columns) + " |")
    for what, moves in awaited_moves().items():
        lines.append(f"\nAwaited `{what}`: evet → `{moves['evet']}`, hayır → `{moves['hayır']}`.")
    return "\n".join(lines)


def with_picture(page: str) -> str:
    """The page with what lies between its marks made anew."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{picture()}\n\n{table()}\n{END}{after}"


def main(path: Path = PAGE) -> None:
    path.write_text(with_picture(path.read_text(encoding="utf-8")), encoding="utf-8")
    print(path, file=sys.stderr)


if __name__ == "__main__":
    main()
