"""The server under test, agents on it, servers of a test's own, and a proxy that cuts connections."""

from __future__ import annotations

import itertools
import os
import re
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from openfang_client import Client, models

URL = os.environ["OPENFANG_URL"]
KEY = os.environ["OPENFANG_API_KEY"]
NUMBERS = itertools.count()


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(URL, KEY) as client:
        yield client


@pytest.fixture
def agent(client: Client) -> models.AgentCreated:
    """Its model does what the message says."""
    return scripted_agent(client)


def scripted_agent(client: Client) -> models.AgentCreated:
    name = f"py-{os.getpid()}-{next(NUMBERS)}"
    return client.agents.create_agent(models.CreateAgent(name=name, model="builtin/script"))


@contextmanager
def own_server(**settings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """For what would disturb the others."""
    with tempfile.TemporaryDirectory() as home:
        env = {"PATH": os.environ["PATH"], "OPENFANG_HOME": home, "OPENFANG_API_KEY": KEY, **settings}
        command = [os.environ["SERVER_BINARY"], "start", "--listen", "127.0.0.1:0"]
        with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            url = None
            for line in server.stderr:
                if found := re.search(r"API +(http://[^/]+)/docs", line):
                    url = found[1]
                    break
            assert url, "the server did not start"
            # Read on, so that the server never waits for its log to be read.
            threading.Thread(target=server.stderr.read, daemon=True).start()
            try:
                yield url, server
            finally:
                server.kill()


@dataclass
class CuttingProxy:
    """Passes everything on, but ends its first connection where `cut(body so far)` says so; None = not yet."""

    cut: Callable[[bytes], int | None]
    connections: int = 0
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    sockets: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> CuttingProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self.listener, *self.sockets):
            each.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                inner, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            target = urlsplit(URL)
            outer = socket.create_connection((target.hostname, target.port))
            self.sockets += [inner, outer]
            threading.Thread(target=self._forward, args=(inner, outer, None), daemon=True).start()
            cut = self.cut if self.connections == 1 else None
            threading.Thread(target=self._forward, args=(outer, inner, cut), daemon=True).start()

    @staticmethod
    def _forward(source: socket.socket, target: socket.socket, cut: Callable[[bytes], int | None] | None) -> None:
        seen = b""
        sent = 0
        try:
            while data := source.recv(65536):
                seen += data
                head = seen.find(b"\r\n\r\n") + 4
                at = cut(seen[head:]) if cut and head >= 4 else None
                end = len(seen) if at is None else min(head + at, len(seen))
                target.sendall(seen[sent:end])
                sent = end
                if at is not None and end == head + at:
                    break
        except OSError:
            pass
        finally:
            for end_of in (source, target):
                try:
                    end_of.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
