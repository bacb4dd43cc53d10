"""A mail server that takes every message and keeps none: the same one for us and for our peers.

`python -m bench.sink` prints its port. Whoever sends it COUNT is told how many messages it has taken, and for how many
addresses; with the end of an address behind it, of those alone: an office may still have older messages to send.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic, sleep


@dataclass(frozen=True)
class Sink:
    port: int
    whose: str = ""
    """How the addresses end that are counted."""

    def taken(self) -> int:
        return self._counted()[0]

    def addresses(self) -> int:
        return self._counted()[1]

    def _counted(self) -> tuple[int, int]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            lines = connection.makefile("rwb")
            lines.readline()
            lines.write(f"COUNT {self.whose}\r\n".encode())
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
        self.taken: Counter[bytes] = Counter()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionResetError):  # whoever was talking has been killed
            await self._talk(reader, writer)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        named = b""
        while line := await reader.readline():
            word, _, rest = line.strip().partition(b" ")
            word, answer = word.upper(), b"250 ok\r\n"
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                if not await self._whole_message(reader):
                    break
                self.taken[named] += 1
            elif word == b"RCPT":
                named = line.rpartition(b"<")[2].partition(b">")[0]
            elif word == b"COUNT":
                counted = [many for address, many in self.taken.items() if address.endswith(rest)]
                answer = f"250 {sum(counted)} {len(counted)}\r\n".encode()
            elif word == b"QUIT":
                answer = b"221 bye\r\n"
            writer.write(answer)
            await writer.drain()
            if word == b"QUIT":
                break
        writer.close()

    async def _whole_message(self, reader: asyncio.StreamReader) -> bool:
        """Not when whoever sends it goes away before the last dot: a server answers for what it has read to its end."""
        while line := await reader.readline():
            if line == b".\r\n":
                return True
        return False


async def _serve() -> None:
    server = await asyncio.start_server(_Server().talk, "127.0.0.1", 0, limit=2**20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
