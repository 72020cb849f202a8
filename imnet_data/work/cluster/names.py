"""The kinds of clusters that can be started."""

from __future__ import annotations

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["local", "slurm", "kubernetes"]
