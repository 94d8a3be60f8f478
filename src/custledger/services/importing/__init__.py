"""Importing tables of text as records: from files in any format that a plugin reads.

``mapping`` says which column goes into which field, ``columns`` reads cells, ``references`` and ``links`` find what
they refer to, ``chunk`` and ``build`` (with a key column, ``by_key``) make changesets, ``run`` lands them, and
``rejects`` keeps the rows that cannot be imported.
"""

from custledger.services.importing.from_file import import_file
from custledger.services.importing.report import Example, ImportInterrupted, ImportReport, Reason, Warned

__all__ = ["Example", "ImportInterrupted", "ImportReport", "Reason", "Warned", "import_file"]
