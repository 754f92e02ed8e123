"""The bundle's file: a zip whose every byte is accounted for.

Its comment ends in the SHA-256 of all that comes before, and its manifest holds those of the other
entries, so that a damaged or edited file is refused before anything in it is used. Before that the comment
may hold an Ed25519 signature of all that comes before the comment.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from anomaly_gui.errors import InputError
from anomaly_gui.export.manifest import FORMAT, TILED_FORMAT, Content, Manifest
from anomaly_gui.export.signing import KEY_BYTES, SIGNATURE_BYTES, is_signed_by, read_public_key, sign
from anomaly_gui.files import atomic_write, printable, sha256

MANIFEST, MODEL, WEIGHTS = "manifest.json", "model.onnx", "weights.safetensors"
REFERENCE = "reference.png"
_NAMES = [MANIFEST, MODEL, WEIGHTS, REFERENCE]
"""In this order; the last one is in bundles with registration alone."""
_FEWEST = len(_NAMES) - 1
_LIMIT_BYTES = 2 << 30
_SEAL = b"sha256:"
_SEAL_DIGITS = 64
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""One date for all entries: the same content gives the same bytes."""
_AGAIN = "Export it again, or copy it again from where it came"
_SIGNED = b"ed25519:"
_SIGNATURE_LENGTH = len(_SIGNED) + 2 * (KEY_BYTES + SIGNATURE_BYTES)
_SEAL_LENGTH = len(_SEAL) + _SEAL_DIGITS
_END = struct.Struct("<4s4H2LH")
"""The zip's last record, before the comment."""
_DIRECTORY_LIMIT_BYTES = 4096


@dataclass(frozen=True)
class Bundle:
    """A bundle's content, checked."""

    manifest: Manifest
    model: bytes
    """ONNX."""
    weights: bytes
    """safetensors."""
    reference: bytes | None = None
    """PNG: what images are aligned to; None without registration."""
    signed_by: bytes | None = None
    """The public key (32 bytes) whose signature it carries, which was checked; None if it is not signed."""


def write_bundle(
    path: Path,
    manifest: Manifest,
    model: bytes,
    weights: bytes,
    sign_with: Path | None = None,
    *,
    reference: bytes | None = None,
) -> bytes:
    """Write atomically; returns the file's bytes. The manifest's contents are filled in here.

    *reference* is for a manifest with registration. *sign_with* is a file with a private key. Raises OSError (disk
    full, no permission), InputError for a file that holds no such key.
    """
    members = {MODEL: model, WEIGHTS: weights}
    if reference is not None:
        members[REFERENCE] = reference
    contents = {name: Content(sha256(data), len(data)) for name, data in members.items()}
    text = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(manifest, contents=contents)), indent=2)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in {MANIFEST: text, **members}.items():
            # Stored, not deflated: weights do not shrink, and nothing can be a zip bomb.
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data, zipfile.ZIP_STORED)
        archive.comment = b"0" * (_SEAL_LENGTH + (_SIGNATURE_LENGTH if sign_with else 0))
    unsealed = buffer.getvalue()[: -len(archive.comment)]
    if sign_with is not None:
        public, signature = sign(unsealed, sign_with)
        unsealed += _SIGNED + (public + signature).hex().encode()
    unsealed += _SEAL
    sealed = unsealed + hashlib.sha256(unsealed).hexdigest().encode()
    atomic_write(path, sealed)
    return sealed


def read_bundle(path: Path) -> Bundle:
    """Read and check a bundle. Raises InputError for whatever is not exactly as write_bundle makes it."""
    name = printable(path)
    data = _read(path, name)
    unsealed = data[:-_SEAL_DIGITS]
    if hashlib.sha256(unsealed).hexdigest().encode() != data[-_SEAL_DIGITS:]:
        raise InputError(name, "the bundle was changed or damaged after it was written", _AGAIN)
    signed_by = _signer(data, name)
    try:
        entries = _entries(data, name)
        manifest = msgspec.json.decode(entries[MANIFEST], type=Manifest)
    except (zipfile.BadZipFile, RuntimeError, EOFError, ValueError, struct.error, zlib.error) as error:
        raise InputError(name, f"the bundle cannot be read ({error})", _AGAIN) from error
    if manifest.format != (FORMAT if manifest.tiled is None else TILED_FORMAT):
        raise InputError(name, f"its format {manifest.format} is not known here", "Use a newer version of the program")
    for entry in entries.keys() - {MANIFEST}:
        if manifest.contents.get(entry) != Content(sha256(entries[entry]), len(entries[entry])):
            raise InputError(name, f"{entry} is not the file that the manifest names", _AGAIN)
    if (manifest.registration is None) != (REFERENCE not in entries):
        raise InputError(name, "its manifest and its files do not agree on whether images are aligned", _AGAIN)
    return Bundle(manifest, entries[MODEL], entries[WEIGHTS], entries.get(REFERENCE), signed_by)


