"""The one way from an image file to pixels: training, viewing, scoring and export use nothing else."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image

from anomaly_gui.errors import InputError
from anomaly_gui.files import printable
from anomaly_gui.imaging import unreachable

Pixels = NDArray[np.uint8] | NDArray[np.uint16]

LIMIT_VARIABLE = "ANOMALY_GUI_MEGAPIXELS"
"""Of the environment: so many megapixels an image may have, in the window, on the command line and for a bundle."""
_USUAL_MEGAPIXELS = 120
"""11,000 px on a side: an image in colour takes half a gigabyte where two decoders compare what they read."""


def limit_asked_for() -> int:
    """In pixels: what the environment says, or the usual limit."""
    asked = os.environ.get(LIMIT_VARIABLE, "")
    return (int(asked) if asked.isdecimal() and int(asked) else _USUAL_MEGAPIXELS) * 1_000_000


LIMIT_PX = limit_asked_for()
"""When the program started."""
FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")
SAVE_AGAIN = "Save it again as PNG and import that file"

_LOSSY = ("JPEG", "MPO", "WEBP")
_LOSSY_MEAN_DIFFERENCE = 2.0
_ALPHA_MODES = ("LA", "La", "PA", "RGBA", "RGBa")
_ORIENTATION_TAG = 0x0112
_PNG_ORIENTATION_KEYWORDS = (b"Raw profile type exif", b"XML:com.adobe.xmp")
"""A PNG that says how it is turned does so in text of one of these names, or in a chunk eXIf."""
_SUBFILE_TAG = 0x00FE
_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""Of PNG, JPEG and TIFF, that nothing else begins with."""

# Pillow's own size check would refuse what a project's raised limit allows; ours comes before any decode.
Image.MAX_IMAGE_PIXELS = None
warnings.filterwarnings("ignore", module=r"PIL\.")
# A refused file is reported once, in words, not by the decoder on stderr.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


@dataclass(frozen=True)
class Loaded:
    """One decoded image."""

    pixels: Pixels
    """(H, W, C), uint8 or uint16, C in {1, 3}, RGB order, upright."""
    bit_depth: int
    """8 or 16."""
    format: str
    """PNG, JPEG, BMP, TIFF or WEBP."""
    peak: int
    """Largest pixel value."""
    notes: tuple[str, ...] = ()
    """What was done to the file's pixels, in words."""


@dataclass(frozen=True)
class _Header:
    format: str
    mode: str
    orientation: int
    """EXIF, 1…8; 1 where the decoders turn the image themselves."""
    notes: tuple[str, ...]


def load(path: str | Path, *, limit_px: int = LIMIT_PX, verify: bool = True) -> Loaded:
    """Read one image file.

    *verify* decodes a second time with Pillow and refuses what the two disagree about: import
    does so once, later reads need not. Raises InputError for every file that cannot be used.
    """
    name = printable(path)
    return load_bytes(read_file(path, limit_px=limit_px), name, limit_px=limit_px, verify=verify)


def read_file(path: str | Path, *, limit_px: int = LIMIT_PX) -> bytes:
    """The bytes of an image file. Raises InputError if it cannot be read or is absurdly large, and Unreachable."""
    name = printable(path)
    try:
        # Eight bytes hold a pixel of 16-bit RGBA; nothing valid is much larger.
        return unreachable.read(path, 8 * limit_px + (16 << 20))
    except unreachable.NotAFile:
        raise InputError(name, "this is not a file", "Choose an image file") from None
    except unreachable.TooLarge as error:
        raise InputError(name, f"the file has {error} bytes, too many for an image", SAVE_AGAIN) from None
    except FileNotFoundError:
        raise InputError(name, "there is no such file", "Put it back, or remove it from the project") from None
    except PermissionError:
        raise InputError(name, "you have no permission to read it", "Change its permissions") from None
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(name, f"it cannot be read ({cause})", "Check the disk or network drive") from error


