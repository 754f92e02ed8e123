"""Which detection systems there are. Listing them imports none of them."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from anomaly_gui.detectors.backbone import package
from anomaly_gui.detectors.settings import (
    AdversarialSettings,
    ConvAutoencoderSettings,
    DbscanSettings,
    DeepAutoencoderSettings,
    DetectorSettings,
    FeatureDictionarySettings,
    IsolationForestSettings,
    LinearAutoencoderSettings,
    OvercompleteAutoencoderSettings,
    PatchMemorySettings,
    VariationalAutoencoderSettings,
)
from anomaly_gui.detectors.settings.defects import (
    ArtificialDefectsSettings,
    CombinedSettings,
    FeatureAutoencoderSettings,
    RestoreSettings,
)
from anomaly_gui.errors import InputError

if TYPE_CHECKING:
    from anomaly_gui.detectors.base import Detector

PRESETS = ("fast", "balanced", "thorough")
AUTO = "auto"
"""Stands for the detector that finds most on this PC."""

_AS_IT_IS: dict[str, Any] = {"normalise": "global", "smooth_sigma_px": 0.0}
"""Scoring of maps whose maximum is how odd the image is, by all that the detector knows."""


@dataclass(frozen=True)
class Entry:
    """One detection system."""

    name: str
    sentence: str
    """When to use it."""
    settings: type[DetectorSettings]
    import_path: str
    """module:class, imported by build() alone."""
    learns_in_half: bool = False
    """Whether its weights come out as good, and sooner, where a step multiplies bfloat16."""
    needs_backbone: bool = False
    """Whether it takes the weights that come in a package of their own."""
    presets: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Preset name → settings of the detector or the scoring that differ from the defaults."""


DETECTORS = {
    entry.name: entry
    for entry in (
        Entry(
            name="combined",
            sentence="Combined memories of good patches: compares at several image sizes and as a whole, and the "
            "surest decides. Use it where a missed defect costs most: it finds most, and takes longer to inspect an "
            "image.",
            settings=CombinedSettings,
            import_path="anomaly_gui.detectors.combined:Combined",
            learns_in_half=True,
            needs_backbone=True,
            presets={
                "fast": _AS_IT_IS,
                "balanced": {"memory": 30_000, "defect_steps": 1500, **_AS_IT_IS},
                "thorough": {"memory": 40_000, "defect_steps": 3000, **_AS_IT_IS},
            },
        ),
        Entry(
            name="artificial-defects",
            sentence="Trained on artificial defects: marks what looks like a scratch, a stain or a wrong part. "
            "Use it where good parts vary a lot.",
            settings=ArtificialDefectsSettings,
            import_path="anomaly_gui.detectors.artificial_defects:ArtificialDefects",
            learns_in_half=True,
            needs_backbone=True,
            presets={
                "fast": {"epochs": 3, "minimum_steps": 120},
                "balanced": {},
                "thorough": {"epochs": 30},
            },
        ),
        Entry(
            name="feature-ae",
            sentence="Autoencoder on features: says again what the backbone sees, and shows where it cannot. "
            "Use it where good parts vary smoothly; it is small and quick to inspect with.",
            settings=FeatureAutoencoderSettings,
            import_path="anomaly_gui.detectors.feature_autoencoder:FeatureAutoencoder",
            needs_backbone=True,
            presets={
                "fast": {"epochs": 8, "minimum_steps": 300},
                "balanced": {},
                "thorough": {"input_px": 512, "epochs": 60},
            },
        ),
        Entry(
            name="restore",
            sentence="Restoring network: sees edges and texture only, draws the part without the defect and marks "
            "what it took out. Use it where no network trained elsewhere is wanted.",
            settings=RestoreSettings,
            import_path="anomaly_gui.detectors.restore:Restore",
            learns_in_half=True,
            presets={
                "fast": {"epochs": 15, "minimum_steps": 600, **_AS_IT_IS},
                "balanced": {"batch_size": 24, "minimum_steps": 2250, **_AS_IT_IS},
                "thorough": {"epochs": 200, "width": 24, **_AS_IT_IS},
            },
        ),
        Entry(
            name="conv-ae",
            sentence="Convolutional autoencoder: redraws a good part and shows where the image differs. "
            "Use it for aligned parts and defects that change brightness.",
            settings=ConvAutoencoderSettings,
            import_path="anomaly_gui.detectors.conv_autoencoder:ConvAutoencoder",
            learns_in_half=True,
            presets={
                "fast": {"input_px": 128, "epochs": 15, "width": 16, "patience": 5, "minimum_steps": 500},
                "balanced": {},
                "thorough": {"epochs": 200, "patience": 25, "loss": "mse+ssim"},
            },
        ),
        Entry(
            name="conv-ae-500",
            sentence="Deep convolutional autoencoder: squeezes the whole image through 500 numbers and redraws it. "
            "Use it for aligned parts that look much alike, where conv-ae copies the defects.",
            settings=DeepAutoencoderSettings,
            import_path="anomaly_gui.detectors.deep_autoencoder:DeepAutoencoder",
            learns_in_half=True,
            presets={
                "fast": {"input_px": 128, "epochs": 20, "patience": 5, "minimum_steps": 600},
                "balanced": {},
                "thorough": {"epochs": 200, "patience": 25, "loss": "mse+ssim"},
            },
        ),
        Entry(
            name="vae",
            sentence="Variational autoencoder: redraws a good part and also marks what it finds hard to remember. "
            "Use it like conv-ae, where that copies the defects.",
            settings=VariationalAutoencoderSettings,
            import_path="anomaly_gui.detectors.variational_autoencoder:VariationalAutoencoder",
            presets={
                "fast": {"input_px": 128, "epochs": 15, "width": 16, "patience": 5, "minimum_steps": 500},
                "balanced": {},
                "thorough": {"epochs": 200, "patience": 25},
            },
        ),
        Entry(
            name="gan",
            sentence="Adversarial network: a generator and a discriminator learn from each other what good parts look "
            "like. Use it for aligned parts and many good images, and compare it with conv-ae.",
            settings=AdversarialSettings,
            import_path="anomaly_gui.detectors.adversarial:Adversarial",
            presets={
                "fast": {"input_px": 64, "epochs": 20, "width": 16, "patience": 8, "minimum_steps": 800},
                "balanced": {},
                "thorough": {"epochs": 300, "patience": 40, "width": 32, "minimum_steps": 6000},
            },
        ),
        Entry(
            name="linear-ae",
            sentence="Fully connected autoencoder: redraws a small picture of the part from a handful of numbers. "
            "Use it for parts that always lie the same and for large defects.",
            settings=LinearAutoencoderSettings,
            import_path="anomaly_gui.detectors.linear_autoencoder:LinearAutoencoder",
            presets={
                "fast": {"epochs": 30, "minimum_steps": 1000},
                "balanced": {"epochs": 100, "minimum_steps": 3000},
                "thorough": {"epochs": 300, "patience": 30, "network_px": 96, "minimum_steps": 6000},
            },
        ),
        Entry(
            name="overcomplete-ae",
            sentence="Overcomplete autoencoder: fully connected, with more units than pixels. "
            "Use it to compare: it has room to copy the defects.",
            settings=OvercompleteAutoencoderSettings,
            import_path="anomaly_gui.detectors.overcomplete_autoencoder:OvercompleteAutoencoder",
            presets={
                "fast": {"epochs": 15, "minimum_steps": 600},
                "balanced": {"epochs": 60, "minimum_steps": 2000},
                "thorough": {"epochs": 200, "patience": 25, "minimum_steps": 5000},
            },
        ),
        Entry(
            name="patch-memory",
            sentence="Memory of good patches: compares each patch with the most similar good one. "
            "Use it first: it trains in seconds and finds most kinds of defects.",
            settings=PatchMemorySettings,
            import_path="anomaly_gui.detectors.patch_memory:PatchMemory",
            needs_backbone=True,
            presets={
                "fast": {"selection": "random"},
                "balanced": {},
                "thorough": {"memory": 20_000},
            },
        ),
        Entry(
            name="feature-dictionary",
            sentence="Dictionary of good patches: compares each patch with a few hundred typical ones. "
            "Use it for even textures, where it is small and quick.",
            settings=FeatureDictionarySettings,
            import_path="anomaly_gui.detectors.feature_dictionary:FeatureDictionary",
            needs_backbone=True,
            presets={"fast": {"words": 200}, "balanced": {}, "thorough": {"words": 2000}},
        ),
        Entry(
            name="isolation-forest",
            sentence="Isolation forest on whole images: how soon an image is alone when images are split at random. "
            "Use it to find odd images, such as wrong parts, not small defects.",
            settings=IsolationForestSettings,
            import_path="anomaly_gui.detectors.isolation_forest:IsolationForest",
            needs_backbone=True,
            presets={"fast": {"trees": 100}, "balanced": {}, "thorough": {"trees": 500}},
        ),
        Entry(
            name="dbscan",
            sentence="DBSCAN on whole images: how far an image is from the dense core of the good ones. "
            "Use it to find odd images where good parts come in several kinds.",
            settings=DbscanSettings,
            import_path="anomaly_gui.detectors.dbscan:Dbscan",
            needs_backbone=True,
            presets={"fast": {}, "balanced": {}, "thorough": {}},
        ),
    )
}


