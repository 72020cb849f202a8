"""The file systems of fsspec that all stores are listed, written and, mostly, read through.

Their errors become ours here, and nowhere else.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import (
    LoginNeeded,
    NeedsExtra,
    ObjectMissing,
    ObjectThere,
    StoreError,
    StoreFailed,
    StoreRefused,
)
from imnet_data.extras import needed
from imnet_data.files.address import bucket_and_key, scheme_of
from imnet_data.files.settings import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

# What reads and writes a kind of store, where fsspec itself does not.
_PACKAGES: Final = {
    "s3": "s3fs", "gs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "abfss": "adlfs",
}  # fmt: skip
_AZURE_KEYS: Final = "AZURE_STORAGE_ACCOUNT_NAME=… and AZURE_STORAGE_ACCOUNT_KEY=…, or az login"
_KEYS: Final = {
    "s3": "AWS_PROFILE=…, or AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=…, or, where the "
    "bucket is public, FSSPEC_S3_ANON=true",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS=…, or gcloud auth application-default login",
    "az": _AZURE_KEYS, "abfs": _AZURE_KEYS, "abfss": _AZURE_KEYS,
}  # fmt: skip
_NO_KEYS: Final = frozenset(
    {"NoCredentialsError", "DefaultCredentialsError", "PartialCredentialsError", "ProfileNotFound"}
)
_NO_BUCKET: Final = frozenset({"NoSuchBucket", "ContainerNotFound"})
_REFUSED_KEYS: Final = frozenset(
    {"ClientAuthenticationError", "RefreshError", "TokenRetrievalError"}
)
# What a store answers when what a request is conditional on does not hold.
_NOT_SO: Final = frozenset({"PreconditionFailed", "ConditionNotMet", "BlobAlreadyExists", "412"})
# Two conditional writes at once are told so by Amazon, which has decided neither by then.
_PASSING: Final = frozenset(
    {"ConditionalRequestConflict", "OperationAborted", "RequestTimeout", "SlowDown",
     "InternalError", "ServiceUnavailable", "Throttling", "ServerBusy",
     "409", "429", "500", "502", "503", "504"}
)  # fmt: skip
# Its address leads nowhere, or nothing listens there.
_SILENT: Final = frozenset(
    {"EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"}
)
_BUSY: Final = frozenset({errno.EBUSY, errno.ETIMEDOUT, errno.ECONNRESET, errno.EIO, 121})
_lock = threading.Lock()
_systems: dict[tuple[str, str], tuple[tuple[object, ...], Any]] = {}
_inherited: list[object] = []


def system_of(url: str) -> tuple[Any, str]:
    """The file system of a URL, which is kept for all threads, and the path in it.

    Raises:
        NeedsExtra: fsspec or what it needs for this store is not installed.
        StoreRefused: there is no such kind of store.
    """
    fsspec = needed("fsspec", extra="remote")
    scheme = scheme_of(url)
    now = environment()
    # fsspec keeps one a thread, and a session and half a second with each; and it asks for no
    # other keys when others are set.
    bucket = bucket_and_key(url)[0]
    if scheme in _PACKAGES and not bucket:  # a variable that is unset: all buckets are not meant
        raise StoreRefused(url, f"it names no bucket, as {scheme}://BUCKET/… does")
    about = "" if scheme == "s3" else bucket
    with _lock, _made_known(url):
        known, system = _systems.get((scheme, about), ((), None))
        if system is None or known != now:
            # gcsfs writes what it raises to the terminal too, with its traceback.
            logging.getLogger("gcsfs").setLevel(logging.CRITICAL)
            # A listing that is kept would show what was there before. Of a key, `::` and the like
            # would be taken for more than a name.
            system = fsspec.core.url_to_fs(
                f"{scheme}://{bucket}", use_listings_cache=False, skip_instance_cache=True
            )[0]
            _systems[scheme, about] = now, system
    return system, str(system._strip_protocol(_spoken(url)))  # noqa: SLF001 - fsspec's contract


def _spoken(url: str) -> str:
    """The URL with its scheme as the file systems know it."""
    return f"{scheme_of(url)}://{url.partition('://')[2]}"


@contextmanager
def _made_known(url: str) -> Iterator[None]:
    """The errors of beginning with a kind of store as ours."""
    scheme = scheme_of(url)
    try:
        yield
    except ImportError as error:
        package = _PACKAGES.get(scheme)
        if scheme == "s3":
            raise NeedsExtra("s3fs", extra="remote", purpose="reading and writing s3://") from error
        reason = f"it needs {package}: pip install {package}" if package else str(error)
        raise StoreRefused(url, reason) from error
    except ValueError as error:
        reason = str(error)
        if reason.startswith("Protocol not known"):
            reason = f"no kind of store is called {scheme}://"
        raise StoreRefused(url, reason) from error
    except OSError as error:  # some connect at once
        raise StoreFailed(url, error.strerror or str(error)) from error
    except Exception as error:
        raise _ours(url, error) from error


@contextmanager
def said(url: str) -> Iterator[None]:
    """The errors of a store's library as ours."""
    try:
        yield
    except (StoreError, LoginNeeded, NeedsExtra):
        raise
    except Exception as error:
        # Every store's library has errors of its own.
        raise _ours(url, error) from error


