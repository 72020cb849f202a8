"""What to type next after a fetch that failed: one line a kind of error."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from imnet_data import errors
from imnet_data.fetching.credentials import place_of

if TYPE_CHECKING:
    from imnet_data.cli.session import Session

_SAME = "the same command, which goes on from what came"
_ANEW = "the same command with --restart, which throws away what is there and begins anew"


def advice_on_fetch(  # noqa: PLR0911 - a table
    error: errors.FetchError, session: Session
) -> str | None:
    """A command, or a few words with one, that helps after a fetch failed."""
    match error:
        case errors.GatedDataset():
            return "HF_TOKEN=… before the same command, once the terms are accepted"
        case errors.LoginNeeded(setting=str(setting)):
            return f"{setting} before the same command"
        case errors.LoginNeeded(host=host, given=given):
            return _login(host, given=given)
        case errors.CredentialsRefused(fix=fix):
            return fix
        case errors.SourceError():
            return _on_a_source(error)
        case errors.DiskFull(path=path):
            room = session.line("doctor", path)
            return f"the same command once there is room, or with another --to; {room} says more"
        case errors.PartTaken():
            return "the same command when that is done"
        case errors.PartUnknown(path=path) if not path.endswith(".part"):
            return f"the same command with another --to, or once {shlex.quote(path)} is moved away"
        case errors.WrongChecksum() | errors.PartUnknown():
            return _ANEW
    return _on_what_was_asked(error, session)


def _on_what_was_asked(  # noqa: PLR0911 - a table
    error: errors.FetchError, session: Session
) -> str | None:
    match error:
        case errors.UnknownPublished(kind=kind, known=known) if kind.startswith("part of"):
            return f"--part {shlex.quote(known[0])}" if known else None
        case errors.UnknownPublished():
            return session.line("fetch", "--list")
        case errors.NoAddress():
            return f"{session.line('fetch')} URL, with the address of a copy that you may use"
        case errors.AddressRefused():
            return "imnet-data fetch --help"
        case errors.NotTarOfTars():
            return "the same command without --classes; images are chosen by class later, too"
        case errors.ClassesNotThere(expression=expression):
            return session.line("search", expression.split()[0])
    return None


def _on_a_source(  # noqa: PLR0911 - a table
    error: errors.SourceError,
) -> str | None:
    match error:
        case errors.LinkExpired():
            return "the same command with --url NEW, a fresh address of the same file"
        case errors.RemoteChanged():
            return _ANEW
        case errors.NotTheFile(url=url, what=what) if "page" in what:
            return _instead_of_a_page(url)
        case errors.NotTheFile():
            return "the same command with --sha256 or --md5, if it is another file that you want"
        case errors.SourceFailed(url=url, status=int()) if url.startswith("hf://"):
            return "the name as the hub's page of it has it; HF_TOKEN=… before it if it is private"
        case errors.SourceFailed(status=status) if status in (404, 410):
            return "the address anew from its publisher's page; --url NEW goes on with another"
        case errors.SourceFailed():
            return _SAME
    return None


def _instead_of_a_page(url: str) -> str:
    """A page came: most often one to log in on; where the registry knows its terms' page, that."""
    from imnet_data.fetching.registry import Registry  # noqa: PLC0415 - only where it is needed

    host = place_of(url)
    try:
        terms = Registry.load().source_of(url).terms
    except errors.RegistryRefused:
        terms = None
    accepted = f"accept the terms at {terms}, then " if terms else "if it wants a login: "
    return accepted + _login(host, given=False)


def _login(host: str, *, given: bool) -> str:
    """What to set for a host; a login never stands on the command line."""
    fresh = "a fresh one: " if given else ""
    return (
        f"{fresh}IMNET_DATA_COOKIES=FILE, the cookies that your browser has for {host}, or "
        f"IMNET_DATA_TOKEN={host}=TOKEN, or IMNET_DATA_PASSWORD={host}=USER:PASSWORD, "
        "before the same command"
    )
