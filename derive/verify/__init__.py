"""Checking every line of every derivation against torch, which is imported here alone, and only when a check runs."""
