"""Addresses of files: paths of this machine, and URLs of object stores.

Whether something is there is status.py's.
"""

from __future__ import annotations

import os
import shlex
from typing import Final
from urllib.parse import unquote

_FILE: Final = "file"
_SIGN: Final = "://"
# What older programs call the same store.
_SAME: Final = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}


def is_url(path: str | os.PathLike[str]) -> bool:
    """Whether an address is a store's; `file://` is a path of this machine.

    >>> is_url("s3://bucket/train.tar"), is_url("/data/train.tar"), is_url("file:///data/a.tar")
    (True, False, False)
    """
    # Asked for every image that is read: nearly all are paths.
    return _SIGN in os.fspath(path) and scheme_of(path) not in ("", _FILE)


def scheme_of(path: str | os.PathLike[str]) -> str:
    """The kind of store, such as `s3`; empty of a path without one.

    >>> scheme_of("S3A://bucket/train.tar")
    's3'
    """
    text = os.fspath(path)
    if _SIGN not in text:  # asked of each image that is read
        return ""
    scheme, _, _ = text.partition(_SIGN)
    # A path may have the sign further on: `./a://b` is no address of a store.
    if not scheme or not scheme.replace("+", "").replace("-", "").isalnum():
        return ""
    return _SAME.get(scheme.lower(), scheme.lower())


def absolute(path: str | os.PathLike[str]) -> str:
    """A path from the root on; a URL with its store's own name, and no `/` at its end.

    >>> absolute("s3a://bucket/sets/"), absolute("file:///data/a.tar")
    ('s3://bucket/sets', '/data/a.tar')
    """
    text = os.fspath(path)
    scheme, rest = scheme_of(text), text.partition(_SIGN)[2]
    if scheme == _FILE:
        return os.path.abspath(unquote(rest))
    return f"{scheme}{_SIGN}{rest.rstrip('/')}" if scheme else os.path.abspath(text)


def base_name(path: str | os.PathLike[str]) -> str:
    """The last step of an address.

    >>> base_name("s3://bucket/sets/train.tar"), base_name("/data/train.tar")
    ('train.tar', 'train.tar')
    """
    text = os.fspath(path)
    return text.rstrip("/").rpartition("/")[2] if is_url(text) else os.path.basename(text)


def join(folder: str | os.PathLike[str], name: str) -> str:
    """The address of a file in a folder; `name` may have steps, parted by `/`.

    >>> join("s3://bucket/sets", "train-000000.tar")
    's3://bucket/sets/train-000000.tar'
    """
    text = os.fspath(folder)
    if not is_url(text):
        return os.path.join(text, name)
    return f"{text.rstrip('/')}/{name}" if name else text


def copy_command(url: str, to: str) -> str:
    """What copies all below a URL to a folder of this machine, by the store's own tool.

    >>> copy_command("s3://bucket/tensors", "tensors")
    'aws s3 sync s3://bucket/tensors tensors'
    """
    there, here = shlex.quote(url), shlex.quote(to)
    match scheme_of(url):
        case "s3":
            return f"aws s3 sync {there} {here}"
        case "gs":
            return f"gcloud storage rsync -r {there} {here}"
        case "az":
            bucket, key = bucket_and_key(url)
            below = f" --pattern {shlex.quote(f'{key}/*')}" if key else ""
            return f"az storage blob download-batch -s {shlex.quote(bucket)} -d {here}{below}"
    return f"rclone copy {there} {here}"


def bucket_and_key(url: str) -> tuple[str, str]:
    """The bucket or container of a URL, and the key in it.

    >>> bucket_and_key("s3://bucket/sets/train.tar")
    ('bucket', 'sets/train.tar')
    """
    bucket, _, key = url.partition(_SIGN)[2].partition("/")
    return bucket, key
