from __future__ import annotations

from pathlib import Path

import pytest

from imnet_data.verification.codes import CODES

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "verifying.md"


@pytest.mark.skipif(not GUIDE.exists(), reason="the repository's files are not here")
def test_the_guide_has_every_code_with_its_severity_sentence_and_way_out() -> None:
    _, _, table = GUIDE.read_text(encoding="utf-8").partition("\n| code | severity |")
    rows = [line for line in table.split("\n\n")[0].splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{one.name}` | {one.severity} | {one.message} | {one.way_out} |"
        for one in CODES.values()
    ], "copy the rows from codes.CODES"
