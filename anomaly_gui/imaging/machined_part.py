"""A grey machined part, drawn by arithmetic: a milled flange seen from above.

A height profile made of signed distances (chamfers, a counterbore, a ring groove,
countersunk holes, slots) is lit from the upper left; tool marks and the camera come on
top. All arithmetic is float64, so that rounding to 8 bits gives the same
pixels on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]

REFERENCE_PX = 512
"""The size that lengths below are given for; other sizes scale with it."""

_BOLT = 0.292
"""The four bolts' distance from both axes; a share of the image's side, as all lengths of the part."""


@dataclass(frozen=True)
class Scene:
    """A part before the camera sees it."""

    brightness: Plane
    """(S, S), 0 = black, 1 = white, may exceed it."""
    face: NDArray[np.bool_]
    """(S, S): machined surface, where a defect can be; neither background nor hole."""


@dataclass(frozen=True)
class _Pose:
    """How one part differs from the next, and its light."""

    shift: tuple[float, float]
    turn_rad: float
    grow: float
    chamfer: float
    light_rad: float
    gain: float
    tilt: tuple[float, float]
    wobble: Plane
    """Amplitudes and phases of the outline's waviness."""


def render(rng: np.random.Generator, size_px: int, variation: float) -> Scene:
    """Draw one good part; *variation* scales how much parts differ from each other (1 = natural)."""
    pose = _pose(rng, variation)
    u, v = _grid(size_px, pose)
    distances = _distances(u, v, size_px, pose)
    height = _height(distances, size_px / REFERENCE_PX, pose.chamfer)
    shade = _lit(height, pose.light_rad)
    shade *= _surface(rng, u, v, distances, pose.light_rad)
    shade = _holes_and_background(rng, shade, distances, size_px)
    shade *= pose.gain * _falloff(size_px, pose.tilt)
    return Scene(shade, _face(distances))


def photograph(rng: np.random.Generator, scene: Scene, size_px: int | None = None) -> NDArray[np.uint8]:
    """Blur, noise and 8 bits: the camera. Returns (S, S) uint8; *size_px* is S where the scene is but a strip of it."""
    scale = (size_px or len(scene.brightness)) / REFERENCE_PX
    seen = cv2.GaussianBlur(scene.brightness, (0, 0), min(0.7, max(0.5, 0.6 * scale)))
    noise = rng.standard_normal(seen.shape)
    seen = seen * 255 + noise * (0.7 + 1.3 * np.sqrt(np.clip(seen, 0, 1)))
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def _pose(rng: np.random.Generator, variation: float) -> _Pose:
    def spread(width: float, count: int = 1) -> Plane:
        return rng.uniform(-width, width, count) * variation

    shift = spread(0.0006, 2)
    tilt = spread(0.02, 2)
    return _Pose(
        shift=(float(shift[0]), float(shift[1])),
        turn_rad=float(np.deg2rad(spread(0.09)[0])),
        grow=float(1 + spread(0.0004)[0]),
        chamfer=float(1 + spread(0.07)[0]),
        light_rad=float(np.deg2rad(-128 + spread(3)[0])),
        gain=float(1 + spread(0.025)[0]),
        tilt=(float(tilt[0]), float(tilt[1])),
        wobble=np.stack([spread(0.00025, 6), rng.uniform(0, 2 * np.pi, 6)]),
    )


def _grid(size_px: int, pose: _Pose) -> tuple[Plane, Plane]:
    """Part coordinates of every pixel's centre, in shares of the side, origin in the middle."""
    axis = (np.arange(size_px) + 0.5) / size_px - 0.5
    x, y = axis[None, :] - pose.shift[0], axis[:, None] - pose.shift[1]
    cos, sin = np.cos(pose.turn_rad) / pose.grow, np.sin(pose.turn_rad) / pose.grow
    return x * cos + y * sin, y * cos - x * sin


