"""Finds the channels that HIZMET_CHANNELS names and builds them; what isn't named isn't loaded."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

from bot.channels.side import Around, Builder, ChannelSide
from bot.errors import ConfigError


def build_side(name: str, around: Around) -> ChannelSide:
    """The channel `name` of bot/channels, or of any module where the name has points. Raises ConfigError."""
    return builder_of(name)(around)


def builder_of(name: str) -> Builder:
    """Its module's `build`; that of the module `side` where it is a package."""
    path = name if "." in name else f"bot.channels.{name}"
    try:
        spec = find_spec(path)
    except ModuleNotFoundError:
        spec = None
    if spec is not None and spec.submodule_search_locations is not None:
        path += ".side"
        spec = find_spec(path)
    build: Builder | None = getattr(importlib.import_module(path), "build", None) if spec is not None else None
    if build is None:
        raise ConfigError(f"HIZMET_CHANNELS: there is no channel '{name}'")
    return build
