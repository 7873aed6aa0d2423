"""A mail server for tests on this machine: it takes mail, refuses some addresses, and speaks TLS with a certificate."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

REFUSED = "refused@example.org"


class MailCatcher(socketserver.ThreadingTCPServer):
    """The server with the mail that it took and the names and passwords that signed in."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None = None, implicit: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.tls, self.implicit = tls, implicit
        self.mail: list[EmailMessage] = []
        self.encrypted: list[bool] = []
        self.signed_in: list[tuple[str, str]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: MailCatcher

    def setup(self) -> None:
        self.secure = False
        if self.server.implicit:
            self._encrypt()
        super().setup()

    def finish(self) -> None:
        super().finish()
        # an encrypted connection has taken the place of the one that the server closes
        self.connection.close()

    def _encrypt(self) -> None:
        assert self.server.tls is not None
        self.request = self.connection = self.server.tls.wrap_socket(self.request, server_side=True)
        self.secure = True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self._say("220 catcher")
        # STARTTLS replaces the stream
        while line := self.rfile.readline():
            command, _, rest = line.decode().strip().partition(" ")
            match command.upper():
                case "EHLO":
                    offered = ["250-catcher", *(["250-STARTTLS"] if self.server.tls and not self.secure else [])]
                    self._say("\r\n".join([*offered, "250 AUTH PLAIN"]))
                case "STARTTLS":
                    self._say("220 go ahead")
                    self._encrypt()
                    super().setup()
                case "AUTH":
                    _, name, password = base64.b64decode(rest.removeprefix("PLAIN ")).decode().split("\0")
                    self.server.signed_in.append((name, password))
                    self._say("235 welcome")
                case "RCPT" if REFUSED in rest:
                    self._say("550 no such mailbox")
                case "DATA":
                    self._take()
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.mail.append(mail)
        self.server.encrypted.append(self.secure)
        self._say("250 taken")


@contextmanager
def mail_catcher(tls: ssl.SSLContext | None = None, implicit: bool = False) -> Iterator[MailCatcher]:
    """Run a mail server on loopback."""
    with MailCatcher(tls, implicit) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
