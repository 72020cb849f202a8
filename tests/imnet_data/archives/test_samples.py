"""WebDataset shards, written by webdataset itself and by hand: images with what is said of them."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
import webdataset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webdataset.tariterators import group_by_keys, tar_file_iterator

from imnet_data.archives import samples
from imnet_data.archives.containers import open_scan
from imnet_data.archives.members import Said, is_image
from imnet_data.archives.reading import Place, read
from imnet_data.archives.samples import SampleScan, is_side, said_in
from imnet_data.archives.tars import scan as tar
from tests.factory import Member, filled, flat, tar_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.archives.members import Position

Found = tuple[str, int, int, Said]


def wanted(base: str) -> bool:
    return is_image(base) or is_side(base)


def scan(path: Path, *, start: Position | None = None) -> tuple[list[Found], list[Any], list[str]]:
    """All images of a shard, where a scan could go on and behind how many, and the faults."""
    found: list[Found] = []
    stops = []
    with open_scan(str(path), "tar", wanted=wanted, start=start) as plain:
        scanned = SampleScan(plain)
        for run in scanned.runs():
            head = f"{run.directory}/" if run.directory else ""
            assert run.said is not None
            assert run.names.are_images() or all(map(is_image, run.names))
            names = [head + name for name in run.names]
            found += zip(names, run.offsets, run.sizes, run.said, strict=True)
            stops.append((run.next_position, len(found)))
        return found, stops, [fault.sentence for fault in scanned.findings.faults]


def webdatasets_own(path: Path) -> list[dict[str, Any]]:
    """The samples of a shard as webdataset's reader groups them."""
    with path.open("rb") as stream:
        members = ({**one, "__url__": path.name} for one in tar_file_iterator(stream))
        return list(group_by_keys(members))


def said_of(path: Path) -> dict[str, Said]:
    return {name: said for name, _, _, said in scan(path)[0]}


def test_a_shard_of_webdatasets_own_writer_reads_as_with_its_own_reader(tmp_path: Path) -> None:
    with webdataset.ShardWriter(str(tmp_path / "s-%04d.tar"), maxcount=40, verbose=0) as writer:
        for i in range(100):
            writer.write(
                {
                    "__key__": f"{i:06d}",
                    "jpg": filled(f"picture {i}", 100 + 97 * i),
                    "cls": i % 7,
                    "json": {"label": i % 7, "filename": f"n01440764_{i}.JPEG", "width": 5},
                }
            )
    shards = sorted(tmp_path.glob("s-*.tar"))
    assert len(shards) == 3
    ours = {}
    for shard in shards:
        for name, offset, size, said in scan(shard)[0]:
            place = Place(str(shard), offset, size, shard.stat().st_size, name)
            ours[name.removesuffix(".jpg")] = (read(place), said.label, said.name)
    theirs = {
        one["__key__"]: (one["jpg"], int(one["cls"]), json.loads(one["json"])["filename"])
        for shard in shards
        for one in webdatasets_own(shard)
    }
    assert ours == theirs
    assert len(ours) == 100


def test_a_label_is_read_wherever_it_stands_beside_its_image(at: Path) -> None:
    at.write_bytes(
        tar_bytes(
            [
                Member("a.cls", b"3"),
                Member("a.jpg", b"1"),
                Member("b.jpg", b"1"),
                Member("b.cls", b" 4\n"),
                Member("c.JPEG", b"1"),
                Member("d.CLS", b"5"),
                Member("d.jpg", b"1"),
                Member("e.cls", b"n01440764"),
                Member("e.jpg", b"1"),
                Member("f.json", b"6"),
                Member("f.png", b"1"),
                Member("x/f.jpg", b"1"),  # the same key in another folder is another sample
            ]
        )
    )
    assert said_of(at) == {
        "a.jpg": Said(3),
        "b.jpg": Said(4),
        "c.JPEG": Said(),
        "d.jpg": Said(5),
        "e.jpg": Said(wnid="n01440764"),
        "f.png": Said(6),
        "x/f.jpg": Said(),
    }


def test_of_several_images_of_a_key_the_first_alone_has_the_name_and_all_have_the_label(
    at: Path,
) -> None:
    at.write_bytes(
        tar_bytes(
            [
                Member("7.jpg", b"1"),
                Member("7.mask.png", b"2"),
                Member("7.json", b'{"label": 2, "filename": "n01440764_1.JPEG"}'),
            ]
        )
    )
    assert said_of(at) == {
        "7.jpg": Said(2, None, "n01440764_1.JPEG"),
        "7.mask.png": Said(2),
    }


