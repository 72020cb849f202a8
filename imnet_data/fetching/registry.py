"""What is published: releases, their parts, and what each host asks of those who fetch from it.

The packaged facts, with the user's own file above them. Nothing is asked of a network here.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from imnet_data.errors import NoAddress, RegistryRefused, UnknownPublished
from imnet_data.fetching.registry_file import checked
from imnet_data.fetching.user_files import config_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REGISTRY: Final = "IMNET_DATA_REGISTRY"

Login = Literal["none", "maybe", "required", "unknown"]

_SOURCES: Final = "sources"
_ALIASES: Final = {"validation": "val", "training": "train", "testing": "test"}


@dataclass(frozen=True, slots=True)
class Published:
    """One archive as it is published; sizes in bytes, None where nobody told them.

    `release` is what the catalogue calls its images' release; `classes` counts the tars in a tar of
    class tars. `about_size` is a size that is only
    roughly known. A `url` with `{wnid}` in it stands for one file a class.
    """

    what: str
    part: str
    release: str
    file: str
    url: str | None
    size: int | None = None
    about_size: int | None = None
    md5: str | None = None
    sha256: str | None = None
    images: int | None = None
    classes: int | None = None
    layout: str = ""

    @property
    def name(self) -> str:
        """What it is called in sentences, as in `ilsvrc2012 val`."""
        return f"{self.what} {self.part}"

    @property
    def is_per_class(self) -> bool:
        """Whether it is one file for each class rather than one file."""
        return self.url is not None and "{wnid}" in self.url

    @property
    def address(self) -> str:
        """Its URL.

        Raises:
            NoAddress: none is known.
        """
        if self.url is None:
            raise NoAddress(self.name)
        return self.url


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its parts by name, and those that are fetched unless others are asked for.

    `by_class` is the part that is fetched where only some classes are asked for.
    """

    name: str
    title: str
    default: tuple[str, ...]
    parts: dict[str, Published]
    by_class: str | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What a host asks: whether a login, and the page where its terms are accepted."""

    host: str
    login: Login = "unknown"
    terms: str | None = None


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that can be fetched by name.

    >>> registry = Registry.load({"XDG_CONFIG_HOME": "/nowhere"})
    >>> [(one.file, one.size) for one in registry.parts("imagenette", ["px160"])]
    [('imagenette2-160.tgz', 99003388)]
    >>> [one.part for one in registry.parts("ilsvrc2012")]
    ['train', 'val']
    """

    releases: dict[str, Release] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Registry:
        """The packaged registry with the user's own file, if there is one, above it.

        Raises:
            RegistryRefused: the user's file does not read.
        """
        packaged = files("imnet_data.facts").joinpath("archives.toml").read_text(encoding="utf-8")
        tables = tomllib.loads(packaged)
        path, chosen = config_file("archives.toml", REGISTRY, environ)
        own = _own(path) if chosen or os.path.lexists(path) else {}
        for name, table in own.items():
            tables[name] = _above(tables.get(name, {}), table)
        sources = tables.pop(_SOURCES)
        try:
            return cls(
                {name: _release(name, table, own.get(name)) for name, table in tables.items()},
                {host.lower(): Source(host.lower(), **table) for host, table in sources.items()},
            )
        except RegistryRefused as error:
            raise RegistryRefused(path, error.reason) from None

    def parts(
        self, what: str, parts: Sequence[str] = (), *, by_class: bool = False
    ) -> list[Published]:
        """The archives of a release: the parts asked for, else those that it is fetched in.

        With `by_class`, those that some classes can be fetched of.

        Raises:
            UnknownPublished: there is no such release, or no such part of it.
        """
        release = self.release(what)
        usual = release.default
        if by_class and release.by_class is not None:
            usual = (release.by_class,)
        chosen = [_part_of(release, part) for part in parts] or list(usual)
        return [release.parts[name] for name in dict.fromkeys(chosen)]

    def release(self, what: str) -> Release:
        """A release by its name.

        Raises:
            UnknownPublished: there is none of that name.
        """
        if what.lower() not in self.releases:
            raise UnknownPublished(what, kind="registered release", known=list(self.releases))
        return self.releases[what.lower()]

    def source_of(self, url: str) -> Source:
        """What is known of the host of a URL; of a port of its own if that is registered."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        port = parts.netloc.rpartition("@")[2].lower()
        return self.sources.get(port) or self.sources.get(host) or Source(port)


def _part_of(release: Release, asked: str) -> str:
    """A part by its name, however that is written: `threshold0.7`, `bbox-train`, `validation`."""
    plain = {_plain(name): name for name in release.parts}
    wanted = _plain(asked)
    found = plain.get(wanted) or plain.get(_ALIASES.get(wanted, wanted))
    if found is None:
        raise UnknownPublished(asked, kind=f"part of {release.name}", known=list(release.parts))
    return found


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def _own(path: str) -> dict[str, Any]:
    """The tables of the user's own file."""
    try:
        with open(path, "rb") as file:
            return checked(tomllib.load(file))
    except OSError as error:
        raise RegistryRefused(path, error.strerror or "it cannot be read") from error
    except ValueError as error:  # as tomllib's own and UnicodeDecodeError are
        raise RegistryRefused(path, str(error)) from error


def _above(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two tables as one; what stands in the upper one counts."""
    merged = dict(below)
    for key, value in above.items():
        held = merged.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            merged[key] = _above(held, value)
        else:
            merged[key] = value
    return merged


def _release(name: str, table: Mapping[str, Any], own: Mapping[str, Any] | None) -> Release:
    tables = {part: value for part, value in table.items() if isinstance(value, dict)}
    parts = {part: _published(name, part, value) for part, value in tables.items()}
    default = tuple(table.get("default", parts))
    by_class = table.get("by_class")
    for part in [*default, *([by_class] if by_class else [])]:
        if part not in parts:
            raise RegistryRefused("", f"{name} is to be fetched in a part {part!r} that it lacks")
    return Release(
        name.lower(), table.get("title", name), default, parts, by_class, is_own=own is not None
    )


def _published(what: str, part: str, table: Mapping[str, Any]) -> Published:
    url = table.get("url")
    file = table.get("file") or os.path.basename(urlsplit(url or "").path)
    if file in ("", ".", ".."):
        raise RegistryRefused("", f"[{what}.{part}] has neither a file's name nor a URL with one")
    return Published(
        what.lower(),
        part,
        table.get("release", what),
        file,
        url,
        size=table.get("bytes"),
        about_size=table.get("about_bytes"),
        md5=table.get("md5"),
        sha256=table.get("sha256"),
        images=table.get("images"),
        classes=table.get("classes"),
        layout=table.get("layout", ""),
    )
