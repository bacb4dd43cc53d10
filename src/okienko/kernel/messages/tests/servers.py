"""Mail servers for these tests: a real SMTP one that keeps what it gets, and a small IMAP one."""

from __future__ import annotations

import asyncio
import re
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller


class Letterbox:
    """Accepts everything, or answers as `says` wants it; slow when `delay` is set."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.sessions: set[int] = set()
        self.logins: list[tuple[str, bool]] = []  # and whether the line was encrypted by then
        self.delay = 0.0
        self.says: Callable[[str, str], str | None] = lambda step, address: None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if answer := self.says("rcpt", address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if answer := self.says("data", envelope.rcpt_tos[0]):
            return answer
        self.mails.append(envelope.content)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.sessions.add(id(session))
        if self.delay:
            await asyncio.sleep(self.delay)
        return "250 taken"

    def ids(self) -> list[str]:
        return [str(message_from_bytes(mail)["Message-ID"]).strip() for mail in self.mails]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """Knock once; the original does so with the server's own TLS context, which a client may not use."""
        with ExitStack() as stack:
            sock: socket.socket = stack.enter_context(socket.create_connection((self.hostname, self.port), 5))
            if self.ssl_context:
                knock = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                knock.check_hostname, knock.verify_mode = False, ssl.CERT_NONE
                sock = stack.enter_context(knock.wrap_socket(sock))
            sock.recv(1024)


@contextmanager
def smtp_server(box: Letterbox | None = None, **options: Any) -> Iterator[tuple[Letterbox, str]]:
    box = box or Letterbox()
    port = free_port()
    controller = _Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield box, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


class Box:
    """What stands in the IMAP box: mails by their numbers, as many as were ever put in."""

    def __init__(self) -> None:
        self.validity = 1
        self.mails: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.drop_after = 0
        self.logins: list[tuple[bytes, bool]] = []  # and whether it came encrypted

    def put(self, source: bytes) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = source.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return uid


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say(b"* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.strip().partition(b" ")
            if not self.answer(tag, rest):
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def answer(self, tag: bytes, command: bytes) -> bool:
        box: Box = self.server.box  # type: ignore[attr-defined]
        upper = command.upper()
        starttls: ssl.SSLContext | None = self.server.starttls  # type: ignore[attr-defined]
        if upper == b"CAPABILITY":
            self.say(b"* CAPABILITY IMAP4REV1" + (b" STARTTLS" if starttls else b""))
        elif upper == b"STARTTLS" and starttls:
            self.say(tag + b" OK go on")
            self.request = self.connection = starttls.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            return True
        elif upper.startswith(b"LOGIN"):
            box.logins.append((command, isinstance(self.connection, ssl.SSLSocket)))
            if b"wrong" in command:
                self.say(tag + b" NO no")
                return True
        elif upper.startswith(b"SELECT"):
            self.say(b"* %d EXISTS" % len(box.mails))
            self.say(b"* OK [UIDVALIDITY %d] valid" % box.validity)
        elif match := re.match(rb"UID SEARCH UID (\d+):", upper):
            first = int(match[1])
            found = [uid for uid in box.mails if uid >= first] or sorted(box.mails)[-1:]
            self.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in found))
        elif match := re.match(rb"UID FETCH (\d+) \((.*)\)", upper):
            if not self.fetch(box, int(match[1]), match[2]):
                return False
        elif match := re.match(rb"UID STORE (\d+)", upper):
            box.seen.add(int(match[1]))
        elif upper == b"LOGOUT":
            self.say(b"* BYE")
            self.say(tag + b" OK bye")
            return False
        self.say(tag + b" OK done")
        return True

    def fetch(self, box: Box, uid: int, what: bytes) -> bool:
        if what == b"RFC822.SIZE":
            self.say(b"* 1 FETCH (UID %d RFC822.SIZE %d)" % (uid, len(box.mails[uid])))
            return True
        if box.drop_after:
            box.drop_after -= 1
            if not box.drop_after:
                return False
        source = box.mails[uid]
        if b"HEADER" in what:
            source = source.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        self.say(b"* 1 FETCH (UID %d BODY[] {%d}" % (uid, len(source)))
        self.wfile.write(source)
        self.say(b")")
        return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    box: Box
    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[socket.socket, Any]:
        sock, address = super().get_request()
        if self.tls is None:
            return sock, address
        return self.tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not trust the certificate hangs up, as it should."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def imap_server(
    tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None
) -> Iterator[tuple[Box, str]]:
    server = _Server(("127.0.0.1", 0), _Session)
    server.box, server.tls, server.starttls = Box(), tls, starttls
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.box, f"imap://urzad:haslo@127.0.0.1:{server.server_address[1]}/INBOX?tls=no"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def eventually(what: Callable[[], bool], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit
        time.sleep(0.01)
