"""The parts of a layout report, as dataclasses."""
