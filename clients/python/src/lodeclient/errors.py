"""Errors: what a site refuses, with its sentence, and a file that arrived damaged."""

from typing import Any

import requests


class LodeError(Exception):
    """What a site refused or could not do (RFC 9457): status, code, parameter, value and what to enter instead."""

    def __init__(self, status: int, detail: str, problem: dict[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.problem = problem or {}

    @property
    def parameter(self) -> str | None:
        """The parameter that is wrong, None if none is."""
        return self.problem.get("parameter")

    @property
    def value(self) -> str | None:
        """Its value, None if no parameter is wrong."""
        return self.problem.get("value")


class DownloadDamaged(Exception):
    """A file whose digest is not the one that the site states; it was removed."""


def raise_for(response: requests.Response) -> None:
    """Raise LodeError for a response that is none of success or 304."""
    if response.ok or response.status_code == requests.codes.not_modified:
        return
    try:
        problem = response.json()
    except requests.JSONDecodeError:
        problem = {}
    problem = problem if isinstance(problem, dict) else {}
    parts = (problem.get("parameter"), problem.get("value"), problem.get("detail") or response.reason)
    raise LodeError(response.status_code, ": ".join(str(part) for part in parts if part), problem)
