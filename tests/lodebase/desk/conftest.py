"""What the tests of the desk share."""

import pytest

from lodebase.desk.identity.passwords import Passwords


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords()
