"""The priority of work that nobody waits for."""

import os
import subprocess
import sys

from lodedata.processor_share import BACKGROUND

LOWER = f"""
import os
from pathlib import Path
from lodedata.processor_share import lower_priority
lower_priority({BACKGROUND})
print(os.nice(0), Path("/proc/self/autogroup").read_text() if Path("/proc/self/autogroup").exists() else "nice 19")
"""


def test_the_process_and_its_session_take_less() -> None:
    ran = subprocess.run([sys.executable, "-c", LOWER], capture_output=True, text=True, check=True, start_new_session=True)
    nice, _, session = ran.stdout.partition(" ")
    assert int(nice) == min(os.nice(0) + BACKGROUND, 19)
    assert int(session.split("nice")[1]) in (int(nice), 19)
