"""The bundle's file: a zip whose every byte is accounted for.

Its comment holds the SHA-256 of all that comes before, and its manifest those of the other
entries, so that a damaged or edited file is refused before anything in it is used.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.export.manifest import FORMAT, TILED_FORMAT, Content, Manifest
from anomaly_gui.files import atomic_write, printable, sha256

MANIFEST, MODEL, WEIGHTS = "manifest.json", "model.onnx", "weights.safetensors"
_NAMES = [MANIFEST, MODEL, WEIGHTS]
_LIMIT_BYTES = 2 << 30
_SEAL = b"sha256:"
_SEAL_DIGITS = 64
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""One date for all entries: the same content gives the same bytes."""
_AGAIN = "Export it again, or copy it again from where it came"


@dataclass(frozen=True)
class Bundle:
    """A bundle's content, checked."""

    manifest: Manifest
    model: bytes
    """ONNX."""
    weights: bytes
    """safetensors."""


def write_bundle(path: Path, manifest: Manifest, model: bytes, weights: bytes) -> bytes:
    """Write atomically; returns the file's bytes. The manifest's contents are filled in here.

    Raises OSError (disk full, no permission).
    """
    contents = {name: Content(sha256(data), len(data)) for name, data in ((MODEL, model), (WEIGHTS, weights))}
    text = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(manifest, contents=contents)), indent=2)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in zip(_NAMES, (text, model, weights), strict=True):
            # Stored, not deflated: weights do not shrink, and nothing can be a zip bomb.
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data, zipfile.ZIP_STORED)
        archive.comment = _SEAL + b"0" * _SEAL_DIGITS
    unsealed = buffer.getvalue()[:-_SEAL_DIGITS]
    sealed = unsealed + hashlib.sha256(unsealed).hexdigest().encode()
    atomic_write(path, sealed)
    return sealed


def read_bundle(path: Path) -> Bundle:
    """Read and check a bundle. Raises InputError for whatever is not exactly as write_bundle makes it."""
    name = printable(path)
    data = _read(path, name)
    unsealed = data[:-_SEAL_DIGITS]
    if not data.startswith(b"PK") or not unsealed.endswith(_SEAL):
        raise InputError(name, "this is not a bundle of this program, or it is cut short", _AGAIN)
    if hashlib.sha256(unsealed).hexdigest().encode() != data[-_SEAL_DIGITS:]:
        raise InputError(name, "the bundle was changed or damaged after it was written", _AGAIN)
    try:
        entries = _entries(data, name)
        manifest = msgspec.json.decode(entries[MANIFEST], type=Manifest)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RecursionError) as error:
        raise InputError(name, f"the bundle cannot be read ({error})", _AGAIN) from error
    if manifest.format != (FORMAT if manifest.tiled is None else TILED_FORMAT):
        raise InputError(name, f"its format {manifest.format} is not known here", "Use a newer version of the program")
    for entry in (MODEL, WEIGHTS):
        if manifest.contents.get(entry) != Content(sha256(entries[entry]), len(entries[entry])):
            raise InputError(name, f"{entry} is not the file that the manifest names", _AGAIN)
    return Bundle(manifest, entries[MODEL], entries[WEIGHTS])


def _read(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            raise InputError(name, "the file is too large for a bundle", "Choose a bundle")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(name, "there is no such file", "Choose a bundle") from None
    except OSError as error:
        raise InputError(name, f"it cannot be read ({error.strerror})", "Check the disk and permissions") from error


def _entries(data: bytes, name: str) -> dict[str, bytes]:
    """The three entries by name, each stored and of the size it declares."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listed = archive.infolist()
        if [entry.filename for entry in listed] != _NAMES:
            raise InputError(name, "it holds other files than a bundle has", _AGAIN)
        if any(e.compress_type != zipfile.ZIP_STORED or e.file_size != e.compress_size for e in listed):
            raise InputError(name, "its entries are not as this program writes them", _AGAIN)
        return {entry.filename: archive.read(entry) for entry in listed}
