"""Only the classes that are asked for: from a tar of tars, and from one tar a class."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

import imnet_data
from imnet_data.errors import (
    ClassesNotThere,
    NotTarOfTars,
    RangeRefused,
    RemoteChanged,
    UnknownName,
)
from imnet_data.fetching.classes import How, choose, fetch_class_tars
from imnet_data.fetching.download import Download
from imnet_data.fetching.http import HttpTransport
from imnet_data.fetching.inner_tars import InnerTars
from imnet_data.fetching.remote import Remote
from tests.factory import flat
from tests.fault_server import only_from, reset_after, serving, status, whole_for_range
from tests.imnet_data.fetching.tars_of_tars import (
    DOGS,
    IMAGES,
    WNIDS,
    TarOfTars,
    class_tar,
    tar_of_tars,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imnet_data.fetching.download import Downloaded
    from imnet_data.fetching.inner_tars import FoundTars
    from tests.fault_server import FaultServer

NAME = "ILSVRC2012_img_train.tar"
CHUNK = 1 << 20


@pytest.fixture(scope="module")
def train() -> TarOfTars:
    return tar_of_tars()


@pytest.fixture
def server(train: TarOfTars) -> Iterator[FaultServer]:
    with serving({NAME: train.data}) as running:
        yield running


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    with closing(HttpTransport()) as made:
        yield made


def remote_of(server: FaultServer, train: TarOfTars) -> Remote:
    digest = hashlib.sha256(train.data).hexdigest()
    return Remote(server.url(NAME), NAME, size=len(train.data), sha256=digest)


def some(
    remote: Remote, target: Path, transport: HttpTransport, expression: str
) -> tuple[FoundTars, Downloaded]:
    tars = InnerTars(
        remote, str(target), transport, choose(expression, "ilsvrc2012"), How(connections=3)
    )
    found = tars.look()
    return found, tars.fetch(found)


def rest(remote: Remote, target: Path, transport: HttpTransport) -> Downloaded:
    # Over one connection: of several, the fast take over half of what a slow one has asked for.
    return Download(remote, str(target), transport, connections=1).run()


def probes(server: FaultServer, after: int) -> list[int]:
    """The bytes of the requests by which a source is asked for size and version, after so many."""
    return [one.stop for one in server.requests[after:] if one.start == 0 and one.stop == 1024]


def test_an_expression_means_the_classes_that_the_release_publishes() -> None:
    dogs = choose("dog", "ilsvrc2012")
    assert len(dogs.wnids) == 118
    assert dogs.is_exact
    assert len(choose("dog", "fall11").wnids) > 118
    assert not choose("dog", "winter21").is_exact
    with pytest.raises(ClassesNotThere, match="ilsvrc2012 has no class of 'happiness'"):
        choose("happiness", "ilsvrc2012")
    with pytest.raises(UnknownName):
        choose("dgo", "ilsvrc2012")


def test_a_class_costs_its_own_bytes_and_a_header_for_each_tar_before_it(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path
) -> None:
    found, done = some(remote_of(server, train), tmp_path / NAME, transport, DOGS[0])
    span = train.inner(DOGS[0])
    assert [(one.data, one.data + one.size) for one in found.wanted] == [(span.data, span.end)]
    assert (found.met, found.here, found.missing) == (2, 0, ())
    assert not done.whole
    part = tmp_path / f"{NAME}.part"
    assert part.read_bytes()[span.data : span.end] == train.data[span.data : span.end]
    assert part.stat().st_size == len(train.data)
    sent = server.sent_bytes(NAME)
    assert span.end - span.data <= sent <= span.end - span.data + 2 * CHUNK + 2 * 512 + 1


def test_completing_it_fetches_no_byte_twice_and_ends_bit_exact(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path
) -> None:
    remote = remote_of(server, train)
    some(remote, tmp_path / NAME, transport, "cat")
    some(remote, tmp_path / NAME, transport, " | ".join(DOGS))
    before = server.sent_bytes(NAME)
    assert before < len(train.data)
    done = rest(remote, tmp_path / NAME, transport)
    assert done.whole
    assert (tmp_path / NAME).read_bytes() == train.data
    assert os.listdir(tmp_path) == [NAME]
    assert server.sent_bytes(NAME) == len(train.data) + sum(probes(server, 0))


def test_asking_again_for_what_is_here_fetches_nothing(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path
) -> None:
    remote = remote_of(server, train)
    some(remote, tmp_path / NAME, transport, DOGS[1])
    before = len(server.requests)
    found, done = some(remote, tmp_path / NAME, transport, DOGS[1])
    assert (found.here, found.size_bytes, done.fetched_bytes) == (1, 0, 0)
    assert len(probes(server, before)) == len(server.requests) - before


def test_the_catalogue_keeps_ids_and_names_from_the_part_to_the_whole(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path
) -> None:
    remote = remote_of(server, train)
    _, done = some(remote, tmp_path / NAME, transport, "dog")
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(done.path)
        before = {image.name: (image.id, image.read()) for image in catalogue.images()}
        assert len(before) == len(DOGS) * IMAGES
        whole = rest(remote, tmp_path / NAME, transport)
        catalogue.index(whole.path)
        after = {image.name: (image.id, image.read()) for image in catalogue.images()}
        assert len(after) == len(WNIDS) * IMAGES
        assert before.items() <= after.items()
        assert [(one.path, one.alternates) for one in catalogue.archives()] == [(whole.path, 0)]


CLIENT = """
import sys
from imnet_data.fetching.classes import How, choose
from imnet_data.fetching.http import HttpTransport
from imnet_data.fetching.inner_tars import InnerTars
from imnet_data.fetching.remote import Remote
url, target = sys.argv[1:]
tars = InnerTars(
    Remote(url, "train.tar"), target, HttpTransport(), choose("dog | cat", "ilsvrc2012"),
    How(connections=2),
)
found = tars.look()
print("found", flush=True)
tars.fetch(found)
"""


def test_a_client_killed_among_the_classes_loses_little_and_the_whole_is_right_at_the_end(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path
) -> None:
    server.bytes_per_s = 6_000_000
    target = tmp_path / NAME
    kills = 2
    for kill in range(kills):
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, server.url(NAME), str(target)], stdout=subprocess.PIPE
        )
        assert client.stdout is not None
        client.stdout.readline()
        time.sleep(0.15 + 0.1 * kill)
        client.send_signal(signal.SIGKILL)
        client.wait()
        client.stdout.close()
    server.bytes_per_s = 0
    remote = remote_of(server, train)
    found, _ = some(remote, target, transport, "dog | cat")
    assert {one.name[:9] for one in found.wanted} == {*DOGS, "n02123045"}
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(f"{target}.part")
        assert all(len(image.read()) == image.size for image in catalogue.images())
        assert len(catalogue.images()) == 3 * IMAGES
    rest(remote, target, transport)
    assert target.read_bytes() == train.data
    assert server.sent_bytes(NAME) < len(train.data) + kills * 2 * CHUNK + 4096


@pytest.mark.parametrize("fault", [reset_after(300_000, times=2), status(503, times=2)])
def test_a_source_that_stumbles_costs_no_class(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path, fault: object
) -> None:
    server.faults.append(only_from(1, fault))  # type: ignore[arg-type]
    some(remote_of(server, train), tmp_path / NAME, transport, "dog")
    for wnid in DOGS:
        span = train.inner(wnid)
        held = (tmp_path / f"{NAME}.part").read_bytes()
        assert held[span.data : span.end] == train.data[span.data : span.end]


def test_classes_that_are_not_in_the_file_are_told_and_nothing_is_left_where_none_is(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path
) -> None:
    remote = remote_of(server, train)
    found, _ = some(remote, tmp_path / NAME, transport, "n02085620 | n02085782")
    assert found.missing == ("n02085782",)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ClassesNotThere):
        some(remote, other / NAME, transport, "bird")
    assert os.listdir(other) == []


def test_a_file_that_was_changed_meanwhile_is_told_and_what_is_here_stays(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path
) -> None:
    remote = Remote(server.url(NAME), NAME)
    _, done = some(remote, tmp_path / NAME, transport, "cat")
    server.files[NAME] = tar_of_tars(tuple(reversed(WNIDS))).data
    with pytest.raises(RemoteChanged):
        some(remote, tmp_path / NAME, transport, "dog")
    with imnet_data.open(tmp_path / "imagenet.db", create=True) as catalogue:
        catalogue.index(done.path)
        assert {image.wnid for image in catalogue.images()} == {"n02123045"}


def test_beginning_anew_throws_away_what_is_here(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path
) -> None:
    remote = Remote(server.url(NAME), NAME)
    some(remote, tmp_path / NAME, transport, "cat")
    server.files[NAME] = other = tar_of_tars(tuple(reversed(WNIDS))).data
    choice = choose("dog", "ilsvrc2012")
    tars = InnerTars(remote, str(tmp_path / NAME), transport, choice, How(restart=True))
    tars.fetch(tars.look())
    assert rest(remote, tmp_path / NAME, transport).whole
    assert (tmp_path / NAME).read_bytes() == other


def test_a_file_without_tars_in_it_is_refused_after_a_few_headers(
    transport: HttpTransport, tmp_path: Path
) -> None:
    data = flat(f"ILSVRC2012_val_{at:08}.JPEG" for at in range(100))
    with serving({"val.tar": data}) as server:
        with pytest.raises(NotTarOfTars, match=r"val\.tar cannot be fetched by themselves"):
            some(Remote(server.url("val.tar"), "val.tar"), tmp_path / "x", transport, "dog")
        assert server.sent_bytes("val.tar") < 20 * 512
    assert os.listdir(tmp_path) == []


def test_a_source_that_gives_whole_files_alone_is_told_before_the_whole_comes(
    train: TarOfTars, server: FaultServer, transport: HttpTransport, tmp_path: Path
) -> None:
    server.faults.append(whole_for_range())
    with pytest.raises(RangeRefused):
        some(remote_of(server, train), tmp_path / NAME, transport, "dog")
    assert os.listdir(tmp_path) == []


# -- one tar a class


def test_class_tars_come_by_their_own_addresses_and_those_withdrawn_are_counted(
    transport: HttpTransport, tmp_path: Path
) -> None:
    choice = choose("toy_dog", "winter21")
    held = choice.wnids[::2]
    files = {f"w/{wnid}.tar": class_tar(wnid, images=2) for wnid in held}
    with serving(files) as server:
        template = Remote(server.url("w/{wnid}.tar"), "{wnid}.tar")
        tars = fetch_class_tars(template, choice, str(tmp_path), transport, How(connections=2))
        assert [os.path.basename(one.path) for one in tars.fetched] == [f"{w}.tar" for w in held]
        assert tars.absent == list(choice.wnids[1::2])
        assert all((tmp_path / f"{w}.tar").read_bytes() == files[f"w/{w}.tar"] for w in held)


def test_where_no_class_is_there_it_says_so(transport: HttpTransport, tmp_path: Path) -> None:
    with serving({}) as server:
        template = Remote(server.url("w/{wnid}.tar"), "{wnid}.tar")
        with pytest.raises(ClassesNotThere, match=r"w/\{wnid\}\.tar has no class of 'cat'"):
            fetch_class_tars(template, choose("cat", "winter21"), str(tmp_path), transport)