def require_signature(bundle: Bundle, public_key: Path, name: str) -> None:
    """Raises InputError unless *bundle* was signed with the private key that belongs to the file *public_key*."""
    wanted = read_public_key(public_key)
    if bundle.signed_by is None:
        raise InputError(name, "it is not signed", "Ask for a signed bundle, or inspect without --require-key")
    if bundle.signed_by != wanted:
        raise InputError(name, "it is signed with another key", "Ask who exported it")


def _signer(data: bytes, name: str) -> bytes | None:
    """Whose signature it carries. Raises InputError if that does not belong to the content."""
    content, comment = _parted(data, name)
    if len(comment) == _SEAL_LENGTH:
        return None
    try:
        signed = bytes.fromhex(comment[len(_SIGNED) : _SIGNATURE_LENGTH].decode("ascii"))
    except ValueError:
        signed = b""
    public, signature = signed[:KEY_BYTES], signed[KEY_BYTES:]
    if not comment.startswith(_SIGNED) or not is_signed_by(content, public, signature):
        raise InputError(name, "its signature does not belong to its content", _AGAIN)
    return public


def _parted(data: bytes, name: str) -> tuple[bytes, bytes]:
    """What comes before the comment, and the comment. Raises InputError for another zip than we write.

    Looked at before the zip's own reader, which would take a directory of a million entries for granted.
    """
    for length in (_SEAL_LENGTH, _SEAL_LENGTH + _SIGNATURE_LENGTH):
        content = data[:-length]
        if len(content) < _END.size:
            break
        mark, disk, of_directory, here, entries, size, start, comment = _END.unpack(content[-_END.size :])
        if mark != b"PK\x05\x06" or comment != length:
            continue
        plain = (disk, of_directory, here) == (0, 0, entries) and _FEWEST <= entries <= len(_NAMES)
        if plain and size <= _DIRECTORY_LIMIT_BYTES and start + size == len(content) - _END.size:
            return content, data[-length:]
    raise InputError(name, "it holds other files than a bundle has", _AGAIN)


def _read(path: Path, name: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise InputError(name, "this is not a file", "Choose a bundle")
            size = stream.seek(0, os.SEEK_END)
            if size > _LIMIT_BYTES:
                raise InputError(name, "the file is too large for a bundle", "Choose a bundle")
            stream.seek(max(0, size - _SEAL_LENGTH))
            end = stream.read(len(_SEAL))
            stream.seek(0)
            if end != _SEAL or stream.read(2) != b"PK":
                raise InputError(name, "this is not a bundle of this program, or it is cut short", _AGAIN)
            stream.seek(0)
            return stream.read(size)
    except FileNotFoundError:
        raise InputError(name, "there is no such file", "Choose a bundle") from None
    except OSError as error:
        raise InputError(name, f"it cannot be read ({error.strerror})", "Check the disk and permissions") from error


def _entries(data: bytes, name: str) -> dict[str, bytes]:
    """The entries by name, each stored and of the size it declares."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        listed = archive.infolist()
        if len(listed) < _FEWEST or [entry.filename for entry in listed] != _NAMES[: len(listed)]:
            raise InputError(name, "it holds other files than a bundle has", _AGAIN)
        if any(e.compress_type != zipfile.ZIP_STORED or e.file_size != e.compress_size for e in listed):
            raise InputError(name, "its entries are not as this program writes them", _AGAIN)
        return {entry.filename: archive.read(entry) for entry in listed}
