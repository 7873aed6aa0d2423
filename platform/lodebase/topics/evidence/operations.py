"""The operation on evidence files: the public keys of the site."""

from dataclasses import dataclass

from lodebase.db import signing_keys
from lodebase.db.signing_keys import Jwk
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import NoParameters
from lodebase.query.reading import open_reading
from lodedata.messages import msg


@dataclass(frozen=True, slots=True)
class PublicKeySet:
    """A set of public keys (JWKS, RFC 7517), the one in use first; retired keys stay, as files that they signed do."""

    keys: tuple[Jwk, ...]


def list_keys(services: OperationServices, parameters: NoParameters) -> PublicKeySet:
    """Return the public keys of the site."""
    with open_reading(services.engine, "one") as connection:
        return PublicKeySet(tuple(key.jwk for key in signing_keys.list_public(connection)))


KEYS = Operation(
    "evidence.keys",
    "/.well-known/jwks.json",
    msg("Keys of signed files"),
    msg("The public keys of this site, by which signed files are verified without it"),
    NoParameters,
    run=list_keys,
    result=PublicKeySet,
)
OPERATIONS = (KEYS,)
