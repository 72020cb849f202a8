from __future__ import annotations

import sys
from importlib.metadata import Distribution
from typing import TYPE_CHECKING

import pytest

from imnet_data.doctor.packages import findings, judge
from imnet_data.doctor.requirements import Requirement, read

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.doctor.finding import Finding

METADATA = """\
Metadata-Version: 2.4
Name: imnet-data
Version: 9
Requires-Dist: click>=8.1.7
Requires-Dist: NumPy (>=1.26)
Provides-Extra: all
Requires-Dist: imnet-data[containers,parquet]; extra == "all"
Provides-Extra: containers
Requires-Dist: rapidgzip>=0.14; extra == "containers"
Requires-Dist: winreader>=1; (sys_platform == "win32") and extra == "containers"
Requires-Dist: zstandard>=0.22; python_version >= "3.8" and extra == "containers"
Provides-Extra: parquet
Requires-Dist: pyarrow<30,>=17; extra == "parquet"
Provides-Extra: test
Requires-Dist: pytest>=8.2; extra == "test"
Requires-Dist: imnet-data[test]; extra == "dev"
"""


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    """The requirements of a distribution as Python reads them from its metadata."""
    folder = tmp_path / "imnet_data-9.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(METADATA)
    return Distribution.at(folder).requires or []


def told(lines: list[str], **installed: str) -> dict[str, Finding]:
    return {one.what: one for one in judge(lines, installed.get)}


def test_every_extra_for_users_is_listed_and_those_for_developers_are_not(lines: list[str]) -> None:
    found = told(lines, click="8.2", numpy="2.0")
    assert [what for what in found if what.startswith("extra ")] == [
        "extra containers",
        "extra parquet",
    ]


def test_a_missing_extra_is_a_note_with_the_command_that_installs_it(lines: list[str]) -> None:
    extra = told(lines, zstandard="0.23.0")["extra containers"]
    assert extra.state == "note"
    assert extra.found == "rapidgzip is not installed; zstandard 0.23.0"
    assert extra.advice == "pip install 'imnet-data[containers]'"


def test_a_package_that_is_too_old_is_trouble(lines: list[str]) -> None:
    extra = told(lines, pyarrow="16.1.0")["extra parquet"]
    assert extra.state == "trouble"
    assert "pyarrow 16.1.0 does not do" in extra.found
    assert extra.advice == "pip install --upgrade 'imnet-data[parquet]'"


def test_what_is_there_is_told_with_its_version(lines: list[str]) -> None:
    extra = told(lines, pyarrow="17.0.0")["extra parquet"]
    assert (extra.state, extra.found, extra.advice) == ("well", "pyarrow 17.0.0", "")


def test_a_core_package_that_is_missing_is_trouble(lines: list[str]) -> None:
    found = told(lines, click="8.1.8")
    assert found["numpy"].state == "trouble"
    assert found["numpy"].advice == "pip install 'numpy>=1.26'"
    assert found["click"].state == "well"
    assert "needed" not in found


@pytest.mark.parametrize(
    ("versions", "version", "does"),
    [
        (">=2.10", "2.9.9", False), (">=2.10", "2.10", True), (">=2.10", "2.10.0rc1", True),
        (">=17", "17", True), (">=17.0.0", "17", True), ("<3", "3.0", False), ("<3", "2.99", True),
        ("==1.4", "1.4.0", True), ("!=1.4", "1.4", False), ("~=1.4.2", "1.4.9", True),
        ("~=1.4.2", "1.5.0", False), ("~=1.4", "1.5", True), (">=1,<2", "2.0", False),
        (">=2", "2.4.1+cu121", True), ("==1.*", "1.7", True), ("", "0.0.1", True),
        (">=2024a", "unknown", False),
    ],
)  # fmt: skip
def test_versions_are_compared_by_their_numbers(versions: str, version: str, does: bool) -> None:
    assert Requirement("x", versions, None).takes(version) is does


@pytest.mark.parametrize(
    ("line", "applies"),
    [
        (f'a; sys_platform == "{sys.platform}"', True),
        ('a; sys_platform == "beos"', False),
        ('a; sys_platform != "beos" and python_version >= "3.11"', True),
        ('a; python_version < "3.11"', False),
        ('a; sys_platform == "beos" or sys_platform == "linux"', True),  # not judged
        ('a; platform_release == "1"', True),  # not judged
    ],
)
def test_what_is_for_another_machine_does_not_count(line: str, applies: bool) -> None:
    found = read(line)
    assert found is not None
    assert found.applies_here is applies


def test_this_installation_has_all_that_it_needs() -> None:
    assert [one for one in findings() if one.aside and one.state == "trouble"] == []
