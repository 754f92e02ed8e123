"""tests/ mirrors anomaly_gui/: who looks for a module's test finds it by its name."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

EXCEPTIONS = {
    "annotations/records.py": "records without behaviour",
    "jobs/set_facts.py": "records without behaviour",
    "project/records.py": "records without behaviour",
    "ui/widgets/shown_figures.py": "records without behaviour",
    "detectors/base.py": "the interface; tests/detectors/test_contract.py holds every detector to it",
}


def test_every_module_has_its_test_file() -> None:
    package = ROOT / "anomaly_gui"
    missing = []
    for path in sorted(package.rglob("*.py")):
        module = path.relative_to(package)
        if module.name == "__init__.py" or module.as_posix() in EXCEPTIONS:
            continue
        test = ROOT / "tests" / module.parent / f"test_{module.stem.strip('_')}.py"
        if not test.exists():
            missing.append(test.relative_to(ROOT).as_posix())
    assert missing == []


def test_every_exception_is_still_needed() -> None:
    for name in EXCEPTIONS:
        module = ROOT / "anomaly_gui" / name
        assert module.exists()
        assert not (ROOT / "tests" / Path(name).parent / f"test_{module.stem}.py").exists()
