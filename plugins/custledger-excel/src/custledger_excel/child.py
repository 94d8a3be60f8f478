"""The program that reads a workbook in a process of its own: see ``apart``, which runs it by its path.

It says in lines of JSON what it finds: first the sheets, as ``[name, kind, visibility]``. Each line that it is given
is the name of a sheet, and is answered with ``[rows up to the last, columns before the first]``, then with lists of
rows of texts, and with ``null`` behind the last. ``{"error": …}`` ends it.
"""

import json
import sys
from contextlib import suppress
from importlib.util import module_from_spec, spec_from_file_location
from itertools import islice
from pathlib import Path
from typing import Any

CHUNK = 500
"""How many rows are told at once."""
MEMORY = 2 << 30
"""How many bytes it may take; a damaged file can ask for a hundred times that."""
SECONDS = 120
"""How long it may reckon."""


def main(path: str) -> None:
    """Read the workbook, and answer until nobody asks."""
    with suppress(ImportError, ValueError, OSError):  # not every system can bound a process
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from python_calamine import CalamineWorkbook

    text_of = cells().text_of
    book = CalamineWorkbook.from_path(path)
    say([[one.name, str(one.typ), str(one.visible)] for one in book.sheets_metadata])
    for line in sys.stdin:
        sheet = book.get_sheet_by_name(json.loads(line))
        say([sheet.total_height, sheet.start[1] if sheet.start else 0])
        rows = sheet.iter_rows()
        while chunk := list(islice(rows, CHUNK)):
            say([[text_of(value) for value in row] for row in chunk])
        say(None)


def cells() -> Any:
    """Return the module ``cells`` without its package, whose import would take as long as all else."""
    spec = spec_from_file_location("cells", Path(__file__).with_name("cells.py"))
    if spec is None or spec.loader is None:
        raise ImportError("cells.py is not beside this file")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def say(told: Any) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except BaseException as error:  # noqa: BLE001 - a panic of calamine is no Exception, and all there is must be told
        with suppress(OSError):
            say({"error": str(error)})
