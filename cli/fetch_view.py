"""What a fetch will do, and what came of it: as text and as JSON."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from imnet_data.amounts import count, size, some, time_span
from imnet_data.cli.fields import write_field
from imnet_data.cli.registry_view import LOGINS, likely_size
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe
from imnet_data.fetching.credentials import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.cli.screen import Screen, Span
    from imnet_data.fetching.download import Downloaded
    from imnet_data.fetching.fetch import Haul
    from imnet_data.fetching.plan import Item, Plan
    from imnet_data.fetching.registry import Source

_FILES = (
    Column("file", style="bold", cut="start", least=20),
    Column("size", number=True),
    Column("here", number=True),
)
_MOST_FILES = 8  # each with a line of its own
_SLOW, _FAST = 10**7, 10**8  # bytes a second, where no rate is known
_TELLING_S = 5.0  # a shorter time is not worth a word


# -- a plan


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan for other programs."""
    obstacle = plan.obstacle()
    return {
        "to": plan.folder,
        "files": [_item_json(item) for item in plan.items],
        "bytes_to_come": plan.bytes_to_come,
        "exact": plan.is_exact,
        "bytes_per_s": plan.rate,
        "seconds": plan.seconds,
        "free_bytes": plan.room.free_bytes,
        "free_files": plan.room.free_files,
        "quota_bytes": plan.room.quota_bytes,
        "quota_files": plan.room.quota_files,
        "obstacle": None if obstacle is None else str(obstacle),
    }


def _item_json(item: Item) -> dict[str, Any]:
    wanted = item.wanted
    login = wanted.remote.credentials
    return {
        "what": wanted.title,
        "path": item.target,
        "url": shown(wanted.remote.url),
        "state": item.state,
        "bytes": item.size,
        "about_bytes": wanted.about_size,
        "here_bytes": item.here_bytes,
        "checksums": wanted.remote.checksums,
        "classes": None if wanted.choice is None else list(wanted.choice.wnids),
        "release": wanted.release,
        "login": wanted.source.login,
        "terms": wanted.source.terms,
        "login_from": None if login is None else login.origin,
    }


def write_plan(screen: Screen, plan: Plan) -> None:
    """A plan for people."""
    rows = [_file_row(item) for item in plan.items[:_MOST_FILES]]
    columns = len(_FILES) if any(row[-1] for row in rows) else len(_FILES) - 1
    write_table(screen, _FILES[:columns], [row[:columns] for row in rows])
    if len(plan.items) > _MOST_FILES:
        screen.line((f"… and {len(plan.items) - _MOST_FILES:,} more", "dim"))
    for what, value in _facts(plan):
        write_field(screen, what, value)


def _file_row(item: Item) -> list[str]:
    here = {"new": "", "here": "all", "other": "another"}.get(item.state)
    told = likely_size(item.size, item.wanted.about_size)
    return [safe(_name(item)), told, size(item.here_bytes) if here is None else here]


def _name(item: Item) -> str:
    choice = item.wanted.choice
    if choice is None:
        return item.wanted.remote.name
    name = item.wanted.remote.name.replace("{wnid}", "WNID")
    return f"{name}: {count(len(choice.wnids), 'class', 'classes')}"


def _facts(plan: Plan) -> Iterator[tuple[str, list[Span | str]]]:
    for source, origin in _sources(plan).items():
        yield "from", list(_asked(source, origin))
    yield "to", list(_room(plan))
    yield "to come", list(_to_come(plan))


def _sources(plan: Plan) -> dict[Source, str | None]:
    """The hosts, each with where its login was read."""
    return {
        item.wanted.source: None
        if item.wanted.remote.credentials is None
        else f"{item.wanted.remote.credentials.what} from {item.wanted.remote.credentials.origin}"
        for item in plan.items
        if item.state != "here"
    }


def _asked(source: Source, origin: str | None) -> Iterator[Span | str]:
    """What a host asks, and what it will be given."""
    needs = LOGINS[source.login]
    yield safe(source.host)
    if needs:
        yield needs
    if origin is not None:
        yield f"is given {safe(origin)}"
    elif source.login in ("maybe", "required"):
        yield "none is set"
    if source.terms is not None:
        yield f"its terms: {source.terms}"


