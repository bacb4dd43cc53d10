"""A mail server that takes every message and keeps none: the same one for us and for our peers.

`python -m bench.sink` prints its port. Whoever sends it COUNT is told how many messages it has taken, and for how many
addresses.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep


@dataclass(frozen=True)
class Sink:
    port: int

    def taken(self) -> int:
        return self._counted()[0]

    def addresses(self) -> int:
        return self._counted()[1]

    def _counted(self) -> tuple[int, int]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            lines = connection.makefile("rwb")
            lines.readline()
            lines.write(b"COUNT\r\n")
            lines.flush()
            _, taken, addresses = lines.readline().split()
            return int(taken), int(addresses)

    def wait_for(self, messages: int, *, seconds: float) -> int:
        end = monotonic() + seconds
        while (taken := self.taken()) < messages and monotonic() < end:
            sleep(0.1)
        return taken


@contextmanager
def running() -> Iterator[Sink]:
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Sink(int(process.stdout.readline()))
        finally:
            process.terminate()


class _Server:
    def __init__(self) -> None:
        self.taken = 0
        self.addresses: set[bytes] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        named = b""
        while line := await reader.readline():
            word = line.split(maxsplit=1)[0].upper() if line.strip() else b""
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                await self._message(reader)
                self.addresses.add(named)
            elif word == b"RCPT":
                named = line.rpartition(b"<")[2].partition(b">")[0]
            writer.write(
                f"250 {self.taken} {len(self.addresses)}\r\n".encode() if word != b"QUIT" else b"221 bye\r\n"
            )
            await writer.drain()
            if word == b"QUIT":
                break
        writer.close()

    async def _message(self, reader: asyncio.StreamReader) -> None:
        while (line := await reader.readline()) and line != b".\r\n":
            pass
        self.taken += 1


async def _serve() -> None:
    server = await asyncio.start_server(_Server().talk, "127.0.0.1", 0, limit=2**20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
