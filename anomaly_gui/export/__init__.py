"""The bundle that goes to the line."""
