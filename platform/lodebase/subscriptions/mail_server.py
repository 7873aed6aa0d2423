"""The mail server of the operator: its address in a setting, and sending by it, encrypted unless it runs on this machine."""

import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from lodebase.errors import BadQuery, BadSetting, MailFailed
from lodebase.settings import Settings
from lodedata.messages import Message, msg

TIMEOUT_S = 10.0
PORTS = {"smtp": 587, "smtps": 465}
MAX_ADDRESS_LENGTH = 254
# the form that browsers check (HTML, 4.10.5.1.5), with a domain of at least two parts
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
# a longer header is folded and encoded, and no mail program reads that as the address of a page
UNFOLDED = SMTP.clone(max_line_length=990)


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and the sender of its mail."""

    host: str
    port: int
    implicit_tls: bool
    sender: Address
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def is_local(self) -> bool:
        """Return whether the server runs on this machine, so that nothing is sent over a network."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def send(self, mail: EmailMessage) -> None:
        """Send a mail by a connection of its own, so that a failure concerns no other mail. Raise MailFailed."""
        context = ssl.create_default_context()
        try:
            with self._open_connection(context) as connection:
                if not (self.implicit_tls or self.is_local):
                    connection.starttls(context=context)
                if self.user is not None:
                    connection.login(self.user, self.password or "")
                connection.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise MailFailed(_describe_reason(error)) from None

    def _open_connection(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.implicit_tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)


def read_mail_settings(settings: Settings) -> MailServer | None:
    """Return the mail server of the settings; None if there is none. Raise BadSetting, which never names the password."""
    if settings.smtp_url is None:
        return None
    if settings.mail_from is None or settings.url is None:
        raise BadSetting(msg("LODE_SMTP needs LODE_MAIL_FROM and LODE_URL: the sender, and the address of links in mail."))
    wrong = BadSetting(msg("LODE_SMTP is not an address such as smtp://user:password@mail.example.org:587."))
    try:
        parts = urlsplit(settings.smtp_url.get_secret_value())
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise wrong
    return MailServer(
        parts.hostname,
        port or PORTS[parts.scheme],
        parts.scheme == "smtps",
        parse_mailbox(settings.mail_from),
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
    )


def parse_mailbox(text: str) -> Address:
    """Return the sender in a setting such as ``Lode <lode@example.org>``. Raise BadSetting."""
    name, _, rest = text.rpartition("<") if text.endswith(">") else ("", "", text)
    address = rest.removesuffix(">")
    if ADDRESS.fullmatch(address) is None or not name.isprintable():
        raise BadSetting(msg("LODE_MAIL_FROM is not an address such as lode@example.org or Lode <lode@example.org>."))
    return Address(name.strip(' "'), addr_spec=address)


def check_mail_address(text: str) -> str:
    """Return a mail address as it is stored, its domain in ASCII. Raise BadQuery."""
    local, at, domain = text.strip().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode().lower()
    address = f"{local}{at}{domain}"
    if len(address) > MAX_ADDRESS_LENGTH or ADDRESS.fullmatch(address) is None or not _fits_header(address):
        raise BadQuery("address", text[:100], msg('"%(value)s" is not a mail address. Write it as name@example.org.'))
    return address


def _fits_header(address: str) -> bool:
    """Return whether an address can be the recipient of a mail: browsers accept more, such as two dots in a row."""
    try:
        return Address(addr_spec=address).addr_spec == address
    except (ValueError, IndexError, HeaderParseError):
        return False


def compose_mail(server: MailServer, to: str, subject: str, text: str, headers: Mapping[str, str]) -> EmailMessage:
    """Return a mail of plain text with more headers. Raise ValueError for a header with a line break."""
    mail = EmailMessage(UNFOLDED)
    # first, as it removes headers of an earlier content
    mail.set_content(text)
    mail["From"] = server.sender
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = subject
    mail["Date"] = formatdate(usegmt=True)
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in {"Message-ID": make_msgid(domain=server.sender.domain), **headers}.items():
        mail[name] = value
    return mail


def _describe_reason(error: Exception) -> Message:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        return msg("The mail server does not accept the address: %(reason)s", reason=f"{code} {_decode_reply(reply)}")
    if isinstance(error, smtplib.SMTPResponseException):
        return msg("The mail server refused: %(reason)s", reason=f"{error.smtp_code} {_decode_reply(error.smtp_error)}")
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return msg("The mail server can't be reached: %(reason)s", reason=reason)


def _decode_reply(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:200]
