"""NVIDIA's GPUs, by nvidia-smi or by what the driver shows in /proc; no framework is loaded."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

from imnet_data.amounts import size
from imnet_data.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SECTION = "gpu"
_QUERY = ("nvidia-smi", "--query-gpu=name,memory.total,driver_version",
          "--format=csv,noheader,nounits")  # fmt: skip
# It takes up to some seconds where the driver has to wake the card first.
_WAIT_S = 5.0


class Asked:
    """nvidia-smi, started early so that it answers while other things are looked at."""

    def __init__(self, command: Sequence[str] = _QUERY) -> None:
        self._process: subprocess.Popen[str] | None = None
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace",
            )  # fmt: skip
        except OSError:
            return  # it is not there, or is no program

    def findings(self, *, root: str = "/", wait_s: float = _WAIT_S) -> Iterator[Finding]:
        """Its answer; without one, what the driver's files say. `root` is where proc is."""
        told, code = self._answer(wait_s)
        cards = [card for line in told.splitlines() if (card := _card(line))] if code == 0 else []
        cards = cards or list(_by_driver(root))
        yield from cards
        if self._process is not None and code != 0:
            yield _failed(told, code, wait_s)
        elif not cards:
            yield Finding(_SECTION, "NVIDIA", "well", "none found; nothing here needs one")

    def close(self) -> None:
        """End it, where it still runs."""
        if self._process is not None:
            with self._process:
                self._process.kill()

    def _answer(self, wait_s: float) -> tuple[str, int | None]:
        """What it wrote and its exit code; None where it is not there or did not end."""
        if self._process is None:
            return "", None
        try:
            told, _ = self._process.communicate(timeout=wait_s)
        except subprocess.TimeoutExpired:
            return "", None
        return told, self._process.returncode


def _failed(told: str, code: int | None, wait_s: float) -> Finding:
    words = told.strip().splitlines()
    found = f"failed: {words[0] if words else f'it ended with code {code}'}"
    if code is None:
        found = f"gave no answer in {wait_s:g} s"
    return Finding(_SECTION, "nvidia-smi", "note", found, "nvidia-smi, to see whether it lasts")


def _card(line: str) -> Finding | None:
    """One card of nvidia-smi's answer: `NVIDIA H100 80GB HBM3, 81559, 550.54.15`."""
    fields = [field.strip() for field in line.rsplit(",", 2)]
    if len(fields) != 3:
        return None
    name, mebibytes, driver = fields
    # Some integrated ones share the machine's memory, and say [N/A].
    memory = f"{size(int(mebibytes) << 20)} of memory, " if mebibytes.isdigit() else ""
    return Finding(_SECTION, name, "well", f"{memory}driver {driver}")


def _by_driver(root: str) -> Iterator[Finding]:
    driver = os.path.join(root, "proc/driver/nvidia")
    version = re.search(
        r"Module\s+(?:for \S+\s+)?(\d[\d.]+)", _text(os.path.join(driver, "version"))
    )
    cards = os.path.join(driver, "gpus")
    for card in sorted(os.listdir(cards)) if os.path.isdir(cards) else []:
        model = re.search(r"(?m)^Model:\s*(.+)$", _text(os.path.join(cards, card, "information")))
        name = model[1].strip() if model else card
        told = f"driver {version[1]}" if version else "driver's version not known"
        yield Finding(_SECTION, name, "well", f"{told} (by /proc/driver/nvidia)")


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