def entry(name: str) -> Entry:
    """Look a detector up. Raises InputError for a name that is not there."""
    try:
        return DETECTORS[name]
    except KeyError:
        known = ", ".join(DETECTORS)
        raise InputError(f"detector {name}", "there is none of this name", f"Choose one of: {known}") from None


def resolve(name: str, backbone: str = "") -> str:
    """*name*, or what AUTO stands for here; with a *backbone* of the user's own no package is needed."""
    if name != AUTO:
        return name
    return "combined" if backbone or package.folder() is not None else "restore"


def for_tiles(name: str, backbone: str = "") -> tuple[str, dict[str, Any]]:
    """*name*, or what AUTO stands for where images are looked at by hundreds of tiles, and its settings for that.

    A memory of patches learns tiles in minutes and looks at one in milliseconds; its cells of 16 px, each by itself,
    show a dot of 5 px, and coarser scales what is larger.
    """
    if name != AUTO or (package.folder() is None and not backbone):
        return resolve(name, backbone), {}
    return "patch-memory", {"layers": "10", "neighbourhood": 1}


def offered() -> dict[str, Entry]:
    """AUTO, saying which detector it takes and why, and then all there are."""
    chosen = entry(resolve(AUTO))
    title = chosen.sentence.partition(": ")[0]
    why = (
        "it found most defects on the data sets it was measured on"
        if chosen.name == "combined"
        else f"the backbone of the better ones is missing here. {package.INSTALL}. {package.OR_A_FILE}"
    )
    taken = replace(chosen, name=AUTO, sentence=f"Automatic: takes “{title}”, because {why}.")
    return {AUTO: taken, **DETECTORS}


def build(name: str, settings: DetectorSettings, channels: int, seed: int) -> Detector:
    """Import and make a detector with freshly initialised weights for *channels* (1 or 3)."""
    module_name, class_name = entry(name).import_path.split(":")
    made: Detector = getattr(importlib.import_module(module_name), class_name)(settings, channels, seed)
    return made
