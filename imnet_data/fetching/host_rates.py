"""How fast each host was the last time, so that a plan can say how long it will take.

A file in the user's cache; one that is missing or spoilt costs an estimate and nothing else.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from urllib.parse import urlsplit

from imnet_data.fetching.user_files import cache_file

# A download shorter than this says little of the rate that a long one would have.
_TELLING_SECONDS = 5.0
_MOST_HOSTS = 100


def rate_of(url: str) -> float | None:
    """Bytes a second that the host of a URL gave the last time; None where nobody knows."""
    rate = _held().get(_host(url))
    return rate if rate is not None and math.isfinite(rate) and rate > 0 else None


def remember(url: str, size_bytes: int, seconds: float) -> None:
    """Keep how fast a host was, where it says something; where nothing can be kept, it is not."""
    if seconds < _TELLING_SECONDS or size_bytes <= 0 or not _host(url):
        return
    held = _held()
    held.pop(_host(url), None)
    kept = dict([*held.items(), (_host(url), round(size_bytes / seconds))][-_MOST_HOSTS:])
    path = cache_file("rates.json")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=os.path.dirname(path), prefix="rates.", delete=False, encoding="utf-8"
        ) as file:
            json.dump(kept, file)
        os.replace(file.name, path)
    except OSError:
        return


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _held() -> dict[str, float]:
    try:
        with open(cache_file("rates.json"), encoding="utf-8") as file:
            held = json.load(file)
    except (OSError, ValueError):
        return {}
    if not isinstance(held, dict):
        return {}
    return {str(host): float(n) for host, n in held.items() if isinstance(n, int | float)}
