"""Ed25519 signatures: who holds the public key can tell who exported a bundle.

They protect against a bundle that somebody else made or changed, as long as the private key stays with its owner
and the public one came by another way than the bundle. They say nothing about a bundle that nobody demands a key of.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PUBLIC_SUFFIX = ".pub"
SIGNATURE_BYTES = 64
KEY_BYTES = 32

_NO_KEY = "Give a file that anomaly-gui keygen made"


def generate(path: Path) -> Path:
    """Write a new private key to *path*, readable by its owner alone, and the public one beside it.

    Returns the public key's path. Raises InputError if one of them exists or cannot be written.
    """
    _require_library()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = path.with_name(path.name + PUBLIC_SUFFIX)
    for each in (path, public):
        if each.exists():
            raise InputError(printable(each), "it exists already", "Choose another name: keys are not written over")
    key = Ed25519PrivateKey.generate()
    private_text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_text = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        atomic_write(path, private_text)  # Its temporary file is its owner's alone, too.
        atomic_write(public, public_text)
    except OSError as error:
        raise InputError(
            printable(path), f"it cannot be written ({error.strerror})", "Choose another folder"
        ) from error
    return public


def sign(data: bytes, key_file: Path) -> tuple[bytes, bytes]:
    """(public key, signature) of *data* by the private key in *key_file*. Raises InputError for another file."""
    key = _private_key(key_file)
    from cryptography.hazmat.primitives import serialization

    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return public, key.sign(data)


def is_signed_by(data: bytes, public: bytes, signature: bytes) -> bool:
    """Whether *signature* of *data* was made with the private key of *public* (32 bytes)."""
    _require_library()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_public_key(path: Path) -> bytes:
    """The 32 bytes of a public key file. Raises InputError for another file."""
    _require_library()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(_text(path))
    except (ValueError, TypeError) as error:
        raise InputError(printable(path), "this is no public key", _NO_KEY) from error
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(printable(path), "this is a key of another kind than Ed25519", _NO_KEY)
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _private_key(path: Path) -> Ed25519PrivateKey:
    _require_library()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(_text(path), password=None)
    except (ValueError, TypeError) as error:
        raise InputError(printable(path), "this is no private key without a password", _NO_KEY) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(printable(path), "this is a key of another kind than Ed25519", _NO_KEY)
    return key


def _text(path: Path) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read(1 << 16)
    except OSError as error:
        raise InputError(printable(path), f"it cannot be read ({error.strerror})", _NO_KEY) from error


def _require_library() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise InputError(
            "signing", "the package cryptography is not installed", "Install anomaly-gui[signing]"
        ) from None