def test_a_label_that_cannot_be_read_is_told_and_its_image_kept(at: Path) -> None:
    broken = [b"", b"five", b"\xff", b"9" * 5000]
    members = []
    for i, content in enumerate(broken):
        members += [Member(f"in/{i}.cls", content), Member(f"in/{i}.jpg", b"1")]
    members += [Member("in/9.json", b"[" * 100_000), Member("in/9.jpg", b"1")]
    at.write_bytes(tar_bytes(members))
    found, _, faults = scan(at)
    assert [said for *_, said in found] == [Said()] * 5
    assert faults == [
        "in/0.cls and 4 more .cls and .json cannot be read; their images were indexed without them"
    ]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"label": 3, "class_name": "n00004475"}, Said(3, "n00004475")),  # timm's 22k
        ({"cls": 0, "synset": "n01440764", "path": "a/b.jpg"}, Said(0, "n01440764", "a/b.jpg")),
        ({"label": "n01440764"}, Said(None, "n01440764")),
        ({"label": True, "width": 3, "filename": 7}, Said()),
        ({"filename": "half a character \ud83d"}, Said()),
        ({"filename": "a\0b"}, Said()),
    ],
)
def test_metadata_says_what_it_says_under_any_of_the_usual_words(
    found: dict[str, Any], said: Said
) -> None:
    assert said_in(found) == said


@pytest.mark.parametrize("records", [{}, {"mtime": "1.5"}, {"path": "renamed.jpg"}])
def test_a_scan_goes_on_behind_every_run_with_just_the_images_that_are_left(
    at: Path, monkeypatch: pytest.MonkeyPatch, records: dict[str, str]
) -> None:
    # Hops of seven members end in the middle of samples of three.
    monkeypatch.setattr(tar, "_BATCH", 7)
    monkeypatch.setattr(samples, "_RUN_LENGTH", 2)
    form = tarfile.PAX_FORMAT if records else tarfile.USTAR_FORMAT
    members = []
    for i in range(30):
        for suffix, content in (("cls", b"%d" % i), ("jpg", b"1" * i), ("json", b"{}")):
            name = f"n/{i:04d}.{suffix}"
            said = {**records, "path": name} if "path" in records else records
            members.append(Member(name, content, form=form, records=said))
    at.write_bytes(tar_bytes(members))
    whole, stops, _ = scan(at)
    assert [said.label for *_, said in whole] == list(range(30))
    assert len(stops) > 5
    for position, count in stops[:-1]:
        assert position is not None
        assert scan(at, start=position)[0] == whole[count:]


_EXTENSIONS = ["jpg", "cls", "json", "seg.png", "txt", "JPEG"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    samples_=st.lists(
        st.lists(st.sampled_from(_EXTENSIONS), unique=True, min_size=1), min_size=1, max_size=12
    ),
    times=st.booleans(),
)
def test_any_shard_has_the_images_and_labels_that_webdataset_finds(
    at: Path, samples_: list[list[str]], *, times: bool
) -> None:
    members = []
    for i, extensions in enumerate(samples_):
        for extension in extensions:
            content = {"cls": b"%d" % i, "json": b'{"label": %d}' % (i + 100)}
            members.append(
                Member(
                    f"d{i // 5}/k{i}.{extension}",
                    content.get(extension, filled(extension, 700)),
                    form=tarfile.PAX_FORMAT if times else tarfile.GNU_FORMAT,
                    records={"mtime": "1.5", "uname": "me"} if times else {},
                )
            )
    at.write_bytes(tar_bytes(members))
    theirs = {}
    for one in webdatasets_own(at):
        label = one.get("cls") and int(one["cls"])
        if label is None and "json" in one:
            label = json.loads(one["json"])["label"]
        for key in one:
            if key in ("jpg", "jpeg", "seg.png"):
                theirs[f"{one['__key__']}.{key}"] = label
    ours = {name.replace("JPEG", "jpeg"): said.label for name, said in said_of(at).items()}
    assert ours == theirs


def test_a_truncated_shard_gives_what_is_whole(at: Path) -> None:
    names = [f"{i}.{suffix}" for i in range(5) for suffix in ("cls", "jpg")]
    data = flat(names, size=600)
    at.write_bytes(data[: 512 * 3 * 7 + 700])
    found, _, faults = scan(at)
    assert [name for name, *_ in found] == ["0.jpg", "1.jpg", "2.jpg"]
    assert any("ends at byte" in fault for fault in faults)


def test_a_shard_with_a_pax_header_before_every_member_is_hopped_over(at: Path) -> None:
    """As webdataset, bsdtar and GNU tar write them; one at a time would cost six times as much."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as plain:
        for i in range(2500):
            info = tarfile.TarInfo(f"{i}.jpg")
            info.size, info.mtime = 10, 1.5 + i
            plain.addfile(info, io.BytesIO(b"0123456789"))
    at.write_bytes(buffer.getvalue())
    with open_scan(str(at), "tar", wanted=wanted) as opened:
        runs = list(opened.runs())
    with tarfile.open(at) as plain:
        members = plain.getmembers()
    found = [(name, at_) for run in runs for name, at_ in zip(run.names, run.offsets, strict=True)]
    assert found == [(one.name, one.offset_data) for one in members]
    assert len(runs) < 10
