"""Qt item models over the project, no logic."""
