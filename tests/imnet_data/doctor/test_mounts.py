from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imnet_data.doctor.mounts import Mount, mount_of, mounts_here, network_mount, parse

if TYPE_CHECKING:
    from pathlib import Path

# Lines as kernels write them: optional fields, escapes, a mount over another, one made in a mount.
TEXT = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
40 27 0:35 / /mnt/my\040nas rw,noatime shared:7 master:1 - nfs4 nas:/export/my\040data rw,vers=4.2
41 27 0:36 / /mnt/back\134slash rw - cifs //pc/share rw
42 27 8:1 / /data rw,relatime shared:1 - xfs /dev/sda1 rw
43 42 0:40 / /data/ram rw - tmpfs tmpfs rw,size=64000k
44 27 0:41 / /data rw - overlay overlay rw,lowerdir=/a,upperdir=/b
45 27 0:42 / /home/me/remote rw,nosuid - fuse.sshfs me@host: rw,user_id=0
46 27 0:43 / /cdrom ro,relatime - iso9660 /dev/sr0 ro
this line is none
""".strip()


@pytest.mark.parametrize(
    ("path", "point", "kind", "nature"),
    [
        ("/", "/", "ext4", "local"),
        ("/mnt", "/", "ext4", "local"),
        ("/mnt/my nas/imagenet/train.tar", "/mnt/my nas", "nfs4", "network"),
        ("/mnt/my nasty", "/", "ext4", "local"),
        ("/mnt/back\\slash", "/mnt/back\\slash", "cifs", "network"),
        ("/data/imagenet.db", "/data", "overlay", "layered"),
        ("/data/ram/x", "/data/ram", "tmpfs", "memory"),
        ("/home/me/remote/x", "/home/me/remote", "fuse.sshfs", "network"),
    ],
)
def test_a_path_lies_on_the_deepest_mount_above_it_and_of_several_there_on_the_last(
    path: str, point: str, kind: str, nature: str
) -> None:
    mount = mount_of(path, parse(TEXT))
    assert mount is not None
    assert (mount.point, mount.kind, mount.nature) == (point, kind, nature)


@pytest.mark.parametrize(
    ("kind", "nature"),
    [
        ("nfs", "network"), ("smb3", "network"), ("lustre", "network"), ("beegfs", "network"),
        ("gpfs", "network"), ("ceph", "network"), ("9p", "network"), ("fuse.s3fs", "network"),
        ("fuse.something", "unknown"), ("fuse", "unknown"), ("fuseblk", "local"),
        ("fuse.fuse-overlayfs", "layered"), ("ramfs", "memory"), ("btrfs", "local"),
        ("zfs", "local"),
    ],
)  # fmt: skip
def test_what_a_file_system_is(kind: str, nature: str) -> None:
    assert Mount("/x", kind, "y", frozenset()).nature == nature


def test_a_mount_is_read_only_by_its_own_options_or_by_those_beneath() -> None:
    own = parse("1 0 8:1 / /a ro,noexec - ext4 /dev/sda1 rw")[0]
    beneath = parse("1 0 8:1 / /a rw - ext4 /dev/sda1 ro")[0]
    assert own.is_read_only
    assert beneath.is_read_only
    assert not parse("1 0 8:1 / /a rw - ext4 /dev/sda1 rw,errors=remount-ro")[0].is_read_only


_NAME = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12
)


@settings(max_examples=50)
@given(st.lists(_NAME, min_size=1, max_size=4))
def test_a_mount_point_of_any_name_is_read_as_it_is(names: list[str]) -> None:
    point = "/" + "/".join(names)
    escaped = "".join(f"\\{ord(sign):03o}" if sign in " \t\n\\" else sign for sign in point)
    mounts = parse(f"1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:9 / {escaped} rw - nfs4 nas:/x rw")
    found = mount_of(f"{point}/train.tar", mounts)
    assert found is not None
    assert (found.point, found.kind) == (point, "nfs4")


@settings(max_examples=50)
@given(st.text("/ -\\0147\n", max_size=80))
def test_no_text_makes_it_fail(text: str) -> None:
    mount_of("/data/imagenet", parse(text))


def test_a_system_without_mountinfo_is_told_from_one_without_mounts(tmp_path: Path) -> None:
    assert mounts_here(str(tmp_path)) is None
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_bytes(b"1 0 8:1 / /caf\xe9 rw - xfs /dev/a rw\n")
    (mount,) = mounts_here(str(tmp_path)) or []
    assert mount.point == "/caf\udce9"


def test_a_file_that_is_not_there_yet_is_on_the_network_as_its_folder_is(tmp_path: Path) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(TEXT)
    root = str(tmp_path)
    mount = network_mount("/mnt/my nas/new/imagenet.db", root=root)
    assert mount is not None
    assert mount.source == "nas:/export/my data"
    assert network_mount("/data/ram/imagenet.db", root=root) is None
    assert network_mount("/mnt/my nas/imagenet.db", root="/nowhere") is None
