"""The second factor: one-time codes by RFC 6238 (TOTP), and recovery codes that replace one once each."""

import base64
import hmac
import secrets
import time
from hashlib import sha256
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql

from lodebase.db.schema.identity_tables import recovery_code, second_factor, used_code
from lodebase.desk.identity import sessions, sign_in
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import NotFound
from lodedata.messages import msg

DIGITS = 6
STEP_S = 30
STEPS = (0, -1, 1)
"""The accepted offsets in time steps: a clock may be one step ahead or behind (RFC 6238, 5.2)."""
KEY_BYTES = 20
"""The key length: that of the output of SHA-1, which every authenticator app computes (RFC 4226, 4)."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
MAX_CODE_LENGTH = 40
ISSUER = "Lode"


def generate_factor_secret() -> str:
    """Return a new key in base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def write_provisioning_uri(secret: str, name: str, host: str) -> str:
    """Return the ``otpauth`` URI of a key, which the QR code contains."""
    label, issuer = quote(f"{ISSUER} {host}:{name}"), quote(f"{ISSUER} {host}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"


def compute_totp_code(secret: str, at: float) -> str:
    """Return the code of a key at a time in seconds since 1970."""
    return _build_totp(secret).generate(int(at)).decode()


def find_matching_step(secret: str, code: str, at: float) -> int | None:
    """Return the matching time step of a code, the current one or an adjacent one; None if it matches none."""
    matching_step = None
    for step in STEPS:
        if hmac.compare_digest(compute_totp_code(secret, at + step * STEP_S).encode(), code.encode()):
            matching_step = int(at) // STEP_S + step
    return matching_step


def enrol(engine: Engine, session: sessions.Session, code: str, client: str) -> list[str] | None:
    """Enrol the account with the key offered to its session and return new recovery codes; None if the code is wrong.

    Raise TooManyTries if there were too many failures.
    """
    name = session.account.name
    sign_in.require_few_codes(engine, name, client)
    step = None if session.enrolling is None else find_matching_step(session.enrolling, _extract_digits(code), time.time())
    if step is None:
        sign_in.note_failure(engine, name, client, "code")
        return None
    with open_write_transaction(engine, name) as connection:
        statement = postgresql.insert(second_factor).values(account=name, secret=session.enrolling).on_conflict_do_nothing()
        if connection.execute(statement.returning(second_factor.c.account)).first() is None:
            return None
        _use(connection, name, step)
        return renew_recovery_codes(connection, name)


def check(engine: Engine, name: str, code: str, client: str) -> bool:
    """Return whether this is an unused one-time code or recovery code of an account, and mark it as used.

    Raise TooManyTries if there were too many failures.
    """
    sign_in.require_few_codes(engine, name, client)
    with open_write_transaction(engine, name) as connection:
        right = _check(connection, name, code[:MAX_CODE_LENGTH])
    if not right:
        sign_in.note_failure(engine, name, client, "code")
    return right


def renew_recovery_codes(connection: Connection, name: str) -> list[str]:
    """Replace the recovery codes of an account and return the new ones; only their hashes are stored."""
    codes = [_generate_recovery_code() for _ in range(RECOVERY_CODES)]
    connection.execute(delete(recovery_code).where(recovery_code.c.account == name))
    connection.execute(insert(recovery_code), [{"account": name, "hash": _hash_code(name, code)} for code in codes])
    return codes


def count_recovery_codes(connection: Connection, name: str) -> int:
    """Return the number of unused recovery codes of an account."""
    left = select(func.count()).where(recovery_code.c.account == name, recovery_code.c.used_at.is_(None))
    return int(connection.scalar(left) or 0)


def read_enrolled_accounts(connection: Connection) -> set[str]:
    """Return the names of the accounts that have a second factor."""
    return set(connection.scalars(select(second_factor.c.account)))


def reset(connection: Connection, name: str) -> None:
    """Remove the second factor of an account and end its sessions. Raise NotFound if it has none."""
    gone = delete(second_factor).where(second_factor.c.account == name).returning(second_factor.c.account)
    if connection.execute(gone).first() is None:
        raise NotFound(msg("The account %(name)s has no second factor.", name=name))
    sessions.end_all(connection, name)


def _check(connection: Connection, name: str, code: str) -> bool:
    secret = connection.scalar(select(second_factor.c.secret).where(second_factor.c.account == name))
    if secret is None:
        return False
    digits = _extract_digits(code)
    if len(digits) == DIGITS and digits.isdecimal():
        step = find_matching_step(secret, digits, time.time())
        return step is not None and _use(connection, name, step)
    used = update(recovery_code).where(recovery_code.c.account == name, recovery_code.c.used_at.is_(None))
    used = used.where(recovery_code.c.hash == _hash_code(name, code)).values(used_at=func.now())
    return connection.execute(used.returning(recovery_code.c.account)).first() is not None


def _use(connection: Connection, name: str, step: int) -> bool:
    """Mark the code of a time step as used; return False if it was used before."""
    noted = postgresql.insert(used_code).values(account=name, step=step).on_conflict_do_nothing()
    return connection.execute(noted.returning(used_code.c.step)).first() is not None


def _build_totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_S)


def _extract_digits(code: str) -> str:
    return "".join(code.split())


def _generate_recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[n : n + 4] for n in range(0, len(letters), 4))


def _hash_code(name: str, code: str) -> str:
    """Return the hash of a recovery code. It has 80 random bits, so no slow hash is needed."""
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return sha256(f"{name} {letters}".encode()).hexdigest()