def _room(plan: Plan) -> Iterator[Span | str]:
    room = plan.room
    yield safe(plan.folder)
    yield f"{size(room.free_bytes)} free"
    if room.quota_bytes is not None:
        yield f"{size(room.quota_bytes)} left of your quota"
    if room.files_left is not None and room.files_left < 100_000:
        yield f"room for {count(room.files_left, 'file')}"


def _to_come(plan: Plan) -> Iterator[Span | str]:
    n = plan.bytes_to_come
    if n is None:
        yield "a size that is not known yet"
        return
    yield (size(n) if plan.is_exact else f"about {size(n)}") if n else "nothing"
    if plan.seconds is not None and plan.rate:
        as_ = "as the last time" if plan.measured else "the limit"
        if plan.seconds > _TELLING_S:
            yield f"about {time_span(plan.seconds)} at {size(round(plan.rate))}/s ({as_})"
    elif n > _TELLING_S * _SLOW:
        spans = [f"{time_span(n / rate)} at {size(rate)}/s" for rate in (_SLOW, _FAST)]
        yield " or ".join(spans)


def remarks(plan: Plan) -> Iterator[str]:
    """What is to be known of a plan, in sentences."""
    choices = [item.wanted.choice for item in plan.items if item.wanted.choice is not None]
    yield from dict.fromkeys(str(notice) for choice in choices for notice in choice.notices)
    unchecked = [
        item.wanted.remote.name
        for item in plan.items
        if not item.wanted.remote.checksums and item.wanted.choice is None
    ]
    if unchecked:
        others = f" and {len(unchecked) - 1:,} more" if len(unchecked) > 1 else ""
        yield (
            f"no checksum is published for {safe(unchecked[0])}{others}: its size alone is checked"
        )
    unreadable = plan.unreadable()
    if unreadable:
        extra = "parquet" if unreadable[0].endswith(".parquet") else "containers"
        yield f"indexing {safe(unreadable[0])} needs more: pip install 'imnet-data[{extra}]'"


# -- what came


def haul_json(haul: Haul) -> dict[str, Any]:
    """What came, for other programs."""
    return {
        "files": [
            {
                "what": one.wanted.title,
                "path": one.downloaded.path,
                "bytes": one.downloaded.size,
                "whole": one.downloaded.whole,
                "was_there": one.downloaded.was_there,
                "fetched_bytes": one.downloaded.fetched_bytes,
                "md5": one.downloaded.md5,
                "sha256": one.downloaded.sha256,
                "checked": _is_checked(one.wanted.remote.checksums, one.downloaded),
                "retries": one.downloaded.retries,
                "seconds": round(one.downloaded.seconds, 3),
            }
            for one in haul.files
        ],
        "absent": haul.absent,
    }


def _is_checked(checksums: dict[str, str], done: Downloaded) -> bool:
    return bool(checksums) and done.whole and not done.was_there


def write_haul(screen: Screen, haul: Haul) -> None:
    """What came, for people: a line a file."""
    for one in haul.files[:_MOST_FILES]:
        done = one.downloaded
        items: list[Span | str] = [(safe(os.path.relpath(done.path)), "bold"), size(done.size)]
        if done.was_there:
            items.append("was here")
        else:
            items += [f"{size(done.fetched_bytes)} fetched", f"in {time_span(done.seconds)}"]
        if done.fetched_bytes and done.seconds > 1:
            items.append(f"{size(round(done.fetched_bytes / done.seconds))}/s")
        if done.retries:
            items.append(count(done.retries, "retry", "retries"))
        items.append(_checked(one.wanted.remote.checksums, done))
        write_field(screen, "fetched", items)
    if len(haul.files) > _MOST_FILES:
        screen.line((f"… and {len(haul.files) - _MOST_FILES:,} more", "dim"))


def _checked(checksums: dict[str, str], done: Downloaded) -> str:
    if done.was_there:
        return "its size agrees"
    if not done.whole:
        return "in part, as was asked for"
    named = {"md5": "MD5", "sha256": "SHA-256"}
    agree = " and ".join(named[name] for name in checksums)
    return f"{agree} {'agree' if len(checksums) > 1 else 'agrees'}" if agree else "not checked"


def absent_remark(wnids: Sequence[str]) -> str:
    """Which classes the source lacks."""
    lacking = count(len(wnids), "class is", "classes are")
    return f"{lacking} not at the source: {some(wnids[:5], len(wnids))}"
