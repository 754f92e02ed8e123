"""The loader: one canonical array from every supported file, a clear refusal of every other."""

from __future__ import annotations

import builtins
import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from anomaly_gui.errors import InputError
from anomaly_gui.imaging import load as loader
from anomaly_gui.imaging.load import (
    LIMIT_VARIABLE,
    image_size,
    limit_asked_for,
    load,
    load_bytes,
    pixel_sha256,
    to_channels,
    to_unit,
    white_level,
)


def noise(height: int = 20, width: int = 30, channels: int = 3, dtype: type = np.uint8) -> np.ndarray:
    shape = (height, width, channels) if channels > 1 else (height, width)
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def smooth_picture(height: int = 48, width: int = 64) -> np.ndarray:
    """What lossy formats keep: gradients."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 3, y * 4, x + y], axis=2).astype(np.uint8)


def encoded(picture: np.ndarray | Image.Image, kind: str, **options: object) -> bytes:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def png_of_bits(width: int, height: int, bits: int, pixels: bytes) -> bytes:
    """A grey PNG made by hand, so that a huge one costs nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP"])
def test_lossless_colour_comes_back_exactly_in_rgb_order(kind: str) -> None:
    picture = noise()
    loaded = load_bytes(encoded(picture, kind, **({"lossless": True} if kind == "WEBP" else {})), "x")
    assert np.array_equal(loaded.pixels, picture)
    assert (loaded.bit_depth, loaded.format, loaded.peak) == (8, kind, picture.max())
    assert loaded.notes == ()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_grey_has_one_channel(kind: str) -> None:
    picture = noise(channels=1)
    assert np.array_equal(load_bytes(encoded(picture, kind), "x").pixels, picture[:, :, None])


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 10}, {"subsampling": 2}])
def test_jpeg_is_close_to_what_was_saved(options: dict[str, object]) -> None:
    picture = smooth_picture()
    loaded = load_bytes(encoded(picture, "JPEG", **options), "x")
    assert loaded.pixels.shape == picture.shape
    assert np.abs(loaded.pixels.astype(int) - picture).mean() < 12


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_are_kept(suffix: str, channels: int) -> None:
    stored = noise(channels=channels, dtype=np.uint16)
    loaded = load_bytes(cv2.imencode(suffix, stored)[1].tobytes(), "x")
    expected = stored[:, :, None] if channels == 1 else stored[:, :, ::-1]
    assert loaded.pixels.dtype == np.uint16
    assert np.array_equal(loaded.pixels, expected)
    assert loaded.bit_depth == 16


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_palette_is_expanded(kind: str) -> None:
    palette = Image.fromarray(noise()).quantize(16)
    assert np.array_equal(load_bytes(encoded(palette, kind), "x").pixels, np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_transparency_is_composited_on_black(kind: str) -> None:
    rgba = np.dstack([np.full((8, 8, 3), 200, np.uint8), np.full((8, 8), 255, np.uint8)])
    rgba[:4, :, 3] = 0
    rgba[4, :, 3] = 128
    loaded = load_bytes(encoded(rgba, kind, **({"lossless": True} if kind == "WEBP" else {})), "x")
    assert loaded.pixels.shape == (8, 8, 3)
    assert (loaded.pixels[:4] == 0).all()
    assert np.abs(loaded.pixels[4].astype(int) - 100).max() <= 1
    assert (loaded.pixels[5:] == 200).all()
    assert any("black" in note for note in loaded.notes)


def test_an_opaque_alpha_channel_changes_nothing() -> None:
    picture = noise()
    opaque = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    loaded = load_bytes(encoded(opaque, "PNG"), "x")
    assert np.array_equal(loaded.pixels, picture)
    assert loaded.notes == ()


def test_a_transparent_palette_entry_becomes_black() -> None:
    palette = Image.fromarray(noise()).quantize(8)
    loaded = load_bytes(encoded(palette, "PNG", transparency=3), "x")
    assert (loaded.pixels[np.asarray(palette) == 3] == 0).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_picture_upright(kind: str, orientation: int) -> None:
    turns = [
        None,
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.ROTATE_180,
        Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.TRANSPOSE,
        Image.Transpose.ROTATE_270,
        Image.Transpose.TRANSVERSE,
        Image.Transpose.ROTATE_90,
    ]
    picture = Image.fromarray(smooth_picture())
    exif = Image.Exif()
    exif[0x0112] = orientation
    turn = turns[orientation - 1]
    upright = picture if turn is None else picture.transpose(turn)
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    loaded = load_bytes(encoded(picture, kind, exif=exif, **options), "x")
    assert loaded.pixels.shape == (upright.height, upright.width, 3)
    assert np.abs(loaded.pixels.astype(int) - np.asarray(upright)).max() <= (20 if kind == "JPEG" else 0)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "the file is empty"),
        (b"not a picture at all\n" * 20, "not an image of a known kind"),
        (encoded(noise(), "PNG")[:900], "damaged or cut short"),
        (encoded(noise(), "PNG")[:-20], "damaged or cut short"),
        (encoded(noise(), "PNG")[:20], "header is damaged|not an image"),
        (encoded(noise(200, 300), "JPEG")[:20_000], "damaged or cut short"),
        (encoded(noise(), "BMP")[:900], "damaged or cut short"),
        (encoded(noise(), "TIFF")[:900], "damaged or cut short|header is damaged|not an image"),
        (encoded(noise(), "WEBP")[:400], "damaged"),
        (encoded(noise(), "GIF"), "not an image of a known kind"),
        (encoded(noise().astype(np.float32)[:, :, 0], "TIFF"), "float32, not 8 or 16 bit"),
        (encoded(noise().astype(np.int32)[:, :, 0], "TIFF"), "int32, not 8 or 16 bit"),
        (
            encoded(noise(), "TIFF", save_all=True, append_images=[Image.fromarray(noise())]),
            "2 pages or frames",
        ),
        (
            encoded(noise(), "PNG", save_all=True, append_images=[Image.fromarray(255 - noise())]),
            "2 pages or frames",
        ),
        (
            encoded(noise(), "WEBP", save_all=True, append_images=[Image.fromarray(255 - noise())]),
            "2 pages or frames",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_name_and_cause(data: bytes, cause: str) -> None:
    with pytest.raises(InputError, match=cause) as refused:
        load_bytes(data, "part_7.png")
    assert refused.value.what == "part_7.png"
    assert refused.value.next_step


def test_a_huge_picture_is_refused_by_its_header_before_any_decode(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(cv2, "imdecode", never)
    monkeypatch.setattr(Image.Image, "load", never)
    first_rows = zlib.compress(bytes(30_001) * 100)
    with pytest.raises(
        InputError, match=r"30000×30000 pixels are more than the limit of 120 megapixels.*ANOMALY_GUI_MEGAPIXELS=900"
    ):
        load_bytes(png_of_bits(30_000, 30_000, 8, first_rows), "big.png")


def test_the_limit_can_be_raised_and_lowered() -> None:
    data = encoded(noise(20, 30), "PNG")
    assert load_bytes(data, "x", limit_px=600).pixels.shape == (20, 30, 3)
    with pytest.raises(InputError, match="limit"):
        load_bytes(data, "x", limit_px=599)


def test_the_limit_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, megapixels in (("900", 900), ("", 120), ("0", 120), ("lots", 120)):
        monkeypatch.setenv(LIMIT_VARIABLE, asked)
        assert limit_asked_for() == megapixels * 1_000_000


def test_a_file_too_large_for_any_image_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.png"
    with open(path, "wb") as stream:
        stream.truncate((16 << 20) + 8 * 1000 + 1)
    with pytest.raises(InputError, match="too many for an image"):
        load(path, limit_px=1000)


def test_one_bit_pictures_become_black_and_white() -> None:
    bits = zlib.compress(b"".join(b"\x00\xf0" for _ in range(4)))
    loaded = load_bytes(png_of_bits(8, 4, 1, bits), "x")
    assert loaded.pixels[0, :, 0].tolist() == [255] * 4 + [0] * 4


def test_a_decode_that_the_two_decoders_disagree_about_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(noise(), "PNG")
    other = noise().copy()
    other[0, 0, 0] ^= 64
    monkeypatch.setattr(loader, "_decode_with_pillow", lambda *_: other)
    with pytest.raises(InputError, match="two decoders"):
        load_bytes(data, "x")
    assert load_bytes(data, "x", verify=False).pixels.shape == (20, 30, 3)


def test_sixteen_bit_tiff_with_transparency_is_refused() -> None:
    data = cv2.imencode(".tiff", noise(channels=4, dtype=np.uint16))[1].tobytes()
    with pytest.raises(InputError, match="16-bit TIFF with transparency"):
        load_bytes(data, "x")


def test_the_first_picture_of_a_phone_photo_is_used_and_noted() -> None:
    second = Image.fromarray(255 - smooth_picture())
    loaded = load_bytes(encoded(smooth_picture(), "MPO", save_all=True, append_images=[second]), "x")
    assert loaded.format == "JPEG"
    assert np.abs(loaded.pixels.astype(int) - smooth_picture()).mean() < 12
    assert any("first picture" in note for note in loaded.notes)


def test_missing_files_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "gone.png")
    with pytest.raises(InputError, match="not a file"):
        load(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        load("nul\0byte.png")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(InputError, match="not a file"):
            load(tmp_path / "pipe.png")


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(encoded(noise(), "PNG"))

    def forbidden(*_: object, **__: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(builtins, "open", forbidden)  # chmod does not stop root.
    with pytest.raises(InputError, match="no permission to read it"):
        load(path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows such names")
def test_a_name_that_is_not_utf8_is_read(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"teil_\xff\xe9.png")
    with open(path, "wb") as stream:
        stream.write(encoded(noise(), "PNG"))
    assert np.array_equal(load(os.fsdecode(path)).pixels, noise())
    os.truncate(path, 100)
    with pytest.raises(InputError) as refused:
        load(os.fsdecode(path))
    assert str(refused.value).encode("utf-8")  # printable on any screen or pipe


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_bytes_are_refused_or_read_but_never_crash(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "BMP", "TIFF", "WEBP"]))
    raw = bytearray(encoded(smooth_picture(), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(0, len(raw))) :]
    try:
        loaded = load_bytes(bytes(raw), "x", limit_px=1_000_000)
    except InputError:
        return
    assert loaded.pixels.ndim == 3
    assert loaded.pixels.shape[2] in (1, 3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "BMP"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_size_by_the_header_is_the_one_that_is_loaded(tmp_path: Path, kind: str, orientation: int) -> None:
    path = tmp_path / "picture"
    exif = Image.Exif()
    exif[0x0112] = orientation
    path.write_bytes(encoded(smooth_picture(), kind, **({} if kind == "BMP" else {"exif": exif})))
    height, width, _ = load(path).pixels.shape
    assert image_size(path) == (width, height)


def test_a_size_of_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InputError, match="not an image"):
        image_size(tmp_path / "text.png")
    with pytest.raises(InputError, match="there is no such file"):
        image_size(tmp_path / "none.png")


@pytest.mark.parametrize(
    ("bit_depth", "peak", "expected"),
    [(8, 3, 255), (16, 0, 1023), (16, 1023, 1023), (16, 1024, 4095), (16, 4096, 16383), (16, 16384, 65535)],
)
def test_white_is_the_cameras_range(bit_depth: int, peak: int, expected: int) -> None:
    assert white_level(bit_depth, peak) == expected


def test_unit_range_ends_at_exactly_one_and_clips_above() -> None:
    unit = to_unit(np.array([[[0], [1023], [1024], [65535]]], np.uint16), 1023)
    assert unit.dtype == np.float32
    assert unit[0, 0, 0] == 0.0
    assert unit[0, 1, 0] == pytest.approx(1.0, abs=1e-6)
    assert unit.max() <= 1.0
    assert to_unit(np.full((1, 1, 1), 255, np.uint8), 255)[0, 0, 0] == pytest.approx(1.0, abs=1e-6)


def test_grey_is_luma_and_rgb_of_grey_repeats_it() -> None:
    colour = np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0]]], np.float32)
    grey = to_channels(colour, 1)
    assert grey[0, :, 0] == pytest.approx([0.299, 0.587, 0.114, 1.0], abs=1e-6)
    assert grey.max() <= 1.0
    assert np.array_equal(to_channels(grey, 3), np.repeat(grey, 3, axis=2))
    assert to_channels(colour, 3) is colour


