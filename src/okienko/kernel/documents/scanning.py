"""Asking a ClamAV daemon, over TCP or a socket, by its INSTREAM command."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

_PIECE = 64 * 1024


class NoAnswer(Exception):
    """The daemon could not be asked: the file is not taken, because nobody knows what is in it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    clean: bool
    found: str = ""


def scan(content: bytes, address: str, *, timeout: float = 20) -> Verdict:
    """`address` is host:port, or the path of a socket."""
    try:
        with _connect(address, timeout) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _PIECE):
                piece = content[start : start + _PIECE]
                connection.sendall(struct.pack("!I", len(piece)) + piece)
            connection.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0"):
                more = connection.recv(4096)
                if not more:
                    break
                answer += more
    except OSError as error:
        raise NoAnswer(str(error)) from error
    text = answer.rstrip(b"\0").decode("utf-8", "replace")
    if text.endswith("OK"):
        return Verdict(clean=True)
    if text.endswith("FOUND"):
        return Verdict(clean=False, found=text.removeprefix("stream: ").removesuffix(" FOUND"))
    raise NoAnswer(text or "empty answer")


def _connect(address: str, timeout: float) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        connection.connect(address)
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout)
