from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from anomaly_gui.detectors.adversarial import Adversarial
from anomaly_gui.detectors.settings import AdversarialSettings
from anomaly_gui.detectors.similarity import error_map
from anomaly_gui.errors import InputError
from anomaly_gui.training.losses import loss


def detector(channels: int = 1, **settings: object) -> Adversarial:
    chosen = {"input_px": 32, "width": 4, "latent_size": 6, **settings}
    return Adversarial(msgspec.convert(chosen, AdversarialSettings), channels, seed=1)


def noise(*shape: int) -> Tensor:
    return torch.from_numpy(np.random.default_rng(0).random(shape, dtype=np.float32))


def gradients(made: Adversarial, images: Tensor, reconstruction: bool = False) -> dict[str, Tensor]:
    """By parameter, of the opponents' term alone or of the reconstruction too."""
    made.network.train()
    made.network.zero_grad()
    torch.manual_seed(3)
    compare = loss("l1") if reconstruction else lambda drawn, _image: 0 * drawn.sum()
    made.training_loss(images, compare).backward()
    return {
        name: value.grad.clone()
        for name, value in made.network.named_parameters()
        if value.grad is not None and bool(value.grad.any())
    }


def contest(made: Adversarial, images: Tensor) -> float:
    """By how much the discriminator prefers photographs to drawings."""
    network = made.network
    with torch.no_grad():
        torch.manual_seed(3)
        encoded = network.encoder(images)
        drawn = network.generator(torch.cat([encoded, 2 * torch.rand_like(encoded) - 1]))
        return float(network.answer(images).mean() - network.answer(drawn).mean())


@pytest.mark.parametrize(("part", "sign"), [(("levels", "last"), 1), (("generator", "encoder"), -1)])
def test_one_step_along_one_gradient_serves_both_opponents(part: tuple[str, ...], sign: int) -> None:
    """The discriminator's share makes its preference larger, that of generator and encoder smaller."""
    made, images = detector(adversarial_weight=1.0), noise(6, 1, 32, 32)
    slopes = gradients(made, images)
    before = contest(made, images)
    chosen = [
        (value, slopes[name])
        for name, value in made.network.named_parameters()
        if name.startswith(part) and name in slopes
    ]
    length = torch.cat([slope.flatten() for _, slope in chosen]).norm()
    with torch.no_grad():
        for value, slope in chosen:
            value -= 0.05 * slope / length
    assert sign * (contest(made, images) - before) > 0


def test_without_its_weight_the_discriminator_has_no_say() -> None:
    images = noise(4, 1, 32, 32)
    assert not gradients(detector(adversarial_weight=0.0), images)
    names = gradients(detector(adversarial_weight=0.0), images, reconstruction=True)
    assert {name.split(".")[0] for name in names} == {"encoder", "generator"}


@pytest.mark.parametrize("training", [True, False])
def test_its_loss_is_the_reconstruction_s_so_that_the_best_epoch_draws_best(training: bool) -> None:
    made, images = detector(adversarial_weight=1.0), noise(4, 1, 32, 32)
    made.network.train(training)
    values = []

    def compare(drawn: Tensor, image: Tensor) -> Tensor:
        assert drawn.shape == image.shape
        value = loss("l1")(drawn, image)
        values.append(float(value.detach()))
        return value

    assert float(made.training_loss(images, compare).detach()) == pytest.approx(values[0], abs=1e-6)


def test_in_validation_the_opponents_rest() -> None:
    made, images = detector(), noise(4, 1, 32, 32)
    made.network.eval()
    state, random = made.state(), torch.random.get_rng_state()
    made.training_loss(images, loss("l1"))
    assert torch.equal(torch.random.get_rng_state(), random)
    assert all(torch.equal(value, state[name]) for name, value in made.state().items())


def test_spectral_norms_are_held_near_one() -> None:
    made, images = detector(), noise(4, 1, 32, 32)
    made.network.train()
    with torch.no_grad():
        for level in made.network.levels:
            level[0].weight *= 30
        for _ in range(30):
            made.network.answer(images)
        for level in made.network.levels:
            matrix = level[0].weight.flatten(1)
            largest = torch.linalg.matrix_norm(matrix, 2)
            assert float((matrix.T @ level[0].direction).norm() / largest) == pytest.approx(1, abs=0.05)


def test_the_map_mixes_error_and_features_by_the_share() -> None:
    images = noise(2, 3, 32, 32)
    maps = [detector(channels=3, feature_share=share).predict(images) for share in (0.0, 1.0, 0.25)]
    assert maps[0].reconstruction is not None
    torch.testing.assert_close(maps[0].anomaly_map, error_map("l1", maps[0].reconstruction, images))
    with torch.no_grad():
        network = detector(channels=3).network.eval()
        pairs = zip(network.features(images), network.features(maps[0].reconstruction), strict=True)
        fine, coarse = (F.interpolate((a - b).abs(), size=(32, 32), mode="bilinear").mean(dim=1) for a, b in pairs)
    torch.testing.assert_close(maps[1].anomaly_map, (fine + coarse) / 2)
    mixed = 0.75 * maps[0].anomaly_map + 0.25 * maps[1].anomaly_map
    torch.testing.assert_close(maps[2].anomaly_map, mixed)


def test_features_that_differ_are_marked_where_they_do() -> None:
    made = detector(feature_share=1.0)
    network = made.network.eval()
    image = noise(1, 1, 32, 32)
    damaged = image.clone()
    damaged[..., 4:8, 20:24] = 0
    with torch.no_grad():
        fine, coarse = (
            (a - b).abs().mean(dim=1)[0]
            for a, b in zip(network.features(image), network.features(damaged), strict=True)
        )
    assert (fine.shape, coarse.shape) == ((8, 8), (4, 4))
    row, column = divmod(int(fine.argmax()), 8)
    assert abs(row - 1) <= 1
    assert abs(column - 5) <= 1


def test_fewer_images_than_it_wants_are_refused_with_how_many() -> None:
    detector().require_images(8)
    with pytest.raises(InputError, match=r"there are 7, and this detector wants at least 8"):
        detector().require_images(7)
