"""ProblemSplitter: the problems of a message that holds several; one for all others."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from rasa.shared.nlu.training_data.message import Message

from bot.domain.understanding import Act
from bot.nlu.catalogue import families_of
from bot.nlu.clauses import listed
from bot.nlu.component import Learner
from bot.nlu.keys import NOISE, SPANS, UNDERSTANDING, labels_of, put
from bot.nlu.linear import LinearModel
from bot.nlu.normalisation import clean, masked, normal
from bot.nlu.pairs import SEVERAL, Pair, Told, best_pair, says_two, told
from bot.nlu.service_classifier import UNMEASURED
from bot.nlu.sparse_featurizer import SparseFeaturizer
from bot.nlu.vectors import Floats
from bot.turkish import fold

Ranking = list[tuple[str, float]]
_NAME = "[A-ZÇĞİÖŞÜ][a-zçğıöşü]+"
_SIGNATURE = re.compile(rf"[.!?,]\s+(?P<name>(?:(?:[Bb]en|[Aa]dım|[İi]smim)\s+)?{_NAME}(?:\s+{_NAME}){{1,2}})[.!]?\s*$")
_TAKEN_BACK = re.compile(
    r"\b(?:de(?:medim|miyorum|mek istemedim)|kast ?etmedim|kast ?etmiyorum|sormadim|sormuyorum)$"
    r"|^(?:(?:neyse|aman|tamam|ya|yok) )?(?:bos ?ver(?:in|iniz)?|vaz ?gectim|(?:onu|bunu) (?:birak|gec|unut)\w*)\b"
)

SIDE = 0.15
"""How probable it is that one side of a cut holds two problems more; how the whole sounds says nothing about that."""


class ProblemSplitter(Learner):
    """Puts `problems`: `{text, services, sure, kind}` for each (`text` as written), the whole message where it is one.

    The pair of services that the whole and the sides of a gap between two clauses agree on best is looked for; a
    logistic regression over the evidence decides whether it is real. It learns from the messages with several
    `services`.
    """

    defaults: ClassVar[dict[str, Any]] = {"max_chars": 600, "municipality": None}

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        self._features = SparseFeaturizer({})
        self._services: LinearModel | None = None
        self._several: LinearModel | None = None
        self._decision: tuple[float, ...] = ()

    def fit(self, examples: Sequence[Any]) -> None:
        from bot.nlu.splitting import Report, fit_splitter  # noqa: PLC0415  (scikit-learn only where one trains)

        labelled = [(example, labels_of(example)) for example in examples if not example.get(NOISE)]
        reports = [
            Report(example.get("text") or "", tuple(example.get(SPANS) or ()), labels.services)
            for example, labels in labelled
            if labels.act == Act.REPORT and labels.services
        ]
        if any(len(report.services) > 1 for report in reports):
            learnt = fit_splitter(self._features, reports, families_of(self.config))
            self._services, self._several, self._decision = learnt.services, learnt.several, learnt.decision

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            known = message.get(UNDERSTANDING) or {}
            services: Ranking = known.get("services") or []
            acts = known.get("acts") or [(Act.REPORT, 1.0)]
            written = message.get("text") or ""
            found = self._parts(written, message.get(SPANS) or ()) if acts[0][0] == Act.REPORT else []
            kind = {"kind": known.get("kind")}
            problems = [
                {"text": text, "services": ranking, "sure": ranking[0][1] >= UNMEASURED, **kind}
                for text, ranking in found
            ]
            whole = {"text": clean(written), "services": services, "sure": bool(known.get("sure")), **kind}
            put(message, problems=problems if len(problems) > 1 else [whole] if services else [])
        return messages

    def _parts(self, written: str, spans: Sequence[tuple[int, int, str]]) -> list[tuple[str, Ranking]]:
        """The parts with their services; empty where the text is one problem."""
        if self._services is None or self._several is None or len(written) > self.config["max_chars"]:
            return []
        items = self._items(written, spans)
        if items:
            return items
        vector = self._features.vector(normal(masked(written, spans)))
        several = dict(self._several.ranked(vector, None)).get(SEVERAL, 0.0)
        said = told(unsigned(written), spans, self._features, self._services)
        depth = 1 if says_two(written) else 2
        return self._split(said, self._services.probabilities(vector, None), several, depth)

    def _items(self, written: str, spans: Sequence[tuple[int, int, str]]) -> list[tuple[str, Ranking]]:
        """The items of a list that the writer made, one for each service; empty where all are about one."""
        assert self._services is not None
        found: list[tuple[str, Ranking]] = []
        for begin, end in listed(unsigned(written)):
            own = [(start - begin, stop - begin, entity) for start, stop, entity in spans if begin <= start < end]
            about = told(written[begin:end], own, self._features, self._services).about()
            ranking = ranking_of(self._services.labels, about)
            if ranking[0][0] not in [other[0][0] for _, other in found]:
                found.append((clean(written[begin:end]).strip(" ,.;"), ranking))
        return found if len(found) > 1 else []

    def _split(self, said: Told, whole: Floats, several: float, depth: int) -> list[tuple[str, Ranking]]:
        pair = best_pair(said, whole, several) if depth else None
        if pair is None or not self._is_real(pair):
            return []
        found: list[tuple[str, Ranking]] = []
        for side, about, service in zip(pair.cut.sides, pair.cut.probabilities, pair.services, strict=True):
            own = [(clean(side.text).strip(" ,.;"), ranking_of(side.labels, _led_by(service, about, whole)))]
            for text, ranking in self._split(side, about, SIDE, depth - 1) or own:
                if takes_back(text):
                    continue
                if ranking[0][0] not in [other[0][0] for _, other in found]:
                    found.append((text, ranking))
        return found

    def _is_real(self, pair: Pair) -> bool:
        """Whether the text is about both."""
        weights = np.array(self._decision[:-1], dtype=np.float32)
        return bool(len(weights)) and float(pair.evidence @ weights) + self._decision[-1] > 0

    def write(self, directory: Path) -> None:
        if self._services is None or self._several is None:
            return
        for name, model in (("services", self._services), ("several", self._several)):
            (directory / name).mkdir()
            model.write(directory / name)
        self._features.write(directory)
        (directory / "decision.json").write_text(json.dumps(self._decision), encoding="ascii")

    def read(self, directory: Path) -> None:
        if (directory / "decision.json").exists():
            self._services = LinearModel.read(directory / "services")
            self._several = LinearModel.read(directory / "several")
            self._features.read(directory)
            self._decision = tuple(json.loads((directory / "decision.json").read_text(encoding="ascii")))


def takes_back(part: str) -> bool:
    """'ben sokak lambası demedim', 'boş verin onu': what somebody says not to mean is no problem of theirs."""
    return bool(_TAKEN_BACK.search(fold(part)))


def _led_by(service: int, about: Floats, whole: Floats) -> Floats:
    """The services of a side, in the light of the whole; `service` first."""
    likely = about * np.sqrt(whole)
    likely[service] = likely.max() * np.float32(1.001)
    return np.asarray(likely / likely.sum(), dtype=np.float32)


def ranking_of(labels: Sequence[str], probabilities: Floats, most: int = 5) -> Ranking:
    """The best labels, most probable first."""
    order = np.argsort(-probabilities, kind="stable")[:most]
    return [(labels[index], float(probabilities[index])) for index in order]


def unsigned(written: str) -> str:
    """The text without the name that stands under it ("… kırık. Ayşe Kaya", "Ben Ali Can")."""
    signature = _SIGNATURE.search(written)
    return written[: signature.start("name")].rstrip() if signature else written
