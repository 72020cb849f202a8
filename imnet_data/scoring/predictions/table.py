"""What every kind of file of predictions gives: what its rows hold, and the rows.

Which kind a file is of is reading.py's question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.scoring.predictions.batch import Batch, Kind
    from imnet_data.scoring.predictions.faults import Faults
    from imnet_data.scoring.predictions.form import Form


@dataclass(frozen=True, slots=True)
class Shape:
    """What the rows hold: `size` ranks or scores; `total` rows, where that is known at once.

    `by_name` says that classes are written by name, so that no order is in question; `columns` are
    the wnids of the columns of scores, where the file names them.
    """

    kind: Kind
    size: int
    has_names: bool
    by_name: bool = False
    columns: tuple[str, ...] | None = None
    total: int | None = None

    @classmethod
    def of(cls, form: Form, total: int | None = None) -> Shape:
        """The shape of a table in some form."""
        named = form.name_at is not None
        return cls(form.kind, form.size, named, form.by_name, form.columns, total)


class Table(Protocol):
    """A file of predictions."""

    @property
    def shape(self) -> Shape:
        """What its rows hold."""

    def read(self, faults: Faults) -> Iterator[Batch]:
        """The rows in the file's order; scores may still be NaN or infinite."""
