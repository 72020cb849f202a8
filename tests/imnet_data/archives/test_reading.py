from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import imnet_data
from imnet_data.archives.reading import Place, read
from imnet_data.errors import ArchiveChanged, ArchiveMissing
from tests.factory import END, Member, blocks_of, filled, flat, spans, tar_bytes

from .scanning import scan


def place(path: Path, offset: int, size: int, member: str | None = None) -> Place:
    return Place(str(path), offset, size, path.stat().st_size, member)


def places(path: Path) -> dict[str, Place]:
    """Every image of a tar by its path, as a catalogue would know it."""
    return {
        name: place(path, offset, size, name.rpartition("/")[2])
        for name, offset, size in scan(path).images
    }


@pytest.mark.parametrize("form", [0, 1, 2], ids=["ustar", "gnu", "pax"])
def test_an_image_is_read_whatever_form_its_header_has(at: Path, form: int) -> None:
    names = ["a.jpg", "./b.jpg", "folder/" * 12 + "c.jpg"]
    if form:
        names += ["d" * 150 + ".jpg", "\xfcmlaut/\u96ea.jpg", "e/" * 60 + "e.jpg"]
    inside = [Member(name, filled(name, 700), form=form) for name in names]
    at.write_bytes(tar_bytes([*inside, Member("n1.tar", tar_bytes(inside))]))
    found = places(at)
    assert len(found) == 2 * len(names)
    for name, where in found.items():
        base = name.removeprefix("n1.tar/")
        (member,) = [one for one in inside if one.name.removeprefix("./") == base]
        assert read(where) == member.data


def test_an_empty_image_is_read_as_nothing(at: Path) -> None:
    at.write_bytes(flat(["a.jpg"], size=0))
    assert read(places(at)["a.jpg"]) == b""


def test_a_replaced_file_of_another_size_is_refused(at: Path) -> None:
    at.write_bytes(flat(["a.jpg"]))
    where = places(at)["a.jpg"]
    assert read(where)
    at.write_bytes(flat(["a.jpg", "b.jpg"]))
    with pytest.raises(ArchiveChanged) as caught:
        read(where)
    assert caught.value.path == str(at)


def test_a_replaced_file_of_the_same_size_is_read_anew_and_its_header_compared(
    at: Path, tmp_path: Path
) -> None:
    at.write_bytes(flat(["a.jpg", "b.jpg"]))
    first, second = places(at)["a.jpg"], places(at)["b.jpg"]
    assert read(first) == filled("a.jpg", 700)
    new = tmp_path / "new.tar"
    changed = [Member("a.jpg", filled("anew", 700)), Member("c.jpg", filled("c", 700))]
    new.write_bytes(tar_bytes(changed))
    new.rename(at)  # the file that is still open is another one
    assert read(first) == filled("anew", 700)
    with pytest.raises(ArchiveChanged, match=r"b\.jpg is no longer at byte"):
        read(second)


def test_a_file_that_went_away_is_missing_even_where_it_was_open(at: Path) -> None:
    at.write_bytes(flat(["a.jpg"]))
    where = places(at)["a.jpg"]
    assert read(where)
    at.unlink()
    with pytest.raises(ArchiveMissing):
        read(where)


def test_a_place_behind_the_end_of_its_file_is_no_endless_wait(at: Path) -> None:
    at.write_bytes(b"short")
    with pytest.raises(ArchiveChanged, match="ends 7 bytes before"):
        read(place(at, 2, 10))


def test_hundreds_of_files_are_read_with_few_of_them_open(tmp_path: Path) -> None:
    """A user's limit is often 1024, and a folder of pictures holds more."""
    files = [tmp_path / f"{number}.jpg" for number in range(300)]
    for file in files:
        file.write_bytes(file.name.encode())
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(2):
        for file in files:
            assert read(place(file, 0, file.stat().st_size)) == file.name.encode()
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before + 64


def test_threads_read_their_own_bytes_while_files_come_and_go(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.jpg" for number in range(100)]
    for file in files:
        file.write_bytes(file.name.encode() * 50)
    where = [place(file, 0, file.stat().st_size) for file in files]
    wrong: list[str] = []

    def work(step: int) -> None:
        for at in range(0, 400 * step, step):
            file = files[at % len(files)]
            if read(where[at % len(files)]) != file.name.encode() * 50:
                wrong.append(file.name)

    threads = [threading.Thread(target=work, args=(step,)) for step in (1, 3, 7, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


FORKED = """
import os, sys, threading
from imnet_data.archives.reading import Place, _files, read

path, size = sys.argv[1], os.stat(sys.argv[1]).st_size
place = Place(path, 0, size, size)
whole = read(place)
held, forked = threading.Event(), threading.Event()

def hold() -> None:
    with _files._lock:
        held.set()
        forked.wait()

threading.Thread(target=hold, daemon=True).start()
held.wait()
child = os.fork()
if not child:
    os._exit(0 if read(place) == whole else 1)
forked.set()
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_reads_though_another_thread_was_reading(tmp_path: Path) -> None:
    """As in a DataLoader's workers: the lock that the parent's thread held is never let go here."""
    path = tmp_path / "1.jpg"
    path.write_bytes(b"picture" * 1000)
    env = {**os.environ, "PYTHONPATH": str(Path(imnet_data.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", FORKED, str(path)], env=env, timeout=30, check=False
    )
    assert done.returncode == 0


def test_data_that_only_resembles_the_member_is_told_apart_by_its_size(at: Path) -> None:
    inside = [Member("a.jpg", filled("a", 700)), Member("b.jpg", filled("b", 701))]
    at.write_bytes(tar_bytes(inside))
    start = spans(inside)[1].data
    with pytest.raises(ArchiveChanged):
        read(place(at, start, 700, "b.jpg"))
    assert read(place(at, start, 701, "b.jpg")) == filled("b", 701)


@pytest.mark.parametrize("length", [95, 97, 120, 180])
def test_an_image_is_read_where_bsdtar_cut_its_long_name(at: Path, length: int) -> None:
    """macOS' tar: the whole name stands in a pax record, 98 bytes of it in the header."""
    base = "z" * length + ".jpg"
    whole = blocks_of(Member(base[:98], filled("z", 700), form=2, records={"path": base}))
    at.write_bytes(whole + END)
    (where,) = places(at).values()
    assert where.member == base
    assert read(where) == filled("z", 700)
