"""What is wrong, or worth a word, about what is written of sales."""

from collections.abc import Sequence

from custledger.changes import Change
from custledger.hookspecs import Context, Problem
from custledger.values import SCALE, show_scaled

RETURNED = "This is a cancellation or a return: its quantity or its amount is negative."
"""The warning about one; the same words for each, so that they can be counted together."""
RETURNS = "quantity < 0 or amount < 0"
"""Which transactions are such."""


def check(changes: Sequence[Change], _context: Context) -> list[Problem]:
    """Return a warning for each cancellation or return, and a refusal of each probability beyond 0 to 100."""
    problems = []
    for change in changes:
        after = change.after
        if after is None:
            continue
        if change.type == "opportunity":
            probability = after.get("probability")
            if probability is not None and not 0 <= probability <= 100 * SCALE:
                message = f"Probability: {show_scaled(probability)} is not a percentage from 0 to 100."
                problems.append(Problem(message=message, type=change.type, id=change.id, field="probability"))
        elif (after.get("quantity") or 0) < 0 or (after.get("amount") or 0) < 0:
            problems.append(
                Problem(
                    message=RETURNED, severity="warn", type=change.type, id=change.id, field="quantity", where=RETURNS
                )
            )
    return problems
