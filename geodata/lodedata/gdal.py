"""GDAL, loaded in one place with everything switched off that Lode does not use.

GDAL takes its drivers from the environment as it is loaded. The environment is then as before, so that another GDAL that
this process starts has its own drivers; the other options are set for this process alone.
"""

import os

from lodedata.gdal_options import ENVIRONMENT

_before = {name: os.environ.pop(name) for name in ENVIRONMENT if name in os.environ}
os.environ.update(ENVIRONMENT)

import pyogrio  # noqa: E402  it must come after the options

for _name in ENVIRONMENT:
    del os.environ[_name]
os.environ.update(_before)
pyogrio.set_gdal_config_options(dict(ENVIRONMENT))

__all__ = ["pyogrio"]
