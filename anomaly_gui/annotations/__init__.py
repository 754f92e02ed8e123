"""Annotations as other programs write and read them: one neutral record set, one file a format."""
