"""Understandings and small municipalities for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.config import ROOT
from bot.domain.requests import Kind, Place
from bot.domain.understanding import Act, Problem, Scored, Understanding
from bot.municipality import Municipality, load_municipality

SELCUKLU = ROOT / "bot" / "municipalities" / "selcuklu.yml"
SHARED = ROOT.parent / "shared"


def selcuklu() -> Municipality:
    return load_municipality(SELCUKLU)


def understood(text: str, act: Act, **more: Any) -> Understanding:
    return Understanding(text, act, 0.99, **more)


def report(
    text: str, service: str = "waste_container", confidence: float = 0.95, kind: Kind = Kind.COMPLAINT, **more: Any
) -> Understanding:
    """A report of one problem; place=Place(...) and other fields as wanted."""
    problem = Problem(text, (Scored(service, confidence),), kind)
    return Understanding(text, Act.REPORT, 0.99, problems=(problem,), **more)


def small_municipality(folder: Path) -> Path:
    """The file of a second, different municipality."""
    path = folder / "kucukova.yml"
    path.write_text(SMALL, encoding="utf-8")
    return path


YAZIR = Place(neighbourhood="Yazır", district="Selçuklu", street="Gül Sokak")

SMALL = """\
code: kucukova
name: Küçükova Belediyesi
short_name: Küçükova
province: Bursa
district: Küçükova
prefix: KCK
timezone: Europe/Istanbul
website: https://kucukova.example
phone: "0224 000 00 00"
privacy: {url: https://kucukova.example/kvkk, version: "1"}
working_hours: {from: "09:00", to: "17:00"}
quiet_hours: {from: "23:00", to: "07:00"}
holidays:
  - {date: "2026-10-29", name: Cumhuriyet Bayramı}
bodies:
  water: {name: Küçükova Su, kind: utility, phone: "100"}
units:
  works: Fen İşleri Müdürlüğü
services:
  waste_container: {name: Çöp konteyneri, unit: works, target_hours: 24, place: required, joinable: true}
  water_outage: {name: Su kesintisi, body: water, place: required}
  other: {name: Diğer, unit: works, target_hours: 48, place: optional}
neighbourhoods: [Yukarı, Aşağı]
outside:
  Osmangazi: [Çekirge]
"""
