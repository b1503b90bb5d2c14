"""What each figure counts, in words, and its numbers as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.db.figure_queries import Counts, Figures, Share, Spans, Standing
from bot.municipality import Municipality
from bot.web.desk.reasons import CHANNELS, REASONS

DEFINITIONS: Mapping[str, str] = {
    "gelen": "Dönem içinde kaydedilen başvuruların ve dönem içinde çözüldü olarak kapatılanların günlük sayısı. "
    "Uzun dönemlerde haftalık.",
    "kanal": "Dönem içinde kaydedilen başvurular, vatandaşın yazdığı kanala göre.",
    "hizmet": "Dönem içinde kaydedilen başvurular, hizmete göre. Sonradan düzeltilen hizmet sayılır.",
    "mahalle": "Dönem içinde kaydedilen başvurular, mahalleye göre. Mahallesi bilinmeyenler sayılmaz.",
    "birim": "Birimlere göre dönem içinde gelen ve çözülen başvurular; açık ve geciken sayıları şu anki durumdur.",
    "ilk-islem": "Dönem içinde kaydedilen başvurularda, kayıttan bir görevlinin ilk işlemine kadar geçen süre. "
    "Henüz işlem görmeyenler sayılmaz. Büyük sayı ortancadır: başvuruların yarısında en çok bu kadar; "
    "%90: on başvurunun dokuzunda en çok bu kadar.",
    "ilk-yanit": "Dönem içinde bir görevliye düşen görüşmelerde, düştüğü andan görevlinin ilk yanıtına kadar "
    "geçen süre. Henüz yanıtlanmayanlar sayılmaz.",
    "cozum": "Dönem içinde çözülen başvurularda, kayıttan çözüme kadar geçen süre (geceler ve tatiller dahil).",
    "geciken": "Süresi dönem içinde dolan kendi başvurularımızdan, o ana kadar sonuçlanmamış olanların payı. "
    "Yönlendirilen, iptal edilen ve mükerrer olanlar sayılmaz.",
    "gorevlisiz": "Dönem içinde vatandaşın yazdığı görüşmelerden, hiçbir görevlinin yazmadığı ve görevliye "
    "devredilmeyenlerin payı.",
    "memnuniyet": "Dönem içinde çözülen başvurulara vatandaşların verdiği puanlar (1–5) ve ortalaması. "
    "Puan vermeyenler sayılmaz.",
    "yeniden": "Dönem içinde yeniden açılan başvuruların, aynı dönemde çözülenlere oranı.",
    "devir": "Dönem içinde açılan inceleme kayıtları, nedenine göre.",
    "simdi": "Şu anda: kapanmamış başvurular, bunlardan süresi dolmuş ve acil olanlar; kuyrukta kimsenin "
    "ilgilenmediği kayıtlar. Döneme bağlı değildir.",
    "teslim": "Dönem içinde yazılan ve vatandaşa ulaştırılamayan iletiler, kanala göre.",
}


@dataclass(frozen=True)
class Table:
    head: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]


def tables_of(
    found: Figures,
    now: Standing,
    days: Sequence[tuple[date, int, int]],
    town: Municipality,
    say: Callable[[str], str],
) -> dict[str, Table]:
    """The numbers behind each figure, by the same names as DEFINITIONS."""

    def counts(head: str, pairs: Counts, name: Callable[[str], str]) -> Table:
        return Table((say(head), say("Sayı")), [(name(code), number) for code, number in pairs])

    def channel(code: str) -> str:
        return say(CHANNELS.get(code, code))

    ratings = [(stars, found.ratings.get(stars, 0)) for stars in range(1, 6)]
    units = [(town.units.get(unit.unit, unit.unit), unit.filed, unit.resolved, unit.open, unit.overdue)
             for unit in found.by_unit]  # fmt: skip
    return {
        "gelen": Table((say("Gün"), say("Gelen"), say("Çözülen")), days),
        "kanal": counts("Kanal", found.by_channel, channel),
        "hizmet": counts("Hizmet", found.by_service, lambda code: _service(town, code)),
        "mahalle": counts("Mahalle", found.by_neighbourhood, str),
        "birim": Table(tuple(say(word) for word in ("Birim", "Gelen", "Çözülen", "Açık", "Geciken")), units),
        "ilk-islem": _spans(found.first_step, say),
        "ilk-yanit": _spans(found.first_answer, say),
        "cozum": _spans(found.to_resolve, say),
        "geciken": _share(found.overdue, say("Geciken"), say("Süresi dolan"), say),
        "gorevlisiz": _share(found.alone, say("Görevlisiz"), say("Görüşme"), say),
        "memnuniyet": Table((say("Puan"), say("Sayı")), ratings),
        "yeniden": _share(found.reopened, say("Yeniden açılan"), say("Çözülen"), say),
        "devir": counts("Neden", found.escalations, lambda code: say(REASONS.get(code, (code,))[0])),
        "teslim": counts("Kanal", found.failures, channel),
        "simdi": Table(
            tuple(say(word) for word in ("Açık başvuru", "Geciken", "Acil", "Görevli bekleyen")),
            [(now.open, now.overdue, now.urgent, now.waiting)],
        ),
    }


def csv_of(table: Table) -> bytes:
    """With semicolons, commas in numbers and a byte order mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.head)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _cell(value: object) -> str:
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return f"{value:.1f}".replace(".", ",") if isinstance(value, float) else str(value)


def _service(town: Municipality, code: str) -> str:
    return town.services[code].short if code in town.services else code


def _spans(spans: Spans, say: Callable[[str], str]) -> Table:
    def hours(span: timedelta | None) -> float | str:
        return span.total_seconds() / 3600 if span is not None else ""

    head = (say("Sayı"), say("Ortanca (saat)"), say("%90 (saat)"))
    return Table(head, [(spans.number, hours(spans.median), hours(spans.most))])


def _share(share: Share, part: str, whole: str, say: Callable[[str], str]) -> Table:
    return Table(
        (part, whole, say("Yüzde")), [(share.part, share.whole, "" if share.percent is None else share.percent)]
    )
