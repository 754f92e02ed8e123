"""Anomaly map to statistics to score: numpy and OpenCV only."""
