"""The table of codes, and the checks that are bound to it."""

import subprocess
import sys

import pytest

from imnet_data.verification import codes
from imnet_data.verification.codes import CHECKS, CODES, Severity
from imnet_data.verification.images.checks import judged
from imnet_data.verification.images.seen import Seen


def test_every_code_is_found_in_one_way() -> None:
    ways = (codes.FROM_BYTES, codes.FROM_COMPARING, codes.FROM_ARCHIVES, codes.FROM_CLASSES)
    assert sorted(name for way in ways for name in way) == sorted(CODES)


def test_the_gravest_codes_come_first() -> None:
    severities = [code.severity for code in CODES.values()]
    assert severities == sorted(severities, key=list(Severity).index)


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_message_is_a_sentence_and_every_code_has_a_way_out(code: codes.Code) -> None:
    assert code.message[0].isupper()
    assert code.message.endswith(".")
    assert len(code.way_out) > 10


def test_a_checks_docstring_is_its_codes_message() -> None:
    judged(Seen(b"", "a.JPEG"))
    assert {"empty", "truncated", "corrupt", "exif-rotated"} <= set(CHECKS)
    for name, check in CHECKS.items():
        assert check.__doc__ == CODES[name].message


def test_a_check_of_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        codes.check("no-such-code")(print)


def test_the_table_loads_nothing_heavy() -> None:
    script = (
        "import sys, imnet_data.verification.codes, imnet_data.verification.images.inspection\n"
        "import imnet_data.verification.images.inspect\n"
        "print([m for m in ('numpy', 'PIL', 'simplejpeg', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
