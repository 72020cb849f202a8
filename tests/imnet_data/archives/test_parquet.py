"""Parquet files of images, written by pyarrow as Hugging Face has them, scanned and read by row."""

from __future__ import annotations

import json
import multiprocessing
import random
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from imnet_data.archives.containers import kind_of, open_scan
from imnet_data.archives.members import Position, Said
from imnet_data.archives.parquet import rows as parquet_rows
from imnet_data.archives.parquet import scan as scanning
from imnet_data.archives.reading import Place, read
from imnet_data.errors import ArchiveChanged, ArchiveMissing, NotAnArchive
from tests.factory import filled

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
FEATURES = {
    "image": {"_type": "Image"},
    "label": {"names": ["tench", "goldfish"], "_type": "ClassLabel"},
}
SCHEMA = pa.schema([("image", IMAGE), ("label", pa.int64())]).with_metadata(
    {"huggingface": json.dumps({"info": {"features": FEATURES}})}
)


def picture(i: int) -> bytes:
    return filled(f"picture {i}", 40 + 37 * (i % 90))


def rows_of(count: int) -> list[dict[str, Any]]:
    return [
        {
            "image": {"bytes": picture(i), "path": f"n01440764_{i}_n01440764.JPEG"},
            "label": i % 3 - 1,
        }
        for i in range(count)
    ]


def write(path: Path, rows: list[dict[str, Any]], **how: Any) -> Path:
    schema = how.pop("schema", SCHEMA)
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), path, **how)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "train-00000-of-00001.parquet", rows_of(250), row_group_size=100)


def scan(path: Path, *, start: Position | None = None) -> tuple[list[Any], list[Any], list[str]]:
    found: list[Any] = []
    stops = []
    with open_scan(str(path), "parquet", start=start) as opened:
        for run in opened.runs():
            assert run.names.are_images()
            assert run.said is not None
            found += zip(run.names, run.offsets, run.sizes, run.said, strict=True)
            stops.append((run.next_position, len(found)))
        return found, stops, [fault.sentence for fault in opened.findings.faults]


def places(path: Path) -> list[Place]:
    size = path.stat().st_size
    return [
        Place(str(path), row, length, size, name, "parquet")
        for name, row, length, _ in scan(path)[0]
    ]


def test_every_row_is_an_image_with_its_name_and_label(file: Path) -> None:
    assert kind_of(str(file)) == "parquet"
    found, stops, faults = scan(file)
    assert found == [
        (
            f"n01440764_{i}_n01440764.JPEG",
            i,
            len(picture(i)),
            Said(i % 3 - 1, None, f"n01440764_{i}_n01440764.JPEG"),
        )
        for i in range(250)
    ]
    assert not faults
    positions = [(position, count) for position, count in stops if position]
    assert [count for _, count in positions] == [100, 200]
    for position, count in positions:
        assert scan(file, start=position)[0] == found[count:]


def test_a_row_is_read_by_its_number_whatever_was_read_before(file: Path) -> None:
    drawn = random.Random(1).sample(list(enumerate(places(file))), 120)
    for i, place in [*enumerate(places(file)), *drawn]:
        assert read(place) == picture(i)


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd", "gzip"])
@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
def test_any_compression_and_a_plain_column_of_bytes_will_do(
    tmp_path: Path, compression: str, kind: Any
) -> None:
    schema = pa.schema([("jpg", kind), ("cls", pa.uint16())])
    rows = [{"jpg": picture(i), "cls": i} for i in range(30)]
    file = write(tmp_path / "a.parquet", rows, schema=schema, compression=compression)
    found, _, _ = scan(file)
    # Without a path a row is called by its number.
    assert found == [(str(i), i, len(picture(i)), Said(i)) for i in range(30)]
    assert [read(place) for place in places(file)] == [picture(i) for i in range(30)]


def test_webdatasets_as_hugging_face_converts_them_keep_what_their_json_says(
    tmp_path: Path,
) -> None:
    told = pa.struct(
        [("label", pa.int64()), ("class_name", pa.string()), ("filename", pa.string())]
    )
    schema = pa.schema([("jpg", IMAGE), ("json", told), ("__key__", pa.string())])
    row = {
        "jpg": {"bytes": b"picture", "path": "000001.jpg"},
        "json": {"label": 0, "class_name": "n01440764", "filename": "n01440764_7.JPEG"},
    }
    found, _, _ = scan(write(tmp_path / "a.parquet", [row], schema=schema))
    assert found == [("000001.jpg", 0, 7, Said(0, "n01440764", "n01440764_7.JPEG"))]


