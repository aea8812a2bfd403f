"""
The margin of margin-aware DPO, brought into plain DPO through the reference.

LearNAT's loss is -log sigmoid(beta * h - offset) with h = (policy - reference of the chosen) - (policy - reference of the rejected),
all of them sums of log-probabilities over the reply's tokens. DPO knows no offset. But a reference of the chosen reply that is
larger by offset / beta makes h smaller by just that: beta * (h - offset / beta) = beta * h - offset. So DPO on references that were
computed before, with this added, has exactly this loss and this gradient.
"""

import math

LEAST_MARGIN = 0.05
MOST_MARGIN = 1.0


def clipped(margin: float) -> float:
    """Margins of the search lie in (0, 1]; those near 0 say nothing."""
    return min(max(margin, LEAST_MARGIN), MOST_MARGIN)


def offset_of(margin: float, form: str, weight: float) -> float:
    """
    What is taken from beta * h: weight * margin, as the paper has it. `logarithm` is the form of the authors' code: negative, so that
    it asks for less than DPO does, least where the two replies are nearest.
    """
    if form == "logarithm":
        return weight * math.log(clipped(margin))
    return weight * clipped(margin)


def shifted_reference(chosen: float, margin: float, *, form: str, weight: float, beta: float) -> float:
    """The chosen reply's reference log-probability with the margin in it. A weight of 0 leaves every bit as it was."""
    if weight == 0:
        return chosen
    return chosen + offset_of(margin, form, weight) / beta
