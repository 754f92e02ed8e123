"""Bundles and projects made by somebody who means harm: refused with the reason, and nothing outside is touched."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sqlite3
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import safetensors.torch
import torch

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle, write_bundle
from anomaly_gui.export.runtime import BundleRuntime
from anomaly_gui.jobs.run_facts import load_facts, save_facts
from anomaly_gui.jobs.score import load_detector, load_normaliser, load_statistics
from anomaly_gui.project.database import DATABASE
from anomaly_gui.project.runs import RunFolder
from anomaly_gui.project.store import Project
from anomaly_gui.training import checkpoint
from tests.export.sample_bundle import MANIFEST, make_bundle
from tests.faults.workloads import make


class Canary:
    """Leaves a file where it was unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.path),)


def sealed(path: Path, made: bytes, comment_bytes: int = 71) -> Path:
    """*made* is a zip with a comment of zeros; it becomes a bundle whose seal is right."""
    unsealed = made[:-comment_bytes] + b"sha256:"
    path.write_bytes(unsealed + hashlib.sha256(unsealed).hexdigest().encode())
    return path


def zipped(entries: list[tuple[str, bytes]], kind: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, kind)
        archive.comment = b"0" * 71
    return stream.getvalue()


@pytest.fixture
def entries(tmp_path: Path) -> list[tuple[str, bytes]]:
    """Of a sound bundle."""
    make_bundle(tmp_path / "sound")
    with zipfile.ZipFile(tmp_path / "sound") as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


@pytest.mark.parametrize(
    "names",
    [
        ["../../canary", "model.onnx", "weights.safetensors"],
        ["manifest.json", "/tmp/canary", "weights.safetensors"],
        ["manifest.json", "model.onnx", "C:\\canary"],
        ["manifest.json", "model.onnx", "..\\canary"],
        ["manifest.json", "model.onnx", "CON"],
        ["manifest.json", "model.onnx", "model.onnx"],
        ["manifest.json", "model.onnx", "MODEL.ONNX"],
        ["manifest.json", "model.onnx", "weights.safetensors", "more"],
        ["manifest.json", "model.onnx"],
        [],
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_are_not_a_bundles_are_refused(
    tmp_path: Path, entries: list[tuple[str, bytes]], names: list[str]
) -> None:
    data = [content for _, content in entries] + [b"more"]
    path = sealed(tmp_path / "b", zipped(list(zip(names, data, strict=False))))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match="holds other files than a bundle has"):
        read_bundle(path)
    assert sorted(tmp_path.iterdir()) == before


def test_the_same_entries_made_here_are_taken(tmp_path: Path, entries: list[tuple[str, bytes]]) -> None:
    """Or else the tests beside this one would refuse for another reason."""
    read_bundle(sealed(tmp_path / "b", zipped(entries)))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, entries: list[tuple[str, bytes]]) -> None:
    entries[2] = (entries[2][0], bytes(200 << 20))
    with pytest.raises(InputError, match="not as this program writes them"):
        read_bundle(sealed(tmp_path / "b", zipped(entries, zipfile.ZIP_DEFLATED)))


def test_a_million_entries_are_refused_before_they_are_listed(
    tmp_path: Path, entries: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("its directory was read"))
    for count, size in ((0xFFFF, 0xFFFFFFFF), (3, 50_000_000), (1_000, 46_000)):
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, size, 2, 71)
        with pytest.raises(InputError, match="holds other files"):
            read_bundle(sealed(tmp_path / "b", b"PK" + bytes(min(size, 50_000_000)) + end + b"0" * 71))


@pytest.mark.parametrize("lie", [0, 1, 2**31, 2**32 - 1])
def test_sizes_that_lie_are_refused(tmp_path: Path, entries: list[tuple[str, bytes]], lie: int) -> None:
    made = bytearray(zipped(entries))
    directory = made.index(b"PK\x01\x02")
    for offset in (20, 24):
        made[directory + offset : directory + offset + 4] = struct.pack("<L", lie)
    with pytest.raises(InputError):
        read_bundle(sealed(tmp_path / "b", bytes(made)))


@pytest.mark.parametrize("flag", [1, 1 << 6])
def test_encrypted_entries_are_refused(tmp_path: Path, entries: list[tuple[str, bytes]], flag: int) -> None:
    made = bytearray(zipped(entries))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        made[made.index(mark) + offset : made.index(mark) + offset + 2] = struct.pack("<H", flag)
    with pytest.raises(InputError):
        read_bundle(sealed(tmp_path / "b", bytes(made)))


@pytest.mark.parametrize(
    "manifest",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"",
        b"null",
        b"\xff\xfe",
        b'{"format": 1}',
        b'{"format": 1e999}',
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, entries: list[tuple[str, bytes]], manifest: bytes) -> None:
    entries[0] = ("manifest.json", manifest)
    with pytest.raises(InputError, match="cannot be read"):
        read_bundle(sealed(tmp_path / "b", zipped(entries)))


