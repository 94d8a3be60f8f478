"""Changes of a ledger's settings documents: decided from what they say, and decided anew where others change them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from custledger.changes import Change, Changeset, DocumentChange
from custledger.services.session import Session
from custledger.services.writing import ATTEMPTS, write
from custledger.stores.contract import GenerationMovedError

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def decided_anew(change: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Return ``change`` repeated from its beginning where somebody else changes the settings before it has landed.

    What is free, and what a document says, was read from the settings as they were.
    """

    @wraps(change)
    def decided(*arguments: _Given.args, **options: _Given.kwargs) -> _Result:
        for _ in range(ATTEMPTS - 1):
            with suppress(GenerationMovedError):
                return change(*arguments, **options)
        return change(*arguments, **options)

    return decided


def write_document(
    session: Session, generation: int, verb: str, name: str, value: Any, *, changes: Sequence[Change] = ()
) -> None:
    """Write one document, or with ``None`` remove it, as an operation; see ``writing.write`` for ``generation``.

    ``changes`` of records that go with it are written in the same changeset.
    """
    change = document_change(session, name, value)
    changeset = Changeset(operation=session.operation(verb), changes=changes, documents=[change])
    write(session, changeset, generation=generation)
    session.refresh()


def document_change(session: Session, name: str, value: Any) -> DocumentChange:
    """Return the change that writes one document, or with ``None`` removes it."""
    present = session.store.document(name)
    there = present is not None and present.value is not None
    return DocumentChange(
        name=name, before=present.value if present and there else None, after=value,
        revision=present.revision if present and there else 0,
    )  # fmt: skip
