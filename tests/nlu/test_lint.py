"""The linter finds what it is for, and the project's own data pass it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import ROOT, load_settings
from bot.municipality import load_municipality
from bot.nlu.lint import Finding, lint, main, read_examples

HEAD = 'version: "3.1"\nnlu:\n'
BLOCK = "- intent: {intent}\n  metadata: {{service: {service}, kind: {kind}}}\n  examples: |\n{lines}"
SERVICES = {"waste_collection", "street_light"}


def written(
    folder: Path, *lines: str, intent: str = "report", service: str = "street_light", kind: str = "complaint"
) -> Path:
    body = "".join(f"    - {line}\n" for line in lines)
    (folder / f"{service}.yml").write_text(HEAD + BLOCK.format(intent=intent, service=service, kind=kind, lines=body))
    return folder


def errors(folder: Path, measuring: tuple[str, ...] = ()) -> list[Finding]:
    found = lint(read_examples(folder), SERVICES, measuring)
    return [finding for finding in found if not finding.warning and "are the least" not in finding.message]


def test_reading_gives_line_text_and_entities(tmp_path: Path) -> None:
    written(tmp_path, "lamba yanmıyor", "[Yazır'da](neighbourhood) lamba [12](door_no)")
    first, second = read_examples(tmp_path)
    assert (first.line, first.text, first.entities) == (6, "lamba yanmıyor", ())
    assert (second.line, second.text, second.entities) == (7, "Yazır'da lamba 12", ("neighbourhood", "door_no"))


def test_examples_with_their_own_metadata_are_read(tmp_path: Path) -> None:
    (tmp_path / "several.yml").write_text(
        HEAD + "- intent: report\n  examples:\n  - text: |\n      lamba ve çöp\n"
        "    metadata: {services: [street_light, waste_collection]}\n"
    )
    (one,) = read_examples(tmp_path)
    assert one.metadata["services"] == ["street_light", "waste_collection"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"service": "no_such"}, "no such service"),
        ({"intent": "repört"}, "no such act"),
        ({"kind": "wish"}, "no such kind"),
    ],
)
def test_wrong_codes_are_errors(change: dict[str, str], told: str, tmp_path: Path) -> None:
    assert told in errors(written(tmp_path, "lamba yanmıyor", **change))[0].message


def test_an_unknown_entity_is_an_error(tmp_path: Path) -> None:
    assert "no such entity: city" in errors(written(tmp_path, "[Konya](city) lamba"))[0].message


def test_the_same_message_with_other_labels_is_an_error(tmp_path: Path) -> None:
    written(tmp_path, "Lamba yanmıyor!")
    written(tmp_path, "LAMBA YANMIYOR!", service="waste_collection")
    assert "stands twice with other labels" in errors(tmp_path)[0].message


def test_nearly_the_same_message_is_a_warning(tmp_path: Path) -> None:
    written(tmp_path, "sokağımızdaki lambalar üç gündür hiç yanmıyor", "sokağımızdaki lambalar üç gündür hiç yanmıyo")
    found = lint(read_examples(tmp_path), SERVICES)
    assert any(finding.warning and "nearly the same" in finding.message for finding in found)


def test_a_message_of_a_measuring_set_is_an_error_however_it_is_spelt(tmp_path: Path) -> None:
    written(tmp_path, "sokağımızda hiçbir lamba yanmıyor")
    assert "measuring set" in errors(tmp_path, ("SOKAGIMIZDA HICBIR LAMBA YANMIYOR",))[0].message


def test_too_few_messages_of_a_service_are_an_error(tmp_path: Path) -> None:
    found = lint(read_examples(written(tmp_path, "lamba yanmıyor")), SERVICES)
    assert any("waste_collection: 0 messages" in finding.message for finding in found)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert [finding.message for finding in lint(read_examples(tmp_path), SERVICES)] == ["no training messages found"]


def test_the_projects_own_data_pass() -> None:
    services = load_municipality(load_settings().municipality).services
    examples = read_examples(ROOT / "nlu_data")
    assert len(examples) > 5000
    assert [str(finding) for finding in lint(examples, services) if not finding.warning] == []


def test_the_command_tells_where_the_error_stands_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, "lamba yanmıyor", service="no_such")
    assert main([str(tmp_path), "--against", str(tmp_path / "none")]) == 1
    told = capsys.readouterr().out
    assert "no_such.yml:6: no such service: no_such" in told
    assert "no measuring sets to compare with" in told
