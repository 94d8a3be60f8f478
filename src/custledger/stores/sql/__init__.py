"""The SQL family: what stores on SQL databases share.

A backend plugin supplies a ``Database`` (connections, transactions, what its driver's errors mean) and a ``Dialect``
(types, statements that differ, the search index), and inherits ``SqlStore`` for all the rest.
"""
