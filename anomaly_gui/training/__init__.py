"""Fitting of detectors that learn by gradient."""