def _distances(u: Plane, v: Plane, size_px: int, pose: _Pose) -> dict[str, Plane]:
    """Signed distances in pixels to each edge, negative inside; polar coordinates in shares and radians."""
    radius = np.hypot(u, v)
    angle = np.arctan2(v, u)
    wobble = _wobble(angle, pose.wobble)
    bolt = np.hypot(np.abs(u) - _BOLT, np.abs(v) - _BOLT)
    slot = np.hypot(np.maximum(np.abs(u) - 0.085, 0), np.abs(v) - 0.338)
    pin = np.hypot(u + 0.3435, v)
    parts = {
        "outline": _rounded_square(u, v, half=0.43, corner=0.07) + wobble,
        "boss": radius - 0.262 + wobble * 0.5,
        "groove": np.abs(radius - 0.2215) - 0.0105,
        "counterbore": radius - 0.176,
        "bore": radius - 0.1015 + wobble * 0.5,
        "countersink": bolt - 0.047,
        "bolt": bolt - 0.0275,
        "slot": slot - 0.018,
        "pin": pin - 0.0165,
    }
    return {name: d * size_px for name, d in parts.items()} | {"radius": radius, "angle": angle}


def _wobble(angle: Plane, waves: Plane) -> Plane:
    """How far the outline is off at each angle: no edge is perfectly straight or round."""
    around = np.linspace(-np.pi, np.pi, 4096)
    off = np.zeros_like(around)
    for n, amplitude, phase in zip((2, 3, 5, 8, 13, 21), *waves, strict=True):
        off += amplitude * np.sin(n * around + phase)
    return np.interp(angle, around, off)


def _rounded_square(u: Plane, v: Plane, half: float, corner: float) -> Plane:
    x, y = np.abs(u) - half + corner, np.abs(v) - half + corner
    outside = np.hypot(np.maximum(x, 0), np.maximum(y, 0))
    inside: Plane = outside + np.minimum(np.maximum(x, y), 0) - corner
    return inside


def _height(d: dict[str, Plane], scale: float, chamfer: float) -> Plane:
    """Height in pixels over the milled face: slopes are what the light shows."""

    def drop(distance: Plane, depth: float, wall: float) -> Plane:
        """A step down by *depth* inside, over a wall *wall* pixels wide."""
        return -depth * scale * np.clip(0.5 - distance / (wall * scale), 0, 1)

    height = np.zeros_like(d["outline"])
    height += -0.42 * np.clip(d["outline"] + 6 * chamfer * scale, 0, 6 * chamfer * scale)
    height += -drop(d["boss"], 2.2, 4.0 * chamfer)
    height += drop(d["groove"], 3.2, 3.0)
    height += drop(d["counterbore"], 4.0, 3.5 * chamfer)
    height += -0.45 * np.clip(-d["bore"] + 5 * chamfer * scale, 0, 5 * chamfer * scale)
    height += -0.55 * np.clip(-d["countersink"], 0, 12 * scale)
    height += drop(d["slot"], 5.0, 4.0)
    height += -0.8 * np.clip(-d["pin"] + 2.5 * scale, 0, 2.5 * scale)
    return height


def _lit(height: Plane, light_rad: float) -> Plane:
    """Diffuse and specular light of a metal surface; a flat face gets about 0.58."""
    rows, columns = np.gradient(height)
    up = 1 / np.sqrt(1 + rows**2 + columns**2)
    light = (0.52 * np.cos(light_rad), 0.52 * np.sin(light_rad), 0.854)
    half = np.array([light[0], light[1], light[2] + 1])
    half /= np.linalg.norm(half)
    diffuse = np.maximum((-columns * light[0] - rows * light[1] + light[2]) * up, 0)
    facing = np.maximum((-columns * half[0] - rows * half[1] + half[2]) * up, 0)
    glare = facing**16
    lit: Plane = 0.10 + 0.36 * diffuse + 0.30 * glare
    return lit


