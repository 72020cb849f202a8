"""What verification has not learnt, and is asked for."""

from __future__ import annotations

from imnet_data.errors.root import ImnetDataError


class VerificationError(ImnetDataError):
    """Something that hangs on verification cannot be done."""


class NotVerified(VerificationError):
    """No image was looked at so deep as a question needs; `level` is what `verify` is to do."""

    def __init__(self, level: str) -> None:
        self.level = level
        what = "picture has been decoded" if level == "decode" else "image's bytes have been read"
        super().__init__(f"no {what} yet, so nothing tells which images are the same")
