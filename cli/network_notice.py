"""One notice where a catalogue's file is to be written on a network file system.

Which file systems are such is imnet_data/doctor/mounts.py's; the doctor says more of it.
"""

from __future__ import annotations

import shlex

from imnet_data.cli.failure import say
from imnet_data.db.addresses import is_url


def say_if_on_network(path: str, *, root: str = "/") -> None:
    """Say it of a catalogue's path, if it is so; `root` is where proc is looked for."""
    from imnet_data.doctor.mounts import network_mount  # noqa: PLC0415 - for those that write alone

    mount = None if is_url(path) else network_mount(path, root=root)
    if mount is None:
        return
    say(
        f"imnet-data: {path} lies on a network file system ({mount.kind} at {mount.point}): write "
        "to it from one machine alone, two at once destroy it"
    )
    say(
        f"try: imnet-data catalogue copy {shlex.quote(path)} postgresql://HOST/DATABASE, "
        "for several machines"
    )
