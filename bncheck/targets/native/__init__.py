"""Kernels in a shared library with a C ABI, called as their prototypes say."""
