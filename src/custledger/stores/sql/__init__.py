"""The SQL family: what stores on SQL databases share.

A backend plugin supplies a ``Database`` (connections, transactions, what its driver's errors mean) and a ``Dialect``
(types, statements that differ, the search index: ``NoIndex`` to begin with), has ``layout.lay_out`` make a new ledger,
and gets ``SqlStore`` for all the rest. The guide docs/guides/write-a-store-plugin.md has a whole one.
"""
