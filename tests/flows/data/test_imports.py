"""Every module of the product can be imported, without a warning; `make matrix` runs this on each Python."""

import subprocess
import sys

SCRIPT = """
import pkgutil, importlib, lodedata, lodebase, lodeweb
for package in (lodedata, lodebase, lodeweb):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
            print(module.name)
"""


def test_every_module_is_imported() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=280
    )
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.split()) > 300
