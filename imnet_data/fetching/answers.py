"""What a server's answer to a request for a range is worth: its lies, found and named.

How requests are sent, and what is tried again, is http.py's and retry.py's.
"""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape
from typing import TYPE_CHECKING, Final

from requests import RequestException
from urllib3.exceptions import HTTPError

from imnet_data.errors import (
    LinkExpired,
    NotTheFile,
    RangeRefused,
    RemoteChanged,
    SourceFailed,
)
from imnet_data.fetching.credentials import shown
from imnet_data.fetching.remote import Probe
from imnet_data.fetching.retry import Passing, retry_after

if TYPE_CHECKING:
    from requests import Response

    from imnet_data.fetching.remote import Remote

# Enough to know a page by; a tar's first header is half of it.
SNIFF_BYTES: Final = 1024

_PAGE_BYTES: Final = 1 << 16
_CONTENT_RANGE: Final = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)\s*$", re.IGNORECASE)
_TITLE: Final = re.compile(rb"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
# A server's own trouble, or a wish to be left alone for a while.
_PASSING: Final = frozenset({408, 421, 425, 429, 500, 502, 503, 504, 507, 509, 520, 522, 523, 524})
# A signed link that is past its time; an account whose session is over.
_EXPIRED: Final = frozenset({401, 403, 404, 410})


def probed(remote: Remote, response: Response, url: str) -> Probe:
    """What the answer to a range at the file's start says of the file.

    Raises:
        NotTheFile: it is a page, or a file of another size than the published one.
        SourceFailed: it is an error, or does not say how large the file is.
        Passing: it may be another one soon.
    """
    headers = response.headers
    if response.status_code not in (200, 206, 416):
        raise failure(response, url)
    first, _, total = content_range(response)
    ranges = response.status_code == 206 and first == 0
    if not ranges and response.status_code == 200:
        total = _number(headers.get("Content-Length"))
    refuse_page(response, url, remote.name)
    size = total if total is not None else remote.size
    if size is None:
        raise SourceFailed(shown(url), "it does not say how large the file is")
    if size == 0 or (remote.size is not None and size != remote.size):
        expected = "" if remote.size is None else f" where {remote.size:,} are published"
        raise NotTheFile(shown(url), f"a file of {size:,} bytes{expected}")
    return Probe(
        size=size,
        etag=headers.get("ETag"),
        last_modified=headers.get("Last-Modified"),
        ranges=ranges,
        url=url,
    )


def check_range(
    response: Response, probe: Probe, start: int, stop: int, *, url: str, name: str
) -> None:
    """Raise unless the body holds the bytes of the file that was probed, from `start` on.

    Raises:
        SourceError: they are another file's, or a page.
        Passing: another try may give them.
    """
    status = response.status_code
    if status not in (200, 206, 416):
        raise expired(response, url) if status in _EXPIRED else failure(response, url)
    first, last, total = content_range(response)
    if status != 416:
        refuse_page(response, url, name)
        _same(response, probe, total if status == 206 else None, url)
    if status == 206:
        if first != start or last is None or not start <= last < stop:
            asked = f"bytes {start} to {stop - 1} were asked for"
            raise _refused(url, f"{asked}, {response.headers.get('Content-Range')} came")
    elif status == 416:
        if total is not None and total != probe.size:
            raise RemoteChanged(shown(url), what="size", before=probe.size, now=total)
        raise _refused(url, "it says that the file has no such part (HTTP 416)")
    elif probe.ranges and (start, stop) != (0, probe.size):
        raise _refused(url, "it gives the whole file instead (HTTP 200)")


def content_range(response: Response) -> tuple[int | None, int | None, int | None]:
    """First and last byte and the file's size, as `Content-Range` has them; None where unsaid."""
    found = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    if found is None:
        return None, None, None
    first, last, total = (_number(text) for text in found.groups())
    return first, last, total


def refuse_page(response: Response, url: str, name: str) -> None:
    """Raise NotTheFile for an HTML page where a file was to come; they are where one logs in."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml") and not name.endswith((".html", ".htm")):
        raise NotTheFile(shown(url), "an HTML page", title=_title(response))


def refuse_page_bytes(data: bytes, url: str, name: str) -> None:
    """Raise NotTheFile where a file's first bytes are a page's, whatever they were said to be."""
    head = data[:SNIFF_BYTES].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")) and not name.endswith((".html", ".htm")):
        raise NotTheFile(shown(url), "an HTML page", title=_title_in(data))


def failure(response: Response, url: str) -> Exception:
    """The error for an answer that is none; Passing where a later one may be better."""
    status = response.status_code
    error = SourceFailed(
        shown(url), f"HTTP {status} {response.reason or ''}".rstrip(), status=status
    )
    if status in _PASSING:
        return Passing(error, wait_s=retry_after(response.headers.get("Retry-After")))
    return error


def expired(response: Response, url: str) -> Passing:
    """A link that worked and does no longer: twice more, for busy servers say 403 as well."""
    return Passing(LinkExpired(shown(url), status=response.status_code), tries=3)


def _same(response: Response, probe: Probe, total: int | None, url: str) -> None:
    """Raise RemoteChanged if this is not the version that was probed."""
    headers = response.headers
    for what, before, now in (
        ("size", probe.size, total),
        ("tag", probe.etag, headers.get("ETag")),
        ("date", probe.last_modified, headers.get("Last-Modified")),
    ):
        if before is not None and now is not None and before != now:
            raise RemoteChanged(shown(url), what=what, before=before, now=now)


def _refused(url: str, reason: str) -> Passing:
    # One server of several behind an address may be the only one that does not know ranges.
    return Passing(RangeRefused(shown(url), reason), tries=3)


def _title(response: Response) -> str | None:
    with suppress(RequestException, HTTPError, OSError):
        return _title_in(response.raw.read(_PAGE_BYTES, decode_content=True))
    return None


def _title_in(page: bytes) -> str | None:
    found = _TITLE.search(page)
    if found is None:
        return None
    text = unescape(found[1].decode("utf-8", errors="replace"))
    text = " ".join(text.split())
    return text[:80] if text and text.isprintable() else None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().isdigit() else None
