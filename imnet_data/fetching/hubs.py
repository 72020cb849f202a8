"""Datasets of the Hugging Face hub: which files one has, where each is, what it must be.

The files come by HTTP like any other; huggingface_hub only lists them and knows the token.
"""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from imnet_data.errors import AddressRefused, GatedDataset, LoginNeeded, SourceFailed
from imnet_data.extras import needed
from imnet_data.fetching.credentials import Credentials
from imnet_data.fetching.file_sets import chosen, name_here
from imnet_data.fetching.remote import Remote

if TYPE_CHECKING:
    from collections.abc import Iterator

_HUB: Final = "https://huggingface.co"
_ENDPOINT: Final = "HF_ENDPOINT"  # huggingface_hub's own variable, which it reads at its import
_TOKEN: Final = "HF_TOKEN"  # noqa: S105 - the variable, and no token
_ADDRESS: Final = re.compile(
    r"hf://(?:datasets/)?(?P<name>[\w.-]+/[\w.-]+)"
    r"(?:@(?P<revision>refs/(?:convert|pr)/[^/@]+|[^/@]+))?(?:/(?P<pattern>.+))?/?",
    re.ASCII,
)
_SHA256: Final = re.compile("[0-9a-f]{64}")
_ASKED_AT_ONCE: Final = 8
_TIMEOUT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class HubDataset:
    """A dataset of the hub: its name, and the revision and files of it that are asked for.

    >>> HubDataset.of("hf://ILSVRC/imagenet-1k@main/data/test-*").pattern
    'data/test-*'
    """

    name: str
    revision: str | None = None
    pattern: str | None = None

    @classmethod
    def of(cls, url: str) -> HubDataset:
        """The dataset at `hf://OWNER/NAME[@REVISION][/PATH]`.

        Raises:
            AddressRefused: it is no such address.
        """
        match = _ADDRESS.fullmatch(url)
        if match is None:
            raise AddressRefused(url, "a dataset is written hf://OWNER/NAME[@REVISION][/PATH]")
        return cls(match["name"], match["revision"], match["pattern"])

    def __str__(self) -> str:
        return f"hf://{self.name}" + (f"@{self.revision}" if self.revision else "")


def is_hub(url: str) -> bool:
    """Whether an address is the hub's.

    >>> is_hub("hf://timm/imagenet-1k-wds"), is_hub("https://huggingface.co/")
    (True, False)
    """
    return url.startswith("hf://")


def hub_remotes(url: str, part: str | None = None) -> list[Remote]:
    """The archives of a hub's dataset, or those of one part, as files to fetch.

    Their addresses name the commit that the revision is at now, so that a set is of one piece
    however long it takes. Each has its size in bytes, and its SHA-256 if it is kept in LFS.

    Raises:
        GatedDataset: its terms are to be accepted first, or the token set is not one of somebody
            who did.
        UnknownPublished: no file belongs to the part.
        SourceFailed: the hub has no such dataset, or does not answer.
        NeedsExtra: huggingface_hub is not installed.
    """
    listing = _Listing(HubDataset.of(url))
    files = listing.files()
    paths = chosen(files, whole=str(listing.dataset), pattern=listing.dataset.pattern, part=part)
    return listing.remotes([files[path] for path in paths])


class _Listing:
    """What the hub says of a dataset at the commit where its revision is now."""

    def __init__(self, dataset: HubDataset) -> None:
        self.dataset = dataset
        self._hub = needed("huggingface_hub", extra="hub")
        self._endpoint = os.environ.get(_ENDPOINT, _HUB).rstrip("/")
        self._token: str | None = None
        with self._said():
            self._token = self._hub.get_token()
            # False, and not None, which would have a token looked for again.
            self._api = self._hub.HfApi(endpoint=self._endpoint, token=self._token or False)
            about = self._api.dataset_info(
                dataset.name, revision=dataset.revision, timeout=_TIMEOUT_S
            )
        self._commit: str = about.sha

    def files(self) -> dict[str, Any]:
        """The files by path, each with its size and what LFS knows of it."""
        with self._said():
            tree = self._api.list_repo_tree(
                self.dataset.name, repo_type="dataset", revision=self._commit, recursive=True
            )
            return {one.path: one for one in tree if hasattr(one, "size")}

    def remotes(self, files: list[Any]) -> list[Remote]:
        """Files to fetch, once the hub has given leave for the first of them."""
        # Anybody may list a gated dataset's files; it is a file itself that is refused.
        first = {files[0].path: self._asked_sha256(files[0])}
        lacking = [one for one in files[1:] if one.lfs is None]
        with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
            found = pool.map(self._asked_sha256, lacking)
            asked = first | dict(zip((one.path for one in lacking), found, strict=True))
        return [self._remote(one, asked.get(one.path)) for one in files]

    def _remote(self, file: Any, asked: str | None) -> Remote:
        return Remote(
            self._url(file),
            name_here(self.dataset.name.partition("/")[2], file.path, whole=str(self.dataset)),
            size=file.size,
            sha256=file.lfs.sha256 if file.lfs else asked,
            credentials=self._login(),
        )

    def _url(self, file: Any) -> str:
        url: str = self._hub.hf_hub_url(
            self.dataset.name,
            file.path,
            repo_type="dataset",
            revision=self._commit,
            endpoint=self._endpoint,
        )
        return url

    def _asked_sha256(self, file: Any) -> str | None:
        """What the hub's answer for a file says: LFS has a SHA-256 as its ETag, git a SHA-1."""
        with self._said():
            answer = self._api.get_hf_file_metadata(url=self._url(file), token=self._token or False)
        return answer.etag if answer.etag and _SHA256.fullmatch(answer.etag) else None

    def _login(self) -> Credentials | None:
        if self._token is None:
            return None
        parts = urlsplit(self._endpoint)
        origin = f"${_TOKEN}" if os.environ.get(_TOKEN) else "huggingface_hub's login"
        return Credentials.token(f"{parts.scheme}://{parts.netloc}", self._token, origin=origin)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """The hub's errors as ours."""
        errors = needed("huggingface_hub.utils", extra="hub")
        try:
            yield
        except errors.GatedRepoError as error:
            page = f"{self._endpoint}/datasets/{self.dataset.name}"
            given = self._token is not None
            raise GatedDataset(str(self.dataset), page=page, given=given) from error
        except errors.RepositoryNotFoundError as error:
            raise self._failed("the hub has no such dataset, or it is private", error) from error
        except errors.RevisionNotFoundError as error:
            reason = f"it has no revision {self.dataset.revision}"
            raise self._failed(reason, error) from error
        except Exception as error:
            # Which HTTP library fails below, and how, changes with huggingface_hub's version.
            if _status_of(error) in (401, 403):
                host = urlsplit(self._endpoint).netloc
                given = self._token is not None
                raise LoginNeeded(host, given=given, setting=f"{_TOKEN}=…") from error
            raise self._failed(_first_line(error), error) from error

    def _failed(self, reason: str, error: Exception) -> SourceFailed:
        return SourceFailed(str(self.dataset), reason, status=_status_of(error))


def _status_of(error: Exception) -> int | None:
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def _first_line(error: Exception) -> str:
    """An error's own words; the hub's go on over several lines, and say what to do in Python."""
    lines = [line.strip() for line in str(error).splitlines()]
    return next(filter(None, lines), type(error).__name__)
