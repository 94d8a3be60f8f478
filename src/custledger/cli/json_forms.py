"""What services report, as JSON: one converter for their attrs classes, imported only where such JSON is asked for.

Operations are named by their public ids, empties are null. Rows are not made here: what a value looks like depends on
its field (``custledger.codec``).
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from custledger.changes import Operation
from custledger.cli.shown import operation_id
from custledger.services.importing import ImportReport


def json_form(report: Any) -> Any:
    """Return a report, or a sequence of them, in the form that ``--json`` prints."""
    return _converter().unstructure(report)


@cache
def _converter() -> Converter:
    converter = Converter()
    for kind, references in ((Operation, ("id", "undoes")), (ImportReport, ("operation",))):
        converter.register_unstructure_hook(kind, _with_operations(converter, kind, references))
    return converter


def _with_operations(converter: Converter, kind: type[Any], names: tuple[str, ...]) -> Callable[[Any], dict[str, Any]]:
    """Return what makes a dictionary of a ``kind``, whose fields ``names`` are numbers of operations, or None."""
    reference = override(unstruct_hook=lambda number: None if number is None else operation_id(number))
    overrides: dict[str, Any] = dict.fromkeys(names, reference)
    return make_dict_unstructure_fn(kind, converter, **overrides)
