"""Units end as they will, and every other unit is done."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from imnet_data.errors import WorkersDie
from imnet_data.work.run import outcomes
from imnet_data.work.unit import Done, Failed, Lost, Unit

from .units import Crash, Double, Hang, Leave, Mark, Raise, Swell, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def doubles(found: list[Any]) -> list[int]:
    return sorted(one.result for one in found if isinstance(one, Done))


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_every_unit_has_its_outcome_and_errors_are_outcomes(workers: int) -> None:
    units: list[Unit[int]] = [*map(Double, range(50)), Raise()]
    found = list(outcomes(units, workers=workers))
    assert doubles(found) == [2 * n for n in range(50)]
    (failed,) = (one for one in found if isinstance(one, Failed))
    assert isinstance(failed.error, LookupError)
    assert isinstance(failed.unit, Raise)


def test_workers_have_the_variables_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    list(outcomes([Double(1)], workers=1))  # what forks workers may have begun with others
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    (done,) = outcomes([Variable("AWS_ENDPOINT_URL")], workers=1)
    assert isinstance(done, Done)
    assert done.result == "http://127.0.0.1:1"


def test_units_that_end_their_process_cost_themselves_alone() -> None:
    bad: list[Unit[int]] = [Crash(), Leave(), Hang(), Swell()]
    units: list[Unit[int]] = []
    for at, unit in enumerate(bad):
        units += [*map(Double, range(10 * at, 10 * at + 10)), unit]
    found = list(outcomes(units, workers=2, deadline_s=2, memory_bytes=1 << 30))
    assert doubles(found) == [2 * n for n in range(40)]
    lost = {type(one.unit): one.how for one in found if isinstance(one, Lost)}
    assert lost == {
        Crash: "was ended by SIGSEGV",
        Leave: "ended with exit code 3",
        Hang: "came to no end in 2 s",
    }
    (failed,) = (one for one in found if isinstance(one, Failed))
    assert isinstance(failed.error, MemoryError)


def test_units_are_asked_for_only_a_few_ahead() -> None:
    asked = []

    def units() -> Iterator[Unit[int]]:
        for number in range(1000):
            asked.append(number)
            yield Double(number)

    running = outcomes(units(), workers=2)
    for _ in range(10):
        next(running)
    assert len(asked) < 30
    running.close()


def test_closing_stops_the_workers(tmp_path: Path) -> None:
    units: list[Unit[int]] = [Double(1), Mark(tmp_path), Mark(tmp_path)]
    running = outcomes(units, workers=3)
    assert isinstance(next(running), Done)
    while len(list(tmp_path.iterdir())) < 2:
        time.sleep(0.01)
    running.close()
    for path in tmp_path.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name), 0)


def test_workers_that_only_die_are_told_and_not_started_for_ever() -> None:
    # pebble cannot always tell that a worker had taken a unit before it ended.
    with pytest.raises(WorkersDie, match=r"exit code 3|before it took any work"):
        list(outcomes([Leave()] * 100, workers=2))
