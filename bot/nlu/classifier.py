"""What the classifiers share: samples from labelled messages, one linear model, a ranking for a new message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from bot.nlu.component import Learner
from bot.nlu.keys import DENSE, NOISE, NOISE_OF, SPARSE, Labels, labels_of
from bot.nlu.linear import LinearModel


class Classifier(Learner):
    """A linear model over the vectors. Subclasses say what the label of a message is, and put the result."""

    defaults: ClassVar[dict[str, Any]] = {"strength": 0.3, "dense_strength": 0.003, "noisy": True, "bayes": True}

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        self.model: LinearModel | None = None

    def label(self, labels: Labels) -> str | None:
        """The label to learn for a training message; None leaves the message out."""
        raise NotImplementedError

    def fit(self, examples: Sequence[Any]) -> None:
        from bot.nlu.fitting import fit_linear  # noqa: PLC0415  (scikit-learn and scipy only where one trains)

        samples = self.samples(examples)
        fitted = fit_linear(
            samples,
            self.config["strength"],
            self.config["dense_strength"],
            families=self.families(),
            bayes=self.config["bayes"],
        )
        fitted = self.refined(fitted, samples, examples)
        self.model = fitted.model
        self.learn_more(fitted)

    def refined(self, fitted: Any, samples: Sequence[Any], examples: Sequence[Any]) -> Any:
        """What else the messages teach (bot.nlu.fitting.Fitted)."""
        return fitted

    def families(self) -> Mapping[str, str]:
        """What labels belong together, where a coarser question helps the finer one."""
        return {}

    def learn_more(self, fitted: Any) -> None:
        """Set thresholds and the like from what was said of held-out messages (bot.nlu.fitting.Fitted)."""

    def samples(self, examples: Iterable[Any]) -> list[Any]:
        """The messages that have a label, as samples. A municipality's own requests (`among`) are none."""
        from bot.nlu.fitting import Sample  # noqa: PLC0415  (as above)

        found = []
        for example in examples:
            labels = labels_of(example)
            label = self.label(labels)
            if label is None or labels.among or (example.get(NOISE) and not self.config["noisy"]):
                continue
            group = example.get(NOISE_OF) or example.get("text")
            found.append(Sample(example.get(SPARSE), example.get(DENSE), label, group, bool(example.get(NOISE))))
        return found

    def ranked(self, message: Any) -> list[tuple[str, float]]:
        """Labels with probabilities, best first; empty where nothing was learnt."""
        return self.model.ranked(message.get(SPARSE), message.get(DENSE)) if self.model else []

    def write(self, directory: Path) -> None:
        if self.model:
            self.model.write(directory)

    def read(self, directory: Path) -> None:
        if (directory / "linear.json").exists():
            self.model = LinearModel.read(directory)