def _ours(url: str, error: Exception) -> StoreError | LoginNeeded:
    name, code = type(error).__name__, _code(error)
    text = _text(error) or code or name
    if isinstance(error, FileNotFoundError | IsADirectoryError) or name == "ResourceNotFoundError":
        return ObjectMissing(url, bucket=bucket_and_key(url)[0] if code in _NO_BUCKET else None)
    if isinstance(error, FileExistsError) or code in _NOT_SO:
        return ObjectThere(url)
    if isinstance(error, PermissionError) or name in _REFUSED_KEYS:
        return login_needed(url, given=True)
    if name in _NO_KEYS:
        return login_needed(url, given=False)
    if name in _SILENT:
        return StoreFailed(url, "it does not answer", passing=True)
    return StoreFailed(url, text, passing=code in _PASSING if code else _passes(error))


def _passes(error: Exception) -> bool:
    """Of an error that is not the store's word; s3fs gives its own number to words it knows not."""
    if isinstance(error, TimeoutError | ConnectionError):
        return True
    return isinstance(error, OSError) and error.errno in _BUSY


def _text(error: Exception) -> str:
    """What is told of it, in one line, and without the system's number for a store's error."""
    told = error.strerror if isinstance(error, OSError) and error.errno else str(error)
    text = " ".join((told or "").split())
    return "" if text == "None" else text


def _code(error: BaseException | None) -> str:
    """What the store itself called it, wherever its library keeps that."""
    while error is not None:
        response = getattr(error, "response", None)
        if isinstance(response, dict):  # botocore's
            return str(response.get("Error", {}).get("Code", ""))
        for name in ("error_code", "code", "status"):  # Azure's, Google's, aiohttp's
            if found := getattr(error, name, None):
                return str(getattr(found, "value", found))
        error = error.__cause__
    return ""


def login_needed(url: str, *, given: bool) -> LoginNeeded:
    """What to say where a store wants keys, or refuses those that are `given`."""
    scheme = scheme_of(url)
    setting = _KEYS.get(scheme, f"the keys that fsspec reads for {scheme}://, set")
    return LoginNeeded(f"{scheme}://{bucket_and_key(url)[0]}", given=given, setting=setting)


def _start_anew() -> None:
    """In a forked child: the parent's lock may be held, and its connections are the parent's.

    Its clients are kept, and not used: one that goes takes its sockets out of the poll that the
    parent's loop shares with this process, and the parent would wait for ever.
    """
    global _lock, _systems  # noqa: PLW0603 - those of this process
    _lock = threading.Lock()
    _inherited.append(_systems)
    _systems = {}


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
