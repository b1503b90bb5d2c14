"""How well places are found: `python -m bot.nlu.measure_places PATH [--errors]`.

PATH is a folder of annotated Rasa files (every annotated span is compared, by its normal form) or a JSONL file with
`text, neighbourhood, street, door_no, landmark` (one value each, or null).
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from bot.nlu.catalogue import municipality_path
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.noise import to_ascii, to_capitals, with_typos
from bot.nlu.place_extractor import gazetteer_of
from bot.nlu.place_words import read_words
from bot.nlu.places import find_places
from bot.nlu.streets import normal_form, street_type
from bot.turkish import fold

ENTITIES = ("neighbourhood", "street", "door_no", "landmark")
_ANNOTATED = re.compile(r"\[([^\]\n]*)\]\((\w+)\)")
Gold = dict[str, set[str]]


def annotated(folder: Path, gazetteer: Gazetteer) -> Iterator[tuple[str, Gold]]:
    """Texts of the examples under `folder` with the normal forms of what is annotated in them."""
    for path in sorted(folder.rglob("*.yml")):
        for line in _lines(path):
            gold: Gold = {entity: set() for entity in ENTITIES}
            for span in _ANNOTATED.finditer(line):
                if span[2] in gold:
                    gold[span[2]].add(_normal(span[1], span[2], gazetteer))
            yield _ANNOTATED.sub(r"\1", line), gold


def _lines(path: Path) -> Iterator[str]:
    for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).get("nlu", ()):
        examples = block.get("examples") or ""
        if isinstance(examples, str):
            yield from (line.removeprefix("- ") for line in examples.splitlines() if line.strip())
        else:
            yield from (" ".join(str(example.get("text", "")).split()).removeprefix("- ") for example in examples)


def labelled(path: Path) -> Iterator[tuple[str, Gold]]:
    """Texts of a JSONL file with the values of their four fields."""
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        yield entry["text"], {name: {_same(entry[name], name)} if entry.get(name) else set() for name in ENTITIES}


def _normal(written: str, entity: str, gazetteer: Gazetteer) -> str:
    if entity == "neighbourhood":
        matches = gazetteer.matches(read_words(written))
        return _same(matches[0].entry.name if matches else re.sub(r"(?i)[ ]mah\S*", "", written), entity)
    if entity == "street":
        words = read_words(written)
        kind = street_type(words.items[-1].key)
        return _same(normal_form(words, 0, len(words.items) - 1, kind) if kind else written, entity)
    return _same(written, entity)


def _same(value: str, entity: str) -> str:
    """A form under which two ways to write the same are equal."""
    key = " ".join(word.stem for word in read_words(value).items)
    if entity == "door_no":
        return fold(value).replace("-", "/")
    if entity == "landmark":
        return " ".join("apar" if word in ("apt", "ap") else word[:4] for word in key.split())
    return key


def measure(
    examples: Iterable[tuple[str, Gold]], gazetteer: Gazetteer, one: bool, errors: bool
) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 by entity. `one`: only the place's own value counts, not every span."""
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for text, gold in examples:
        result = find_places(text, gazetteer)
        for entity in ENTITIES:
            if one:
                value = getattr(result.place, entity)
                got = {_same(value, entity)} if value else set()
            else:
                got = {_same(span.value, entity) for span in result.spans if span.entity == entity}
            right[entity] += len(got & gold[entity])
            found[entity] += len(got)
            wanted[entity] += len(gold[entity])
            if errors and got != gold[entity]:
                print(f"{entity}: missed {sorted(gold[entity] - got)}, wrong {sorted(got - gold[entity])}: {text}")
    scores = {}
    for entity in ENTITIES:
        precision, recall = right[entity] / max(found[entity], 1), right[entity] / max(wanted[entity], 1)
        scores[entity] = (precision, recall, 2 * precision * recall / max(precision + recall, 1e-9))
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--errors", action="store_true", help="print every text with a difference")
    options = parser.parse_args()
    gazetteer = gazetteer_of(municipality_path({}))
    folder = options.path.is_dir()
    examples = list(annotated(options.path, gazetteer) if folder else labelled(options.path))
    noises = {"as written": None, "ascii": to_ascii, "capitals": to_capitals, "typos": with_typos}
    for name, noise in noises.items():
        chance = random.Random(7)
        noisy = [(noise(text, chance) if noise else text, gold) for text, gold in examples]
        scores = measure(noisy, gazetteer, not folder, options.errors and noise is None)
        row = "  ".join(f"{entity} {p:.3f}/{r:.3f}/{f:.3f}" for entity, (p, r, f) in scores.items())
        print(f"{name:<11} {row}")


if __name__ == "__main__":
    main()
