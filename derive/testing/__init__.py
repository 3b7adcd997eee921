"""What every derivation and every problem promises, as functions that say which promises are broken.

``derive check`` prints what they return and the tests assert that it is empty: both hold the same promises.
Nothing here raises for an author's mistake; it becomes a sentence.
"""

from derive.testing.derivations import derivation_failures, printed_lines
from derive.testing.problems import problem_failures
from derive.testing.solutions import solution_failures

__all__ = ["derivation_failures", "printed_lines", "problem_failures", "solution_failures"]
