"""What can be fetched by name, and what each source asks for: as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imnet_data.amounts import size
from imnet_data.cli.fields import write_prose
from imnet_data.cli.screen import fold
from imnet_data.cli.text import safe
from imnet_data.fetching.credentials import shown

if TYPE_CHECKING:
    from imnet_data.cli.screen import Screen
    from imnet_data.fetching.registry import Published, Registry, Release

LOGINS = {
    "none": "wants no login",
    "maybe": "may want a login",
    "required": "wants a login",
    "unknown": "",
}
_OTHERS = "Also: an http(s) address, hf://OWNER/DATASET of the hub, s3://BUCKET/… of a store."


def as_json(registry: Registry) -> list[dict[str, Any]]:
    """Everything that can be fetched by name, for other programs."""
    return [
        {
            "release": release.name,
            "title": release.title,
            "default": list(release.default),
            "own": release.is_own,
            "parts": [_part_json(registry, part) for part in release.parts.values()],
        }
        for release in registry.releases.values()
    ]


def _part_json(registry: Registry, part: Published) -> dict[str, Any]:
    source = registry.source_of(part.url or "")
    return {
        "part": part.part,
        "file": part.file,
        "url": None if part.url is None else shown(part.url),
        "bytes": part.size,
        "about_bytes": part.about_size,
        "md5": part.md5,
        "sha256": part.sha256,
        "images": part.images,
        "release": part.release,
        "login": source.login,
        "terms": source.terms,
    }


def write(screen: Screen, registry: Registry) -> None:
    """Everything that can be fetched by name, for people; a star marks what is fetched unasked."""
    releases = registry.releases.values()
    parts = [part for release in releases for part in release.parts.values()]
    widths = (
        max(len(part.part) for part in parts) + 1,
        max(len(likely_size(part.size, part.about_size)) for part in parts),
        max(len(f"{part.images or 0:,}") for part in parts),
    )
    for release in releases:
        screen.line((safe(release.name), "bold"), (f"  {safe(release.title)}", ""))
        for source in _hosts(registry, release):
            # An address is never broken: it is there to be clicked on.
            for line in fold(
                [(item, "dim") for item in source], screen.width, indent=2, comma="; "
            ):
                screen.line(("  ", ""), *line)
        for part in release.parts.values():
            screen.line((_part_line(part, widths, usual=part.part in release.default), ""))
        screen.line()
    write_prose(screen, f"* is fetched where no --part is asked for. {_OTHERS}")


def _hosts(registry: Registry, release: Release) -> list[list[str]]:
    """The hosts that a release comes from, with what each asks."""
    urls = [part.url for part in release.parts.values() if part.url is not None]
    sources = dict.fromkeys(registry.source_of(url) for url in urls)
    return [
        [
            f"from {safe(source.host)}",
            *([LOGINS[source.login]] if source.login != "unknown" else []),
            *([f"its terms: {source.terms}"] if source.terms else []),
        ]
        for source in sources
    ]


def _part_line(part: Published, widths: tuple[int, int, int], *, usual: bool) -> str:
    name, told, images = widths
    words = [
        (safe(part.part) + "*" * usual).ljust(name),
        likely_size(part.size, part.about_size).rjust(told),
        "" if part.images is None else f"{part.images:>{images},} images",
    ]
    words += ["each class by itself"] * part.is_per_class
    words += ["no address is known"] * (part.url is None)
    return "  " + "  ".join(words).rstrip()


def likely_size(known: int | None, about: int | None) -> str:
    """A size as it is known: `6.7 GB`, `~13 GB`, or nothing."""
    if known is not None:
        return size(known)
    return "" if about is None else f"~{size(about)}"