def test_a_row_without_bytes_is_told_and_left_out(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = rows_of(6)
    rows[2]["image"]["bytes"] = None
    rows[4]["image"] = None
    found, _, faults = scan(write(tmp_path / "a.parquet", rows))
    assert [row for _, row, _, _ in found] == [0, 1, 3, 5]
    assert faults == ["2 rows, 2 first, hold no image, only its path; they were not indexed"]


def test_a_first_look_gives_the_names_without_decoding_a_picture(file: Path) -> None:
    with open_scan(str(file), "parquet", max_inner=3) as opened:
        runs = list(opened.runs())
    assert [name for run in runs for name in run.names] == [name for name, *_ in scan(file)[0]]
    assert {size for run in runs for size in run.sizes} == {0}


def test_class_names_are_those_of_the_label_column(file: Path, tmp_path: Path) -> None:
    assert scanning.ParquetScan(str(file)).class_names == ("tench", "goldfish")
    schema = SCHEMA.with_metadata({"huggingface": "no json"})
    other = write(tmp_path / "other.parquet", rows_of(1), schema=schema)
    assert scanning.ParquetScan(str(other)).class_names is None


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (lambda data: data[:2000], "it ends before its table of contents|before its footer"),
        (lambda data: data[:-30] + b"\xff" * 22 + data[-8:], "footer is damaged"),
        (lambda data: data[:4], "before its footer"),
    ],
)
def test_a_file_without_its_footer_is_refused_in_one_sentence(
    file: Path, harm: Any, sentence: str
) -> None:
    file.write_bytes(harm(file.read_bytes()))
    with pytest.raises(NotAnArchive, match=sentence):
        kind_of(str(file))


def test_a_table_without_images_is_refused_with_its_columns(tmp_path: Path) -> None:
    schema = pa.schema([("x", pa.int64()), ("y", pa.list_(pa.binary()))])
    file = write(tmp_path / "a.parquet", [], schema=schema)
    with pytest.raises(NotAnArchive, match=r"holds images \(columns: x, y\)"):
        kind_of(str(file))


