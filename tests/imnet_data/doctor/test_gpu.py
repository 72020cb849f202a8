from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from imnet_data.doctor.gpu import Asked

if TYPE_CHECKING:
    from pathlib import Path

    from imnet_data.doctor.finding import Finding


def smi(tmp_path: Path, script: str) -> str:
    """A program in nvidia-smi's place."""
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def told(program: str, root: Path, wait_s: float = 20.0) -> list[Finding]:
    with closing(Asked([program])) as asked:
        return list(asked.findings(root=str(root), wait_s=wait_s))


def test_each_card_has_a_line_with_its_memory_and_driver(tmp_path: Path) -> None:
    program = smi(
        tmp_path,
        "echo 'NVIDIA H100 80GB HBM3, 81559, 550.54.15'\necho 'NVIDIA GB10, [N/A], 580.95.05'",
    )
    assert [(one.what, one.state, one.found) for one in told(program, tmp_path)] == [
        ("NVIDIA H100 80GB HBM3", "well", "86 GB of memory, driver 550.54.15"),
        ("NVIDIA GB10", "well", "driver 580.95.05"),
    ]


def test_a_failure_is_told_in_its_own_words(tmp_path: Path) -> None:
    program = smi(tmp_path, "echo 'Failed to initialize NVML: Driver mismatch'; exit 18")
    (one,) = told(program, tmp_path)
    assert (one.state, one.found) == ("note", "failed: Failed to initialize NVML: Driver mismatch")


def test_one_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    program = smi(tmp_path, "exec sleep 60")
    (one,) = told(program, tmp_path, wait_s=0.2)
    assert (one.state, one.found) == ("note", "gave no answer in 0.2 s")


def test_without_the_program_the_driver_says_what_there_is(tmp_path: Path) -> None:
    driver = tmp_path / "proc/driver/nvidia"
    (driver / "gpus/0000:00:1e.0").mkdir(parents=True)
    (driver / "gpus/0000:00:1e.0/information").write_text("Model: \t\t Tesla T4\nIRQ:   \t 10\n")
    (driver / "version").write_text(
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.161.08  Mon Feb 26\nGCC version: 12\n"
    )
    (one,) = told(str(tmp_path / "no-such-program"), tmp_path)
    assert (one.what, one.state) == ("Tesla T4", "well")
    assert one.found.startswith("driver 535.161.08")


@pytest.mark.parametrize("script", [None, "exit 0"])
def test_no_card_is_no_fault(tmp_path: Path, script: str | None) -> None:
    program = smi(tmp_path, script) if script else str(tmp_path / "no-such-program")
    (one,) = told(program, tmp_path)
    assert one.state == "well"
    assert one.found.startswith("none found")
