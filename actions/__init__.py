"""Rasa custom actions: each hands over to the dialogue step of the same name (bot/service/dialogue)."""

from actions.steps import ACTIONS

__all__ = ["ACTIONS"]
