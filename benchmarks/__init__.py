"""Side by side with peers: ``python -m benchmarks``. Whole processes on the same files, taken in turns."""
