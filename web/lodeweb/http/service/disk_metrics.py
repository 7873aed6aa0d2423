"""Metrics of the file systems that Lode writes to."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from lodebase.settings import Settings


def list_data_directories(settings: Settings) -> dict[str, Path]:
    """Return the directories that Lode writes to, by the value of their label; the cluster's may be a link to another place."""
    cluster = {} if settings.database_url or settings.site_only else {"cluster": settings.home / "cluster"}
    return {"home": settings.home, "spool": settings.spool or settings.home / "spool", **cluster}


class DiskMetrics(Collector):
    """Reads free and total bytes of file systems when the metrics are requested."""

    def __init__(self, directories: Mapping[str, Path]) -> None:
        self._directories = directories

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return free and total bytes for each directory that exists."""
        free = GaugeMetricFamily("lode_disk_free_bytes", "Free bytes on the file system of a directory.", labels=["directory"])
        size = GaugeMetricFamily("lode_disk_size_bytes", "Size of the file system of a directory.", labels=["directory"])
        for name, path in self._directories.items():
            try:
                usage = shutil.disk_usage(path)
            except OSError:
                continue
            free.add_metric([name], usage.free)
            size.add_metric([name], usage.total)
        yield free
        yield size
