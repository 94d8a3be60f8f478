"""The command ``cohorts``: retention by the month of the first purchase, as a table."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Any

import typer

from custledger.fields import Labels
from custledger_segments.cohorts import Cohort, cohorts_of

MONTHS = 12
_NOTE = Labels(
    "Percent of a month's first buyers who bought again so many months later.",
    "各月首购客户中，若干个月后再次购买者的百分比。",
)


def add_commands(app: typer.Typer) -> None:
    """Add the command ``cohorts``."""

    @app.command("cohorts")
    def cohorts(
        ctx: typer.Context,
        *,
        months: Annotated[
            int, typer.Option("--months", min=0, help="How many months after the first to show.")
        ] = MONTHS,
        json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
        nl: Annotated[bool, typer.Option("--nl", help="Print one JSON object a line.")] = False,
        csv: Annotated[
            bool, typer.Option("--csv", help="Print CSV that a spreadsheet opens safely, as export does.")
        ] = False,
        tsv: Annotated[bool, typer.Option("--tsv", help="Print tab-separated values, exactly as they are.")] = False,
    ) -> None:
        """Show how many customers, by the month of their first purchase, bought again in the months after."""
        run = ctx.obj
        found = cohorts_of(run.context)
        last = min(months, max((len(cohort.buyers) - 1 for cohort in found), default=0))
        columns = {
            "month": Labels("Month", "首购月份"),
            "customers": Labels("Customers", "客户数"),
            **{f"month_{number}": Labels(f"+{number}") for number in range(1, last + 1)},
        }
        run.listing(columns, _rows(found, last), json=json, nl=nl, csv=csv, tsv=tsv)
        run.output.note(_NOTE.in_language(run.words.language))


def _rows(found: Sequence[Cohort], last: int) -> Iterator[list[Any]]:
    for cohort in found:
        shares = [Decimal(f"{share * 100:.1f}") for share in cohort.retention[1 : last + 1]]
        yield [cohort.month, cohort.customers, *shares, *[None] * (last - len(shares))]
