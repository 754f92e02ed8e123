from __future__ import annotations

import json
from pathlib import Path

import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.ui.key_file import key_file, read_keys, set_aside, write_keys

KEYS = {"good": ("Ctrl+Shift+G", "W, 1"), "next-image": (), "of a later version": ("F9",)}


def test_keys_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "keys.json"
    write_keys(path, KEYS)
    assert read_keys(path) == KEYS
    write_keys(path, {})
    assert read_keys(path) == {}


def stored(keys: object, version: object = 1, form: str = "anomaly-gui keys") -> bytes:
    return json.dumps({"format": form, "version": version, "keys": keys}).encode()


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (stored({"good": ["G"]})[:-5], "damaged"),
        (b"[1, 2]", "damaged"),
        (stored({"good": "G"}), "damaged"),
        (stored({"good": [7]}), "damaged"),
        (stored({"good": ["Foo+Bar"]}), "“Foo.Bar”, for good, is no key"),
        (stored({}, version=2), "another version"),
        (stored({}, form="something else"), "no file of keys"),
        (b" " * (2 << 20), "far too large"),
    ],
)
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path, data: bytes, cause: str) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(data)
    with pytest.raises(InputError, match=cause) as refused:
        read_keys(path)
    assert refused.value.what == str(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_keys(tmp_path / "none.json")


def test_a_place_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be saved"):
        write_keys(tmp_path / "file" / "keys.json", KEYS)


def test_damaged_files_are_kept_beside_each_other(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    for data in (b"one", b"two"):
        path.write_bytes(data)
        assert set_aside(path).read_bytes() == data
        assert not path.exists()
    assert len(list(tmp_path.iterdir())) == 2


def test_the_file_lies_with_the_users_settings() -> None:
    assert key_file().name == "keys.json"
    assert "anomaly-gui" in str(key_file().parent)
