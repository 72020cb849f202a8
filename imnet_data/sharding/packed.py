"""A shard's unit with all that it reads of its plan, for a worker that sees no folder of ours.

It is for sets that go to a store; workers who see the folder read the plan there.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from imnet_data.sharding.folder_files import work_folder
from imnet_data.sharding.plan import ShardPlan
from imnet_data.sharding.rows import RowFile, Rows, read_tables

if TYPE_CHECKING:
    from imnet_data.sharding.records import ShardRecord
    from imnet_data.work.unit import Unit


@runtime_checkable
class Packable(Protocol):
    """A unit that knows by itself what it reads of its plan."""

    def packed(self) -> Packed:
        """The same with that."""
        ...


@runtime_checkable
class Packed(Protocol):
    """A unit that is to be unpacked first."""

    def unpacked(self, folder: str) -> Unit[ShardRecord]:
        """The unit, to write in a folder; what it reads lies in the work folder there."""
        ...


def packed(unit: Any) -> Packed:
    """A unit of any format, packed."""
    if isinstance(unit, Packable):
        return unit.packed()
    assert isinstance(unit.shard, ShardPlan)
    return PackedUnit(unit, *_packed_rows(unit.shard))


@dataclass(frozen=True)
class PackedUnit:
    """A unit of shards of entries, with its rows and what they have in common."""

    unit: Any
    rows: Rows
    tables: bytes

    @property
    def shard(self) -> ShardPlan:
        """The plan of the shard, for who names it."""
        plan: ShardPlan = self.unit.shard
        return plan

    def unpacked(self, folder: str) -> Unit[ShardRecord]:
        """See Packed."""
        path = os.path.join(work_folder(folder), f"plan-{self.shard.stem}")
        plan = replace(self.shard, path=path, first=0)
        RowFile(plan.path).append(self.rows, at=0)
        with open(plan.tables, "wb") as file:
            file.write(self.tables)
        unit: Unit[ShardRecord] = replace(self.unit, folder=folder, shard=plan)
        return unit


def _packed_rows(plan: ShardPlan) -> tuple[Rows, bytes]:
    """The rows of a shard, and of the tables of its part what they need: they may be megabytes."""
    rows = plan.rows()
    sources, kinds = read_tables(plan.tables)
    tables: list[list[Any]] = []
    columns: list[tuple[str, list[Any]]] = [("source", [*sources]), ("kind", [*kinds])]
    for column, entries in columns:
        used, numbers = np.unique(rows.rows[column], return_inverse=True)
        rows.rows[column] = numbers
        tables.append([entries[number] for number in used.tolist()])
    return rows, json.dumps(tables).encode("ascii")
