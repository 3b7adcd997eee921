"""The mathematics: one module a subject. Every module-level `Derivation` is found by itself; nothing registers."""
