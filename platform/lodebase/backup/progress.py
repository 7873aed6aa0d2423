"""How far a backup or a restore has come, for the command that shows it."""

from dataclasses import dataclass


@dataclass(slots=True)
class StepProgress:
    """The step at work and the bytes it has handled; written by the work, read by the thread that shows it."""

    step: str = "starting"
    bytes: int = 0

    def begin(self, step: str) -> None:
        """Note that a step begins."""
        self.step, self.bytes = step, 0

    def line(self) -> str:
        """Return one line for a terminal or a log."""
        return f"{self.step}: {self.bytes / 1e6:,.1f} MB" if self.bytes else self.step
