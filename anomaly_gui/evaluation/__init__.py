"""Figures from scores and labels: pure functions."""
