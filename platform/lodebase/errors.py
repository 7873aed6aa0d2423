"""Errors of the platform, one class each; the command's exit status and the site's HTTP status depend on the class."""

from collections.abc import Sequence
from dataclasses import dataclass

from lodedata.messages import Message, MessageError, join_sentences, msg


class LodeError(MessageError):
    """An error with a sentence for the person who can do something about it."""

    exit_status = 2


class BadSetting(LodeError):
    """A setting that can't be used."""


class ClusterTrouble(LodeError):
    """The private database cluster can't be made or started."""


class DiskFull(LodeError):
    """No space is left where Lode keeps its data."""


class DatabaseAway(LodeError):
    """The database can't be reached."""


class DatabaseUnfit(LodeError):
    """The database lacks an extension, a version or a right that Lode needs."""


class NotMigrated(LodeError):
    """The store is not at the version of this code."""


class ImportRefused(LodeError):
    """A file or mapping that can't be imported; the store is unchanged."""


class RowsLost(ImportRefused):
    """A file that lacks many rows of its source; the import needs a confirmation before it marks them as gone."""

    def __init__(self, file: str, gone: int, before: int) -> None:
        super().__init__(
            msg(
                "%(file)s lacks %(gone)s of the %(before)s rows that the source has here, and would mark them as gone; nothing "
                "was changed. If that is right, import it again with `--yes`, or confirm it at the desk.",
                file=file,
                gone=f"{gone:,}",
                before=f"{before:,}",
            )
        )


class ImportBusy(LodeError):
    """Another import runs and the wait for it is over."""


class MirrorRefused(LodeError):
    """A release that can't be mirrored here; the store is unchanged."""


class ReadOnlyMirror(LodeError):
    """A change of the data of a store that mirrors another site."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            msg(
                "This store is a mirror of %(origin)s and changes only by `lode mirror`. Import and decide there, or in "
                "another store.",
                origin=origin,
            )
        )


class FetchFailed(LodeError):
    """The publisher's file can't be downloaded."""


class NotDownloaded(FetchFailed):
    """A server did not send a file; ``reason`` is why, without what to do."""

    def __init__(self, sentence: Message, reason: Message) -> None:
        super().__init__(sentence)
        self.reason = reason


class CandidatesWrong(LodeError):
    """Rows of planned plants that can't be checked as they stand; the others were."""


class WhatIfWrong(LodeError):
    """A what-if that can't be run or resumed."""


class WorkersLost(LodeError):
    """Workers of a what-if failed repeatedly, or the scheduler did; finished tasks are stored."""


class RulesWrong(LodeError):
    """Rules of the layout check that can't be used as they stand."""


class CheckFailed(LodeError):
    """A check of the store found what it looks for."""

    exit_status = 1


class BackupFailed(LodeError):
    """A backup could not be written; an earlier file is unchanged."""


class BackupUnusable(LodeError):
    """A file that is no backup of Lode, is damaged, or was made by a newer version."""


class RestoreFailed(LodeError):
    """A backup could not be restored; the store is unchanged."""


class ExportFailed(LodeError):
    """A file could not be written."""


class PublicAsRoot(LodeError):
    """The site would be served as root on an address that other machines reach."""


class NotConfined(LodeError):
    """The machine can't confine the process that reads foreign files."""


class GroundRefused(LodeError):
    """A ground pack that can't be used; the packs of the site are unchanged."""


class NoMapApproval(LodeError):
    """The site would publish a map in a country whose law requires an approved one."""


class PortTaken(LodeError):
    """Another program listens where the site should."""


class ProviderAway(LodeError):
    """The identity provider does not respond."""


class ProviderWrong(LodeError):
    """The identity provider's response can't be trusted or used."""


class NotFound(LodeError):
    """A name that the store does not have."""


class ServedElsewhere(LodeError):
    """A record that is one with others now and is served under the id of one of them."""

    def __init__(self, identity: str, served: str) -> None:
        super().__init__(
            msg("%(identity)s is one record with those of other sources. Use %(served)s.", identity=identity, served=served)
        )
        self.identity, self.served = identity, served


class BadQuery(LodeError):
    """A parameter that can't be used; its message may quote ``%(parameter)s`` and ``%(value)s``."""

    def __init__(self, parameter: str, value: str, message: Message) -> None:
        super().__init__(message.filled(parameter=parameter, value=value))
        self.parameter, self.value = parameter, value


class NotAllowed(LodeError):
    """An action that the user has no right to."""


class NotVerified(LodeError):
    """A file that is not as it was signed, or that no known key signed."""

    exit_status = 1


class BadApiKey(LodeError):
    """An API key that does not exist or was revoked."""


class MailFailed(LodeError):
    """A mail that could not be sent."""


class TooManyTries(LodeError):
    """Too many tries of one client or name within a while."""


class Overloaded(LodeError):
    """More simultaneous requests than the site can serve."""


class ClientOverloaded(Overloaded):
    """More simultaneous requests of one client than it may have."""


class UnknownHost(LodeError):
    """A request for a host name that the site is not served under."""


class TooManyDownloads(LodeError):
    """More simultaneous downloads of one client than it may have."""


class ClientGone(LodeError):
    """The client of a download disconnected before the file was ready."""


class SpoolFull(LodeError):
    """The spool has no space for a requested file."""


class StatementTimeout(LodeError):
    """A query ran into its time limit."""


class NotInCrs(LodeError):
    """Positions that can't be given in the requested coordinate reference system."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a field."""

    field: str
    message: Message


class BadCandidate(LodeError):
    """A planned plant that can't be checked: a sentence for each field."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__(
            join_sentences(
                *(msg("%(field)s: %(sentence)s", field=problem.field, sentence=problem.message) for problem in wrong)
            )
        )
        self.wrong = tuple(wrong)
