"""Detection systems: one file each, named in the registry."""

import os

# libgomp's waiting threads spin by default and starve the window and other programs. It reads this
# when torch is first imported, and every path to torch leads through this package.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
