"""Fitting of detectors that learn by gradient."""

import anomaly_gui.detectors  # noqa: F401  (sets OMP_WAIT_POLICY before a module here imports torch)
