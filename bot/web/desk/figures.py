"""The figures: how things stand today and in a period; every figure with its definition and its numbers as CSV."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from starlette.responses import RedirectResponse, Response

from bot.db.figure_queries import Figures, Period, Standing, figures, standing
from bot.errors import NotFound
from bot.service.policy import Right
from bot.web.desk.figure_words import DEFINITIONS, Table, csv_of, tables_of
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

PERIODS = {"bugun": 1, "7": 7, "30": 30, "90": 90, "365": 365}
NAMES = {"bugun": "Bugün", "7": "7 gün", "30": "30 gün", "90": "90 gün", "365": "1 yıl"}
MOST_DAYS, BY_WEEK = 1100, 92
KEPT, KEPT_LONG = timedelta(minutes=1), timedelta(minutes=10)
_MOST_KEPT = 64


@dataclass(frozen=True)
class Chosen:
    """The period in the municipality's days, both included; `name` is '' for one that was typed."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Bucket:
    """A day, or the week that begins with it."""

    begins: date
    filed: int
    resolved: int


@dataclass(frozen=True)
class Kept:
    at: datetime
    figures: Figures
    standing: Standing


class FiguresScreen:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[Chosen, Kept] = {}
        self._counting = threading.Lock()

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/gostergeler", self.show, Right.SEE_FIGURES),
            DeskRoute("/gostergeler/{figure}.csv", self.numbers, Right.SEE_FIGURES),
        ]

    def show(self, visit: Visit) -> Response:
        chosen = self._chosen(visit)
        if chosen is None:
            return RedirectResponse(f"{PREFIX}/gostergeler", 303)
        kept = self._counted(chosen, visit.now)
        return self._desk.page(
            visit,
            "desk/figures.html",
            chosen=chosen,
            periods=NAMES,
            figures=kept.figures,
            standing=kept.standing,
            counted_at=kept.at,
            buckets=buckets(kept.figures, chosen, self._desk),
            weekly=chosen.days > BY_WEEK,
            definitions=DEFINITIONS,
            tables=self._tables(visit, kept, chosen),
        )

    def numbers(self, visit: Visit) -> Response:
        """One figure as CSV, as a Turkish spreadsheet opens it."""
        chosen, figure = self._chosen(visit), str(visit.path["figure"])
        if chosen is None:
            raise NotFound("not_found")
        found = self._tables(visit, self._counted(chosen, visit.now), chosen).get(figure)
        if found is None:
            raise NotFound("not_found")
        name = f"{figure}-{chosen.first}-{chosen.last}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(csv_of(found), media_type="text/csv; charset=utf-8", headers=headers)

    def _tables(self, visit: Visit, kept: Kept, chosen: Chosen) -> dict[str, Table]:
        days = [(bucket.begins, bucket.filed, bucket.resolved) for bucket in buckets(kept.figures, chosen, self._desk)]
        town = self._desk.municipality
        return tables_of(kept.figures, kept.standing, days, town, lambda text: self._desk.say(visit, text))

    def _counted(self, chosen: Chosen, now: datetime) -> Kept:
        """Counted at most once a minute, long periods once in ten; who comes meanwhile waits for the same numbers."""
        with self._counting:
            kept = self._kept.get(chosen)
            if kept is None or now - kept.at >= (KEPT if chosen.days <= 31 else KEPT_LONG):
                begin, end = (self._midnight(day) for day in (chosen.first, chosen.last + timedelta(days=1)))
                with self._desk.reads() as uow:
                    counted = figures(uow.session, Period(begin, end), now)
                    kept = Kept(now, counted, standing(uow.session, now))
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[chosen] = kept
            return kept

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._desk.municipality.timezone)

    def _chosen(self, visit: Visit) -> Chosen | None:
        """What the address asks for; None for days that are none or too many."""
        today = self._desk.local(visit.now).date()
        first, last = visit.asked("bas"), visit.asked("son")
        if not first and not last:
            name = visit.asked("sure") if visit.asked("sure") in PERIODS else "30"
            return Chosen(name, today - timedelta(days=PERIODS[name] - 1), today)
        try:
            chosen = Chosen("", date.fromisoformat(first or last), date.fromisoformat(last or first))
        except ValueError:
            return None
        return chosen if 1 <= chosen.days <= MOST_DAYS and 2000 <= chosen.first.year <= today.year else None


def buckets(found: Figures, chosen: Chosen, desk: Desk) -> list[Bucket]:
    """Filed and resolved by local day, or by week where the period is long; days without any are there too."""
    step = 7 if chosen.days > BY_WEEK else 1
    sums = [[0, 0] for _ in range((chosen.days + step - 1) // step)]
    for hour, filed, resolved in found.hours:
        place = (desk.local(hour).date() - chosen.first).days // step
        if 0 <= place < len(sums):
            sums[place][0] += filed
            sums[place][1] += resolved
    return [Bucket(chosen.first + timedelta(days=step * place), *pair) for place, pair in enumerate(sums)]
