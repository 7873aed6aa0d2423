"""GDAL, loaded in one place with everything switched off that Lode does not use.

GDAL reads its options from the environment when it is loaded, so every module takes pyogrio from here.
"""

import os

from lodedata.gdal_options import ENVIRONMENT

os.environ.update(ENVIRONMENT)

import pyogrio

__all__ = ["pyogrio"]
