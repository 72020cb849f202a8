"""Cookie files in Netscape's format, as browsers' add-ons and curl write them.

Python's own reader is not used: what it says of a line that it cannot read holds the line.
"""

from __future__ import annotations

from http.cookiejar import Cookie, CookieJar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_HTTP_ONLY: Final = "#HttpOnly_"


def read_cookies(lines: Iterable[str]) -> CookieJar:
    r"""The cookies of a file's lines.

    Raises:
        ValueError: a line is none; the sentence says which, and never what is in it.

    >>> jar = read_cookies(["# Netscape HTTP Cookie File\n", "h.org\tFALSE\t/\tTRUE\t0\tid\t1\n"])
    >>> [(cookie.domain, cookie.name, cookie.expires) for cookie in jar]
    [('h.org', 'id', None)]
    """
    jar = CookieJar()
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n").removeprefix(_HTTP_ONLY)
        if not text.strip() or text.startswith(("#", "$")):
            continue
        cookie = _cookie(text.split("\t"))
        if cookie is None:
            raise ValueError(f"line {number} is no cookie: that has 7 fields with tabs between")
        jar.set_cookie(cookie)
    return jar


def _cookie(fields: list[str]) -> Cookie | None:
    if len(fields) != 7:
        return None
    domain, below, path, secure, expires, name, value = fields
    until = expires.partition(".")[0]
    if below.upper() not in ("TRUE", "FALSE") or not (until.isdigit() or until in ("", "-1")):
        return None
    if below.upper() == "TRUE" and not domain.startswith("."):
        domain = f".{domain}"
    dotted = domain.startswith(".")
    return Cookie(
        version=0, name=name, value=value, port=None, port_specified=False,
        domain=domain, domain_specified=dotted, domain_initial_dot=dotted,
        path=path, path_specified=True, secure=secure.upper() == "TRUE",
        # 0 marks a session's cookie; it would be taken for 1970.
        expires=int(until) if until not in ("", "-1", "0") else None, discard=False,
        comment=None, comment_url=None, rest={},
    )  # fmt: skip
