"""The mail server of the settings: what is accepted, what is encrypted, and that a password appears nowhere."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.mail_catcher import REFUSED, mail_catcher

from lodebase.errors import BadQuery, BadSetting, MailFailed
from lodebase.settings import Settings
from lodebase.settings_table import list_all_settings
from lodebase.subscriptions import mail_server
from lodebase.subscriptions.mail_server import MailServer

PASSWORD = "s3cr@t:p/w"
WRITTEN = "s3cr%40t%3Ap%2Fw"
NOT_LOOPBACK = "0.0.0.0"
"""An address that reaches this machine and is not loopback, so that the connection has to be encrypted."""


def settings(**more: Any) -> Settings:
    usual = {
        "LODE_SMTP": "smtp://127.0.0.1:25",
        "LODE_MAIL_FROM": "Lode <lode@example.org>",
        "LODE_URL": "https://lode.example",
    }
    return Settings.model_validate({**usual, **more})


def server(**more: Any) -> MailServer:
    mail_settings = mail_server.read_mail_settings(settings(**more))
    assert mail_settings is not None
    return mail_settings


def send(to: MailServer, address: str = "reader@example.org") -> None:
    to.send(
        mail_server.compose_mail(
            to, address, "变更 changes", "德兴铜矿: 矿山", {"List-Unsubscribe": f"<https://x/{'y' * 200}>"}
        )
    )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    hosts = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address(NOT_LOOPBACK))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).add_extension(hosts, False)
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def tls(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """The context of a server whose certificate this process trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    yield context


def test_without_a_server_there_is_none() -> None:
    assert mail_server.read_mail_settings(Settings.model_validate({})) is None


def test_the_password_is_not_shown() -> None:
    own = settings(LODE_SMTP=f"smtp://lode:{WRITTEN}@mail.example.org")
    shown = next(row.value for row in list_all_settings(own, {}) if row.variable == "LODE_SMTP")
    assert shown == "smtp://lode:***@mail.example.org"
    mail_settings = mail_server.read_mail_settings(own)
    assert mail_settings is not None and (mail_settings.port, mail_settings.user, mail_settings.password) == (
        587,
        "lode",
        PASSWORD,
    )
    assert PASSWORD not in repr(mail_settings) and WRITTEN not in repr(own)


@pytest.mark.parametrize(
    "more",
    [
        {"LODE_SMTP": f"http://lode:{WRITTEN}@mail.example.org"},
        {"LODE_SMTP": f"smtp://lode:{WRITTEN}@mail.example.org:port"},
        {"LODE_SMTP": f"smtp://lode:{WRITTEN}@mail.example.org/inbox"},
        {"LODE_SMTP": "mail.example.org"},
        {"LODE_URL": None},
        {"LODE_MAIL_FROM": None},
        {"LODE_MAIL_FROM": "Lode <lode@example.org>\r\nBcc: all@example.org"},
        {"LODE_MAIL_FROM": "nobody"},
    ],
)
def test_settings_that_do_not_fit_are_refused_without_the_password(more: dict[str, Any]) -> None:
    with pytest.raises(BadSetting) as refused:
        server(**more)
    assert WRITTEN not in str(refused.value.message)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (" reader@Example.ORG ", "reader@example.org"),
        ("first.last+lode@sub.example.org", "first.last+lode@sub.example.org"),
        ("reader@矿业.中国", "reader@xn--vhq343h.xn--fiqs8s"),
    ],
)
def test_an_address_is_stored_with_its_domain_in_ascii(given: str, stored: str) -> None:
    assert mail_server.check_mail_address(given) == stored


@pytest.mark.parametrize(
    "given",
    ["", "reader", "reader@", "@example.org", "a b@example.org", "reader@localhost", "reader@example.org\r\nBcc: x@example.org"]
    + ["reader@example.org,other@example.org", "<reader@example.org>", f"{'x' * 65}@example.org", f"x@{'y.' * 130}org"]
    # browsers accept these, and the header of a mail does not
    + ["two..dots@example.org", ".dot@example.org", "dot.@example.org"],
)
def test_invalid_mail_address_is_refused(given: str) -> None:
    with pytest.raises(BadQuery):
        mail_server.check_mail_address(given)


def test_mail_arrives_as_it_was_written() -> None:
    with mail_catcher() as catcher:
        send(server(LODE_SMTP=f"smtp://lode:{WRITTEN}@127.0.0.1:{catcher.port}"))
    (mail,) = catcher.mail
    assert mail["Message-ID"].endswith("@example.org>")
    assert (
        mail["Subject"] == "变更 changes" and mail["To"] == "reader@example.org" and mail["From"] == "Lode <lode@example.org>"
    )
    assert mail.get_content().strip() == "德兴铜矿: 矿山" and mail.get_content_type() == "text/plain"
    # the header is not folded: a program could not read its address
    assert mail["List-Unsubscribe"] == f"<https://x/{'y' * 200}>" and mail["Auto-Submitted"] == "auto-generated"
    assert catcher.signed_in == [("lode", PASSWORD)]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_mail_is_encrypted_outside_this_machine(scheme: str, tls: ssl.SSLContext) -> None:
    with mail_catcher(tls, implicit=scheme == "smtps") as catcher:
        send(server(LODE_SMTP=f"{scheme}://lode:{WRITTEN}@{NOT_LOOPBACK}:{catcher.port}"))
    assert catcher.encrypted == [True] and catcher.signed_in == [("lode", PASSWORD)]


def test_no_password_goes_to_a_server_without_encryption() -> None:
    with mail_catcher() as catcher, pytest.raises(MailFailed):
        send(server(LODE_SMTP=f"smtp://lode:{WRITTEN}@{NOT_LOOPBACK}:{catcher.port}"))
    assert (catcher.mail, catcher.signed_in) == ([], [])


def test_no_mail_goes_to_a_server_with_an_unknown_certificate(certificate: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with mail_catcher(context) as catcher, pytest.raises(MailFailed):
        send(server(LODE_SMTP=f"smtp://{NOT_LOOPBACK}:{catcher.port}"))
    assert catcher.mail == []


def test_the_reason_of_a_failure_is_reported() -> None:
    with mail_catcher() as catcher:
        with pytest.raises(MailFailed, match="550 no such mailbox"):
            send(server(LODE_SMTP=f"smtp://127.0.0.1:{catcher.port}"), REFUSED)
        port = catcher.port
    with pytest.raises(MailFailed, match="can't be reached"):
        send(server(LODE_SMTP=f"smtp://127.0.0.1:{port}"))


def test_a_header_takes_no_line_break() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        mail_server.compose_mail(server(), "reader@example.org", "Changes\r\nBcc: all@example.org", "", {})
