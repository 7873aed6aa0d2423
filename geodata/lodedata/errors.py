"""The errors of files, mappings and names that a user can correct, each with one sentence as its message."""

from lodedata.messages import MessageError


class DataError(MessageError):
    """An error with a sentence for the user who can correct its cause."""


class FileRefused(DataError, ValueError):
    """A file that can't be read as a whole; the message names the file and says what would be right."""


class MappingRefused(DataError, ValueError):
    """A mapping file that can't be used; the message says where and why."""


class UnknownSource(DataError, LookupError):
    """A name of no known source."""


class UnknownVocabulary(DataError, LookupError):
    """A name of no vocabulary."""


class ModelRefused(DataError, ValueError):
    """Deposits from which no model can be fitted; the message says why and what to choose instead."""
