"""What is installed: every folder, every packaged fact, the command, and nothing too big."""

from __future__ import annotations

import os
import subprocess
import tomllib
from importlib.metadata import Distribution, distribution, entry_points, version
from importlib.resources import files
from pathlib import Path

import pytest

import imnet_data

REPOSITORY = Path(__file__).parent.parent
FOLDERS = {"imnet_data": "imnet_data", "imnet_data.cli": "cli", "imnet_data.db": "db"}
BIGGEST_FILE = 2 * 1024 * 1024

in_the_repository = pytest.mark.skipif(
    not (REPOSITORY / "pyproject.toml").exists(), reason="the repository's files are not here"
)
installed = pytest.mark.skipif(
    not list(Distribution.discover(name="imnet-data")), reason="imnet-data is not installed here"
)
in_a_clone = pytest.mark.skipif(
    not (REPOSITORY / ".git").exists(), reason="this is no clone of the repository"
)


def folders_with_modules(package: str, folder: str) -> set[str]:
    """The packages in one of the three folders, by their installed names."""
    found = set()
    for path, folders, names in os.walk(REPOSITORY / folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        if any(name.endswith(".py") for name in names):
            inner = Path(path).relative_to(REPOSITORY / folder).parts
            found.add(".".join((package, *inner)))
    return found


@in_the_repository
def test_every_folder_of_modules_is_listed_for_the_wheel() -> None:
    listed = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    found = set[str]().union(*(folders_with_modules(*pair) for pair in FOLDERS.items()))
    assert sorted(listed["tool"]["setuptools"]["packages"]) == sorted(found)
    assert listed["tool"]["setuptools"]["package-dir"] == FOLDERS


@in_the_repository
def test_every_folder_of_modules_has_an_init_file() -> None:
    bare = [
        path.parent
        for folder in (*FOLDERS.values(), "tests")
        for path in (REPOSITORY / folder).rglob("*.py")
        if not (path.parent / "__init__.py").exists()
    ]
    assert bare == []


@in_the_repository
@pytest.mark.parametrize("name", ["cli", "db"])
def test_the_links_of_the_package_are_relative(name: str) -> None:
    assert (REPOSITORY / "imnet_data" / name).readlink() == Path("..") / name


@in_a_clone
def test_no_big_file_is_committed_but_the_packaged_arrays() -> None:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout
    big = [
        name
        for name in listed.decode().split("\0")
        if name
        and not name.startswith("imnet_data/taxonomy/arrays/")
        and (REPOSITORY / name).is_file()
        and (REPOSITORY / name).stat().st_size > BIGGEST_FILE
    ]
    assert big == []


@in_a_clone
def test_no_packaged_file_is_ignored_by_git() -> None:
    packaged = [
        str(path.relative_to(REPOSITORY))
        for folder in FOLDERS.values()
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    asked = subprocess.run(
        ["git", "check-ignore", "--stdin"],
        cwd=REPOSITORY,
        input="\n".join(packaged),
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.stdout.split() == []


@in_the_repository
def test_every_data_file_in_the_sources_goes_into_the_wheel() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["*"]
    left_out = []
    for folder in FOLDERS.values():
        for path in (REPOSITORY / folder).rglob("*"):
            if not path.is_file() or path.suffix in {".py", ".pyc"}:
                continue
            package = next(up for up in path.parents if (up / "__init__.py").exists())
            name = path.relative_to(package)
            # fnmatch would let a star run across folders, where setuptools' does not.
            if not any(
                len(Path(pattern).parts) == len(name.parts) and name.match(pattern)
                for pattern in patterns
            ):
                left_out.append(str(path))
    assert left_out == []


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("imnet_data", "py.typed"),
        ("imnet_data.facts", "archives.toml"),
        ("imnet_data.facts", "classlists/ilsvrc2012.txt"),
        ("imnet_data.facts", "ilsvrc2012-devkit-COPYING.txt"),
        ("imnet_data.facts", "ilsvrc2012_classes.csv"),
        ("imnet_data.facts", "ilsvrc2012_cmyk.txt"),
        ("imnet_data.facts", "ilsvrc2012_oddities.csv"),
        ("imnet_data.facts", "ilsvrc2012_val_labels.txt"),
        ("imnet_data.facts", "wordnet-LICENSE.txt"),
        ("imnet_data.taxonomy", "arrays/closure.npy"),
        ("imnet_data.taxonomy", "arrays/ids.npy"),
        ("imnet_data.db.migrations.versions", "0001_spine.py"),
    ],
)
def test_what_the_package_reads_is_installed_with_it(package: str, name: str) -> None:
    assert files(package).joinpath(name).read_bytes() or name == "py.typed"


@installed
def test_the_licences_travel_with_the_installed_package() -> None:
    held = {Path(str(path)).name for path in distribution("imnet-data").files or []}
    assert {
        "LICENSE",
        "NOTICE",
        "wordnet-LICENSE.txt",
        "ilsvrc2012-devkit-COPYING.txt",
    } <= held


@installed
def test_the_installed_version_is_the_one_that_the_package_says() -> None:
    assert version("imnet-data") == imnet_data.__version__


@installed
def test_the_command_starts_the_command_line() -> None:
    (command,) = entry_points(group="console_scripts", name="imnet-data")
    assert command.value == "imnet_data.cli.main:main"
    assert callable(command.load())
