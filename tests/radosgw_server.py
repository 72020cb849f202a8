"""A real S3 server for the tests: Ceph's radosgw over one monitor and one store in memory.

It listens on loopback alone, lies in a temporary folder and ends with the context. Debian's
packages ceph-mon, ceph-osd, radosgw and ceph-common suffice; without them it is skipped by name.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import uuid
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAMS: Final = ("ceph", "ceph-mon", "monmaptool", "ceph-osd", "radosgw", "radosgw-admin")
_STARTS_WITHIN_S: Final = 60
_CAPS: Final = {
    "mon.": 'caps mon = "allow *"',
    "client.admin": 'caps mon = "allow *"\n caps osd = "allow *"',
    "osd.0": 'caps mon = "allow profile osd"\n caps osd = "allow *"',
}
# A monitor waits a second before each change of the map, and a gateway makes a pool by each.
_CONF: Final = """[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon}/0]
keyring = {folder}/keyring
ms bind msgr1 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = {folder}
admin socket =
log file =
mon data = {folder}/mon
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd max pg per osd hard ratio = 100
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 1
paxos propose interval = 0.02
paxos min wait = 0.01
rgw frontends = beast endpoint=127.0.0.1:{rgw} tcp_nodelay=1
rgw thread pool size = 32
rgw enable gc threads = false
rgw enable lc threads = false
rgw run sync thread = false
rgw override bucket index max shards = 1
"""


@dataclass(frozen=True, slots=True)
class Radosgw:
    """The server, as a client sees it."""

    endpoint: str
    key: str = "AKIDRADOSGWEXAMPLE"
    secret: str = "s3cretOfTheTests"

    @property
    def environment(self) -> dict[str, str]:
        """What reaches it, as a user sets it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@contextmanager
def radosgw() -> Iterator[Radosgw]:
    """The server, with one user, until the context ends."""
    if missing := [name for name in _PROGRAMS if not shutil.which(name)]:
        pytest.skip(f"Ceph's {missing[0]} is not installed")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="radosgw-")))
        mon, rgw = _free_port(), _free_port()
        conf = _written(folder, mon, rgw)
        _begin_mon(stack, folder, conf, mon)
        osd = str(uuid.uuid4())
        # An OSD that makes up its own number is told "wrong fsid".
        _run("ceph", conf, "osd", "new", osd)
        (folder / "osd").mkdir()
        _run("ceph-osd", conf, "-i", "0", "--mkfs", "--osd-uuid", osd)
        _begin(stack, "ceph-osd", conf, "-i", "0", "-f")
        server = Radosgw(f"http://127.0.0.1:{rgw}")
        _run(
            "radosgw-admin", conf, "user", "create", "--uid=tests", "--display-name=tests",
            f"--access-key={server.key}", f"--secret-key={server.secret}",
        )  # fmt: skip
        process = _begin(stack, "radosgw", conf, "-n", "client.admin", "-f")
        _wait(server.endpoint, process)
        yield server


def _written(folder: Path, mon: int, rgw: int) -> Path:
    key = base64.b64encode(struct.pack("<hiih", 1, int(time.time()), 0, 16) + os.urandom(16))
    (folder / "keyring").write_text(
        "".join(f"[{name}]\n key = {key.decode()}\n {caps}\n" for name, caps in _CAPS.items())
    )
    conf = folder / "ceph.conf"
    conf.write_text(_CONF.format(fsid=uuid.uuid4(), mon=mon, rgw=rgw, folder=folder))
    return conf


def _begin_mon(stack: ExitStack, folder: Path, conf: Path, port: int) -> None:
    fsid = conf.read_text().split("fsid = ")[1].split("\n")[0]
    address = f"[v2:127.0.0.1:{port}/0]"
    made = str(folder / "monmap")
    subprocess.run(
        ["monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, made],
        check=True, capture_output=True,
    )  # fmt: skip
    _run("ceph-mon", conf, "-i", "a", "--mkfs", "--monmap", made, "--keyring", f"{folder}/keyring")
    _begin(stack, "ceph-mon", conf, "-i", "a", "-f")


def _run(program: str, conf: Path, *args: str) -> None:
    done = subprocess.run(
        [program, "-c", str(conf), *args], capture_output=True, text=True, check=False,
        timeout=_STARTS_WITHIN_S,
    )  # fmt: skip
    assert done.returncode == 0, f"{program} {' '.join(args)}: {done.stderr}"


def _begin(stack: ExitStack, program: str, conf: Path, *args: str) -> subprocess.Popen[bytes]:
    # Ended by the system, should the tests be.
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", program, "-c", str(conf), *args],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def _wait(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < end:
        assert process.poll() is None, "radosgw ended as soon as it began"
        with suppress(URLError, OSError):
            try:
                urlopen(endpoint, timeout=1).close()
            except HTTPError as answer:
                answer.close()
            return
        time.sleep(0.05)
    raise AssertionError("radosgw does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
