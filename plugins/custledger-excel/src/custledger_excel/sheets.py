"""What a sheet of a workbook holds."""

from collections.abc import Iterable, Sequence

import attrs

from custledger.schema import Schema
from custledger_excel.columns import Column


@attrs.frozen(kw_only=True)
class Sheet:
    """Records of one type.

    - ``columns``: see ``columns.columns_of``; one without a field is somebody's own;
    - ``rows``: the texts of the cells, as many in each as there are columns, as ``Codec.text`` makes them of plain
      values: choices by their labels, times in the ledger's zone. ``""`` is an empty cell. A row whose id is one of
      ``custledger.spreadsheets.EXAMPLES`` is shown as an example.
    """

    schema: Schema
    columns: Sequence[Column]
    rows: Iterable[Sequence[str]] = ()
