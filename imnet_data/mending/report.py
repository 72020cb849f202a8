"""What a repair came to: archives mended or not, images given another place, images left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from imnet_data.verification.codes import FROM_ARCHIVES

if TYPE_CHECKING:
    from imnet_data.errors import ImnetDataError
    from imnet_data.mending.alternates import Swap
    from imnet_data.mending.plan import Item

State = Literal["to mend", "mended", "not mended"]


@dataclass(slots=True)
class Outcome:
    """What became of one archive's plan.

    `error` says why it could not be mended. `fetched_bytes` came for it, `written_bytes` of it were
    replaced, `looked_at` images were verified again, and `still_broken` of all its images are.
    """

    item: Item
    state: State
    error: ImnetDataError | None = None
    fetched_bytes: int = 0
    written_bytes: int = 0
    looked_at: int = 0
    still_broken: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The archive's path."""
        return self.item.archive.path

    @property
    def is_left(self) -> bool:
        """Whether something of it stays broken: its file, or images that have no other place."""
        if self.state == "to mend":
            return False
        of_file = self.state == "not mended" and not FROM_ARCHIVES.isdisjoint(
            self.item.damage.codes
        )
        return of_file or self.still_broken > 0


@dataclass(slots=True)
class RepairReport:
    """What was done, or with `dry_run` would be: each archive with damage, each image that moved.

    `left_out` counts the broken images that nothing mends: subsets and shards leave them out.
    """

    dry_run: bool
    outcomes: list[Outcome] = field(default_factory=list)
    swaps: list[Swap] = field(default_factory=list)
    left_out: int = 0

    @property
    def mended(self) -> int:
        """How many archives were mended."""
        return sum(one.state == "mended" for one in self.outcomes)

    @property
    def bytes_to_fetch(self) -> int:
        """What is still to be fetched for those that can be mended."""
        return sum(one.item.bytes_to_fetch for one in self.outcomes if one.state == "to mend")

    @property
    def is_well(self) -> bool:
        """Whether nothing that was found broken is left, or after a dry run would be."""
        return not self.left_out and not any(one.is_left for one in self.outcomes)
