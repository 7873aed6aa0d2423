"""Password hashes by argon2id, with the parameters that OWASP's password storage cheat sheet recommends first."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Creates and verifies hashes, one at a time per process, as each needs 19 MB."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._lock = threading.Lock()
        self._placeholder: str | None = None

    def hash(self, password: str) -> str:
        """Return the hash of a password for storage."""
        with self._lock:
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Return whether a password matches a hash; False without a hash, after the same time."""
        if self._placeholder is None:
            self._placeholder = self.hash("placeholder")
        with self._lock:
            try:
                self._hasher.verify(stored or self._placeholder, password)
                return stored is not None
            except (VerificationError, InvalidHashError):
                return False