def load_bytes(data: bytes, name: str, *, limit_px: int = LIMIT_PX, verify: bool = True) -> Loaded:
    """Decode an image that is already in memory; *name* is for messages. Raises InputError."""
    if not data:
        raise InputError(name, "the file is empty", "Copy it again from where it came")
    header = _sniff(data, name, limit_px)
    if header.format == "TIFF" and not _has_whole_directory(data):
        raise InputError(name, "the file is damaged or cut short", "Copy it again from where it came")
    alpha_in_tiff = header.format == "TIFF" and header.mode in _ALPHA_MODES
    second = _decode_with_pillow(data, name) if verify or alpha_in_tiff else None
    raw = _decode(data, name, header.format)
    if alpha_in_tiff:
        pixels, transparent = _tiff_on_black(raw, second, name), True
    else:
        pixels, transparent = _to_rgb_or_grey(raw)
    if second is not None and not _agree(pixels, second, lossy=header.format in _LOSSY):
        raise InputError(name, "two decoders read different pictures from it", SAVE_AGAIN)
    notes = header.notes
    if transparent:
        notes += ("transparent areas are shown black",)
    return Loaded(
        pixels=_upright(pixels, header.orientation),
        bit_depth=8 * pixels.dtype.itemsize,
        format="JPEG" if header.format == "MPO" else header.format,
        peak=int(pixels.max()),
        notes=notes,
    )


def image_size(path: str | Path) -> tuple[int, int]:
    """Width and height in pixels, upright as load() gives them; nothing is decoded.

    Raises InputError if the file cannot be read or its header is no image's.
    """
    name, data = printable(path), read_file(path)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            (width, height), orientation = picture.size, _orientation(picture, data)[0]  # Pillow turns the size of TIFF
    except PIL.UnidentifiedImageError:
        raise InputError(name, "this is not an image of a known kind", "Use PNG, JPEG, BMP, TIFF or WebP") from None
    except Exception as error:  # Pillow's parsers raise almost anything on damaged headers.
        raise InputError(name, f"its header cannot be read ({error})", "Copy it again from where it came") from error
    return (height, width) if orientation in (5, 6, 7, 8) else (width, height)


def white_level(bit_depth: int, peak: int) -> int:
    """The value shown as white: 255, or for 16 bit the camera's range that *peak* fits into."""
    if bit_depth == 8:
        return 255
    return next(level for level in (1023, 4095, 16383, 65535) if level >= peak)


def to_unit(pixels: Pixels, white_level: int) -> NDArray[np.float32]:
    """(H, W, C) integers → float32 in [0, 1]; what is above *white_level* is clipped."""
    unit = pixels.astype(np.float32) * np.float32(1.0 / white_level)
    np.minimum(unit, np.float32(1.0), out=unit)
    return unit


def to_channels(unit: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """(H, W, 1 or 3) → (H, W, channels): Rec. 601 luma for grey, grey repeated for RGB."""
    if unit.shape[2] == channels:
        return unit
    if channels == 3:
        return np.repeat(unit, 3, axis=2)
    luma: NDArray[np.float32] = unit @ np.array([0.299, 0.587, 0.114], np.float32)
    np.minimum(luma, np.float32(1.0), out=luma)  # The weights sum to 1 only up to rounding.
    return luma[:, :, None]


def pixel_sha256(pixels: Pixels) -> str:
    """SHA-256 of shape, type and pixels: the same for one picture in two kinds of file."""
    height, width, channels = pixels.shape
    digest = hashlib.sha256(f"{height} {width} {channels} {pixels.dtype.name}".encode())
    little_endian = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)
    digest.update(np.ascontiguousarray(little_endian).data)
    return digest.hexdigest()


