"""Bundles signed by one key, and demanded of another."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle, require_signature, write_bundle
from anomaly_gui.export.signing import generate, is_signed_by, read_public_key, sign
from tests.export.sample_bundle import MANIFEST

pytest.importorskip("cryptography")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    generate(tmp_path / "key")
    return tmp_path / "key"


def test_a_signature_belongs_to_its_content_and_key(key: Path, tmp_path: Path) -> None:
    public, signature = sign(b"content", key)
    assert public == read_public_key(tmp_path / "key.pub")
    assert is_signed_by(b"content", public, signature)
    assert not is_signed_by(b"contend", public, signature)
    assert not is_signed_by(b"content", public[::-1], signature)
    assert not is_signed_by(b"content", b"short", b"")


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_the_private_key_is_its_owners_alone(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_key_is_never_written_over(key: Path) -> None:
    before = key.read_bytes()
    with pytest.raises(InputError, match="exists already"):
        generate(key)
    assert key.read_bytes() == before


@pytest.mark.parametrize("rubbish", [b"", b"key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / "key").write_bytes(rubbish)
    with pytest.raises(InputError, match="private key"):
        sign(b"", tmp_path / "key")
    with pytest.raises(InputError, match="public key"):
        read_public_key(tmp_path / "key")
    with pytest.raises(InputError, match="cannot be read"):
        read_public_key(tmp_path / "absent")


def test_a_signed_bundle_is_taken_with_its_key_and_with_none_demanded(key: Path, tmp_path: Path) -> None:
    generate(tmp_path / "other")
    write_bundle(tmp_path / "b", MANIFEST, b"model", b"weights", key)
    bundle = read_bundle(tmp_path / "b")
    assert bundle.signed_by == read_public_key(tmp_path / "key.pub")
    require_signature(bundle, tmp_path / "key.pub", "b")
    with pytest.raises(InputError, match="another key"):
        require_signature(bundle, tmp_path / "other.pub", "b")
    write_bundle(tmp_path / "plain", MANIFEST, b"model", b"weights")
    with pytest.raises(InputError, match="not signed"):
        require_signature(read_bundle(tmp_path / "plain"), tmp_path / "key.pub", "plain")


def test_a_signature_moved_to_other_content_is_refused(key: Path, tmp_path: Path) -> None:
    """Whoever changes a bundle can seal it anew, but not sign it."""
    import hashlib

    data = write_bundle(tmp_path / "b", MANIFEST, b"model", b"weights", key)
    other = write_bundle(tmp_path / "c", MANIFEST, b"mOdel", b"weights", key)
    signature = len(data) - 71 - 200
    forged = other[:signature] + data[signature:-64]
    (tmp_path / "b").write_bytes(forged + hashlib.sha256(forged).hexdigest().encode())
    with pytest.raises(InputError, match="signature does not belong"):
        read_bundle(tmp_path / "b")
