"""``custledger check``: whether what a ledger keeps computed is true."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from custledger.cli.application import group
from custledger.cli.invocation import Invocation
from custledger.cli.options import JsonFlag
from custledger.fields import Labels, Spec
from custledger.schema import Field

if TYPE_CHECKING:
    from custledger.stores.contract import FactCheck

DIFFERS = 3
"""The exit code where something differs and was not put right."""


def register(app: typer.Typer, run: Invocation) -> None:
    """Add the group ``check``."""
    checks = group("Whether what a ledger keeps computed is true.")
    _add_facts(checks, run)
    app.add_typer(checks, name="check")


def _add_facts(app: typer.Typer, run: Invocation) -> None:
    @app.command("facts")
    def facts(
        *,
        repair: Annotated[bool, typer.Option("--repair", help="Put right what differs.")] = False,
        json: JsonFlag = False,
    ) -> int:
        """Compute anew what is kept of metrics and compare; exit code 3 where something differs."""
        from custledger.services.checking import check_facts

        found = check_facts(run.session, repair=repair)
        if json:
            run.output.json([_as_json(run, one) for one in found])
        else:
            _tell(run, found, repaired=repair)
        return DIFFERS if any(one.differing for one in found) and not repair else 0


def _tell(run: Invocation, found: "list[FactCheck]", *, repaired: bool) -> None:
    """Name what differs, and say how much was compared."""
    for one in found:
        for record, kept, computed in _told(run, one):
            parts = {"record": record, "fact": one.name, "kept": kept, "computed": computed}
            run.output.say(run.words("{record}: {fact} is kept as {kept}, and is {computed}", **parts))
        if one.differing > len(one.examples):
            more = one.differing - len(one.examples)
            run.output.say(run.words("{fact}: and {count} more", fact=one.name, count=more))
    if not found:
        run.output.note(run.words("Nothing is kept here that could be compared."))
        return
    compared, differing = sum(one.compared for one in found), sum(one.differing for one in found)
    if not differing:
        told = "{compared} values of {facts} metrics were compared, and all are right."
    elif repaired:
        told = "{compared} values of {facts} metrics were compared; {differing} differed, and were put right."
    else:
        told = "{compared} values of {facts} metrics were compared; {differing} differ: --repair puts them right."
    run.output.note(run.words(told, compared=compared, facts=len(found), differing=differing))


def _told(run: Invocation, one: "FactCheck") -> list[tuple[str, str, str]]:
    """Return which records differ, and what is kept and computed of each, as people see it."""
    schema, field = run.session.schema(one.subject), _field(one)
    codec, nothing = run.session.codec_of(schema), run.words("empty")
    return [
        (schema.public_id(number), codec.text(field, kept) or nothing, codec.text(field, computed) or nothing)
        for number, kept, computed in one.examples
    ]


def _as_json(run: Invocation, one: "FactCheck") -> dict[str, Any]:
    schema, field = run.session.schema(one.subject), _field(one)
    codec = run.session.codec_of(schema)

    def shown(plain: Any) -> Any:
        return None if plain is None else codec.json_value(field, plain)

    examples = [
        {"record": schema.public_id(number), "kept": shown(kept), "computed": shown(computed)}
        for number, kept, computed in one.examples
    ]
    counts = {"compared": one.compared, "differing": one.differing}
    return {"subject": one.subject, "name": one.name, **counts, "examples": examples}


def _field(one: "FactCheck") -> Field:
    """Return a field that has such values as a fact."""
    return Field(one.name, Spec(kind=one.kind, labels=Labels(one.name)))