def test_pixel_hash_knows_shape_type_and_content() -> None:
    picture = noise()
    same = load_bytes(encoded(picture, "BMP"), "x").pixels
    assert pixel_sha256(same) == pixel_sha256(load_bytes(encoded(picture, "PNG"), "y").pixels)
    changed = picture.copy()
    changed[3, 3, 1] ^= 1
    hashes = {
        pixel_sha256(p)
        for p in (picture, changed, picture.reshape(30, 20, 3), picture.astype(np.uint16), picture[:, ::-1])
    }
    assert len(hashes) == 5


def test_the_loader_says_nothing_on_stderr_about_a_refused_file() -> None:
    program = (
        "import io, sys\nfrom PIL import Image\nimport numpy as np\n"
        "from anomaly_gui.imaging.load import load_bytes\nfrom anomaly_gui.errors import InputError\n"
        "for kind in ('PNG', 'JPEG', 'TIFF', 'BMP', 'WEBP'):\n"
        "    s = io.BytesIO(); Image.fromarray(np.zeros((90, 90, 3), np.uint8)).save(s, kind)\n"
        "    try: load_bytes(s.getvalue()[:len(s.getvalue()) // 2], 'x')\n"
        "    except InputError: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.count("refused") == 5
    assert done.stderr == ""


def test_a_png_without_a_word_of_its_orientation_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow would decode all of it to look for EXIF data behind the pixels: twice the time for every image."""
    decoded: list[str] = []
    monkeypatch.setattr(Image.Image, "getexif", lambda self: decoded.append(self.format) or Image.Exif())
    picture = Image.new("L", (30, 20), 7)
    load_bytes(encoded(picture, "PNG"), "x", verify=False)
    assert decoded == []
    exif = Image.Exif()
    exif[0x0112] = 6
    load_bytes(encoded(picture, "PNG", exif=exif), "x", verify=False)
    assert decoded == ["PNG"]


def tiled_tiff(pages: list[np.ndarray], subfiles: list[int]) -> bytes:
    """Uncompressed grey pages (H, W) of 8 or 16 bits, each in tiles of 16 × 16 px."""
    data, at_next = bytearray(b"II*\0\0\0\0\0"), 4
    for page, subfile in zip(pages, subfiles, strict=True):
        height, width = page.shape
        padded = np.pad(page, ((0, -height % 16), (0, -width % 16)))
        offsets = []
        for top in range(0, padded.shape[0], 16):
            for left in range(0, padded.shape[1], 16):
                offsets.append(len(data))
                data += padded[top : top + 16, left : left + 16].tobytes()
        sizes = [256 * page.itemsize] * len(offsets)
        places = []
        for values in (offsets, sizes):
            places.append(len(data))
            data += struct.pack(f"<{len(values)}I", *values)
        tags = [
            (254, subfile),
            (256, width),
            (257, height),
            (258, 8 * page.itemsize),
            (259, 1),
            (262, 1),
            (277, 1),
            (284, 1),
        ]
        entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        entries += struct.pack("<HHII", 322, 4, 1, 16) + struct.pack("<HHII", 323, 4, 1, 16)
        entries += b"".join(
            struct.pack("<HHII", tag, 4, len(offsets), place) for tag, place in zip((324, 325), places, strict=True)
        )
        data[at_next : at_next + 4] = struct.pack("<I", len(data))
        data += struct.pack("<H", len(tags) + 4) + entries
        at_next = len(data)
        data += b"\0\0\0\0"
    return bytes(data)


def test_a_tiled_tiff_with_a_pyramid_gives_its_full_size() -> None:
    full = np.random.default_rng(0).integers(0, 4095, (70, 90)).astype(np.uint16)

    loaded = load_bytes(tiled_tiff([full, full[::2, ::2], full[::4, ::4]], [0, 1, 1]), "scan.tif")

    np.testing.assert_array_equal(loaded.pixels[:, :, 0], full)
    assert loaded.notes == ("of its pyramid the full size is used",)


def test_a_tiff_that_the_decoder_does_not_know_is_refused_with_what_to_do() -> None:
    """OpenCV reads no 8-bit grey tiles."""
    with pytest.raises(InputError, match="a kind of TIFF that cannot be read here"):
        load_bytes(tiled_tiff([np.zeros((32, 48), np.uint8)], [0]), "tiles.tif")


def test_a_tiff_of_several_pages_that_are_no_pyramid_is_refused() -> None:
    page = np.zeros((32, 32), np.uint8)

    with pytest.raises(InputError, match="2 pages or frames"):
        load_bytes(tiled_tiff([page, page], [0, 0]), "pages.tif")


def test_a_large_16_bit_tiff_keeps_its_values() -> None:
    full = np.random.default_rng(1).integers(0, 4096, (64, 3000)).repeat(40, axis=0).astype(np.uint16)

    loaded = load_bytes(cv2.imencode(".tif", full)[1].tobytes(), "large.tif")

    assert loaded.bit_depth == 16
    np.testing.assert_array_equal(loaded.pixels[:, :, 0], full)
