"""Images that take their worker with them cost themselves alone."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import ArchiveError, ArchiveMissing
from imnet_data.verification import looking
from imnet_data.verification.levels import Level
from imnet_data.verification.looking import look_at
from imnet_data.verification.spans import ArchiveFile, Looked, Span
from tests.imnet_data.indexing.trees import flat_tar
from tests.imnet_data.verification.making import jpeg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Fatal(Span):
    """A span with an image that ends its worker, one that holds it up, one that swells it."""

    def run(self) -> Looked:
        if 3 in self.ids:
            os.kill(os.getpid(), signal.SIGSEGV)
            time.sleep(10)
        if 12 in self.ids:
            time.sleep(1000)
        if 17 in self.ids:
            bytearray(4 << 30)
        return super().run()


def fatal(path: Path, *, images: int, each: int) -> Iterator[Fatal]:
    """Spans over a tar that holds the same picture over and over."""
    data = jpeg()
    names = tuple(f"{at:03}.JPEG" for at in range(images))
    path.write_bytes(flat_tar(dict.fromkeys(names, data)))
    file = ArchiveFile(1, str(path), "tar", path.stat().st_size, None)
    stride = 512 + len(data) + -len(data) % 512
    for first in range(0, images, each):
        ids = tuple(range(first, first + each))
        yield Fatal(
            file,
            Level.DECODE,
            ids=ids,
            stamps=ids,
            offsets=tuple(512 + at * stride for at in ids),
            sizes=(len(data),) * each,
            members=names[first : first + each],
        )


def test_images_that_end_hold_up_or_swell_their_worker_cost_themselves_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_DEADLINE_S", 2.0)
    spans = fatal(tmp_path / "a.tar", images=20, each=5)
    looked = list(look_at(iter(spans), level=Level.DECODE, workers=2, lost=_never))
    rows = {row[0]: row for one in looked for row in one.rows}
    assert sorted(rows) == list(range(20))
    assert {image for image, row in rows.items() if row[7] is None} == {3, 12, 17}
    found = {image: (code, detail) for one in looked for code, image, _, detail in one.found}
    assert found == {
        3: ("decoder-crashed", "was ended by SIGSEGV"),
        12: ("decoder-crashed", "came to no end in 2 s"),
        17: ("decoder-crashed", "it takes more than 1,024 MiB of memory"),
    }


def _never(*_: object) -> None:
    pytest.fail("no archive is lost")


def test_an_archive_that_is_gone_is_told_with_what_it_costs(tmp_path: Path) -> None:
    spans = list(fatal(tmp_path / "a.tar", images=8, each=2))
    (tmp_path / "a.tar").unlink()
    told: list[tuple[str, int]] = []

    def lost(file: ArchiveFile, error: ArchiveError, images: int) -> None:
        assert isinstance(error, ArchiveMissing)
        told.append((file.path, images))

    safe = (span for span in spans if 3 not in span.ids)
    assert [one.images for one in look_at(safe, level=Level.DECODE, workers=0, lost=lost)] == [[]]
    assert told == [(str(tmp_path / "a.tar"), 2)] * 3
