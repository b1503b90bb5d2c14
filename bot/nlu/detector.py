"""What both detectors share: a yes-or-no classifier whose threshold comes from a recall that is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bot.nlu.classifier import Classifier

YES, NO = "yes", "no"


class Detector(Classifier):
    """`recall` is wanted of the held-out training messages; the threshold stays between `lowest` and `highest`.

    What was measured on them is kept with the model: `measured` holds threshold, recall and the share of the others
    that is flagged as well.
    """

    defaults: ClassVar[dict[str, Any]] = {**Classifier.defaults, "recall": 0.97, "lowest": 0.08, "highest": 0.5}

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        self.measured: dict[str, float] = {"threshold": self.config["highest"]}

    def learn_more(self, fitted: Any) -> None:
        if not len(fitted.target) or YES not in fitted.model.labels:
            return
        said = fitted.probabilities[:, fitted.model.labels.index(YES)]
        right = fitted.target == fitted.model.labels.index(YES)
        wanted = float(np.quantile(said[right], 1 - self.config["recall"]))
        threshold = min(max(wanted, self.config["lowest"]), self.config["highest"])
        self.measured = {
            "threshold": threshold,
            "recall": float((said[right] >= threshold).mean()),
            "flagged_of_others": float((said[~right] >= threshold).mean()),
        }

    def flagged(self, message: Any) -> bool:
        """Whether the probability reaches the threshold."""
        return dict(self.ranked(message)).get(YES, 0.0) >= self.measured["threshold"]

    def write(self, directory: Path) -> None:
        super().write(directory)
        (directory / "measured.json").write_text(json.dumps(self.measured), encoding="ascii")

    def read(self, directory: Path) -> None:
        super().read(directory)
        if (directory / "measured.json").exists():
            self.measured = json.loads((directory / "measured.json").read_text(encoding="ascii"))
