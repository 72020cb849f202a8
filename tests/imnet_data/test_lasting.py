"""Files that stand under their name whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imnet_data.lasting import written_whole
from tests.limits import no_file_above

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_there_is_no_room_for_is_named_and_leaves_what_was_there(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sheet.png"
    path.write_bytes(b"before")
    with no_file_above(100), pytest.raises(OSError, match="too large") as caught:
        _write(path, bytes(200))
    assert caught.value.filename == str(path)
    assert [one.name for one in tmp_path.iterdir()] == ["sheet.png"]
    assert path.read_bytes() == b"before"


def _write(path: Path, data: bytes) -> None:
    with written_whole(str(path)) as file:
        file.write(data)