def _lines(rng: np.random.Generator, along: Plane, per_side: int) -> Plane:
    """Tool marks: one random value for each groove of the tool, zero mean, unit spread."""
    count = per_side * 3
    marks = rng.standard_normal(count)
    marks = 0.6 * marks + 0.8 * np.convolve(rng.standard_normal(count), np.ones(5) / 5**0.5, "same")
    position = np.clip((along + 1.5) / 3 * (count - 1), 0, count - 1)
    return np.interp(position, np.arange(count), marks)


def _surface(rng: np.random.Generator, u: Plane, v: Plane, d: dict[str, Plane], light_rad: float) -> Plane:
    """How the machining of each region changes what it reflects, about 1."""
    size = u.shape[0]
    arcs = np.hypot(u + 0.16, v + 1.05)
    pitch = np.sin(2 * np.pi * (arcs * 58 + rng.uniform()))
    milled = 1 + 0.016 * pitch + 0.018 * _lines(rng, arcs - 1.05, 240)
    rings = d["radius"]
    bow = np.cos(2 * (d["angle"] - light_rad))
    turned = 1.02 + 0.10 * bow + 0.028 * _lines(rng, rings, 200)
    surface = np.where(d["boss"] < 0, turned, milled)
    floor = (d["groove"] < 0) | (d["slot"] < 0)
    surface = np.where(floor, 0.74 + 0.02 * _lines(rng, rings, 120), surface)
    surface = np.where(d["counterbore"] < 0, surface * 0.90, surface)
    surface *= 1 + 0.02 * clouds(rng, size, 0.09)
    surface *= 1 + 0.012 * clouds(rng, size, 0.004)
    shaped: Plane = surface
    return shaped


def clouds(rng: np.random.Generator, size: int, scale: float) -> Plane:
    """Smooth noise (size, size), zero mean, unit spread, blobs of *scale* of the side."""
    coarse = max(4, min(size, round(3 / scale)))
    noise = cv2.GaussianBlur(rng.standard_normal((coarse, coarse)), (0, 0), 1.0)
    noise = (noise - noise.mean()) / noise.std()
    return np.asarray(cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC), dtype=np.float64)


def _inside(distance: Plane) -> Plane:
    """Coverage of each pixel by the inside of an edge: an edge one pixel soft."""
    return np.clip(0.5 - distance, 0, 1)


def _holes_and_background(rng: np.random.Generator, shade: Plane, d: dict[str, Plane], size_px: int) -> Plane:
    """Put the part on its dark support and see the support through the holes."""
    scale = size_px / REFERENCE_PX
    support = 0.135 * (1 + 0.05 * clouds(rng, size_px, 0.02))
    part = _inside(d["outline"])
    offset = round(7 * scale)
    quarter = cv2.resize(part, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    blurred = cv2.resize(cv2.GaussianBlur(quarter, (0, 0), 1.75 * scale), (size_px, size_px))
    shadow = np.roll(blurred, (offset, offset), axis=(0, 1))
    support = support * (1 - 0.6 * shadow)
    result = shade * part + support * (1 - part)
    for hole, depth_px in (("bore", 26.0), ("bolt", 9.0), ("pin", 5.0)):
        depth = np.clip(-d[hole] / (depth_px * scale), 0, 1)
        dark = 0.15 * (1 - depth) ** 2 + 0.035
        cover = _inside(d[hole])
        result = result * (1 - cover) + dark * cover
    return result


def _falloff(size_px: int, tilt: tuple[float, float]) -> Plane:
    """Light over the image: weaker towards the corners, leaning a little by *tilt*."""
    axis = (np.arange(size_px) + 0.5) / size_px - 0.5
    x, y = axis[None, :], axis[:, None]
    return np.asarray(1.03 - 0.22 * (x**2 + y**2) + tilt[0] * x + tilt[1] * y, dtype=np.float64)


def _face(d: dict[str, Plane]) -> NDArray[np.bool_]:
    holes = np.minimum.reduce([d["bore"], d["bolt"], d["pin"]])
    return np.asarray((d["outline"] < -2) & (holes > 2), dtype=np.bool_)
