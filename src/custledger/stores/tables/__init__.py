"""The table family: a ledger in files that people edit by hand, such as a folder of CSV or an Excel workbook.

What the files show is a sheet for each record type. Beside them, in a folder of its own, lies the *journal*, in which
every changeset is written before it counts, and which says what was last agreed with the files. Reading is done in
memory. A backend plugin supplies a ``Book``: how a file is taken apart into sheets, and put together again.
"""
