from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.doctor.cgroups import Limits, limits

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30


def system(root: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(root)


def test_version_2_limits_of_the_group_and_of_those_above_hold(tmp_path: Path) -> None:
    top = "sys/fs/cgroup"
    root = system(
        tmp_path,
        {
            "proc/self/cgroup": "0::/slurm/job_7\n",
            f"{top}/slurm/memory.max": f"{8 * GIB}\n",
            f"{top}/slurm/memory.current": f"{3 * GIB}\n",
            f"{top}/slurm/memory.stat": f"anon 5\ninactive_file {GIB}\n",
            f"{top}/slurm/cpu.max": "max 100000\n",
            f"{top}/slurm/job_7/memory.max": "max\n",
            f"{top}/slurm/job_7/cpu.max": "150000 100000\n",
        },
    )
    # Of the three gigabytes in use one is file cache, which gives way.
    assert limits(root) == Limits(8 * GIB, 6 * GIB, 1.5)


def test_version_1_limits_are_read_by_controller(tmp_path: Path) -> None:
    top = "sys/fs/cgroup"
    root = system(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/batch/7\n2:cpu,cpuacct:/batch\n1:name=systemd:/\n0::/\n",
            f"{top}/memory/memory.limit_in_bytes": "9223372036854771712\n",
            f"{top}/memory/batch/7/memory.limit_in_bytes": f"{2 * GIB}\n",
            f"{top}/memory/batch/7/memory.usage_in_bytes": f"{GIB}\n",
            f"{top}/memory/batch/7/memory.stat": "total_inactive_file 0\n",
            f"{top}/cpu,cpuacct/batch/cpu.cfs_quota_us": "400000\n",
            f"{top}/cpu,cpuacct/batch/cpu.cfs_period_us": "100000\n",
        },
    )
    assert limits(root) == Limits(2 * GIB, GIB, 4.0)


def test_in_a_container_that_sees_only_its_own_group_the_top_is_that_group(tmp_path: Path) -> None:
    root = system(
        tmp_path,
        {
            "proc/self/cgroup": "0::/../../docker/4f2a\n",
            "sys/fs/cgroup/memory.max": f"{GIB}\n",
            "sys/fs/cgroup/cpu.max": "50000 100000\n",
        },
    )
    assert limits(root) == Limits(GIB, GIB, 0.5)


def test_no_limit_is_none_in_either_version_and_on_other_systems(tmp_path: Path) -> None:
    assert limits(str(tmp_path)) == Limits()
    root = system(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/\n1:cpu:/\n0::/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/unified/memory.max": "max\n",
        },
    )
    assert limits(root) == Limits()
