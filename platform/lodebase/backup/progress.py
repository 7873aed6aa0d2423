"""Progress of a backup or a restore, for display by a command."""

from dataclasses import dataclass


@dataclass(slots=True)
class StepProgress:
    """The current step and its processed bytes; written by the worker, read by the thread that shows them."""

    step: str = "starting"
    bytes: int = 0

    def begin(self, step: str) -> None:
        """Note that a step begins."""
        self.step, self.bytes = step, 0

    def line(self) -> str:
        """Return one line for a terminal or a log."""
        return f"{self.step}: {self.bytes / 1e6:,.1f} MB" if self.bytes else self.step
