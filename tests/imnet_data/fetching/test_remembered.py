"""A transport that has a tar's outer headers by itself, and asks for the bytes between."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from imnet_data.archives.tars.partial import Members, OuterMember
from imnet_data.fetching.outer_members import version_of
from imnet_data.fetching.remembered import RememberedTransport
from imnet_data.fetching.remote import Probe, Remote
from imnet_data.fetching.transport import PlainStream, Stream, read_range
from tests.factory import Member, spans, tar_bytes

TARS = [Member(f"n0000000{at}.tar", bytes([at + 1]) * (700 * at)) for at in range(4)]
DATA = tar_bytes(TARS)
REMOTE = Remote("https://host.example.org/a.tar", "a.tar")
PROBE = Probe(len(DATA), '"v1"')


class Source:
    """A transport over bytes that notes which were asked for."""

    retries = 0

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def probe(self, remote: Remote) -> Probe:
        return PROBE

    def stream(self, remote: Remote, probe: Probe, start: int, stop: int) -> Stream:
        self.asked.append((start, stop))
        return PlainStream(iter([DATA[start:stop]]))

    def close(self) -> None:
        """Nothing is open."""


@cache
def members() -> Members:
    """What a walk to the end has met."""
    listed = [
        OuterMember(s.start, s.data, s.end - s.data, s.member.name, DATA[s.start : s.data])
        for s in spans(TARS)
    ]
    return Members(version_of(PROBE), listed, tail=DATA[listed[-1].after :][:512])


@given(places=st.tuples(st.integers(0, len(DATA)), st.integers(0, len(DATA))))
def test_any_range_is_whole_and_nothing_known_is_asked_for(places: tuple[int, int]) -> None:
    start, stop = min(places), max(places)
    source = Source()
    transport = RememberedTransport(source, members())
    assert read_range(transport, REMOTE, PROBE, start, stop) == DATA[start:stop]
    for asked, until in source.asked:
        assert start <= asked <= until <= stop
        for at, head in members().known:
            assert until <= at or at + len(head) <= asked


def test_nothing_is_remembered_of_another_version() -> None:
    source = Source()
    transport = RememberedTransport(source, members())
    assert read_range(transport, REMOTE, Probe(len(DATA), '"v2"'), 0, 2000) == DATA[:2000]
    assert source.asked == [(0, 2000)]
