"""The linter of the training data: duplicates, wrong codes, balance, annotations, and nothing of the measuring sets."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from bot.domain.requests import Kind
from bot.domain.understanding import Act
from bot.municipality import load_municipality
from bot.nlu.catalogue import municipality_path
from bot.nlu.normalisation import normal

LEAST = 60
"""Different messages that every service and every act must have."""
NEAR = 94.0
"""Likeness (rapidfuzz ratio of the normal forms, 0 to 100) from which two messages are the same one twice."""
ENTITIES = frozenset({"neighbourhood", "street", "door_no", "landmark"})
_ENTITY = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_OPENING_LIMIT = 40


@dataclass(frozen=True)
class Example:
    """One training message with where it stands; `text` is without annotations."""

    file: str
    line: int
    text: str
    intent: str
    metadata: Mapping[str, Any]
    entities: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """Something to mend. `warning` findings don't fail the check."""

    file: str
    line: int
    message: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.warning else ''}{self.message}"


def read_examples(folder: Path) -> list[Example]:
    """Every message of the YAML files under a folder. Raises yaml.YAMLError where one is not YAML."""
    found: list[Example] = []
    for path in sorted(folder.rglob("*.yml")):
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for block in _value(node, "nlu") or ():
            found.extend(_examples(block, str(path.relative_to(folder))))
    return found


def _value(node: Any, key: str) -> Any:
    """The value node of a key; the items of a sequence."""
    for name, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if name.value == key:
            return value.value if isinstance(value, yaml.SequenceNode) else value
    return None


def _plain(node: Any) -> Any:
    return yaml.safe_load(yaml.serialize(node)) if node is not None else {}


def _examples(block: Any, file: str) -> Iterator[Example]:
    intent_node = _value(block, "intent")
    if intent_node is None:
        return
    intent, metadata = str(intent_node.value), _plain(_value(block, "metadata"))
    examples = _value(block, "examples")
    if isinstance(examples, list):
        for item in examples:
            text = _value(item, "text")
            yield _example(
                file, text.start_mark.line + 1, text.value, intent, metadata | _plain(_value(item, "metadata"))
            )
        return
    first = examples.start_mark.line + 2
    for number, line in enumerate(examples.value.splitlines()):
        if line.startswith("- ") and line != f"- /{intent}":  # what a button sends is no message
            yield _example(file, first + number, line[2:], intent, metadata)


def _example(file: str, line: int, text: str, intent: str, metadata: Mapping[str, Any]) -> Example:
    entities = tuple(match[2] for match in _ENTITY.finditer(text))
    return Example(file, line, _ENTITY.sub(r"\1", text).strip(), intent, metadata, entities)


def lint(examples: Sequence[Example], services: Collection[str], measuring: Iterable[str] = ()) -> list[Finding]:
    """All findings. `measuring` are texts of development sets, none of which may stand in the training data."""
    findings: list[Finding] = []
    for check in (_codes, _duplicates, _balance):
        findings.extend(check(examples, services))
    findings.extend(_leaks(examples, measuring))
    return sorted(findings, key=lambda finding: (finding.warning, finding.file, finding.line))


def _codes(examples: Sequence[Example], services: Collection[str]) -> Iterator[Finding]:
    acts, kinds = set(Act), set(Kind)
    for one in examples:
        named = one.metadata.get("services") or [one.metadata.get("service")]
        for code in named:
            if code is not None and code not in services:
                yield Finding(one.file, one.line, f"no such service: {code}")
        if one.intent not in acts:
            yield Finding(one.file, one.line, f"no such act: {one.intent}")
        if one.metadata.get("kind") is not None and one.metadata["kind"] not in kinds:
            yield Finding(one.file, one.line, f"no such kind: {one.metadata['kind']}")
        if one.intent == Act.REPORT and named == [None]:
            yield Finding(one.file, one.line, "a report without service")
        for entity in one.entities:
            if entity not in ENTITIES:
                yield Finding(one.file, one.line, f"no such entity: {entity}")
        if not one.text:
            yield Finding(one.file, one.line, "an empty message")


