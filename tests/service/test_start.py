"""What the service needs to start is little: the model and its libraries come with the first question."""

import subprocess
import sys


def test_no_start_waits_for_the_libraries_of_the_model() -> None:
    said = "import sys, service.app; print([name for name in ('numpy', 'scipy', 'sklearn') if name in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() == "[]"
