"""What can be mended, and what was: as text and as JSON."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from imnet_data.amounts import count, size
from imnet_data.cli.advice import advice_on
from imnet_data.cli.fields import write_field
from imnet_data.cli.table import Column, write_table
from imnet_data.cli.text import safe
from imnet_data.errors import SourceDiffers
from imnet_data.files.address import is_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imnet_data.cli.screen import Screen, Span
    from imnet_data.cli.session import Session
    from imnet_data.errors import ImnetDataError
    from imnet_data.mending.plan import Item
    from imnet_data.mending.report import Outcome, RepairReport

_COLUMNS: Final = (
    Column("archive", style="bold", cut="start", least=20),
    Column("damage", cut="end", least=16),
    Column("to fetch", number=True),
    Column("from", cut="end", least=12),
    Column("checked by"),
)
# The digests of parts are SHA-256, too; people need not tell the two apart.
_CHECKS: Final = {"parts": "SHA-256", "sha256": "SHA-256", "md5": "MD5", "images": "its images"}
_ARCHIVE: Final = {
    "archive-missing": "missing",
    "archive-changed": "changed",
    "archive-truncated": "truncated",
    "archive-checksum": "wrong bytes",
}
_SHOWN: Final = 5
_ARCHIVES: Final = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: the archives, and the source if any; the next command says it again."""

    session: Session
    archives: tuple[str, ...] = ()
    source: str | None = None

    def again(self) -> str:
        """The same command without --dry-run."""
        source = () if self.source is None else ("--source", self.source)
        return self.session.line("repair", *self.archives, *source)

    def advice_on(self, error: ImnetDataError) -> str | None:
        """What to type after an error."""
        if self.source is not None and isinstance(error, SourceDiffers):
            # To fetch it would bring the wrong file.
            repair = self.session.line("repair", error.path)
            return f"{repair} --source URL, with the address of the same file"
        return advice_on(error, self.session, "repair")


def as_json(report: RepairReport, asked: Asked) -> dict[str, Any]:
    """A repair for other programs."""
    return {
        "dry_run": report.dry_run,
        "archives": [_outcome_json(one, asked) for one in report.outcomes],
        "moved": [
            {"image": one.name, "from": one.source, "to": one.target} for one in report.swaps
        ],
        "left_out": report.left_out,
    }


def _outcome_json(outcome: Outcome, asked: Asked) -> dict[str, Any]:
    item = outcome.item
    return {
        "archive": outcome.path,
        "state": outcome.state,
        "codes": dict(sorted(item.damage.codes.items())),
        "images": item.damage.images,
        "ranges": [list(pair) for pair in item.ranges],
        "bytes_to_fetch": item.bytes_to_fetch if outcome.state == "to mend" else 0,
        "fetched_bytes": outcome.fetched_bytes,
        "written_bytes": outcome.written_bytes,
        "source": None if item.source is None else item.source.url,
        "checks": list(item.checks),
        "looked_at": outcome.looked_at,
        "still_broken": outcome.still_broken,
        "reason": None if outcome.error is None else str(outcome.error),
        "next": None if outcome.error is None else asked.advice_on(outcome.error),
    }


def write(screen: Screen, report: RepairReport, asked: Asked) -> None:
    """A repair for people: what is to be mended, what was, what cannot be, what is left out."""
    to_mend = [one.item for one in report.outcomes if one.state == "to mend"]
    if to_mend:
        write_table(screen, _COLUMNS, [_row(item) for item in to_mend[:_ARCHIVES]])
        _write_rest(screen, to_mend)
    mended = [one for one in report.outcomes if one.state == "mended"]
    for outcome in mended[:_ARCHIVES]:
        write_field(screen, "mended", list(_mended(outcome)))
    _write_rest(screen, mended)
    unmended = [one for one in report.outcomes if one.state == "not mended" and one.is_left]
    for outcome in unmended[:_ARCHIVES]:
        _write_unmended(screen, outcome, asked)
    _write_rest(screen, unmended)
    _write_moved(screen, report)
    _write_left_out(screen, report)
    following = _following(report, asked)
    if following is not None:
        screen.line((f"next: {following}", ""))


