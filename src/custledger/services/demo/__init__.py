"""A small, believable ledger of invented people, to look around in.

The same seed and day give the same records. The core brings customers, what was said to them and what is owed to them;
plugins add records of their own types through the hook ``custledger_demo``.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

import attrs

from custledger.changes import Change, Changeset, Receipt, by_key
from custledger.errors import UsageError
from custledger.expressions import field_expression, is_in
from custledger.fields import Labels
from custledger.schema import Row, Schema
from custledger.services.demo import contacts, customers, names
from custledger.services.editing import make_addition
from custledger.services.followups import Agenda, agenda
from custledger.services.session import Session
from custledger.services.writing import write
from custledger.stores.contract import Query

SEED = 20_260_101
"""What the demo grows from, unless another seed is given."""

REASON = Labels("invented records to look around in", "虚构的记录，用来随便看看")
"""Why, for the log."""


@attrs.frozen(kw_only=True)
class Highlight:
    """Records worth showing first, under a title."""

    title: Labels
    schema: Schema
    rows: tuple[Row, ...]


@attrs.frozen(kw_only=True)
class NextStep:
    """A command to try, and what it shows. ``arguments`` follow ``custledger``; in a shell, some need quotes."""

    arguments: tuple[str, ...]
    shows: Labels


@attrs.frozen(kw_only=True)
class Demo:
    """A demo ledger that stands.

    ``receipt`` is that of its making, ``None`` where that was before; ``counts`` are how many records of each type it
    has, by name; ``agenda`` is what is due today; ``highlights``
    are what plugins want shown; ``next_steps`` are commands to try.
    """

    receipt: Receipt | None
    counts: Mapping[str, int]
    agenda: Agenda
    highlights: tuple[Highlight, ...]
    next_steps: tuple[NextStep, ...]


def make_demo(session: Session, *, seed: int = SEED) -> Demo:
    """Fill an empty ledger with invented records, as one operation, and return what there is to see.

    Raises ``UsageError`` for a ledger that has customers.
    """
    session.refresh()
    if session.view.count(session.schema("customer"), None, (), session.moment)[0][0]:
        raise UsageError(
            f"There are customers in {session.store.url} already, and the demo fills only an empty ledger.",
            hint="Name another folder: custledger demo FOLDER.",
        )
    sampler = _Sampler(session, random.Random(f"{seed} {session.today}"))  # noqa: S311 - for a story, not for secrets
    for values in customers.invent(sampler.source, sampler.today):
        sampler.add("customer", **values)
    contacts.add_interactions(sampler)
    contacts.add_followups(sampler)
    session.plugins.demo(sampler)
    busiest = _busiest(sampler)
    operation = session.operation(
        "demo",
        reason=REASON.in_language(session.conventions.language),
        about={"shown": {"customer": busiest, "highlights": sampler.highlighted}},
    )
    receipt = write(session, Changeset(operation=operation, changes=sampler.changes))
    session.take_warnings()
    return Demo(
        receipt=receipt,
        counts=dict(Counter(change.type for change in sampler.changes)),
        **_to_see(session, operation.about["shown"]),
    )


def standing_demo(session: Session) -> Demo | None:
    """Return the demo that was made in a ledger before, as it is now, or ``None`` where none was, or none is left."""
    session.refresh()
    counts = {
        schema.name: count
        for schema in session.schemas.values()
        if (count := session.view.count(schema, None, (), session.moment)[0][0])
    }
    made = next((operation for operation in session.view.operations() if operation.verb == "demo"), None)
    if "customer" not in counts or made is None:
        return None
    return Demo(receipt=None, counts=counts, **_to_see(session, made.about.get("shown", {})))


def _to_see(session: Session, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what there is to see of a demo, of what its operation says of it and is left."""
    schema = session.schema("customer")
    shown = session.get("customer", [kept["customer"]])[0] if "customer" in kept else None
    if shown is None:
        shown = next(session.view.select(schema, Query(moment=session.moment, limit=1)))
    highlights = tuple(_highlights(session, kept.get("highlights", ())))
    return {
        "agenda": agenda(session),
        "highlights": highlights,
        "next_steps": tuple(_next_steps(session, by_key(schema, shown), highlights)),
    }


