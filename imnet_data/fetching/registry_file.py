"""Whether a user's own registry file says what such a file can say.

What it means is registry.py's.
"""

from __future__ import annotations

import re
from typing import Any, Final

_LOGINS: Final = ("none", "maybe", "required")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://\S+\Z", re.IGNORECASE)


def _is_name(value: object) -> bool:
    # A file's name goes below the folder that was asked for, and nowhere else.
    return isinstance(value, str) and value.isprintable() and value not in ("", ".", "..") and (
        "/" not in value and "\\" not in value
    )  # fmt: skip


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_url(value: object) -> bool:
    return isinstance(value, str) and bool(_SCHEME.match(value))


def _is_md5(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[0-9a-fA-F]{32}", value))


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[0-9a-fA-F]{64}", value))


_PART: Final = {
    "file": (_is_name, "the name of a file, without folders"),
    "url": (_is_url, "a URL"),
    "bytes": (_is_size, "a number of bytes"),
    "about_bytes": (_is_size, "a number of bytes"),
    "md5": (_is_md5, "32 hexadecimal digits"),
    "sha256": (_is_sha256, "64 hexadecimal digits"),
    "images": (_is_size, "a number"),
    "classes": (_is_size, "a number"),
    "release": (_is_name, "a name"),
    "layout": (_is_text, "a text"),
    "seen_in": (_is_text, "a text"),
}
_SOURCE: Final = {
    "login": (lambda value: value in _LOGINS, f"one of {', '.join(_LOGINS)}"),
    "terms": (_is_url, "a URL"),
}
_RELEASE: Final = {
    "title": (_is_text, "a text"),
    "default": (
        lambda value: isinstance(value, list) and bool(value) and all(map(_is_name, value)),
        "a list of parts",
    ),
    "by_class": (_is_name, "a part"),
}


def checked(tables: dict[str, Any]) -> dict[str, Any]:
    """The tables of a registry file, as they are.

    Raises:
        ValueError: something in them is not what it must be; the sentence says what and where.

    >>> checked({"ilsvrc2012": {"val": {"md5": "29b2"}}})
    Traceback (most recent call last):
        ...
    ValueError: [ilsvrc2012.val] md5 is to be 32 hexadecimal digits
    """
    for name, table in tables.items():
        if not _is_name(name):  # a release with a file a class gets a folder of its name
            raise ValueError(f"{name!r} is no name for a release")
        if not isinstance(table, dict):
            raise ValueError(  # noqa: TRY004 - the file's content is wrong, no caller's type
                f"{name} stands outside a table such as [ilsvrc2012.val]"
            )
        below = {key: value for key, value in table.items() if isinstance(value, dict)}
        if name != "sources":
            _check(f"[{name}]", {k: v for k, v in table.items() if k not in below}, _RELEASE)
        elif len(below) < len(table):
            raise ValueError('[sources] is to hold tables such as [sources."mirror.example.org"]')
        for part, fields in below.items():
            _check(f"[{name}.{part}]", fields, _SOURCE if name == "sources" else _PART)
    return tables


def _check(where: str, fields: dict[str, Any], known: dict[str, Any]) -> None:
    for key, value in fields.items():
        if key not in known:
            raise ValueError(f"{where} has {key}; known there: {', '.join(known)}")
        is_one, wanted = known[key]
        if not is_one(value):
            raise ValueError(f"{where} {key} is to be {wanted}")
