"""HTTP as it is met: what breaks is mended, and a source that lies is found out and named."""

from __future__ import annotations

import random
import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from imnet_data.errors import (
    LinkExpired,
    LoginNeeded,
    NotTheFile,
    RangeRefused,
    RemoteChanged,
    SourceFailed,
)
from imnet_data.fetching.credentials import Credentials
from imnet_data.fetching.http import HttpTransport
from imnet_data.fetching.remote import Probe, Remote
from imnet_data.fetching.transport import Patience, read_range
from tests import fault_server as faults
from tests.fault_server import FaultServer, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = random.Random(4).randbytes(300_000)
# It tries again at once, and waits for this server however busy the machine is.
QUICK = Patience(tries=5, first_s=0.01, longest_s=0.05, stall_s=15, retry_after_s=5)
IMPATIENT = replace(QUICK, stall_s=0.3)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with serving({"a.tar": DATA}) as server:
        yield server


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    with closing(HttpTransport(QUICK)) as transport:
        yield transport


def remote(server: FaultServer, **facts: object) -> Remote:
    return Remote(server.url("a.tar"), "a.tar", **facts)  # type: ignore[arg-type]


def whole(transport: HttpTransport, server: FaultServer) -> bytes:
    """The file but for its first kilobyte, so that a fault at the probe is not what is met."""
    one = remote(server)
    return read_range(transport, one, transport.probe(one), 1024, len(DATA))


def test_a_range_is_exactly_what_was_asked_for(
    server: FaultServer, transport: HttpTransport
) -> None:
    one = remote(server)
    probe = transport.probe(one)
    assert (probe.size, probe.ranges, probe.etag) == (len(DATA), True, faults.tag_of(DATA))
    for start, stop in [(0, 1), (5, 5), (1000, 250_000), (len(DATA) - 1, len(DATA))]:
        assert read_range(transport, one, probe, start, stop) == DATA[start:stop]
    assert transport.retries == 0


@pytest.mark.parametrize(
    "fault",
    [
        faults.reset_after(100_000, times=3),
        faults.reset_after(0, times=4),
        faults.cut_short(70_000, times=4),
        faults.status(503, times=3),
        faults.status(500, times=2),
        faults.status(429, times=2, Retry_After="0"),
        faults.whole_for_range(times=2),
        faults.status(403, times=2),
    ],
    ids=["reset", "reset at once", "short", "503", "500", "429", "200 for 206", "403"],
)
def test_what_breaks_is_tried_again_where_it_broke(
    server: FaultServer,
    transport: HttpTransport,
    fault: Callable[[faults.Request], bool],
) -> None:
    server.faults.append(faults.only_from(1, fault))
    assert whole(transport, server) == DATA[1024:]
    assert transport.retries > 0


def test_what_stalls_is_tried_again_where_it_stalled(server: FaultServer) -> None:
    server.faults.append(faults.only_from(1, faults.stall(60, sent=50_000, times=1)))
    with closing(HttpTransport(IMPATIENT)) as transport:
        assert whole(transport, server) == DATA[1024:]
        assert transport.retries > 0


def test_what_stalls_every_time_is_named(server: FaultServer) -> None:
    server.faults.append(faults.after(1, faults.stall(60, times=None)))
    with (
        closing(HttpTransport(IMPATIENT)) as transport,
        pytest.raises(SourceFailed, match="it sent nothing for too long, 5 times"),
    ):
        whole(transport, server)


def test_a_pause_that_is_asked_for_is_kept_by_all_connections(
    server: FaultServer, transport: HttpTransport
) -> None:
    one = remote(server)
    probe = transport.probe(one)
    server.faults.append(faults.status(429, times=1, Retry_After="1"))
    threads = [
        threading.Thread(target=read_range, args=(transport, one, probe, n, n + 10))
        for n in range(3)
    ]
    began = time.monotonic()
    threads[0].start()
    while transport.retries == 0:
        time.sleep(0.01)
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began >= 0.9
    assert len(server.requests) == 5


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (faults.html(), NotTheFile, "gives an HTML page, titled 'Sign in - Images', and not"),
        (faults.described_as(ETag='"v2"'), RemoteChanged, 'its tag was "[0-9a-f]+", is "v2"'),
        (
            faults.described_as(Last_Modified="Sun, 02 Feb 2020 10:00:00 GMT"),
            RemoteChanged,
            "its date was Sat, .* is Sun,",
        ),
        (
            faults.described_as(Content_Range="bytes 1024-299999/300001"),
            RemoteChanged,
            "its size was 300000, is 300001",
        ),
        (
            faults.described_as(Content_Range="bytes 0-298975/300000"),
            RangeRefused,
            "bytes 1024 to 299999 were asked for, bytes 0-298975/300000 came",
        ),
        (faults.whole_for_range(), RangeRefused, "it gives the whole file instead"),
        (
            faults.status(416, None, Content_Range="bytes */500"),
            RemoteChanged,
            "its size was 300000, is 500",
        ),
        (faults.status(416, None), RangeRefused, "no such part .HTTP 416."),
        (faults.status(403, None), LinkExpired, "has expired, or is withdrawn .HTTP 403."),
        (faults.status(503, None), SourceFailed, "HTTP 503 .*, 5 times in a row"),
        (faults.status(503, None, Retry_After="9999"), SourceFailed, "HTTP 503"),
        (faults.status(418, None), SourceFailed, "HTTP 418"),
    ],
)
def test_what_does_not_mend_is_named(
    server: FaultServer,
    transport: HttpTransport,
    fault: Callable[[faults.Request], bool],
    error: type[Exception],
    words: str,
) -> None:
    server.faults.append(faults.after(1, fault))
    with pytest.raises(error, match=words):
        whole(transport, server)


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (faults.html(), NotTheFile, "an HTML page, titled 'Sign in - Images'"),
        (faults.html(content_type="application/x-tar"), NotTheFile, "an HTML page"),
        (faults.status(401, None), LoginNeeded, "127.0.0.1 wants a login"),
        (faults.status(404, None), SourceFailed, "HTTP 404"),
        (faults.redirect(lambda _: "/a.tar"), SourceFailed, "sends on more than 10 times"),
        (faults.redirect(lambda _: "ftp://h/a"), SourceFailed, "something that is not HTTP"),
    ],
)
def test_a_source_that_has_no_such_file_says_so_before_the_first_byte(
    server: FaultServer,
    transport: HttpTransport,
    fault: Callable[[faults.Request], bool],
    error: type[Exception],
    words: str,
) -> None:
    server.faults.append(fault)
    with pytest.raises(error, match=words):
        transport.probe(remote(server))


