"""What libraries read from the environment, set before they are imported: Rasa brings TensorFlow and matplotlib."""

from __future__ import annotations

import os
from pathlib import Path


def keep_inside(home: Path) -> None:
    """Let libraries write below `home` instead of the user's folder, and keep them quiet. What is set already stays."""
    for name, value in {
        "RASA_TELEMETRY_ENABLED": "false",
        "KERAS_HOME": str(home / "keras"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }.items():
        os.environ.setdefault(name, value)
