"""What in the environment says how a store is reached: when it is another, clients are made anew.

The keys themselves are read by the stores' own libraries, and kept by them alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from imnet_data.extras import needed

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES: Final = (
    "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION",
    "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE", "HOME",
    "GOOGLE_APPLICATION_CREDENTIALS", "STORAGE_EMULATOR_HOST", "AZURE_STORAGE_ACCOUNT_NAME",
    "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_SAS_TOKEN",
)  # fmt: skip


def environment() -> tuple[object, ...]:
    """This process and what its clients depend on, to be compared."""
    return os.getpid(), *map(os.environ.get, _NAMES)


def configured(scheme: str) -> Mapping[str, Any]:
    """What fsspec's own configuration says of a kind of store: its files, FSSPEC_S3_… and so on."""
    found: Mapping[str, Any] = needed("fsspec", extra="remote").config.conf.get(scheme, {})
    return found