def test_a_damaged_row_group_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.parquet", rows_of(300), row_group_size=100, compression="snappy")
    data = bytearray(file.read_bytes())
    start = parquet.ParquetFile(file).metadata.row_group(1).column(0).data_page_offset
    data[start : start + 40] = b"\xff" * 40
    file.write_bytes(data)
    found, _, faults = scan(file)
    assert {row // 100 for _, row, _, _ in found} == {0, 2}
    assert len(faults) == 1
    assert "rows 100 to 199 cannot be decoded" in faults[0]
    size = file.stat().st_size
    with pytest.raises(ArchiveChanged, match="row 150 cannot be decoded"):
        read(Place(str(file), 150, 40, size, None, "parquet"))
    assert read(Place(str(file), 250, len(picture(250)), size, None, "parquet")) == picture(250)


def test_another_file_in_its_place_never_gives_other_pictures(tmp_path: Path) -> None:
    file = write(tmp_path / "a.parquet", rows_of(40), compression="none")
    known = places(file)
    again = rows_of(40)
    again[1]["image"], again[2]["image"] = (
        {"bytes": picture(1), "path": "n01440764_2_n01440764.JPEG"},
        {"bytes": picture(2), "path": "n01440764_1_n01440764.JPEG"},
    )
    again[5]["image"]["bytes"], again[6]["image"]["bytes"] = picture(6), picture(5)
    size = file.stat().st_size
    write(file, again, compression="none")
    assert file.stat().st_size == size
    for i, reason in ((1, "is no longer"), (5, "bytes, and had 225"), (6, "holds 225")):
        with pytest.raises(ArchiveChanged, match=reason):
            read(known[i])
    assert read(known[3]) == picture(3)
    write(file, rows_of(10), compression="none")
    with pytest.raises(ArchiveChanged, match="bytes, and had"):
        read(known[3])
    beyond = Place(str(file), 10, 3, file.stat().st_size, None, "parquet")
    with pytest.raises(ArchiveChanged, match="row 10 is not there"):
        read(beyond)
    file.unlink()
    with pytest.raises(ArchiveMissing):
        read(known[3])


def _all_right(found: list[Place]) -> bool:
    return all(read(place) == picture(place.offset) for place in found)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_read_on_after_their_parent_did(file: Path, method: str) -> None:
    known = places(file)
    random.Random(2).shuffle(known)
    assert _all_right(known[:20])
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert all(pool.map(_all_right, [known[at::4] for at in range(4)]))


def test_threads_read_at_once(file: Path) -> None:
    known = places(file)
    right = []
    threads = [
        threading.Thread(target=lambda at=at: right.append(_all_right(known[at::4])))
        for at in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert right == [True] * 4


def test_of_a_large_row_group_a_bounded_stretch_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the group is decoded from the start again for a row that was let go."""
    monkeypatch.setattr(parquet_rows, "_KEPT_BYTES", 50_000)
    monkeypatch.setattr(parquet_rows, "_BATCH_BYTES", 10_000)
    file = write(tmp_path / "one.parquet", rows_of(2000), row_group_size=2000)
    known = places(file)
    order = list(range(2000))
    for i in [*order[::97], *order[::-301], 0, 1999, 0]:
        assert read(known[i]) == picture(i)
    rows = parquet_rows._files.get(known[0]).thing
    assert sum(batch.nbytes for _, batch in rows._kept) < 80_000


_LARGE = """
import resource, sys
import pyarrow.compute, pyarrow.parquet
from imnet_data.archives.containers import open_scan
from imnet_data.archives.reading import Place, read
import os
path = sys.argv[1]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open_scan(path, "parquet") as scan:
    sizes = [size for run in scan.runs() for size in run.sizes]
for row in (len(sizes) - 1, 3):
    read(Place(path, row, sizes[row], os.path.getsize(path), None, "parquet"))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_stays_far_below_a_large_row_group(tmp_path: Path) -> None:
    schema = pa.schema([("image", pa.binary())])
    data = random.Random(1).randbytes(1_200_000)
    rows = [{"image": data[at * 1000 : at * 1000 + 200_000]} for at in range(600)]
    how = {"schema": schema, "compression": "none", "use_dictionary": False}
    file = write(tmp_path / "a.parquet", rows, row_group_size=600, write_batch_size=8, **how)
    done = subprocess.run(
        [sys.executable, "-c", _LARGE, str(file)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 60  # of the group's 120


_WITHOUT = """
import sys
sys.modules["pyarrow"] = None
from imnet_data.archives.containers import kind_of
try:
    kind_of(sys.argv[1])
except Exception as error:
    print(type(error).__name__, error)
"""


def test_without_pyarrow_it_says_what_to_install(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT, str(file)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("NotAnArchive")
    needs = "reading and writing Parquet needs pyarrow: pip install 'imnet-data[parquet]'"
    assert needs in done.stdout


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.none() | st.integers(0, 3000), min_size=1, max_size=60),
    group=st.integers(1, 70),
    page=st.sampled_from([200, 1 << 20]),
    draw=st.randoms(use_true_random=False),
)
def test_any_table_reads_as_pyarrow_reads_it(
    tmp_path: Path, sizes: list[int | None], group: int, page: int, draw: random.Random
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "image": {"bytes": None if size is None else filled(str(i), size), "path": None},
            "label": i,
        }
        for i, size in enumerate(sizes)
    ]
    file = write(tmp_path / "any.parquet", rows, row_group_size=group, data_page_size=page)
    known = places(file)
    truth = {i: row["image"]["bytes"] for i, row in enumerate(rows)}
    assert {place.offset for place in known} == {i for i, data in truth.items() if data is not None}
    draw.shuffle(known)
    for place in known:
        assert read(place) == truth[place.offset]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 1 << 14), bit=st.integers(0, 7))
def test_a_flipped_bit_is_a_fault_or_a_refusal_and_no_traceback(
    tmp_path: Path, at: int, bit: int
) -> None:
    file = write(tmp_path / "flipped.parquet", rows_of(20), row_group_size=10)
    data = bytearray(file.read_bytes())
    data[at % len(data)] ^= 1 << bit
    file.write_bytes(data)
    try:
        if kind_of(str(file)) != "parquet":
            return
        for place in places(file):
            read(place)
    except (NotAnArchive, ArchiveChanged):
        pass
