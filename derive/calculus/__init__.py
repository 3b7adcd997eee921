"""Index calculus: the exact language that derivations and answers share (no torch, no parsing)."""