def _sniff(data: bytes, name: str, limit_px: int) -> _Header:
    """Read the header alone; refuse what is no image, too large, or more than one picture."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            (width, height), kind, mode = picture.size, picture.format or "", picture.mode
            too_large = width * height > limit_px
            frames = 1 if too_large else int(getattr(picture, "n_frames", 1))
            is_pyramid = kind == "TIFF" and frames > 1 and _is_pyramid(picture, frames)
            orientation, exif_note = (1, ()) if too_large else _orientation(picture, data)
    except PIL.UnidentifiedImageError:
        if data.startswith(_BEGINNINGS):
            raise InputError(name, "the file is damaged or cut short", "Copy it again from where it came") from None
        raise InputError(name, "this is not an image of a known kind", "Use PNG, JPEG, BMP, TIFF or WebP") from None
    except Exception as error:  # Pillow's parsers raise almost anything on damaged headers.
        raise InputError(name, f"its header is damaged ({error})", "Copy it again from where it came") from error
    if too_large:
        raise InputError(
            name,
            f"{width}×{height} pixels are more than the limit of {limit_px / 1e6:g} megapixels",
            "Cut it into smaller images, or raise the limit: start the program with "
            f"{LIMIT_VARIABLE}={-(-width * height // 1_000_000)} in the environment, if memory allows",
        )
    if frames > 1 and kind != "MPO" and not is_pyramid:
        raise InputError(name, f"it holds {frames} pages or frames", "Save each page as a file of its own")
    notes = exif_note
    if kind == "MPO":
        notes += ("only the first picture of the file is used",)
    if is_pyramid:
        notes += ("of its pyramid the full size is used",)
    return _Header(kind, mode, orientation, notes)


def _is_pyramid(picture: Image.Image, frames: int) -> bool:
    """Whether every page after the first says that it is a smaller version of another; goes back to the first."""
    try:
        for page in range(1, frames):
            picture.seek(page)
            if not int(picture.tag_v2.get(_SUBFILE_TAG, 0)) & 1:  # type: ignore[attr-defined]
                return False
        return True
    finally:
        picture.seek(0)


def _has_whole_directory(data: bytes) -> bool:
    """Whether a TIFF's first directory (TIFF 6.0 §2, BigTIFF) lies in the file to its last byte; decoders do
    without the end of it."""
    order: Literal["little", "big"] = "little" if data.startswith(b"II") else "big"
    big = int.from_bytes(data[2:4], order) == 43
    start = int.from_bytes(data[8:16] if big else data[4:8], order)
    count_bytes, entry_bytes, next_bytes = (8, 20, 8) if big else (2, 12, 4)
    count = int.from_bytes(data[start : start + count_bytes], order)
    return start + count_bytes + entry_bytes * count + next_bytes <= len(data)


def _orientation(picture: Image.Image, data: bytes) -> tuple[int, tuple[str, ...]]:
    """EXIF orientation that is left for us to apply, and a note if there is one."""
    if picture.format == "TIFF":
        return 1, ()  # Both decoders turn TIFF themselves.
    if picture.format == "PNG" and not _png_may_be_turned(data):
        return 1, ()  # Else Pillow decodes all of it to look for EXIF data behind the pixels.
    try:
        found = picture.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # Damaged EXIF says nothing about the pixels.
        return 1, ("its EXIF data are damaged and were ignored",)
    if found in range(2, 9):
        return int(found), ("turned upright as its EXIF data say",)
    return 1, ()


def _png_may_be_turned(data: bytes) -> bool:
    """Whether a PNG has a chunk that could say how it is turned (PNG 3rd edition, 5.3): length, type, data, CRC."""
    start = 8
    while start + 8 <= len(data):
        kind = data[start + 4 : start + 8]
        if kind == b"eXIf" or data.startswith(_PNG_ORIENTATION_KEYWORDS, start + 8):
            return True
        start += 12 + int.from_bytes(data[start : start + 4], "big")
    return False


def _decode(data: bytes, name: str, kind: str) -> NDArray[Any]:
    """OpenCV's pixels as stored: (H, W) or (H, W, 3 or 4) BGR(A)."""
    try:
        raw = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        raw = None
    if raw is None and kind == "TIFF":  # There are more ways to write one than the decoder knows.
        raise InputError(name, "it is damaged, or a kind of TIFF that cannot be read here", SAVE_AGAIN)
    if raw is None:
        raise InputError(name, "the file is damaged or cut short", "Copy it again from where it came")
    if raw.dtype not in (np.uint8, np.uint16):
        raise InputError(
            name,
            f"its pixels are {raw.dtype}, not 8 or 16 bit whole numbers",
            "Save it with 8 or 16 bits a channel",
        )
    return np.asarray(raw)


