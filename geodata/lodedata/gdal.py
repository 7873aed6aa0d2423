"""GDAL, loaded in one place with everything switched off that Lode does not use: ``lodedata.gdal.pyogrio``.

It is loaded at the first use, as pyogrio brings pandas and geopandas with it. GDAL takes its drivers from the environment
as it is loaded. The environment is then as before, so that another GDAL that this process starts has its own drivers; the
other options are set for this process alone.
"""

import os
from functools import cache
from types import ModuleType

from lodedata.gdal_options import ENVIRONMENT


def __getattr__(name: str) -> ModuleType:
    if name != "pyogrio":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _import_pyogrio()


@cache
def _import_pyogrio() -> ModuleType:
    """Return pyogrio, loaded with the options of ENVIRONMENT."""
    before = {name: os.environ.pop(name) for name in ENVIRONMENT if name in os.environ}
    os.environ.update(ENVIRONMENT)
    try:
        import pyogrio  # noqa: PLC0415  it must come after the options
    finally:
        for name in ENVIRONMENT:
            del os.environ[name]
        os.environ.update(before)
    pyogrio.set_gdal_config_options(dict(ENVIRONMENT))
    assert isinstance(pyogrio, ModuleType)
    return pyogrio
