"""Detection systems: one file each, named in the registry."""
