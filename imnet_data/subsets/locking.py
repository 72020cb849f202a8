"""Making a lock: every image that a recipe takes is gone through once, and none is held.

What a lock holds is lock.py's.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from imnet_data._version import VERSION
from imnet_data.sharding.entry import NO_LABEL
from imnet_data.subsets.fingerprint import Fingerprint
from imnet_data.subsets.lock import Lock, LockedClass, LockedPart
from imnet_data.subsets.sketch import Sketch, records_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.progress import Progress
    from imnet_data.subsets.exclusions import Exclusions
    from imnet_data.subsets.members import Members
    from imnet_data.subsets.stretch import Stretch
    from imnet_data.verification.inspected import Inspected


class Locking:
    """What is known of the images gone through so far."""

    def __init__(
        self,
        members: Members,
        exclusions: Exclusions,
        inspected: Inspected | None,
        sketch: Sketch,
    ) -> None:
        self._members = members
        self._sketch = sketch
        self._exclusions = exclusions
        self._inspected = inspected
        self._parts = {part: _Part() for part in members.frame.parts}
        self._content = Fingerprint()
        self._excluded: list[tuple[str, str]] = []
        self._classes: defaultdict[int, dict[str, int]] = defaultdict(dict)
        self.digests_unknown = 0
        """Images whose bytes are not known by a digest."""

    @property
    def sizes_unknown(self) -> int:
        """Images whose sides the recipe asks for, and that are not known."""
        return self._exclusions.sizes_unknown

    def lock(self, name: str, *, progress: Progress) -> Lock:
        """Go through all images, and give the lock; once, of one of these."""
        progress.begin("locking", self._members.count_at_most, "images")
        try:
            for stretch in self._members.stretches():
                self._add(stretch)
                progress.advance(len(stretch))
        finally:
            progress.end()
        return self._made(name)

    def _add(self, stretch: Stretch) -> None:
        part = self._parts[stretch.part]
        sizes = [row[7] for row in stretch.rows]
        part.images += len(sizes)
        part.bytes += sum(sizes)
        name = self._class_name(stretch.label).encode()
        lines = part.fingerprint.add(
            b"%b\t%d\t%b" % (key, size, name) for key, size in zip(stretch.keys, sizes, strict=True)
        )
        head = len(f"{self._members.frame.release}/{stretch.split.label}/".encode())
        names = [key[head:] for key in stretch.keys]
        split = stretch.split
        self._sketch.add(records_of(lines, sizes, label=stretch.label, split=split, names=names))
        if stretch.label != NO_LABEL:
            counts = self._classes[stretch.label]
            counts[stretch.part] = counts.get(stretch.part, 0) + len(sizes)
        if self._exclusions.any:
            for key, code in zip(stretch.keys, self._exclusions.codes(stretch.rows), strict=True):
                if code is not None:
                    self._excluded.append((key.decode(), code))
                    part.left_out += 1
        self._add_content(stretch.keys, stretch.rows)

    def _add_content(self, keys: Sequence[bytes], rows: Sequence[tuple[Any, ...]]) -> None:
        digests = [None] * len(rows) if self._inspected is None else self._inspected.digests(rows)
        known = [
            b"%b\t%b" % (key, digest.hex().encode())
            for key, digest in zip(keys, digests, strict=True)
            if digest is not None
        ]
        self.digests_unknown += len(rows) - len(known)
        if not self.digests_unknown:
            self._content.add(known)

    def _class_name(self, label: int) -> str:
        return "" if label == NO_LABEL else self._members.frame.classes[label].name

    def _made(self, name: str) -> Lock:
        frame = self._members.frame
        total = Fingerprint()
        for part in self._parts.values():
            total += part.fingerprint
        return Lock(
            name=name,
            made_by=f"imnet-data {VERSION}",
            release=frame.release,
            recipe=frame.recipe,
            classes=tuple(
                LockedClass(one.name, one.wnid, self._classes.get(one.index, {}))
                for one in frame.classes
            ),
            classes_fingerprint=frame.classes.fingerprint,
            parts={
                name: LockedPart(part.images, part.bytes, part.left_out, part.fingerprint.text)
                for name, part in self._parts.items()
            },
            fingerprint=total.text,
            content=None if self.digests_unknown else self._content.text,
            excluded=tuple(self._excluded),
            sketch=self._sketch,
        )


class _Part:
    """A part's numbers as they grow."""

    def __init__(self) -> None:
        self.images = 0
        self.bytes = 0
        self.left_out = 0
        self.fingerprint = Fingerprint()
