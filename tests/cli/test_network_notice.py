from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.cli.network_notice import say_if_on_network

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MOUNTS = "1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:9 / /mnt/nas rw - nfs4 nas:/data rw\n"


def said(path: str, root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    say_if_on_network(path, root=str(root))
    return capsys.readouterr().err


def test_a_catalogue_on_a_network_file_system_is_told_with_the_way_to_postgresql(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(MOUNTS)
    told = said("/mnt/nas/my imagenet.db", tmp_path, capsys)
    assert "a network file system (nfs4 at /mnt/nas)" in told
    assert "imnet-data catalogue copy '/mnt/nas/my imagenet.db' postgresql://" in told
    assert said("/home/ada/imagenet.db", tmp_path, capsys) == ""
    assert said("postgresql://db.lab/imagenet", tmp_path, capsys) == ""
