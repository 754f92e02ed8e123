"""Numbered changes of the schema; they import no application code."""
