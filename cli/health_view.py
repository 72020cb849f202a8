"""What verification knows of an image, a class or the catalogue, beside what else is shown of it.

The command that verifies has verify_view.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count
from imnet_data.cli.fields import write_field
from imnet_data.cli.text import safe
from imnet_data.verification.reports.as_json import codes_json, finding_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.cli.screen import Screen
    from imnet_data.verification.findings.health import ImageHealth
    from imnet_data.verification.findings.summary import Summary

# What is worth a line where something else was asked for; notes are not.
WORTH_TELLING = ("broken", "odd")


def image_json(health: ImageHealth) -> dict[str, Any]:
    """An image's health for other programs; `verified` is the level, None where it was not."""
    return {
        "verified": health.level,
        "width": health.width_px,
        "height": health.height_px,
        "findings": [finding_json(finding) for finding in health.findings],
    }


def write_image(screen: Screen, health: ImageHealth) -> None:
    """Write an image's health, if anything is known of it."""
    if health.level is not None:
        size = f"{health.width_px:,} x {health.height_px:,} pixels" if health.width_px else ""
        write_field(screen, "verified", list(filter(None, (f"level {health.level}", size))))
    for one in health.findings:
        label = "known" if one.known else one.severity.value
        write_field(screen, label, safe(f"{one.code}. {one.message}").split(" "), comma=" ")


def counts_json(summary: Summary) -> dict[str, Any]:
    """What stands of broken and odd images, for other programs."""
    return {
        "broken": summary.broken_images,
        "odd": summary.odd_images,
        "codes": codes_json(summary),
    }


def sentence(summary: Summary) -> str:
    """What stands of broken and odd images in a line, '' where nothing does.

    Images that are odd as they were published are not told.
    """
    return ", ".join(_parts(summary))


def _parts(summary: Summary) -> Iterator[str]:
    if summary.broken_images:
        codes = [one.code for one in summary.of(subject="image") if one.severity == "broken"]
        yield f"{count(summary.broken_images, 'broken image')} ({', '.join(codes)})"
    if summary.odd_images:
        yield count(summary.odd_images, "odd image")
    if summary.archive_faults:
        yield f"{count(summary.archive_faults, 'fault')} in archives"
