from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from anomaly_gui import __main__ as program


@pytest.fixture(autouse=True)
def _own_log_handlers() -> Iterator[None]:
    """start_log() adds a handler to the program's logger; the next test starts without it."""
    logger = logging.getLogger("anomaly_gui")
    before = list(logger.handlers)
    yield
    for handler in set(logger.handlers) - set(before):
        logger.removeHandler(handler)
        handler.close()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path | None, str | None]]:
    """Windows that would have been opened."""
    calls: list[tuple[Path | None, str | None]] = []

    def open_window(project: Path | None, page: str | None = None) -> int:
        calls.append((project, page))
        return 0

    monkeypatch.setattr(program, "_open_window", open_window)
    return calls


@pytest.fixture
def demos(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Demos that would have been made."""
    from anomaly_gui.cli import commands

    calls: list[str] = []

    def make_demo(args: argparse.Namespace, _terminal: object) -> None:
        calls.append(args.folder)

    monkeypatch.setattr(commands, "make_demo", make_demo)
    return calls


def test_no_argument_opens_the_window(opened: list[object]) -> None:
    assert program.main([]) == 0
    assert opened == [(None, None)]


def test_a_project_opens_the_window_on_it(opened: list[object], tmp_path: Path) -> None:
    assert program.main([str(tmp_path)]) == 0
    assert opened == [(tmp_path, None)]


def test_a_verb_opens_no_window(opened: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["detectors"]) == 0
    assert "conv-ae" in capsys.readouterr().out
    assert opened == []


def test_a_misspelt_verb_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert program.main(["trian"]) == 2
    assert capsys.readouterr().err.startswith("trian: there is no such project or verb.")


def test_a_window_without_a_screen_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert program.main([]) == 2
    assert "no screen" in capsys.readouterr().err


def test_a_fault_of_the_window_is_logged_and_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(program, "_open_window", fail)
    assert program.main([]) == 1
    sentence = capsys.readouterr().err.strip()
    assert sentence.startswith("A fault in the program stopped it (ZeroDivisionError).")
    log = Path(sentence.rpartition("Details are in ")[2].rstrip("."))
    assert "secret detail" in log.read_text()


def test_a_demo_opens_the_window_on_tune(
    opened: list[object], demos: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(program, "_screen_usable", lambda: True)
    assert program.main(["demo", str(tmp_path / "d")]) == 0
    assert demos == [str(tmp_path / "d")]
    assert opened == [(tmp_path / "d", "tune")]


@pytest.mark.parametrize("option", ["--json", "--no-window"])
def test_a_demo_for_machines_leaves_no_window_open(
    opened: list[object], demos: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, option: str
) -> None:
    monkeypatch.setattr(program, "_screen_usable", lambda: True)
    assert program.main(["demo", str(tmp_path / "d"), option]) == 0
    assert len(demos) == 1
    assert opened == []


def test_a_demo_that_failed_opens_nothing(
    opened: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").touch()
    monkeypatch.setattr(program, "_screen_usable", lambda: True)
    assert program.main(["demo", str(tmp_path)]) == 2
    assert opened == []


def test_without_a_screen_a_demo_leaves_pictures_of_every_page(demo_project: Path) -> None:
    code = (
        "import sys; from anomaly_gui import __main__ as program; "
        "program._SIZES = ((1366, 768),); program._SCHEMES = ('dark',); "
        "sys.exit(program.main(sys.argv[1:]))"
    )
    size = ["--size", "64", "--train-good", "10", "--test-good", "4", "--defects", "1"]
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    out = subprocess.run(
        [sys.executable, "-c", code, "demo", str(demo_project), *size],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert out.returncode == 0, out.stderr
    assert "no screen here" in out.stderr
    names = {path.stem.partition("-")[0] for path in (demo_project / "screenshots").glob("*.png")}
    assert names >= {"data", "train", "tune", "review", "export"}


def test_no_display_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":987")
    assert not program._screen_usable()
    monkeypatch.delenv("DISPLAY")
    assert not program._screen_usable()


def test_libgomp_spins_for_a_moment_at_most() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    code = "import anomaly_gui.__main__, os, sys; print(os.environ['GOMP_SPINCOUNT'], 'torch' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["10000", "False"]


def test_a_log_that_cannot_be_written_does_not_stop_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert program.main(["detectors", "--json"]) == 0
