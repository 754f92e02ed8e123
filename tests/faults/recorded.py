"""Run under the shim: makes a project and works in it, each durable step being acknowledged in the recording.

main() takes FOLDER LOG SEED STEPS SYNCHRONOUS.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from anomaly_gui.files import atomic_write
from anomaly_gui.project.store import Project
from tests.faults.disk import Shim
from tests.faults.workloads import STEPS, make


def main(arguments: Sequence[str]) -> None:
    folder, seed, steps, synchronous = Path(arguments[0]), int(arguments[2]), int(arguments[3]), arguments[4]
    shim, chance = Shim(), random.Random(seed)
    shim.watch(folder.parent, Path(arguments[1]))
    tell = shim.acknowledge
    make(folder)
    tell("made")
    with Project.open(folder) as project:
        project._writer.connection.execute(f"PRAGMA synchronous = {synchronous}")
        for number in range(steps):
            STEPS[chance.choice(sorted(STEPS))](project, chance, tell)
            if number % 5 == 0:
                atomic_write(folder / "exports" / "file", b"%d" % number * 2000)
                tell(f"file {number}")
