"""Hashes of passwords by argon2id, with the parameters that OWASP's password storage cheat sheet names first."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Makes and checks hashes, one at a time in a process: each takes 19 MB for a moment."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._lock = threading.Lock()
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        """The hash that is kept of a password."""
        with self._lock:
            return self._hasher.hash(password)

    def right(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one of a hash; without a hash it is not, and that takes as long to tell."""
        if self._nobodys is None:
            self._nobodys = self.hash("nobody's")
        with self._lock:
            try:
                self._hasher.verify(kept or self._nobodys, password)
                return kept is not None
            except (VerificationError, InvalidHashError):
                return False