def _decode_with_pillow(data: bytes, name: str) -> NDArray[Any] | None:
    """Pillow's (H, W, C) pixels, alpha composited on black; None where it has no such mode."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            picture.load()
            if picture.mode in ("F", "I"):
                return None
            if picture.mode.startswith("I;16"):
                return np.asarray(picture)[:, :, None]
            # OpenCV knows no transparent colour in grey files; such a colour then stays what it is.
            see_through = "transparency" in picture.info and picture.mode not in ("1", "L")
            if see_through or picture.mode in _ALPHA_MODES:
                return _on_black(np.asarray(picture.convert("RGBA")))
            target = "L" if picture.mode in ("1", "L") else "RGB"
            decoded = np.asarray(picture.convert(target))
            return decoded[:, :, None] if decoded.ndim == 2 else decoded
    except Exception as error:  # Pillow's decoders raise almost anything on damaged data.
        raise InputError(
            name, f"the file is damaged or cut short ({error})", "Copy it again from where it came"
        ) from error


def _to_rgb_or_grey(raw: NDArray[Any]) -> tuple[NDArray[Any], bool]:
    """BGR(A) or grey → (H, W, 3 or 1), and whether anything was transparent."""
    if raw.ndim == 2:
        return raw[:, :, None], False
    if raw.shape[2] == 1:
        return raw, False
    if raw.shape[2] == 3:
        return np.asarray(cv2.cvtColor(raw, cv2.COLOR_BGR2RGB)), False
    white = np.iinfo(raw.dtype).max
    rgba: NDArray[Any] = np.asarray(cv2.cvtColor(raw, cv2.COLOR_BGRA2RGBA))
    if int(rgba[:, :, 3].min()) == white:
        return np.ascontiguousarray(rgba[:, :, :3]), False
    return _on_black(rgba), True


def _on_black(rgba: NDArray[Any]) -> NDArray[Any]:
    """(H, W, 4) straight alpha → (H, W, 3) over black, rounded, in the same type."""
    white = int(np.iinfo(rgba.dtype).max)
    colour = rgba[:, :, :3].astype(np.uint32) * rgba[:, :, 3:].astype(np.uint32)
    return ((colour + white // 2) // white).astype(rgba.dtype)


def _tiff_on_black(raw: NDArray[Any], second: NDArray[Any] | None, name: str) -> NDArray[Any]:
    """Pillow's pixels for a TIFF with alpha: OpenCV multiplies by it or not, as the file is made."""
    if raw.dtype != np.uint8 or second is None:
        raise InputError(name, "it is a 16-bit TIFF with transparency", SAVE_AGAIN)
    if raw.shape[:2] != second.shape[:2]:
        raise InputError(name, "two decoders read different pictures from it", SAVE_AGAIN)
    return second


def _agree(first: NDArray[Any], second: NDArray[Any], *, lossy: bool) -> bool:
    """Whether two decodes show the same picture; lossy formats may round differently."""
    if first.shape != second.shape:
        return False
    if first.dtype == np.uint16 and second.dtype == np.uint8:  # Pillow keeps 8 of 16 bits of RGB.
        first = (first >> 8).astype(np.uint8)
    second = second.astype(first.dtype, copy=False)
    if lossy:
        return cv2.norm(first, second, cv2.NORM_L1) <= _LOSSY_MEAN_DIFFERENCE * first.size
    return cv2.norm(first, second, cv2.NORM_INF) <= 1


def _upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Undo an EXIF orientation (1…8, EXIF 2.3 §4.6.4)."""
    turned = pixels
    if orientation in (5, 6, 7, 8):
        turned = turned.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    return np.ascontiguousarray(turned)
