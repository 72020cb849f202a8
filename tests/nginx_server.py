"""nginx on loopback, for tests and benchmarks against a server that everybody knows.

with nginx(folder) as url:
    ... f"{url}/whole/a.tar", f"{url}/limited/a.tar" at 5 MB a second for each connection ...
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITED_BYTES_PER_S = 5 * 1024 * 1024

_SETTINGS = """\
{user}
daemon off;
worker_processes 1;
pid {scratch}/pid;
error_log {scratch}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    types {{ application/x-tar tar; }}
    client_body_temp_path {scratch}/body;
    proxy_temp_path {scratch}/proxy;
    fastcgi_temp_path {scratch}/fastcgi;
    uwsgi_temp_path {scratch}/uwsgi;
    scgi_temp_path {scratch}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location /whole/ {{ alias {folder}/; }}
        location /limited/ {{ alias {folder}/; limit_rate 5m; }}
    }}
}}
"""


def nginx_path() -> str | None:
    """Where nginx is; Debian keeps it off a user's PATH."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """A server of a folder's files; gives its URL."""
    found = nginx_path()
    assert found is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch) / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        settings.write_text(
            _SETTINGS.format(user=user, scratch=scratch, port=port, folder=folder.absolute()),
            encoding="utf-8",
        )
        command = [found, "-p", scratch, "-c", str(settings), "-e", f"{scratch}/error.log"]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("nginx did not start")
