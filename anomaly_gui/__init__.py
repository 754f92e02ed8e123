"""Anomaly GUI: which defects would the inspection miss, why, and where to put the threshold."""

__version__ = "0.1.0"