@pytest.mark.parametrize(
    "change",
    [
        {"input_px": 0},
        {"input_px": 10**9},
        {"channels": 4},
        {"white_level": 0},
        {"white_level": -1},
    ],
)
def test_figures_of_a_manifest_that_make_no_sense_are_refused(tmp_path: Path, change: dict[str, int]) -> None:
    make_bundle(tmp_path / "sound")
    sound = read_bundle(tmp_path / "sound")
    write_bundle(tmp_path / "b", msgspec.structs.replace(MANIFEST, **change), sound.model, b"weights")
    with pytest.raises(InputError, match="cannot be read"):
        BundleRuntime.open(tmp_path / "b")


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    data = pickle.dumps(Canary(canary))
    make(tmp_path / "p")
    folder = RunFolder(tmp_path / "p", "001-conv-ae")
    for path in (folder.weights, folder.settings, folder.statistics, folder.checkpoint):
        path.write_bytes(data)
    torch.save({"weights": Canary(canary)}, tmp_path / "zip")
    with Project.open(tmp_path / "p") as project:
        for read in (
            lambda: load_facts(folder),
            lambda: load_statistics(project, 1),
            lambda: load_normaliser(project, 1),
            lambda: checkpoint.load(folder.checkpoint),
            lambda: read_bundle(folder.weights),
            lambda: read_bundle(tmp_path / "zip"),
            lambda: write_bundle(tmp_path / "b", MANIFEST, data, data) and BundleRuntime.open(tmp_path / "b"),
        ):
            with pytest.raises(InputError):
                read()
        project.verify()
    assert not canary.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: {name: value * float("nan") for name, value in state.items()},
        lambda state: {name: value.reshape(-1) for name, value in state.items()},
        lambda state: {f"{name}x": value for name, value in state.items()},
        lambda state: {},
    ],
)
def test_weights_that_are_not_the_detectors_are_refused(
    demo_project: Path, spoil: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]
) -> None:
    with Project.open(demo_project, read_only=True) as project:
        folder = project.run_folder()
    facts = load_facts(folder)
    data = safetensors.torch.save(
        {name: value.contiguous() for name, value in spoil(load_detector(folder, facts).state()).items()}
    )
    folder.weights.write_bytes(data)
    # Whoever means harm sets the hash, too.
    save_facts(folder, msgspec.structs.replace(facts, weights_sha256=hashlib.sha256(data).hexdigest()))
    with pytest.raises(InputError, match="weights cannot be used"):
        load_detector(folder, load_facts(folder))


@pytest.mark.skipif(sys.platform == "win32", reason="links")
@pytest.mark.parametrize("name", ["runs", "masks", "backups", DATABASE, "runs/001-conv-ae", "project.lock"])
def test_a_link_out_of_a_project_is_refused(tmp_path: Path, name: str) -> None:
    make(tmp_path / "p")
    own, outside = tmp_path / "p" / name, tmp_path / "outside"
    if own.is_dir():
        own.rename(outside)
    else:
        outside.write_bytes(own.read_bytes() if name == DATABASE else b"my diary")
        own.unlink()
    own.symlink_to(outside)
    before = outside.read_bytes() if outside.is_file() else sorted(outside.rglob("*"))
    with pytest.raises(InputError, match=r"link|symbolic"):
        Project.open(tmp_path / "p")
    assert before == (outside.read_bytes() if outside.is_file() else sorted(outside.rglob("*")))


def test_a_journal_that_would_have_a_file_deleted_is_refused(tmp_path: Path) -> None:
    """SQLite deletes the super-journal that a rollback journal names, whatever file that is."""
    make(tmp_path / "p")
    diary = tmp_path / "diary"
    diary.write_bytes(b"my diary")
    name = str(diary).encode()
    journal = bytes.fromhex("d9d505f920a163d7") + struct.pack(">6I", 0, 1, 1, 512, 4096, 0).ljust(504, b"\0")
    end = struct.pack(">I", 0x40000000 // 4096 + 1) + name + struct.pack(">II", len(name), sum(name))
    (tmp_path / "p" / f"{DATABASE}-journal").write_bytes(journal + end + bytes.fromhex("d9d505f920a163d7"))
    with pytest.raises(InputError, match="not written by this program"):
        Project.open(tmp_path / "p")
    assert diary.read_bytes() == b"my diary"


@pytest.mark.parametrize("name", ["../../outside", "/tmp/outside", "..", "", "a/b", "a\\b", "x\0y"])
def test_a_run_whose_name_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no name of a run"):
        RunFolder(tmp_path, name)


def test_values_nested_beyond_all_measure_are_damage_and_not_a_crash(tmp_path: Path) -> None:
    make(tmp_path / "p")
    connection = sqlite3.connect(tmp_path / "p" / DATABASE)
    connection.execute("UPDATE run SET settings = ?", ("[" * 100_000,))
    connection.commit()
    connection.close()
    with pytest.raises(InputError, match="damaged"):
        Project.open(tmp_path / "p")


def test_statistics_of_another_shape_are_refused(tmp_path: Path) -> None:
    from anomaly_gui.scoring.sealed_arrays import seal

    make(tmp_path / "p")
    with Project.open(tmp_path / "p") as project:
        folder = project.run_folder(1)
        folder.statistics.write_bytes(seal({"image_ids": np.arange(3)}, {"format": "2"}))
        with pytest.raises(InputError, match=r"not as this version writes them|no scores|version"):
            load_statistics(project, 1)
