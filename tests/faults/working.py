"""Works until it is killed, and tells what is durable.

main() takes WORK FOLDER SEED TOLD: lines of what was done go to the file TOLD.
"""

from __future__ import annotations

import os
import random
import traceback
from collections.abc import Sequence
from pathlib import Path

from anomaly_gui.project.store import Project
from tests.faults.workloads import STEPS, exporting, training


def main(arguments: Sequence[str]) -> None:
    work, folder, seed, told = arguments[0], Path(arguments[1]), int(arguments[2]), arguments[3]
    out = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(text: str) -> None:
        os.write(out, text.encode() + b"\n")

    try:
        chance = random.Random(seed)
        random.seed(seed)
        tell("started")
        if work == "migrate":
            Project.open(folder).close()
            tell("opened")
        elif work in ("train", "resume"):
            training(folder, work == "resume", tell)
        elif work == "export":
            exporting(folder, tell)
        else:
            with Project.open(folder) as project:
                while True:
                    STEPS[work](project, chance, tell)
        tell("done")
    except BaseException:
        tell(f"failed {traceback.format_exc()!r}")
