from __future__ import annotations

import msgspec
import numpy as np
import torch

from anomaly_gui.detectors.conv_autoencoder import STAGES, ConvAutoencoder
from anomaly_gui.detectors.settings import ConvAutoencoderSettings


def detector(seed: int = 0, channels: int = 1, **settings: object) -> ConvAutoencoder:
    chosen = msgspec.convert({"input_px": 32, "width": 4, **settings}, ConvAutoencoderSettings)
    return ConvAutoencoder(chosen, channels, seed)


def noise(*shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).random(shape, dtype=np.float32))


def test_nothing_passes_but_through_the_bottleneck() -> None:
    """With the latent's channels cut to zero the picture no longer depends on the image."""
    made = detector(latent_channels=3)
    latent = next(layer for layer in made.network if getattr(layer, "out_channels", 0) == 3)
    torch.nn.init.zeros_(latent.weight)
    pictures = made.predict(noise(2, 1, 32, 32)).reconstruction
    assert pictures is not None
    assert torch.equal(pictures[0], pictures[1])


def test_the_bottleneck_is_as_small_as_the_settings_say() -> None:
    made = detector(latent_channels=5)
    sizes: list[tuple[int, ...]] = []
    for layer in made.network:
        layer.register_forward_hook(lambda _layer, _given, out: sizes.append(tuple(out.shape[1:])))
    made.predict(noise(1, 1, 32, 32))
    side = 32 // 2**STAGES
    assert min(np.prod(size) for size in sizes) == np.prod((5, side, side))


def test_it_learns_to_redraw_a_picture() -> None:
    rows, columns = torch.meshgrid(torch.arange(32), torch.arange(32), indexing="ij")
    ring = ((((rows - 16) ** 2 + (columns - 16) ** 2).sqrt() - 9).abs() < 3).float()
    shades = torch.linspace(0.6, 1.0, 8)[:, None, None, None]
    images = (0.2 + 0.6 * ring) * shades
    made = detector(width=8)
    optimiser = torch.optim.Adam(made.network.parameters(), lr=5e-3)
    made.network.train()
    for _ in range(150):
        optimiser.zero_grad()
        made.training_loss(images, lambda drawn, wanted: (drawn - wanted).square().mean()).backward()
        optimiser.step()
    clean = made.predict(images).anomaly_map
    assert float(clean.mean()) < 2e-3
    damaged = images.clone()
    damaged[:, :, 12:17, 5:10] = 0
    dirty = made.predict(damaged).anomaly_map
    assert float(dirty[:, 12:17, 5:10].mean()) > 20 * float(clean[:, 12:17, 5:10].mean())


def test_denoising_shows_the_network_noise_and_asks_for_the_clean_image() -> None:
    made = detector(denoising_share=1, denoising_deviation=0.2)
    entered: list[torch.Tensor] = []
    made.network[0].register_forward_pre_hook(lambda _layer, given: entered.append(given[0]))
    targets: list[torch.Tensor] = []

    def loss(reconstruction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        targets.append(target)
        return (reconstruction - target).square().mean()

    images = noise(2, 1, 32, 32)
    for training in (True, False):
        made.network.train(training)
        made.training_loss(images, loss)
    made.predict(images)
    assert [torch.equal(one, images) for one in entered] == [False, True, True]
    assert all(torch.equal(target, images) for target in targets)
