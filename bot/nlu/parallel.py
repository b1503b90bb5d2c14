"""Work on all cores while training: forked processes, which see what the parent holds without copying it.

liblinear keeps one random generator for a whole process, so threads would make training a matter of chance.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from multiprocessing import current_process, get_context
from typing import Any, TypeVar

T = TypeVar("T")
_work: list[Callable[[int], Any]] = []


def in_processes(work: Callable[[int], T], count: int) -> list[T]:
    """`work(0)` to `work(count - 1)`, each in one of as many processes as there are cores; one after the other where
    there is one core or one piece of work, and inside of such a process. Results are pickled; what `work` raises is
    raised here."""
    cores = min(count, len(os.sched_getaffinity(0)))
    if cores < 2 or current_process().daemon:
        return [work(number) for number in range(count)]
    _work.append(work)
    try:
        with get_context("fork").Pool(cores) as pool:
            return pool.map(_one, range(count), chunksize=1)
    finally:
        _work.pop()


def _one(number: int) -> Any:
    return _work[-1](number)


def in_parts(work: Callable[[Sequence[Any]], list[T]], items: Sequence[Any], least: int = 2000) -> list[T]:
    """`work` over consecutive parts of `items`, its lists joined in order; few items are not worth a process."""
    if len(items) < least:
        return work(items)
    size = len(items) // 8 + 1
    starts = range(0, len(items), size)
    parts = in_processes(lambda number: work(items[starts[number] : starts[number] + size]), len(starts))
    return [result for part in parts for result in part]