def test_a_file_of_another_size_than_the_published_one_is_not_the_file(
    server: FaultServer, transport: HttpTransport
) -> None:
    with pytest.raises(NotTheFile, match="300,000 bytes where 300,001 are published"):
        transport.probe(remote(server, size=300_001))


def test_a_source_without_ranges_is_read_from_its_start(
    server: FaultServer, transport: HttpTransport
) -> None:
    server.faults += [faults.only_from(1, faults.reset_after(90_000)), faults.whole_for_range()]
    one = remote(server)
    probe = transport.probe(one)
    assert not probe.ranges
    server.faults.insert(0, faults.reset_after(200_000))
    assert read_range(transport, one, probe, 150_000, len(DATA)) == DATA[150_000:]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/a.tar", "http://nosuch.invalid/a.tar"])
def test_a_host_that_does_not_answer_is_named_in_plain_words(
    transport: HttpTransport, url: str
) -> None:
    with pytest.raises(SourceFailed, match=r"refused, 4 times|no host of that name|HTTP 5"):
        transport.probe(Remote(f"{url}?key=s3cret", "a.tar"))


# -- redirects and logins


def test_a_login_goes_to_its_own_host_and_not_where_it_sends_on(
    server: FaultServer, transport: HttpTransport
) -> None:
    with serving({"b.tar": DATA}) as other:
        target = other.url("b.tar?sig=1", host="localhost")
        server.faults.append(faults.needs("Authorization", "Bearer s3cret"))
        server.faults.append(faults.redirect(lambda _: target))
        login = Credentials.token(
            f"http://127.0.0.1:{server.server_address[1]}", "s3cret", origin="a test"
        )
        one = remote(server, credentials=login)
        probe = transport.probe(one)
        assert read_range(transport, one, probe, 10, 1000) == DATA[10:1000]
        assert [r.headers.get("Authorization") for r in server.requests] == ["Bearer s3cret"]
        assert [r.headers.get("Authorization") for r in other.requests] == [None, None]


def test_a_password_of_netrc_is_not_sent_unasked(
    server: FaultServer,
    transport: HttpTransport,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    transport.probe(remote(server))
    assert "Authorization" not in server.requests[0].headers


def test_a_signed_link_that_runs_out_is_asked_for_again_at_its_address(
    server: FaultServer, transport: HttpTransport
) -> None:
    with serving({"b.tar": DATA}) as other:
        server.faults.append(faults.redirect(lambda _: other.url("b.tar")))
        other.faults.append(faults.after(1, faults.status(403, times=1)))
        assert whole(transport, server) == DATA[1024:]
        assert len(server.requests) == 2


def test_no_error_shows_what_is_secret_in_a_url(
    server: FaultServer, transport: HttpTransport
) -> None:
    server.faults.append(faults.status(404, None))
    one = Remote(server.url("a.tar?signature=s3cret"), "a.tar")
    with pytest.raises(SourceFailed) as caught:
        transport.probe(one)
    assert "s3cret" not in f"{caught.value}{caught.value.__dict__}{one!r}"


# -- from other threads


def test_a_slow_connection_is_renewed_without_losing_a_byte(
    server: FaultServer, transport: HttpTransport
) -> None:
    server.faults.append(faults.only_from(1, faults.stall(20, sent=100_000, times=1)))
    one = remote(server)
    stream = transport.stream(one, transport.probe(one), 1024, len(DATA))
    came = bytearray()

    def read() -> None:
        for piece in stream:
            came.extend(piece)

    reader = threading.Thread(target=read)
    began = time.monotonic()
    reader.start()
    while len(came) < 100_000:
        time.sleep(0.005)
    stream.renew()
    reader.join()
    assert bytes(came) == DATA[1024:]
    assert time.monotonic() - began < QUICK.stall_s  # where the server holds still for longer
    assert transport.retries == 0


def test_a_closed_stream_lets_its_reader_go(server: FaultServer, transport: HttpTransport) -> None:
    server.faults.append(faults.only_from(1, faults.stall(20, sent=1000)))
    one = remote(server)
    stream = transport.stream(one, Probe(len(DATA), url=one.url), 1024, len(DATA))
    reader = threading.Thread(target=lambda: list(stream))
    reader.start()
    while not server.sent_bytes("a.tar"):
        time.sleep(0.005)
    stream.close()
    reader.join(timeout=5)  # of the 20 s that the server holds still
    assert not reader.is_alive()
