"""Parley: one-to-one messaging that a site owner hosts. This package is the shell and the core."""

__version__ = "0.1.0"
