"""Writing files that matter, and naming files that no screen can show."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from anomaly_gui import files
from anomaly_gui.files import atomic_write, make_folder, printable, sha256


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    atomic_write(path, b"first")
    atomic_write(path, b"second, and longer")
    assert path.read_bytes() == b"second, and longer"
    assert [p.name for p in tmp_path.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "settings.json"
    atomic_write(path, b"old")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(OSError, match="No space left"):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["settings.json"]


def test_the_hash_is_sha256_in_hexadecimal() -> None:
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_readable_path_is_shown_as_it_is() -> None:
    assert printable(Path("teile") / "größe_刮.png") == os.path.join("teile", "größe_刮.png")


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
def test_bytes_that_are_not_utf8_can_be_shown_and_printed() -> None:
    shown = printable(os.fsdecode(b"/teile/gr\xf6\xdfe.png"))
    assert shown == "/teile/gr\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}e.png"
    assert shown.encode("utf-8")


def test_a_new_folder_is_made_durable_from_the_first_one_that_was_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(files, "sync_folder", synced.append)
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert set(synced) == {tmp_path, tmp_path / "a"}
    make_folder(tmp_path / "a" / "b")
    assert len(synced) == 2
