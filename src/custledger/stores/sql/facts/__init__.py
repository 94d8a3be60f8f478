"""Facts: what metrics ask of related records, kept computed in a narrow table beside the records of each type.

``TYPE__facts`` has a row for each record and a column for each fact. ``custledger_facts`` says what each column holds,
by its definition, so that every program keeps all of them true, also those of metrics that it does not know itself.
The ledger's own row says up to which changeset they are true: a write that finds them true of the one before it brings
them up to date for the subjects that it touched, in its own transaction, and says so; any other leaves them *behind*.
Facts that are behind are not read. They are brought up to date from the log, which tells who was touched since.
"""
