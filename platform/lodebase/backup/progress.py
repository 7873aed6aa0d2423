"""Progress of a backup or a restore, for display by a command."""

from dataclasses import dataclass

from lodedata.messages import Message, msg


@dataclass(slots=True)
class StepProgress:
    """The current step and its processed bytes; written by the worker, read by the thread that shows them."""

    step: Message = msg("starting")
    bytes: int = 0

    def begin(self, step: Message) -> None:
        """Note that a step begins."""
        self.step, self.bytes = step, 0

    def line(self) -> Message:
        """Return one line for a terminal or a log."""
        if not self.bytes:
            return self.step
        return msg("%(step)s: %(size)s MB", step=self.step, size=f"{self.bytes / 1e6:,.1f}")