def _write_rest(screen: Screen, several: Sequence[object]) -> None:
    if len(several) > _ARCHIVES:
        screen.line((f"… and {len(several) - _ARCHIVES:,} more; --json has them all", "dim"))


def _row(item: Item) -> list[str]:
    if item.is_begun:
        return [safe(_name(item)), "half written", "", "", ""]
    assert item.source is not None
    checks = " and ".join(_checks(item))
    host = urlsplit(item.source.url).hostname or item.source.url
    return [safe(_name(item)), damage(item), size(item.bytes_to_fetch), safe(host), checks]


def _checks(item: Item) -> list[str]:
    return list(dict.fromkeys(_CHECKS[name] for name in item.checks))


def _name(item: Item) -> str:
    path = item.archive.path
    return path if is_url(path) else os.path.relpath(path)


def damage(item: Item) -> str:
    """What is wrong with an archive, in few words."""
    codes = item.damage.codes
    words = [word for code, word in _ARCHIVE.items() if code in codes]
    if item.damage.images:
        words.append(count(item.damage.images, "broken image"))
    return ", ".join(words) or "half written"


def _mended(outcome: Outcome) -> Iterator[Span | str]:
    item = outcome.item
    yield safe(_name(item)), "bold"
    yield f"{size(outcome.fetched_bytes)} fetched"
    yield f"{size(outcome.written_bytes)} written"
    if checks := _checks(item):
        one = len(checks) == 1 and "images" not in item.checks
        yield f"{' and '.join(checks)} {'agrees' if one else 'agree'}"
    if outcome.looked_at:
        yield f"{count(outcome.looked_at, 'image')} looked at again"
    if outcome.still_broken:
        yield f"{outcome.still_broken:,} still broken"


def _write_unmended(screen: Screen, outcome: Outcome, asked: Asked) -> None:
    assert outcome.error is not None
    items: list[Span | str] = [(safe(_name(outcome.item)), "bold"), damage(outcome.item)]
    write_field(screen, "not mended", items)
    for text in (str(outcome.error), asked.advice_on(outcome.error)):
        if text is not None:
            label = "" if text == str(outcome.error) else "try: "
            write_field(screen, "", (label + safe(text)).split(), comma=" ")


def _write_moved(screen: Screen, report: RepairReport) -> None:
    told = "to be read" if report.dry_run else "now read"
    for one in report.swaps[:_SHOWN]:
        copy = safe(os.path.relpath(one.target))
        write_field(screen, "moved", [(safe(one.name), "bold"), f"{told} from {copy}"])
    if len(report.swaps) > _SHOWN:
        write_field(screen, "", [f"and {len(report.swaps) - _SHOWN:,} more"])


def _write_left_out(screen: Screen, report: RepairReport) -> None:
    if not report.left_out:
        return
    names = [safe(name) for one in report.outcomes for name in one.examples][:_SHOWN]
    items = [f"{count(report.left_out, 'broken image')} that nothing mends", *names]
    if report.left_out > len(names):
        items.append(f"and {report.left_out - len(names):,} more")
    write_field(screen, "left out", items)


def _following(report: RepairReport, asked: Asked) -> str | None:
    """What to type next."""
    if report.dry_run and any(one.state == "to mend" for one in report.outcomes):
        return asked.again()
    if report.mended or (report.swaps and not report.dry_run):
        return asked.session.line("verify")
    return None


def write_nothing(screen: Screen, session: Session) -> None:
    """That there is nothing to mend, as far as it was looked."""
    screen.line(("nothing broken was found: there is nothing to mend", ""))
    screen.line((f"next: {session.line('verify', '--level', 'decode')}, which looks deepest", ""))
