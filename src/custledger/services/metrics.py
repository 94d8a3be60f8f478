"""Metrics of one ledger: those that plugins bring, and those that its settings hold.

Each change is an operation on a settings document, so it is logged, can be undone, and is seen at once by every
process that has the ledger open.
"""

import attrs

from custledger.errors import InvalidValueError, NotFoundError, QueryError
from custledger.fields import Labels
from custledger.metrics import Metric
from custledger.schema import nearest
from custledger.services.documents import decided_anew, write_document
from custledger.services.session import Session
from custledger.settings import METRIC_PREFIX, metric_document
from custledger.values import fold, given_text

LONGEST_NAME = 60
"""How many characters a name or a label may have."""


@attrs.frozen(kw_only=True)
class Known:
    """A metric, the plugin that brings it (empty where the settings do), and why it cannot be computed, if so."""

    metric: Metric
    plugin: str
    problem: str = ""


def list_metrics(session: Session, subject: str | None = None) -> list[Known]:
    """Return the metrics about records of one type, or of all. One that cannot be computed here says why."""
    session.refresh()
    name = session.schema(subject).name if subject else None
    return [
        Known(metric=metric, plugin=plugin, problem=_problem(session, metric))
        for plugin, metric in session.metrics()
        if name in {None, metric.subject}
    ]


@decided_anew
def add_metric(
    session: Session, name: str, expression: str, *, subject: str = "customer", label_en: str = "", label_zh: str = ""
) -> Metric:
    """Add a metric to this ledger's settings, or replace the one of that name there, and return it.

    Raises ``InvalidValueError`` for a name that means something else already, and ``QueryError`` for an expression
    that cannot be understood or is defined by itself.
    """
    generation = session.refresh()
    schema = session.schema(subject)
    labels = Labels(label_en or name, label_zh)
    present = next((one for one in session.settings.metrics if one.subject == schema.name and one.name == name), None)
    for called in dict.fromkeys((name, *labels.both())):
        _require_free(session, schema.name, called, but=present)
    metric = Metric(name=name, expression=given_text(expression, "Expression"), labels=labels, subject=schema.name)
    understood = session.understand_named(metric.named())
    document, value = metric_document(attrs.evolve(metric, names=understood.names))
    write_document(session, generation, "metric add", document, value)
    return metric


@decided_anew
def remove_metric(session: Session, name: str, *, subject: str = "customer") -> Metric:
    """Remove a metric from this ledger's settings and return it. Raises ``NotFoundError``."""
    generation = session.refresh()
    schema = session.schema(subject)
    own = {one.name: one for one in session.settings.metrics if one.subject == schema.name}
    if name not in own:
        brought = [plugin for plugin, one in session.metrics() if plugin and one.name == name]
        hint = f"The plugin {brought[0]} brings it." if brought else ""
        raise NotFoundError("metric in the settings", name, suggestions=nearest(name, own), hint=hint)
    write_document(session, generation, "metric remove", f"{METRIC_PREFIX}{schema.name}/{name}", None)
    return own[name]


def _problem(session: Session, metric: Metric) -> str:
    if metric.subject not in session.schemas:
        return f"There are no records of the type {metric.subject}."
    try:
        session.understand_named(metric.named())
    except QueryError as error:
        return error.message
    return ""


def _require_free(session: Session, subject: str, name: str, *, but: Metric | None) -> None:
    """Raise ``InvalidValueError`` where a name cannot be one, or means something else already."""
    unfit = (
        not name.strip() or name != name.strip() or len(name) > LONGEST_NAME or any(mark in name for mark in "=[]()/.,")
    )
    if unfit or not name.isprintable():
        raise InvalidValueError(
            name,
            "cannot name a metric",
            field="Name",
            hint=f"A name has 1 to {LONGEST_NAME} characters, on one line, without = [ ] ( ) / . or ,",
        )
    own = {fold(one) for one in (but.name, *but.labels.both())} if but else set()
    if fold(name) not in own and fold(name) in session.world.scope(session.schema(subject)):
        hint = f"custledger metric list {subject}, and custledger field list {subject}, show the names that are taken."
        raise InvalidValueError(name, "means something already", field="Name", hint=hint)
