"""Equality of answers: proofs where there is one, rigorous witnesses where there is not."""
