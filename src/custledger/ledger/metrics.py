"""The ledger's metrics: named expressions, and the thresholds that rules go by."""

import builtins

from custledger.ledger.part import Part
from custledger.metrics import Metric
from custledger.services import defining


class Metrics(Part):
    """The metrics of a ledger, those that plugins bring and its own. Each is a name in every expression.

    What a metric is of one record, and of many, is asked for as a column: ``ledger.customers.columns("name", "age")``.
    """

    _called = "metrics"

    def list(self, subject: str | None = None) -> builtins.list[defining.Known[Metric]]:
        """Return the metrics about records of one type, or of all; each says who brings it and whether it works here.

        Raises ``NotFoundError`` for an unknown record type.
        """
        return defining.list_metrics(self._session, subject)

    def add(
        self, name: str, expression: str, *, subject: str | None = None, label_en: str = "", label_zh: str = ""
    ) -> Metric:
        """Add a metric to this ledger, or give one another expression, and return it.

        One that a plugin brings, such as a threshold, is replaced in this ledger. Raises ``InvalidValueError`` for a
        name that means something else already, and ``QueryError`` for an expression that cannot be understood.
        """
        return defining.add_metric(
            self._session, name, expression, subject=subject, label_en=label_en, label_zh=label_zh
        )

    def remove(self, name: str, *, subject: str | None = None) -> Metric:
        """Remove one of this ledger's own metrics and return it. Raises ``NotFoundError``."""
        return defining.remove_metric(self._session, name, subject=subject)
