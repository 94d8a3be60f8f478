"""The verbs of a ledger, one a file; each takes a ``Session`` first."""