def _highlights(session: Session, highlighted: Iterable[Mapping[str, Any]]) -> Iterator[Highlight]:
    for each in highlighted:
        if each["type"] in session.schemas:
            rows = tuple(row for row in session.get(each["type"], each["ids"]) if row is not None)
            if rows:
                yield Highlight(title=Labels(*each["title"]), schema=session.schema(each["type"]), rows=rows)


CONTACTS = frozenset({"interaction", "followup"})
"""What a customer should have who is shown: what was said, and what is to be."""


class _Sampler:
    """Collects the demo's records; see ``custledger.hookspecs.Sampler``."""

    def __init__(self, session: Session, source: random.Random) -> None:
        self._session = session
        self.highlighted: list[dict[str, Any]] = []
        self.source = source
        self.changes: list[Change] = []
        self.customers: list[tuple[int, Mapping[str, Any]]] = []
        self.owners: Sequence[str] = (*names.OWNERS["zh"], *names.OWNERS["en"])

    @property
    def today(self) -> date:
        """The ledger's day."""
        return self._session.today

    @property
    def language(self) -> str:
        """The ledger's language."""
        return self._session.conventions.language

    def add(self, record_type: str, **values: Any) -> int:
        """Add a record and return the id it will have."""
        change = make_addition(self._session, record_type, values)
        self.changes.append(change)
        if change.type == "customer":
            self.customers.append((change.id, change.after or {}))
        return change.id

    def highlight(self, title: Labels, record_type: str, ids: Sequence[int]) -> None:
        """Ask for these records to be shown."""
        self.highlighted.append({"title": [title.en, title.zh], "type": record_type, "ids": list(ids)})


def _busiest(sampler: _Sampler) -> int:
    """Return the id of the customer of whom there is most to see.

    That is one whom somebody spoke to and is to speak to again, to whom most types of records refer, and most records.
    """
    referring: dict[int, Counter[str]] = {number: Counter() for number, _ in sampler.customers}
    for change in sampler.changes:
        customer = (change.after or {}).get("customer")
        if customer in referring:
            referring[customer][change.type] += 1

    def to_see(number: int) -> tuple[bool, int, int]:
        counts = referring[number]
        return counts.keys() >= CONTACTS, len(counts), counts.total()

    return max(referring, key=to_see)


def _next_steps(session: Session, busiest: Mapping[str, Any], highlights: Sequence[Highlight]) -> list[NextStep]:
    schema = session.schema("customer")
    cities = [field_expression(schema, "city")]
    counted = session.view.count(schema, is_in(schema, "level", ["A", "B"]), cities, session.moment)
    city = max(counted, key=itemgetter(1), default=("",))[0]
    in_english, in_chinese = f"city = {city} and level in (A, B)", f"城市 = {city} 且 客户等级 在 (A, B)"
    steps = [
        NextStep(
            arguments=("followup", "due", "--days", "7"), shows=Labels("what is due this week", "本周要跟进的客户")
        ),
        NextStep(
            arguments=("customer", "show", busiest.get("code") or busiest["name"]),
            shows=Labels("one customer, and all that belongs to it", "一位客户及其全部往来"),
        ),
        NextStep(
            arguments=(
                "customer",
                "list",
                "--where",
                in_chinese if session.conventions.language == "zh" else in_english,
            ),
            shows=Labels("the customers you ask for", "按条件筛选客户"),
        ),
        NextStep(arguments=("search", busiest["name"]), shows=Labels("whatever mentions a name", "全文搜索")),
    ]
    for info in dict.fromkeys(highlight.schema.info for highlight in highlights):
        shows = Labels(f"the {info.plural}, ten of them", f"十条{info.labels.in_language('zh')}")
        steps.append(NextStep(arguments=(info.name, "list", "--limit", "10"), shows=shows))
    return [*steps, NextStep(arguments=("log",), shows=Labels("what was done, by whom", "操作记录"))]
