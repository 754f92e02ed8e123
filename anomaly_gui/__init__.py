"""Anomaly GUI: which defects would the inspection miss, why, and where to put the threshold."""

import os

__version__ = "0.1.0"

# Read when numpy and torch are first imported, and every path to them here leads through this package.
# libgomp's waiting threads spin by default and starve the window and other programs; OpenBLAS splits
# even our small matrix products over all cores, which made reading images three times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# Not to wait at all costs more than to spin for a moment, which ends before anything else misses the processor: restore
# learns 217 images/s instead of 159 on an idle PC of two cores, 55 instead of 62 beside one busy program, 56 instead
# of 34 beside two.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# For each shape of a layer and of a batch torch keeps programs of its own, 1024 of them in each of two caches: a window
# in which much was trained grew by 100 MB. No network here needs as many at once.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128")
os.environ.setdefault("LRU_CACHE_CAPACITY", "128")
# MKL keeps buffers of up to 9 MB for each thread that multiplied matrices, also when the thread has ended, and each job
# is a thread: 30,000 actions in the window left 45 MB. Products of the sizes used here take as long without them.
os.environ.setdefault("MKL_DISABLE_FAST_MM", "1")
# onnxruntime collects what it runs in the user's home and sends it to its makers unless it finds this when it is
# imported; switching it off afterwards comes too late for the file. This program promises that nothing leaves the PC.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
