from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import msgspec
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle, write_bundle
from tests.export.sample_bundle import MANIFEST


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "part.anomaly", MANIFEST, b"model" * 50, b"weights" * 50)
    return tmp_path / "part.anomaly"


def sealed(entries: list[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    """A zip of *entries* with a valid seal: what someone could make on purpose."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries:
            archive.writestr(name, data)
        archive.comment = b"sha256:" + b"0" * 64
    unsealed = buffer.getvalue()[:-64]
    return unsealed + hashlib.sha256(unsealed).hexdigest().encode()


def entries_of(path: Path) -> list[tuple[zipfile.ZipInfo | str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        return [(entry, archive.read(entry)) for entry in archive.infolist()]


def test_that_a_bundle_comes_back_whole(path: Path) -> None:
    bundle = read_bundle(path)
    assert bundle.model == b"model" * 50
    assert bundle.weights == b"weights" * 50
    assert bundle.manifest.threshold == MANIFEST.threshold


def test_that_equal_content_gives_equal_bytes(path: Path, tmp_path: Path) -> None:
    again = write_bundle(tmp_path / "again", MANIFEST, b"model" * 50, b"weights" * 50)
    assert again == path.read_bytes() == (tmp_path / "again").read_bytes()


def test_that_any_changed_byte_is_refused(path: Path) -> None:
    data = path.read_bytes()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        with pytest.raises(InputError, match=r"part\.anomaly: "):
            read_bundle(path)


@pytest.mark.parametrize("kept", [0, 1, 30, 500, -1])
def test_that_a_cut_file_is_refused(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="not a bundle"):
        read_bundle(path)


def test_that_other_files_are_refused_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InputError, match=r"notes\.txt: this is not a bundle.*Export it again"):
        read_bundle(tmp_path / "notes.txt")
    with pytest.raises(InputError, match="no such file"):
        read_bundle(tmp_path / "absent")
    with pytest.raises(InputError, match="cannot be read"):
        read_bundle(tmp_path)


@pytest.mark.parametrize("name", ["../evil.py", "/etc/evil", "model.onnx", "extra.txt"])
def test_that_other_entries_are_refused_even_when_sealed(path: Path, name: str) -> None:
    with pytest.warns(UserWarning, match="Duplicate") if name == "model.onnx" else _nothing():
        path.write_bytes(sealed([*entries_of(path), (name, b"x")]))
    with pytest.raises(InputError, match="other files"):
        read_bundle(path)


def test_that_an_exchanged_model_is_refused_even_when_sealed(path: Path) -> None:
    manifest, (model, _), weights = entries_of(path)
    path.write_bytes(sealed([manifest, (model, b"another"), weights]))
    with pytest.raises(InputError, match=r"model\.onnx is not the file"):
        read_bundle(path)


def test_that_a_compressed_entry_is_refused_before_it_is_unpacked(path: Path) -> None:
    manifest, (model, data), weights = entries_of(path)
    assert isinstance(model, zipfile.ZipInfo)
    model.compress_type = zipfile.ZIP_DEFLATED
    path.write_bytes(sealed([manifest, (model, data * 1000), weights]))
    with pytest.raises(InputError, match="not as this program writes"):
        read_bundle(path)


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 100_000, b'{"format": 1}'])
def test_that_a_damaged_manifest_is_refused(path: Path, text: bytes) -> None:
    (manifest, _), model, weights = entries_of(path)
    path.write_bytes(sealed([(manifest, text), model, weights]))
    with pytest.raises(InputError, match="cannot be read"):
        read_bundle(path)


def test_that_a_newer_format_asks_for_a_newer_program(path: Path) -> None:
    (manifest, text), model, weights = entries_of(path)
    path.write_bytes(sealed([(manifest, text.replace(b'"format": 1', b'"format": 2')), model, weights]))
    with pytest.raises(InputError, match="newer version"):
        read_bundle(path)


ALIGNING = msgspec.structs.replace(MANIFEST, registration="shift")


@pytest.fixture
def aligning(tmp_path: Path) -> Path:
    write_bundle(tmp_path / "aligning.anomaly", ALIGNING, b"model" * 50, b"weights" * 50, reference=b"picture" * 9)
    return tmp_path / "aligning.anomaly"


def test_that_a_reference_comes_back_and_that_bundles_without_one_have_none(path: Path, aligning: Path) -> None:
    assert read_bundle(aligning).reference == b"picture" * 9
    assert read_bundle(aligning).manifest.format == 1
    assert read_bundle(path).reference is None


def test_that_an_exchanged_reference_is_refused_even_when_sealed(aligning: Path) -> None:
    *others, (reference, _) = entries_of(aligning)
    aligning.write_bytes(sealed([*others, (reference, b"another")]))
    with pytest.raises(InputError, match=r"reference\.png is not the file"):
        read_bundle(aligning)


def test_that_a_missing_reference_and_one_too_many_are_refused_even_when_sealed(path: Path, aligning: Path) -> None:
    *others, reference = entries_of(aligning)
    aligning.write_bytes(sealed(others))
    with pytest.raises(InputError, match="do not agree on whether images are aligned"):
        read_bundle(aligning)
    path.write_bytes(sealed([*entries_of(path), reference]))
    with pytest.raises(InputError, match=r"reference\.png is not the file"):
        read_bundle(path)
    write_bundle(path, MANIFEST, b"model", b"weights", reference=b"picture")
    with pytest.raises(InputError, match="do not agree on whether images are aligned"):
        read_bundle(path)


def _nothing():  # type: ignore[no-untyped-def]
    import contextlib

    return contextlib.nullcontext()
