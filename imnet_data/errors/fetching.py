"""Fetching."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.errors.root import ImnetDataError

if TYPE_CHECKING:
    from collections.abc import Sequence


class FetchError(ImnetDataError):
    """Something that cannot be fetched, or not as it stands."""


class UnknownPublished(FetchError, ValueError):
    """The registry has nothing of this name; `known` are those that it has."""

    def __init__(self, name: str, *, kind: str, known: Sequence[str]) -> None:
        self.name = name
        self.kind = kind
        self.known = tuple(known)
        super().__init__(f"there is no {kind} {name!r}; there are {', '.join(self.known)}")


class NoAddress(FetchError):
    """It is registered without an address: nobody is known to publish it."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no address is known for {name}: it is no longer published")


class AddressRefused(FetchError, ValueError):
    """An address that nothing is fetched from as it stands; `reason` says why."""

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(f"nothing is fetched from {address}: {reason}")


class RegistryRefused(FetchError):
    """The user's own registry file at `path` does not read."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"the registry file {path} cannot be used: {reason}")


class LoginNeeded(FetchError):
    """A source wants a login; `given` says whether one was sent, and refused.

    `page` is where its terms are accepted, None where it is not known; `setting` what to set where
    the login is not one of ours, such as a store's own keys.
    """

    def __init__(
        self,
        host: str,
        *,
        page: str | None = None,
        given: bool = False,
        setting: str | None = None,
    ) -> None:
        self.host = host
        self.page = page
        self.given = given
        self.setting = setting
        refused = "did not take the login that is set" if given else "wants a login"
        where = f"; its terms are accepted at {page}" if page else ""
        super().__init__(f"{host} {refused}{where}")


class GatedDataset(LoginNeeded):
    """A hub's dataset, `name`, that goes to those alone who accepted its terms at `page`."""

    def __init__(self, name: str, *, page: str, given: bool) -> None:
        super().__init__(name, page=page, given=given, setting="HF_TOKEN=…")
        self.name = name
        then = (
            "with the account whose token is set (HF_TOKEN)"
            if given
            else "then set HF_TOKEN to an access token of the account that did"
        )
        self.args = (f"{name} is given to those who accept its terms: do so at {page}, {then}",)


class CredentialsRefused(FetchError):
    """A login, from `origin`, that cannot be used as it stands; `fix` is a command that helps."""

    def __init__(self, origin: str, reason: str, *, fix: str | None = None) -> None:
        self.origin = origin
        self.reason = reason
        self.fix = fix
        super().__init__(f"{origin} is not used: {reason}")


class SourceError(FetchError):
    """A source that does not give what was asked of it; `url` is without what is secret in it."""

    def __init__(self, url: str, sentence: str) -> None:
        self.url = url
        super().__init__(sentence)


class SourceFailed(SourceError):
    """It does not answer, or answers with an error; `status` is HTTP's, None without an answer."""

    def __init__(
        self, url: str, reason: str, *, status: int | None = None, tries: int | None = None
    ) -> None:
        self.reason = reason
        self.status = status
        self.tries = tries
        often = f", {tries} times in a row" if tries is not None and tries > 1 else ""
        super().__init__(url, f"{url} cannot be fetched: {reason}{often}")


class NotTheFile(SourceError):
    """Something else came in its place, as `what` says; `title` is the page's own, where known."""

    def __init__(self, url: str, what: str, *, title: str | None = None) -> None:
        self.what = what
        self.title = title
        named = f", titled {title!r}" if title else ""
        super().__init__(url, f"{url} gives {what}{named}, and not the file")


class RangeRefused(SourceError):
    """It did not give the part of the file that was asked for."""

    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(url, f"{url} does not give the part that was asked for: {reason}")


class RemoteChanged(SourceError):
    """The file there is another one than when it was begun: `what` was `before`, is `now`."""

    def __init__(self, url: str, *, what: str, before: object, now: object) -> None:
        self.what = what
        self.before = before
        self.now = now
        super().__init__(
            url, f"{url} has changed since its download began: its {what} was {before}, is {now}"
        )


class LinkExpired(SourceError):
    """The address worked when the download began, and does no longer."""

    def __init__(self, url: str, *, status: int) -> None:
        self.status = status
        super().__init__(url, f"the link to {url} has expired, or is withdrawn (HTTP {status})")


class WrongChecksum(FetchError):
    """It came whole and is not what was published; what came is kept at `path`."""

    def __init__(self, path: str, *, algorithm: str, expected: str, found: str) -> None:
        self.path = path
        self.algorithm = algorithm
        self.expected = expected
        self.found = found
        super().__init__(
            f"what came is not what was published: the {algorithm} of {path} is {found}, "
            f"and should be {expected}"
        )


class NotTarOfTars(FetchError):
    """Classes were asked for of a file that is no tar of class tars."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"the classes in {url} cannot be fetched by themselves: {reason}")


class ClassesNotThere(FetchError):
    """None of the classes of `expression` is in what was to be fetched, which `where` names."""

    def __init__(self, expression: str, where: str) -> None:
        self.expression = expression
        self.where = where
        super().__init__(f"{where} has no class of {expression!r}")


class PartTaken(FetchError):
    """Another process fetches the same file; `holder` says which."""

    def __init__(self, path: str, *, holder: str) -> None:
        self.path = path
        self.holder = holder
        super().__init__(f"{path} is being fetched by {holder}")


class PartUnknown(FetchError):
    """A file is at `path` that this download did not make, and would write over."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} is there already, and {reason}")


class NotWritten(FetchError):
    """What came cannot be written at `path`, or read again."""

    def __init__(self, path: str, reason: str, *, doing: str = "written") -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} cannot be {doing}: {reason}")


class DiskFull(NotWritten):
    """There is no room at `path` for the `needed` bytes still to come, or no leave to take it."""

    def __init__(self, path: str, *, needed: int, reason: str) -> None:
        self.needed = needed
        super().__init__(path, f"{reason}; {needed:,} bytes are still to come")
