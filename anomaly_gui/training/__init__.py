"""For detectors that learn by gradient."""
