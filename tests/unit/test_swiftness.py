"""A process that routes calls is not held up by what it has loaded."""

from __future__ import annotations

import gc
import subprocess
import sys

from contact_centre.settings import PROJECT_ROOT
from contact_centre.swiftness import LONGEST_TURN_S

SEEN = """
import gc, sys
import queue_manager.runner
from contact_centre.swiftness import be_swift
loaded = len(gc.get_objects())
be_swift()
print(loaded, gc.get_freeze_count(), len(gc.get_objects()), sys.getswitchinterval())
"""


def test_what_is_loaded_is_not_looked_through_again_and_threads_give_way_soon() -> None:
    seen = subprocess.run([sys.executable, "-c", SEEN], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    loaded, frozen, looked_through, interval = map(float, seen.stdout.split())
    assert loaded > 50_000
    assert frozen > loaded / 2
    assert looked_through < loaded / 100
    assert interval == LONGEST_TURN_S
    assert gc.get_freeze_count() < frozen, "this process is another one"
