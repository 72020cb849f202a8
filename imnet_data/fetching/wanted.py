"""What is asked for, as files to fetch: by a registered name, or by an address.

What is known of each file comes from the registry; whether it is here already, plan.py sees.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from imnet_data.errors import AddressRefused
from imnet_data.fetching.credentials import shown, without_login
from imnet_data.fetching.remote import Remote

if TYPE_CHECKING:
    from imnet_data.fetching.classes import ClassChoice
    from imnet_data.fetching.logins import Logins
    from imnet_data.fetching.registry import Published, Registry, Source

_HTTP: Final = ("http", "https")
_WNID: Final = "{wnid}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asks for: a registered release, or an address; the rest narrows it.

    `classes` is a class expression; `md5` and `sha256` are in hex, for one file; `url` is a fresh
    address of that same file, and `name` what it shall be called where its address does not say.
    """

    what: str
    parts: tuple[str, ...] = ()
    classes: str | None = None
    md5: str | None = None
    sha256: str | None = None
    url: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch: `title` says what it is, `release` what the catalogue is to call it.

    `about_size` is in bytes, and only roughly known; `source` is what its host asks for. Of a file
    with a `choice` only some classes are wanted; with `{wnid}` in its address it is one a class.
    """

    remote: Remote
    title: str
    source: Source
    release: str | None = None
    about_size: int | None = None
    images: int | None = None
    classes: int | None = None
    choice: ClassChoice | None = None

    @property
    def is_per_class(self) -> bool:
        """Whether it is one file for each class."""
        return _WNID in self.remote.url


def is_address(what: str) -> bool:
    """Whether it is an address rather than a registered name.

    >>> is_address("https://host.example.org/a.tar"), is_address("imagenette")
    (True, False)
    """
    return "://" in what


def wanted_files(wish: Wish, registry: Registry, logins: Logins) -> list[Wanted]:
    """The files that are asked for.

    Raises:
        UnknownPublished, NoAddress: the registry has none, or no address of one.
        AddressRefused: an address that nothing is fetched from, or several files for one address.
        FetchError: a hub or an object store does not list what it has.
    """
    if not is_address(wish.what):
        found = [
            _registered(published, registry, logins, fresh=wish.url)
            for published in registry.parts(
                wish.what, wish.parts, by_class=wish.classes is not None
            )
        ]
    elif urlsplit(wish.what).scheme.lower() in _HTTP:
        found = [_at_address(wish, registry, logins)]
    else:
        found = _listed(wish, registry, logins)
    if len(found) > 1 and (wish.md5 or wish.sha256 or wish.url or wish.name):
        asked = ", ".join(one.remote.name for one in found[:4])
        raise AddressRefused(wish.what, f"one file is to be named, and these are several: {asked}")
    if wish.md5 or wish.sha256 or wish.name:
        found = [replace(one, remote=_said(one.remote, wish)) for one in found]
    return [_of_classes(one, wish.classes) for one in found]


def _of_classes(wanted: Wanted, expression: str | None) -> Wanted:
    """A file with the choice of its classes, and what those will roughly take."""
    if expression is None:
        if wanted.is_per_class:
            raise AddressRefused(
                shown(wanted.remote.url), "it is one file a class: say which with --classes"
            )
        return wanted
    from imnet_data.fetching.classes import choose  # noqa: PLC0415 - numpy

    choice = choose(expression, wanted.release)
    whole = wanted.remote.size if wanted.remote.size is not None else wanted.about_size
    of = 1 if wanted.is_per_class else wanted.classes
    about = None if whole is None or of is None else whole * len(choice.wnids) // of
    return replace(wanted, choice=choice, about_size=about)


def _registered(
    published: Published, registry: Registry, logins: Logins, *, fresh: str | None = None
) -> Wanted:
    url = fresh or published.address
    # A full release has a file for each of its classes: they get a folder of their own.
    below = f"{published.what}/" if published.is_per_class else ""
    return Wanted(
        Remote(
            without_login(url)[0],
            below + published.file,
            size=published.size,
            md5=published.md5,
            sha256=published.sha256,
            credentials=logins.for_url(url),
        ),
        published.name,
        registry.source_of(url),
        published.release,
        published.about_size,
        published.images,
        published.classes,
    )


def _at_address(wish: Wish, registry: Registry, logins: Logins) -> Wanted:
    """A file by its address; one that is called as a published file is held against that."""
    if wish.parts:
        raise AddressRefused(shown(wish.what), "the file at an address has no parts")
    for url in (wish.what, wish.url or wish.what):
        if not urlsplit(url).hostname:
            raise AddressRefused(url, "it names no host")
    name = wish.name or file_name(wish.what)
    for release in registry.releases.values():
        for published in release.parts.values():
            if published.file == name and not (wish.md5 or wish.sha256):
                known = _registered(published, registry, logins, fresh=wish.url or wish.what)
                return replace(known, title=f"{shown(wish.what)}, as {published.name}")
    url = wish.url or wish.what
    remote = Remote(without_login(url)[0], name, credentials=logins.for_url(url))
    return Wanted(remote, shown(wish.what), registry.source_of(url))


def file_name(url: str) -> str:
    """What the file at an address is called.

    Raises:
        AddressRefused: the address does not say.

    >>> file_name("https://host.example.org/a%20b.tar?download=true")
    'a b.tar'
    """
    name = os.path.basename(unquote(urlsplit(url).path))
    if name in ("", ".", "..") or not name.isprintable() or "\\" in name:
        raise AddressRefused(shown(url), "it does not end in a file's name: say one with --name")
    return name


def _said(remote: Remote, wish: Wish) -> Remote:
    """A file with the checksum and name that the user says; what is said stands alone."""
    if wish.md5 or wish.sha256:
        remote = replace(remote, md5=wish.md5, sha256=wish.sha256)
    return replace(remote, name=wish.name or remote.name)


def _listed(wish: Wish, registry: Registry, logins: Logins) -> list[Wanted]:
    """The files of a hub's dataset or an object store, part by part."""
    remotes: dict[str, Remote] = {}
    for part in wish.parts or (None,):
        remotes |= {one.name: one for one in _remotes(wish.what, part)}
    return [
        Wanted(
            one if one.credentials else replace(one, credentials=logins.for_url(one.url)),
            os.path.basename(one.name),
            registry.source_of(one.url),
        )
        for one in remotes.values()
    ]


def _remotes(url: str, part: str | None) -> list[Remote]:
    from imnet_data.fetching.hubs import hub_remotes, is_hub  # noqa: PLC0415 - an extra's

    if is_hub(url):
        return hub_remotes(url, part)
    from imnet_data.fetching.object_stores import object_remotes  # noqa: PLC0415 - another's

    return object_remotes(url, part)
