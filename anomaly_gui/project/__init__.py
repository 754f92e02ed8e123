"""What the engineer owns on disk."""
