"""Derive, check and grade the mathematics of deep learning."""

__version__ = "0.1.0"
