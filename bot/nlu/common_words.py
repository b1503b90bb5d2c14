"""Which words are ordinary Turkish, and how an ASCII word is written in Turkish letters.

The lists beside this module hold one word a line, Turkish lower case: `common_words.txt` what stands outside the
annotated places of our own training messages, most frequent first; `street_words.txt` the words of the annotated street
names and others that streets are usually called by. `python -m bot.nlu.common_words` makes them anew.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from functools import lru_cache
from pathlib import Path

from bot.nlu.place_words import read_words
from bot.turkish import fold, lower

HOME = Path(__file__).with_suffix(".txt")
STREETS = HOME.with_name("street_words.txt")
_ANNOTATED = re.compile(r"\[([^\]\n]*)\]\((\w+)\)")


@lru_cache(maxsize=1)
def _forms() -> dict[str, str]:
    forms: dict[str, str] = {}
    for line in HOME.read_text(encoding="utf-8").splitlines():
        forms.setdefault(fold(line), line)
    return forms


def common(key: str) -> bool:
    """Whether a folded word is an ordinary word of the language."""
    return key in _forms()


def in_turkish(key: str) -> str | None:
    """The usual spelling of a folded word, None where it is not known."""
    return _street_words().get(key) or _forms().get(key)


@lru_cache(maxsize=1)
def _street_words() -> dict[str, str]:
    return {fold(line): line for line in STREETS.read_text(encoding="utf-8").splitlines()}


def names_street(key: str) -> bool:
    """Whether a folded word is known from names of streets."""
    return key in _street_words()


def collect(folder: Path) -> list[str]:
    """The words of the training messages under `folder` that stand outside annotated places, most frequent first.

    Words that begin with a capital inside a sentence count as names and are left out, and so is what stands there once:
    slips, and keys pressed at random.
    """
    counts: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.yml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("      ") and not line.startswith("    - "):
                continue
            for span in _ANNOTATED.finditer(line):
                if span[2] == "neighbourhood":
                    places.update(word.stem for word in read_words(span[1]).items)
            for word in read_words(_ANNOTATED.sub(" ; ", line)).items:
                if not word.number and len(word.key) > 1 and not word.tail and (not word.capital or word.initial):
                    counts[lower(word.text)] += 1
    kept = {word: count for word, count in counts.items() if count > max(1, places[fold(word)])}
    return [word for word, _ in sorted(kept.items(), key=lambda item: (-item[1], item[0]))]


def collect_street_words(folder: Path) -> list[str]:
    """The words of the list and those of the annotated street names, without numbers and the type; of each the spelling
    of the list, else the one with Turkish letters."""
    found: set[str] = set()
    for path in folder.rglob("*.yml"):
        for span in _ANNOTATED.finditer(path.read_text(encoding="utf-8")):
            if span[2] == "street":
                found.update(lower(word.written) for word in read_words(span[1]).items[:-1] if not word.number)
    listed = STREETS.read_text(encoding="utf-8").split() if STREETS.exists() else []
    return sorted({fold(word): word for word in (*sorted(found), *listed)}.values())


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "nlu_data")
    HOME.write_text("\n".join(collect(folder)) + "\n", encoding="utf-8")
    STREETS.write_text("\n".join(collect_street_words(folder)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
