"""Benchmarks: ratios against a baseline in the same run, printed; never timed tests."""
