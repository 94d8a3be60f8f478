"""Proving the rules of a plugin: that they are documented, total, deterministic, and give what their examples say.

``samples`` are the ledgers on which that is tried; ``proofs`` tries it.
"""

from custledger.services.proving.proofs import Checked, Proof, Proven, prove

__all__ = ["Checked", "Proof", "Proven", "prove"]
