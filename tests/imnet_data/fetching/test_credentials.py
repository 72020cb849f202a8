from __future__ import annotations

import pickle
import traceback
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import CredentialsRefused
from imnet_data.fetching.credentials import Credentials, place_of, shown
from imnet_data.fetching.logins import Logins

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "s3cret-w0rd"
HOST = "https://mirror.example.org/train.tar"
COOKIES = "# Netscape HTTP Cookie File\n"


def read(tmp_path: Path, **variables: str) -> Logins:
    return Logins.read({"XDG_CONFIG_HOME": str(tmp_path), **variables})


def headers(logins: Logins, url: str) -> dict[str, str]:
    login = logins.for_url(url)
    return {} if login is None else login.headers(url)


def private(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def cookie(host: str, value: str = SECRET, *, expires: int = 0, secure: bool = True) -> str:
    fields = [host, "TRUE", "/", str(secure).upper(), str(expires), "session", value]
    return "\t".join(fields) + "\n"


@pytest.mark.parametrize(
    ("variable", "value", "sent"),
    [
        ("IMNET_DATA_TOKEN", SECRET, {"Authorization": f"Bearer {SECRET}"}),
        ("IMNET_DATA_PASSWORD", "me:pw", {"Authorization": "Basic bWU6cHc="}),
        ("IMNET_DATA_HEADER", f"X-Key: {SECRET}", {"X-Key": SECRET}),
    ],
)
def test_a_login_of_the_environment_goes_to_its_host_and_nowhere_else(
    tmp_path: Path, variable: str, value: str, sent: dict[str, str]
) -> None:
    logins = read(tmp_path, **{variable: f"mirror.example.org={value}"})
    assert headers(logins, HOST) == sent
    login = logins.for_url(HOST)
    assert login is not None
    for elsewhere in (
        "https://example.org/train.tar",
        "https://evil-mirror.example.org/train.tar",
        "https://mirror.example.org.evil.org/train.tar",
        "https://mirror.example.org:8443/train.tar",
        "http://mirror.example.org/train.tar",  # where everybody between could read it
    ):
        assert logins.for_url(elsewhere) is None
        assert login.headers(elsewhere) == {}


def test_plain_http_gets_a_login_only_where_that_was_said_or_on_this_machine(
    tmp_path: Path,
) -> None:
    said = read(tmp_path, IMNET_DATA_TOKEN=f"http://mirror:8080={SECRET}")
    assert headers(said, "http://mirror:8080/a.tar")
    assert not headers(said, "https://mirror:8080/a.tar")
    here = read(tmp_path, IMNET_DATA_TOKEN=f"127.0.0.1:8080={SECRET}")
    assert headers(here, "http://127.0.0.1:8080/a.tar")


@pytest.mark.parametrize(
    "url", [HOST, "http://mirror:8080/a.tar", "http://127.0.0.1:99/a", "https://h.org:8443/a"]
)
def test_the_place_that_is_advised_for_a_url_is_one_that_its_login_is_sent_to(
    tmp_path: Path, url: str
) -> None:
    assert headers(read(tmp_path, IMNET_DATA_TOKEN=f"{place_of(url)}={SECRET}"), url)


def test_a_browsers_cookies_go_to_their_own_host_session_cookies_too(tmp_path: Path) -> None:
    jar = private(tmp_path / "cookies.txt", COOKIES + cookie(".image-net.org"))
    logins = read(tmp_path, IMNET_DATA_COOKIES=str(jar))
    assert headers(logins, "https://image-net.org/data/a.tar") == {"Cookie": f"session={SECRET}"}
    assert logins.for_url("https://image-net.org.evil.org/a.tar") is None
    assert logins.for_url("http://image-net.org/data/a.tar") is None


def test_a_cookie_that_has_run_out_is_no_login(tmp_path: Path) -> None:
    jar = private(tmp_path / "cookies.txt", COOKIES + cookie(".image-net.org", expires=1_000_000))
    logins = read(tmp_path, IMNET_DATA_COOKIES=str(jar))
    assert logins.for_url("https://image-net.org/data/a.tar") is None


def test_the_file_of_logins_has_a_table_a_host(tmp_path: Path) -> None:
    private(tmp_path / "imnet-data" / "jar.txt", COOKIES + cookie("image-net.org"))
    private(
        tmp_path / "imnet-data" / "logins.toml",
        f"""
        ["mirror.example.org"]
        token = "{SECRET}"
        ["image-net.org"]
        cookies = "jar.txt"
        """,
    )
    logins = read(tmp_path)
    assert headers(logins, HOST) == {"Authorization": f"Bearer {SECRET}"}
    assert headers(logins, "https://image-net.org/a.tar") == {"Cookie": f"session={SECRET}"}


def test_a_login_in_the_address_is_for_that_host_alone_and_not_shown(tmp_path: Path) -> None:
    url = f"https://me:{SECRET}@mirror.example.org/train.tar?sig={SECRET}"
    login = read(tmp_path).for_url(url)
    assert login is not None
    assert login.headers(HOST)["Authorization"].startswith("Basic ")
    assert login.headers("https://elsewhere.org/a.tar") == {}
    assert SECRET not in shown(url)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
@pytest.mark.parametrize("name", ["cookies.txt", "logins.toml"])
def test_a_file_that_others_can_read_is_refused_with_the_command_that_closes_it(
    tmp_path: Path, name: str, mode: int
) -> None:
    file = private(tmp_path / name, f'["h.org"]\ntoken = "{SECRET}"\n')
    file.chmod(mode)
    variable = "IMNET_DATA_COOKIES" if name == "cookies.txt" else "IMNET_DATA_LOGINS"
    with pytest.raises(CredentialsRefused, match=f"mode {mode:03o}") as caught:
        read(tmp_path, **{variable: str(file)})
    assert caught.value.fix == f"chmod 600 {file}"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("IMNET_DATA_TOKEN", SECRET),
        ("IMNET_DATA_TOKEN", f"https://h.org/{SECRET}=x"),
        ("IMNET_DATA_TOKEN", f"h.org=a\n{SECRET}"),
        ("IMNET_DATA_PASSWORD", f"h.org={SECRET}"),
        ("IMNET_DATA_HEADER", f"h.org={SECRET}"),
        ("IMNET_DATA_LOGINS", f'["h.org"]\ntoken = {SECRET}'),
        ("IMNET_DATA_LOGINS", f'["h.org"]\npass = "{SECRET}"'),
        ("IMNET_DATA_LOGINS", f'["h.org"]\nheader = "{SECRET}"'),
        ("IMNET_DATA_COOKIES", f"h.org {SECRET}"),
        ("IMNET_DATA_COOKIES", f"{COOKIES}h.org\t{SECRET}\n"),
    ],
)
def test_a_login_that_cannot_be_used_is_told_without_its_secret(
    tmp_path: Path, variable: str, value: str
) -> None:
    if variable in ("IMNET_DATA_LOGINS", "IMNET_DATA_COOKIES"):
        value = str(private(tmp_path / "file", value))
    with pytest.raises(CredentialsRefused) as caught:
        read(tmp_path, **{variable: value})
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert SECRET not in repr(vars(caught.value))


@pytest.mark.parametrize("made", [Credentials.token, Credentials.password, Credentials.header])
def test_a_login_does_not_show_itself_and_does_not_travel(
    made: Callable[..., Credentials],
) -> None:
    login = made("h.org", f"X: {SECRET}", origin="$IT")
    assert SECRET not in f"{login} {login!r} {[login]}"
    assert "$IT" in repr(login)
    with pytest.raises(TypeError):
        pickle.dumps(login)
