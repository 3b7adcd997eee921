"""What the points of a comparison have said so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.grading.examine import Outcome
from derive.grading.settings import Setting


@dataclass
class Tally:
    """What the points have said so far."""

    points: int = 0
    generic: int = 0
    digits: int = 10**6
    exact: bool = True
    weak: int = 0
    unclear: int = 0
    blank: int = 0
    gaps: list[Outcome] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    kinks: int = 0

    def agree(self, outcome: Outcome, setting: Setting, simple: bool) -> None:
        """Count an agreement."""
        self.points += 1
        self.generic += not simple
        self.digits = min(self.digits, outcome.digits)
        self.exact = self.exact and outcome.exact
        if setting not in self.settings:
            self.settings.append(setting)
