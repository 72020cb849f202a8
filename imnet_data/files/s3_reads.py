"""Reading S3 by obstore, with the keys, profile, region and endpoint that botocore finds.

What it may not be used for is read by s3fs, as all is written: reads.py chooses.
"""

from __future__ import annotations

import http.client
import os
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from imnet_data.errors import ObjectChanged, ObjectMissing, StoreFailed
from imnet_data.files.address import bucket_and_key
from imnet_data.files.pieces import whole
from imnet_data.files.settings import configured
from imnet_data.files.status import Status
from imnet_data.files.system import login_needed
from imnet_data.files.versions import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# What of fsspec's own configuration is known here; with anything else s3fs alone reads.
_KNOWN: Final = frozenset(
    {"anon", "key", "secret", "token", "profile", "endpoint_url", "client_kwargs"}
)
_KNOWN_OF_CLIENT: Final = frozenset({"endpoint_url", "region_name"})
# botocore gives keys that last ten minutes and longer; obstore asks anew five before their end.
_KEYS_LAST: Final = timedelta(minutes=15)
_TIMES: Final = {"connect_timeout": "5s", "read_timeout": "30s", "timeout": "10m"}
_STATUS: Final = re.compile(r"status code: (\d{3})")
_PERFORMING: Final = re.compile(r"^Generic S3 error: (Error performing .*? in [^ ]+ - )?")
_BUSY: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
# The process in which obstore's threads run: in one that is forked from it they do not.
_begun_in: list[int] = []


def s3_reads(bucket: str) -> S3Reads | None:
    """What reads a bucket; None where s3fs is to.

    Raises:
        LoginNeeded: no keys are set.
    """
    if _begun_in and os.getpid() != _begun_in[0]:
        return None
    try:
        botocore = import_module("botocore.session")
        obstore = import_module("obstore.store")
    except ImportError:
        return None
    said = configured("s3")
    of_client: Mapping[str, Any] = said.get("client_kwargs") or {}
    if not (said.keys() <= _KNOWN and of_client.keys() <= _KNOWN_OF_CLIENT):
        return None
    session = botocore.Session(profile=said.get("profile") or None)
    config = _config(session, said, of_client, bucket)
    if config is None:
        return None
    if said.get("anon"):
        config["skip_signature"] = True
    else:
        config["credential_provider"] = _keys(said, session, bucket)
    _begun_in[:] = [os.getpid()]
    return S3Reads(obstore.S3Store(bucket, retry_config={"max_retries": 0}, **config))


class S3Reads:
    """One bucket, by obstore."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def status(self, url: str) -> Status:
        """What the store says of an object."""
        with _said(url):
            about = self._store.head(bucket_and_key(url)[1])
        return Status(int(about["size"]), plain(about["e_tag"] or ""))

    def piece(self, url: str, start: int, stop: int, version: str) -> bytes:
        """A range of the object of that version."""
        options: dict[str, Any] = {"range": (start, stop)}
        if version and not version.startswith("W/"):  # a weak one never matches
            options["if_match"] = f'"{version}"'
        with _said(url):
            data: bytes = self._store.get(bucket_and_key(url)[1], options=options).bytes()
        return whole(url, bytes(data), stop - start)


def _config(
    session: Any, said: Mapping[str, Any], of_client: Mapping[str, Any], bucket: str
) -> dict[str, Any] | None:
    """Where the bucket is, as botocore finds it; None where it is to be spoken to in other ways."""
    endpoint = said.get("endpoint_url") or of_client.get("endpoint_url")
    # A client of botocore's that signs nothing: it tells what one that does would do.
    unsigned = import_module("botocore").UNSIGNED
    config = import_module("botocore.config").Config(signature_version=unsigned)
    asked = partial(session.create_client, "s3", endpoint_url=endpoint, config=config)
    client = asked(region_name=of_client.get("region_name"))
    if (client.meta.config.s3 or {}).keys() - {"addressing_style"}:
        return None
    if ".amazonaws." in client.meta.endpoint_url:
        client = asked(region_name=_region(client, bucket))
    endpoint = client.meta.endpoint_url
    options = {**_TIMES, "allow_http": endpoint.startswith("http://")}
    if bundle := session.get_config_variable("ca_bundle"):
        options["root_certificate"] = Path(bundle).read_bytes()
    region = client.meta.region_name or "us-east-1"
    return {"endpoint": endpoint, "region": region, "client_options": options}


def _region(client: Any, bucket: str) -> str:
    """The region of a bucket, which Amazon tells whoever asks for it."""
    try:
        answer = client.head_bucket(Bucket=bucket)
    except client.exceptions.ClientError as error:  # that it may not be looked into, most often
        answer = error.response
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(headers.get("x-amz-bucket-region") or client.meta.region_name)


def _keys(said: Mapping[str, Any], session: Any, bucket: str) -> Callable[[], dict[str, Any]]:
    """What gives obstore its keys; botocore renews those of roles and instances."""
    if said.get("key"):
        session.set_credentials(said["key"], said.get("secret"), said.get("token"))
    keys = session.get_credentials()
    if keys is None:
        raise login_needed(f"s3://{bucket}", given=False)

    def given() -> dict[str, Any]:
        frozen = keys.get_frozen_credentials()
        return {
            "access_key_id": frozen.access_key,
            "secret_access_key": frozen.secret_key,
            "token": frozen.token,
            "expires_at": datetime.now(UTC) + _KEYS_LAST,
        }

    return given


@contextmanager
def _said(url: str) -> Iterator[None]:
    """The errors of obstore as ours."""
    exceptions = import_module("obstore.exceptions")
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(url) from error
    except exceptions.PreconditionError as error:
        raise ObjectChanged(url) from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        raise login_needed(url, given=True) from error
    except exceptions.BaseError as error:
        # A sentence, and behind it a page of how it came about.
        text = _PERFORMING.sub("", str(error).partition("\n")[0])
        found = _STATUS.search(text)
        status = int(found[1]) if found else None
        passing = status in _BUSY if found else text.startswith("HTTP error")
        raise StoreFailed(url, _short(text, status), status=status, passing=passing) from error


def _short(text: str, status: int | None) -> str:
    if status is not None:
        return f"it answers with HTTP {status} {http.client.responses.get(status, '')}".rstrip()
    if text.startswith("HTTP error: error sending"):
        return "it does not answer"
    return "the connection broke" if text.startswith("HTTP error") else text
