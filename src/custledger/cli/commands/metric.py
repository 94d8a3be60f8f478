"""``custledger metric``: named expressions about customers and other records."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from custledger.cli.application import group
from custledger.cli.commands.segment_refresh import tell_reworded
from custledger.cli.invocation import Invocation
from custledger.cli.options import CsvFlag, JsonFlag, LabelEnOption, LabelZhOption, NlFlag, TsvFlag
from custledger.cli.output import Column, form_of

Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called, in expressions too.")]

Subject = Annotated[
    str | None,
    typer.Option("--subject", metavar="TYPE", help="The records that it is about; found by its name otherwise."),
]


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``metric``."""
    metrics = group("Named expressions about customers and other records.")
    for add in (_add_add, _add_list, _add_remove):
        add(metrics, run)
    app.add_typer(metrics, name="metric")


def _add_add(app: typer.Typer, run: Invocation) -> None:
    @app.command("add")
    def add(
        *,
        name: Name,
        expression: Annotated[str, typer.Argument(metavar="EXPRESSION", help="sum(transactions.amount where …)")],
        subject: Subject = None,
        label_en: LabelEnOption = "",
        label_zh: LabelZhOption = "",
    ) -> None:
        """Add a metric to this ledger, or give one of this ledger another expression."""
        from custledger.services.defining import add_metric

        with _telling_whom_it_moves(run):
            made = add_metric(run.session, name, expression, subject=subject, label_en=label_en, label_zh=label_zh)
            run.output.say(made.name)


def _add_list(app: typer.Typer, run: Invocation) -> None:
    @app.command("list")
    def list_(
        *,
        subject: Annotated[
            str, typer.Argument(metavar="[TYPE]", help="The records that they are about; all by default.")
        ] = "",
        json: JsonFlag = False,
        nl: NlFlag = False,
        csv: CsvFlag = False,
        tsv: TsvFlag = False,
    ) -> None:
        """List metrics with their expressions, and why one cannot be computed."""
        from custledger.services.defining import list_metrics

        form = form_of(json=json, nl=nl, csv=csv, tsv=tsv)
        language, words = run.schema_language, run.words
        rows = [
            {
                "subject": known.definition.subject,
                "name": known.definition.name,
                "label": known.definition.labels.in_language(language),
                "expression": known.definition.expression,
                "plugin": known.plugin,
                "problem": run.told(known.problem),
            }
            for known in list_metrics(run.session, subject or None)
        ]
        headings = ("About", "Name", "Label", "Expression", "Plugin", "Problem")
        columns = [
            Column(heading=words(heading), key=key, wrapped=key == "expression")
            for heading, key in zip(headings, _KEYS, strict=True)
        ]
        lacking = run.output.listing(
            columns,
            form,
            objects=({key: value or None for key, value in row.items()} for row in rows),
            rows=([row[key] for key in _KEYS] for row in rows),
        )
        run.output.no_room(lacking)


_KEYS = ("subject", "name", "label", "expression", "plugin", "problem")


def _add_remove(app: typer.Typer, run: Invocation) -> None:
    @app.command("remove")
    def remove(*, name: Name, subject: Subject = None) -> None:
        """Remove a metric of this ledger."""
        from custledger.services.defining import remove_metric

        with _telling_whom_it_moves(run):
            removed = remove_metric(run.session, name, subject=subject)
            run.output.note(run.words("The metric {name} was removed.", name=removed.name))


@contextmanager
def _telling_whom_it_moves(run: Invocation) -> Iterator[None]:
    """Say of segments that were refreshed, and go by a metric that is changed, who enters and leaves by that."""
    from custledger.services.refreshing.reworded import reworded

    before = {(one.segment.name, one.told, one.meaning) for one in reworded(run.session)}
    yield
    now = reworded(run.session)
    tell_reworded(run, [one for one in now if (one.segment.name, one.told, one.meaning) not in before])
