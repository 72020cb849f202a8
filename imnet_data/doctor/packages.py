"""What imnet-data needs and could use of other packages, by its own installed metadata.

The metadata is what pip wrote, so that this list never differs from what can be installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from imnet_data.doctor.finding import Finding
from imnet_data.doctor.requirements import Requirement, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imnet_data.doctor.finding import State

    # The installed version of a package, or None.
    Installed = Callable[[str], str | None]

_SECTION = "packages"
_OURS = "imnet-data"

# For those who work on imnet-data itself.
_NOT_FOR_USERS = frozenset({"test", "dev", "bench"})


def findings() -> Iterator[Finding]:
    """What is installed of imnet-data's own needs and extras."""
    try:
        lines = metadata.requires(_OURS) or []
    except metadata.PackageNotFoundError:
        yield Finding(
            _SECTION, "imnet-data", "note",
            "runs from its sources and is not installed, so its extras are not known",
            "pip install -e . in the folder of the sources",
        )  # fmt: skip
        return
    yield from judge(lines, installed_version)


def installed_version(name: str) -> str | None:
    """The version of a package that is installed here, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def judge(lines: Sequence[str], installed: Installed) -> Iterator[Finding]:
    """What is there of requirements as `importlib.metadata.requires` gives them."""
    wanted = [one for one in map(read, lines) if one is not None and one.applies_here]
    yield from _core([one for one in wanted if one.extra is None], installed)
    extras: dict[str, list[Requirement]] = {}
    for one in wanted:
        # An extra that only gathers others, as `all` does, names imnet-data itself.
        if one.extra is not None and one.extra not in _NOT_FOR_USERS and one.name != _OURS:
            extras.setdefault(one.extra, []).append(one)
    for extra, needs in extras.items():
        yield _extra(extra, [_met(need, installed) for need in needs])


@dataclass(frozen=True, slots=True)
class _Met:
    """A requirement, and how it stands."""

    found: str
    is_there: bool
    is_enough: bool


def _met(need: Requirement, installed: Installed) -> _Met:
    version = installed(need.name)
    if version is None:
        return _Met(f"{need.name} is not installed", is_there=False, is_enough=False)
    if not need.takes(version):
        return _Met(
            f"{need.name} {version} does not do: {need.versions} is needed",
            is_there=True, is_enough=False,
        )  # fmt: skip
    return _Met(f"{need.name} {version}", is_there=True, is_enough=True)


def _core(needs: Sequence[Requirement], installed: Installed) -> Iterator[Finding]:
    bad = 0
    for need in needs:
        met = _met(need, installed)
        bad += not met.is_enough
        yield Finding(
            _SECTION, need.name, "well" if met.is_enough else "trouble", met.found,
            "" if met.is_enough else f"pip install '{need.name}{need.versions}'",
            aside=True,
        )  # fmt: skip
    if needs and not bad:
        yield Finding(_SECTION, "needed", "well", f"all {len(needs)} are there")


def _extra(extra: str, needs: Sequence[_Met]) -> Finding:
    found = "; ".join(need.found for need in needs)
    what = f"extra {extra}"
    if all(need.is_enough for need in needs):
        return Finding(_SECTION, what, "well", found)
    outdated = any(need.is_there and not need.is_enough for need in needs)
    state: State = "trouble" if outdated else "note"
    upgrade = "--upgrade " if outdated else ""
    return Finding(_SECTION, what, state, found, f"pip install {upgrade}'{_OURS}[{extra}]'")
