"""`fetch`, from a real server on loopback that a registry of one's own names."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import imnet_data
from imnet_data.cli.typed import rate
from imnet_data.fetching.wanted import Wish
from tests.cli.conftest import answer, command_line, environment, on_terminal, run
from tests.factory import Member, tar_bytes
from tests.fault_server import FaultServer, after, html, needs, only_for, only_from, status

if TYPE_CHECKING:
    from imnet_data.demo.build import Demo

VAL, TEST = "ILSVRC2012_img_val.tar", "ILSVRC2012_img_test_v10102019.tar"
SECRET = "s3cret-w0rd"
DOG, CAT, CRANE = "n02085620", "n02123045", "n03126707"


pytestmark = pytest.mark.usefixtures("nobodys")


def tar_of_tars() -> bytes:
    """Three class tars of 3 MB: more than a chunk each, and so no neighbour comes with another."""
    inner = [
        Member(
            f"{wnid}.tar",
            tar_bytes(
                Member(f"{wnid}_{n}.JPEG", hashlib.sha256(f"{wnid}{n}".encode()).digest() * 24_000)
                for n in range(4)
            ),
        )
        for wnid in (DOG, CAT, CRANE)
    ]
    return tar_bytes(inner)


@pytest.fixture(scope="module")
def files(demo: Demo) -> dict[str, bytes]:
    return {
        VAL: demo.val.read_bytes(),
        TEST: demo.test.read_bytes(),
        "train.tar": tar_of_tars(),
        "slow.tar": os.urandom(6_000_000),
    }


def register(text: str) -> None:
    path = Path(os.environ["XDG_CONFIG_HOME"], "imnet-data", "archives.toml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def host_of(server: FaultServer) -> str:
    return f"127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def mirror(server: FaultServer) -> FaultServer:
    """The server as the registry of a user has it: with sizes, checksums, and its terms."""
    parts = [
        f'[mine.{part}]\nurl = "{server.url(name)}"\nrelease = "ilsvrc2012"\n'
        f'bytes = {len(server.files[name])}\n'
        f'sha256 = "{hashlib.sha256(server.files[name]).hexdigest()}"\n'
        for part, name in (("val", VAL), ("test", TEST), ("slow", "slow.tar"))
    ]  # fmt: skip
    source = f'[sources."{host_of(server)}"]\nlogin = "maybe"\nterms = "https://mine.org/terms"\n'
    register('[mine]\ntitle = "Mine"\ndefault = ["val", "test"]\n' + "".join(parts) + source)
    return server


def test_a_release_arrives_whole_and_indexed_as_what_it_was_published_as(
    mirror: FaultServer,
) -> None:
    done = run("fetch", "mine", "--to", "data")
    assert done.exit_code == 0, done.output
    for name in (VAL, TEST):
        assert Path("data", name).read_bytes() == mirror.files[name]
    assert sorted(os.listdir("data")) == sorted([VAL, TEST])
    assert "its terms: https://mine.org/terms" in done.stderr
    assert done.stdout.count("SHA-256 agrees") == 2
    assert done.stdout.endswith("next: imnet-data stats\n")
    held = answer("archives", "list")
    assert {one["release"] for one in held} == {"ilsvrc2012"}
    assert {one["source"] for one in held} == {mirror.url(VAL), mirror.url(TEST)}
    assert all(one["checksum"].startswith("sha256:") for one in held)


def test_what_arrives_and_cannot_be_indexed_is_named_to_be_indexed_next(
    server: FaultServer,
) -> None:
    server.files["letters.tgz"] = gzip.compress(b"no tar at all" * 100)
    done = run("fetch", server.url("letters.tgz"))
    assert done.exit_code == 1
    assert Path("letters.tgz").read_bytes() == server.files["letters.tgz"]
    assert "gzip" in done.stderr
    assert done.stdout.splitlines()[-1] == f"next: imnet-data index {Path('letters.tgz').resolve()}"


def test_what_is_here_already_is_not_asked_for_again(mirror: FaultServer) -> None:
    run("fetch", "mine", "--part", "val", "--no-index")
    assert not Path("imagenet.db").exists()
    before = mirror.sent_bytes(VAL)
    done = run("fetch", "mine", "--part", "val", "--json")
    (file,) = json.loads(done.stdout)["files"]
    assert (file["was_there"], file["fetched_bytes"], mirror.sent_bytes(VAL)) == (True, 0, before)
    assert [one["images"] for one in answer("archives", "list")] == [48]


def test_an_address_is_checked_against_the_checksum_that_is_said(server: FaultServer) -> None:
    url = server.url(VAL)
    wrong = run("fetch", url, "--sha256", "0" * 64)
    assert wrong.exit_code == 1
    assert "should be 0000" in wrong.stderr
    assert "--restart" in wrong.stderr
    assert not Path(VAL).exists()
    right = hashlib.sha256(server.files[VAL]).hexdigest()
    assert run("fetch", url, "--sha256", right.upper()).exit_code == 0
    assert Path(VAL).read_bytes() == server.files[VAL]


def test_a_published_file_from_elsewhere_must_be_the_published_one(server: FaultServer) -> None:
    done = run("fetch", server.url(VAL))
    assert done.exit_code == 1
    assert "6,744,924,160" in done.stderr
    assert not Path(VAL).exists()


def test_the_list_names_sizes_parts_and_logins_of_the_packaged_and_of_ones_own(
    mirror: FaultServer,
) -> None:
    listed = answer("fetch", "--list")
    assert [one["release"] for one in listed if one["own"]] == ["mine"]
    (train,) = (
        part for one in listed if one["release"] == "ilsvrc2012" for part in one["parts"][:1]
    )
    assert (train["bytes"], train["login"]) == (147_897_477_120, "maybe")
    text = run("fetch", "--list").stdout
    assert re.search(r"ilsvrc2012 .*\n  from image-net.org; may want a login; .*https://", text)
    assert re.search(r"mine  Mine\n  from 127.0.0.1:\d+; may want a login", text)


def test_a_dry_run_asks_nobody_for_what_is_registered_and_writes_nothing(
    mirror: FaultServer,
) -> None:
    said = answer("fetch", "mine", "--to", "data", "--dry-run", "--limit-rate", "10")
    n = sum(len(mirror.files[name]) for name in (VAL, TEST))
    assert (said["bytes_to_come"], said["exact"], said["seconds"]) == (n, True, n / 10)
    assert said["free_bytes"] > 0
    assert [one["terms"] for one in said["files"]] == ["https://mine.org/terms"] * 2
    text = run("fetch", "mine", "--to", "data", "--dry-run", "--limit-rate", "10").stdout
    assert re.search(r"about \d+ h \d+ min at 10 B/s \(the limit\)", text)
    assert mirror.requests == []
    assert os.listdir() == []


def test_more_than_the_disk_holds_is_refused_before_the_first_byte(server: FaultServer) -> None:
    register(f'[huge.all]\nurl = "{server.url(VAL)}"\nbytes = {10**17}\n')
    for words in (["--dry-run"], []):
        done = run("fetch", "huge", *words)
        assert done.exit_code == 1
        assert "free there" in done.stderr
    assert server.requests == []
    assert os.listdir() == []


def test_a_login_that_is_needed_and_missing_is_told_before_the_first_byte(
    server: FaultServer,
) -> None:
    register(
        f'[mine.val]\nurl = "{server.url(VAL)}"\n[sources."{host_of(server)}"]\n'
        'login = "required"\nterms = "https://mine.org/terms"\n'
    )
    done = run("fetch", "mine")
    assert done.exit_code == 1
    host = host_of(server)
    assert f"{host} wants a login; its terms are accepted at https://mine.org/terms" in done.stderr
    assert f"IMNET_DATA_TOKEN={host}=TOKEN" in done.stderr
    assert server.requests == []


@pytest.mark.parametrize("fault", [status(401, times=None), html()])
def test_a_refusal_and_a_login_page_lead_to_the_terms_and_to_what_is_to_be_set(
    mirror: FaultServer, fault: Any
) -> None:
    mirror.faults.append(fault)
    done = run("fetch", "mine", "--part", "val")
    assert done.exit_code == 1
    assert "https://mine.org/terms" in done.stderr.partition("imnet-data: ")[2]
    assert f"IMNET_DATA_COOKIES=FILE, the cookies that your browser has for {host_of(mirror)}" in (
        done.stderr
    )
    assert not Path(VAL).exists()


def test_a_login_is_sent_and_shows_nowhere(
    mirror: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.faults.append(needs("Authorization", f"Bearer {SECRET}"))
    monkeypatch.setenv("IMNET_DATA_TOKEN", f"{host_of(mirror)}={SECRET}")
    done = run("fetch", "mine", "--part", "val")
    assert done.exit_code == 0, done.output
    assert "is given a token from $IMNET_DATA_TOKEN" in done.stderr
    assert SECRET not in done.output
    assert SECRET not in run("fetch", "mine", "--dry-run", "--json").output
    kept = b"".join(path.read_bytes() for path in Path().rglob("*") if path.is_file())
    assert SECRET.encode() not in kept


def test_a_login_that_is_refused_is_called_so_and_not_shown(
    mirror: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.faults.append(status(401, times=None))
    monkeypatch.setenv("IMNET_DATA_TOKEN", f"{host_of(mirror)}={SECRET}")
    done = run("fetch", "mine", "--part", "val")
    assert "did not take the login that is set" in done.stderr
    assert SECRET not in done.output


def test_what_came_before_a_failure_is_indexed_all_the_same(mirror: FaultServer) -> None:
    mirror.faults.append(only_for(TEST, status(404, times=None)))
    done = run("fetch", "mine")
    assert done.exit_code == 1
    assert "HTTP 404" in done.stderr
    assert [one["images"] for one in answer("archives", "list")] == [48]


def test_a_link_that_expires_goes_on_under_a_fresh_one(server: FaultServer) -> None:
    url = server.url("slow.tar")
    server.faults.append(after(3, status(403, times=None)))
    words = ["--no-index", "--connections", "1"]
    done = run("fetch", f"{url}?signature={SECRET}", *words)
    assert done.exit_code == 1
    assert "--url NEW" in done.stderr
    assert SECRET not in done.output
    server.faults.clear()
    sent = server.sent_bytes("slow.tar")
    done = run("fetch", f"{url}?signature={SECRET}", "--url", f"{url}?signature=fresh", *words)
    assert done.exit_code == 0, done.output
    assert Path("slow.tar").read_bytes() == server.files["slow.tar"]
    assert server.sent_bytes("slow.tar") - sent <= len(server.files["slow.tar"])


def test_ctrl_c_keeps_what_came_and_the_same_command_goes_on(mirror: FaultServer) -> None:
    mirror.bytes_per_s = 1_000_000
    line = command_line("fetch", "mine", "--part", "slow", "--no-index", "--connections", "2")
    with subprocess.Popen(line, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 20
        while mirror.sent_bytes("slow.tar") < 2_500_000 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "the same command goes on from there" in told
    assert "Traceback" not in told
    assert not Path("slow.tar").exists()
    mirror.bytes_per_s = 0
    said = answer("fetch", "mine", "--part", "slow", "--dry-run")
    assert said["files"][0]["state"] == "begun"
    assert said["bytes_to_come"] < len(mirror.files["slow.tar"])
    assert run("fetch", "mine", "--part", "slow", "--no-index").exit_code == 0
    assert Path("slow.tar").read_bytes() == mirror.files["slow.tar"]
    # Of each connection at most a chunk came twice.
    assert mirror.sent_bytes("slow.tar") <= len(mirror.files["slow.tar"]) + 2 * (1 << 20)


def test_some_classes_come_alone_and_the_rest_later_without_a_byte_twice(
    server: FaultServer,
) -> None:
    whole = len(server.files["train.tar"])
    words = ["fetch", server.url("train.tar")]
    done = run(*words, "--classes", "dog - hunting_dog")
    assert done.exit_code == 0, done.output
    assert "in part, as was asked for" in done.stdout
    assert "dog: read as dog.n.01" in done.stderr
    assert server.sent_bytes("train.tar") < whole / 2
    with imnet_data.open("imagenet.db") as catalogue:
        assert catalogue.images().counts() == {"chihuahua.n.03": 4}
    done = run(*words)
    assert done.exit_code == 0, done.output
    assert Path("train.tar").read_bytes() == server.files["train.tar"]
    assert server.sent_bytes("train.tar") <= whole + 10_000
    with imnet_data.open("imagenet.db") as catalogue:
        assert catalogue.images().count() == 12
        assert [archive.path for archive in catalogue.archives()] == [os.path.abspath("train.tar")]


def test_python_fetches_and_indexes_in_one_call(mirror: FaultServer) -> None:
    with imnet_data.open("imagenet.db", create=True) as catalogue:
        (path,) = imnet_data.fetch("mine", "data", part="val", catalogue=catalogue)
        assert catalogue.images(split="val").count() == 48
        origin = catalogue.origin(path)
    assert origin is not None
    assert origin.checksum == f"sha256:{hashlib.sha256(mirror.files[VAL]).hexdigest()}"
    wish = Wish(mirror.url("slow.tar"), name="mine.bin")
    assert imnet_data.fetch(wish) == [os.path.abspath("mine.bin")]


@pytest.mark.parametrize(
    "words", [[], ["http://"], ["mine", "--limit-rate", "fast"], ["mine", "--limit-rate", "0.1"]]
)
def test_what_cannot_be_meant_is_a_usage_error(words: list[str]) -> None:
    done = run("fetch", *words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_on_a_terminal_a_bar_moves_and_no_line_is_wider(mirror: FaultServer) -> None:
    mirror.bytes_per_s = 2_000_000
    drawn = on_terminal("fetch", "mine", "--part", "slow", "--no-index", "--connections", "2")
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in re.split("[\r\n]", drawn)]
    assert all(len(line) <= 80 for line in lines if "/" not in line.replace("/s", ""))  # a path
    assert any(re.search(r"slow\.tar ━+.* +\d+%", line) for line in lines)
    assert any(re.search(r"MB of 6.0 MB, [\d.]+ MB/s, \d+ s left", line) for line in lines)
    assert any("SHA-256 agrees" in line for line in lines)


def test_what_was_tried_again_is_counted(mirror: FaultServer) -> None:
    mirror.faults.append(only_from(1, status(503, times=1, Retry_After="0")))
    done = run("fetch", "mine", "--part", "slow", "--no-index", "--connections", "2")
    assert done.exit_code == 0, done.output
    assert ", 1 retry, SHA-256 agrees" in done.stdout


@pytest.mark.parametrize(
    ("text", "bytes_per_s"),
    [("5M", 5_000_000), ("500kB/s", 500_000), ("1.5 MiB/s", 1_572_864), ("900", 900)],
)
def test_a_rate_is_read_as_people_write_it(text: str, bytes_per_s: int) -> None:
    assert rate(text) == bytes_per_s


def test_without_a_terminal_it_says_a_plain_line_now_and_then(
    mirror: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imnet_data.cli.fetch_progress.EVERY_S", 0.2)
    mirror.bytes_per_s = 2_000_000
    done = run("fetch", "mine", "--part", "slow", "--no-index", "--connections", "2")
    told = [line for line in done.stderr.splitlines() if line.startswith("slow.tar: ")]
    assert len(told) > 2
    assert re.fullmatch(r"slow.tar: [\d.]+ MB of 6.0 MB, [\d.]+ MB/s, \d+ s left", told[1])
    assert "\x1b" not in done.output