def _duplicates(examples: Sequence[Example], services: Collection[str]) -> Iterator[Finding]:
    """The same message twice is an error; nearly the same one a warning (compared within blocks of like beginnings)."""
    seen: dict[str, Example] = {}
    for one in examples:
        form = normal(one.text)
        first = seen.setdefault(form, one)
        if first is not one:
            labels = "" if _labels(first) == _labels(one) else " with other labels"
            yield Finding(one.file, one.line, f"stands twice{labels}: {first.file}:{first.line}", not labels)
    blocks: dict[str, list[str]] = defaultdict(list)
    for form in seen:
        if len(form) >= 25:
            blocks[form[:8]].append(form)
    for forms in blocks.values():
        for index, form in enumerate(forms):
            near = process.extractOne(form, forms[index + 1 :], scorer=fuzz.ratio, score_cutoff=NEAR)
            if near:
                here, there = seen[form], seen[near[0]]
                yield Finding(here.file, here.line, f"nearly the same as {there.file}:{there.line}", True)


def _labels(one: Example) -> tuple[Any, ...]:
    return one.intent, one.metadata.get("service"), tuple(one.metadata.get("services") or ())


def _balance(examples: Sequence[Example], services: Collection[str]) -> Iterator[Finding]:
    if not examples:
        yield Finding("", 0, "no training messages found")
        return
    by_service = Counter(one.metadata.get("service") for one in examples if one.intent == Act.REPORT)
    by_act = Counter(one.intent for one in examples)
    for service in sorted(services):
        if by_service[service] < LEAST:
            yield Finding("report", 0, f"{service}: {by_service[service]} messages, {LEAST} are the least")
    for act in sorted(set(Act)):
        if by_act[act] < LEAST:
            yield Finding("acts", 0, f"{act}: {by_act[act]} messages, {LEAST} are the least", act == Act.SKIP)
    openings: Counter[tuple[str, str]] = Counter()
    for one in examples:
        openings[one.file, " ".join(normal(one.text).split()[:2])] += 1
    for (file, opening), times in openings.items():
        if times > _OPENING_LIMIT:
            yield Finding(file, 0, f"{times} messages begin with '{opening}'", True)


def _leaks(examples: Sequence[Example], measuring: Iterable[str]) -> Iterator[Finding]:
    forbidden = {normal(text) for text in measuring}
    forbidden = {form for form in forbidden if len(form.split()) >= 3}
    for one in examples:
        if normal(one.text) in forbidden:
            yield Finding(one.file, one.line, "equals a message of a measuring set")


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m bot.nlu.lint FOLDER [--against FOLDER]`: prints what is to be mended; 1 where an error stands.

    `--against` is a folder of measuring sets (JSONL); where it isn't there that comparison is left out.
    """
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.lint", description="Checks the training messages.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--warnings", action="store_true", help="tell what is only suspicious, too")
    given = parser.parse_args(arguments)
    services = load_municipality(municipality_path({})).services
    files = sorted(given.against.glob("*.jsonl")) if given.against and given.against.is_dir() else []
    examples = read_examples(given.folder)
    findings = lint(examples, services, measuring_texts(files))
    errors = [finding for finding in findings if not finding.warning]
    for finding in findings if given.warnings else errors:
        print(finding)
    compared = f"compared with {len(files)} measuring sets" if files else "no measuring sets to compare with"
    print(f"{len(examples)} messages, {len(errors)} errors, {len(findings) - len(errors)} warnings; {compared}")
    return 1 if errors else 0


def measuring_texts(files: Iterable[Path]) -> list[str]:
    """The texts of JSONL files."""
    texts = []
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                texts.append(str(json.loads(line).get("text", "")))
    return texts


if __name__ == "__main__":
    sys.exit(main())
