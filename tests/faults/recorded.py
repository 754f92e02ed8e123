"""Run under the shim: makes a project and works in it, each durable step being acknowledged in the recording.

python -m tests.faults.recorded FOLDER SEED STEPS SYNCHRONOUS
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from anomaly_gui.files import atomic_write
from anomaly_gui.project.store import Project
from tests.faults.disk import Shim
from tests.faults.workloads import STEPS, make


def main() -> None:
    folder, seed, steps, synchronous = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    tell, chance = Shim().acknowledge, random.Random(seed)
    make(folder)
    tell("made")
    with Project.open(folder) as project:
        project._writer.connection.execute(f"PRAGMA synchronous = {synchronous}")
        for number in range(steps):
            STEPS[chance.choice(sorted(STEPS))](project, chance, tell)
            if number % 5 == 0:
                atomic_write(folder / "exports" / "file", b"%d" % number * 2000)
                tell(f"file {number}")


if __name__ == "__main__":
    main()
