import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "compile_taxonomy.py"


@pytest.mark.skipif(not SCRIPT.exists(), reason="the sources' scripts/ are not here")
def test_compiling_again_gives_the_packaged_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), "--target", str(tmp_path)], check=True)
    packaged = Path(str(files("imnet_data.taxonomy").joinpath("arrays")))
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    held = {file.name: file.read_bytes() for file in packaged.iterdir()}
    assert made.keys() == held.keys()
    assert [name for name, content in made.items() if content != held[name]] == []


def test_the_packaged_arrays_stay_small() -> None:
    packaged = Path(str(files("imnet_data.taxonomy").joinpath("arrays")))
    assert sum(file.stat().st_size for file in packaged.iterdir()) < 9_500_000
