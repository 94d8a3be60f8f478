"""Terms in SQL: what ``compute`` gives, as expressions that a database computes.

Related records are looked at in subqueries, each under an alias of its own. A number is of its term's scale. A value
that is needed more than once is named in a subquery of one row, so that nothing is computed or bound twice.
"""

from abc import ABC, abstractmethod
from datetime import date
from typing import TYPE_CHECKING, Self

from custledger.expressions.columns import column, comparable_column, is_foreign
from custledger.expressions.comparing import places
from custledger.expressions.dates import computed
from custledger.expressions.dialects import Dialect
from custledger.expressions.fragments import Sql, all_of
from custledger.expressions.numbers import doubled, held
from custledger.expressions.tree import (
    SCALES,
    Aggregate,
    Condition,
    DateFunction,
    DayFunction,
    FieldNode,
    NamedNode,
    Operation,
    Scale,
    StepNode,
    Term,
    Value,
    choices_of,
)
from custledger.expressions.types import FOLDED_KINDS
from custledger.fields import Kind
from custledger.schema import CREATED_AT, ID, REVISION, UPDATED_AT, Schema

if TYPE_CHECKING:
    from custledger.expressions.kept import Kept

_NEVER_EMPTY = (ID, CREATED_AT, UPDATED_AT, REVISION)


class Terms(ABC):
    """Compiles the terms about records of one schema, in a table or under an alias, for one database.

    ``kept`` are the facts that stand in a table beside it. ``every`` says that all its records will be looked at.
    """

    def __init__(
        self,
        schema: Schema,
        dialect: Dialect,
        *,
        currency: str = "",
        table: str = "",
        depth: int = 0,
        kept: "Kept | None" = None,
        every: bool = False,
    ) -> None:
        self.schema = schema
        self.dialect = dialect
        self.currency = currency
        self.table = table or schema.name
        self.depth = depth
        self.kept = kept
        self.every = every
        self.never_empty = frozenset(schema.keys[at] for at in _NEVER_EMPTY)

    @abstractmethod
    def condition(self, node: Condition, *, holds: bool) -> Sql:
        """Return SQL that is true where ``node`` is true, or with ``holds=False``, where it is false."""

    def beyond(self, schema: Schema) -> Self:
        """Return what compiles terms about related records."""
        depth = self.depth + 1
        return type(self)(schema, self.dialect, currency=self.currency, table=f"r{depth}", depth=depth)

    @property
    def own_id(self) -> str:
        """The column of the record's id."""
        return column(self.schema.keys[ID], self.dialect, self.table)

    @property
    def source(self) -> str:
        """What stands behind FROM."""
        name, table = self.dialect.quoted(self.schema.name), self.dialect.quoted(self.table)
        return name if name == table else f"{name} AS {table}"

    def can_be_empty(self, term: Term) -> bool:
        """Whether a term may have no value."""
        match term:
            case FieldNode(key):
                return key not in self.never_empty
            case NamedNode(_, _, root):
                return self.can_be_empty(root)
            case Aggregate(function=function):
                return function not in {"count", "exists"}
            case _:
                return not isinstance(term, Value)

    def plain(self, term: Term) -> Sql:
        """Return a term's value; a number is of the term's scale, and exact where that is one."""
        match term:
            case FieldNode(key):
                return Sql(column(key, self.dialect, self.table))
            case Value(plain):
                return Sql(self.dialect.placeholder, (plain,))
            case NamedNode(_, _, root):
                return self.plain(root)
            case StepNode():
                return self.step(term, compared=False)
            case DateFunction():
                return self.date_function(term)
            case Operation():
                computed_ = self.operation(term)
                return computed_ if term.scale is None else self.once(self.dialect.exact, computed_)
            case Aggregate():
                return self.aggregate(term, compared=False)
            case DayFunction():
                raise TypeError(f"{term!r} is not settled")

    def compared(self, term: Term) -> Sql:
        """Return what a term is compared by."""
        match term:
            case FieldNode(key, kind):
                own = comparable_column(key, kind, self.dialect, self.table)
                to_any = kind is Kind.REFERENCE and self.schema.by_key[key].spec.target is None
                return Sql(own + self.dialect.by_code_point if to_any else own)
            case NamedNode(_, _, root):
                return self.compared(root)
            case StepNode():
                return self.step(term, compared=True)
            case Aggregate():
                return self.aggregate(term, compared=True)
            case _:
                return self.plain(term)

    def once(self, template: str, value: Sql) -> Sql:
        """Return a template about the column ``v``, which is ``value``."""
        return Sql(f"(SELECT {template} FROM (SELECT {value.text} AS v) AS o)", value.parameters)

    def as_plain(self, term: Term) -> Sql:
        """Return a term's plain value: a number is of the scale of its kind, rounded half away from zero."""
        value = self.plain(term)
        if term.kind not in SCALES or term.scale == SCALES[term.kind]:
            return value
        wanted = SCALES[term.kind]
        if term.scale is None:
            shifted = f"(SELECT v * {float(10**wanted)!r} AS v FROM (SELECT {value.text} AS v) AS p)"
            half = f"(SELECT v + CASE WHEN v >= 0 THEN 0.5 ELSE -0.5 END AS v FROM {shifted} AS q)"
            fits = "v >= -9223372036854775808.0 AND v < 9223372036854775808.0"
            return Sql(f"(SELECT CASE WHEN {fits} THEN CAST(v AS BIGINT) END FROM {half} AS o)", value.parameters)
        if term.scale < wanted:
            return self.once(self.dialect.exact, self.aligned(value, term.scale, wanted))
        divisor = 10 ** (term.scale - wanted)
        rest = self.dialect.remainder.format(value="v", divisor=divisor)
        carried = f"CASE WHEN {rest} >= {divisor // 2} THEN 1 WHEN {rest} <= -{divisor // 2} THEN -1 ELSE 0 END"
        return self.once(f"v / {divisor} + {carried}", value)

    def sortable(self, term: Term) -> Sql:
        """Return the form in which a term sorts: choices by their place, others as they are compared."""
        if term.kind in SCALES:
            return self.as_plain(term)
        if term.kind is not Kind.CHOICE:
            return self.compared(term)
        choices = choices_of(term, self.schema)
        place = places(choices)
        codes = tuple(dict.fromkeys(choice.code for choice in choices))
        own = "v" if self.plain(term).parameters or not isinstance(term, FieldNode) else self.plain(term).text
        cases = "".join(f" WHEN {own} = {self.dialect.placeholder} THEN {place(code)}" for code in codes)
        case = Sql(f"CASE WHEN {own} IS NULL THEN NULL{cases} ELSE {len(choices)} END", codes)
        if own != "v":
            return case
        value = self.plain(term)
        text = f"(SELECT {case.text} FROM (SELECT {value.text} AS v) AS o)"
        return Sql(text, case.parameters + value.parameters)

    def step(self, term: StepNode, *, compared: bool) -> Sql:
        """Return the value of a field of the record that a field leads to."""
        there = self.beyond(term.schema)
        value = there.compared(term.node) if compared else there.plain(term.node)
        own = column(term.reference, self.dialect, self.table)
        return Sql(f"(SELECT {value.text} FROM {there.source} WHERE {there.own_id} = {own})", value.parameters)

    def operation(self, term: Operation) -> Sql:
        """Return arithmetic. What is exact becomes a double in SQLite where it needs more than 64 bits."""
        exact = term.scale is not None and term.left.scale is not None and term.right.scale is not None
        if not exact or term.scale is None:
            left, right = self.double(term.left), self.double(term.right)
            divisor = f"nullif({right.text}, 0.0)" if term.sign == "/" else right.text
            return Sql(f"({left.text} {term.sign} {divisor})", left.parameters + right.parameters)
        left, right = (
            self.aligned(self.unchecked(side), side.scale, term.scale if term.sign != "*" else side.scale)
            for side in (term.left, term.right)
        )
        return Sql(f"({left.text} {term.sign} {right.text})", left.parameters + right.parameters)

    def unchecked(self, term: Term) -> Sql:
        """Return a number of which it is looked at later whether it is exact."""
        return self.operation(term) if isinstance(term, Operation) and term.scale is not None else self.plain(term)

    def aligned(self, value: Sql, scale: Scale, wanted: Scale) -> Sql:
        """Return an exact number to compute with, in a smaller unit."""
        factor = 10 ** ((wanted or 0) - (scale or 0))
        wide = self.dialect.wide.format(value=value.text)
        return Sql(wide if factor == 1 else f"({wide} * {factor})", value.parameters)

    def double(self, term: Term) -> Sql:
        """Return a number as a double."""
        if isinstance(term, Value):
            return Sql(self.dialect.placeholder, (doubled(term.plain, term.scale),))
        value = self.plain(term)
        if term.scale is None:
            return value
        text = f"CAST({value.text} AS DOUBLE PRECISION)"
        return Sql(f"({text} / {float(10**term.scale)!r})" if term.scale else text, value.parameters)

    def number(self, term: Term, scale: Scale) -> Sql:
        """Return a number to be compared with one of another scale: in units of ``scale``, or as a double."""
        if scale is None:
            return self.double(term)
        if isinstance(term, Value):
            exact = held(term.plain * 10 ** (scale - (term.scale or 0)))
            return Sql(self.dialect.placeholder, (float(term.plain) * 10.0**4 if exact is None else exact,))
        return self.aligned(self.plain(term), term.scale, scale)

    def date_function(self, term: DateFunction) -> Sql:
        """Return what is computed from a date; one that is needed once stands in its place."""
        day, mark = self.plain(term.argument), self.dialect.placeholder
        if term.argument.kind is Kind.TIME:
            text = self.dialect.local_day.format(value=day.text, zone=mark)
            day = Sql(text, (*day.parameters, term.zone))
        today = date.fromisoformat(term.today)
        match term.function:
            case "date":
                return day
            case "days_since":
                text = self.dialect.days_between.format(later=mark, earlier=day.text)
                return Sql(text, (term.today, *day.parameters))
            case "days_until":
                text = self.dialect.days_between.format(later=day.text, earlier=mark)
                return Sql(text, (*day.parameters, term.today))
            case "age":
                years = f"{today.year} - CAST(substr(v, 1, 4) AS INTEGER)"
                template, bound = f"{years} - CASE WHEN substr(v, 6) > {mark} THEN 1 ELSE 0 END", (term.today[5:],)
                return Sql(f"(SELECT {template} FROM (SELECT {day.text} AS v) AS o)", (*bound, *day.parameters))
            case "next_anniversary":
                template, known = _next_anniversary(today, mark)
                return Sql(f"(SELECT {template} FROM (SELECT {day.text} AS v) AS o)", (*known, *day.parameters))
            case "weekday":
                return Sql(f"({self.dialect.weekday.format(day=day.text)})", day.parameters)
            case "quarter":
                return Sql(f"((CAST(substr({day.text}, 6, 2) AS INTEGER) + 2) / 3)", day.parameters)
            case "year" | "month" | "day":
                start, length = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}[term.function]
                return Sql(f"CAST(substr({day.text}, {start}, {length}) AS INTEGER)", day.parameters)

    def fact(self, term: Aggregate) -> Sql | None:
        """Return the column in which an aggregate is kept, if it is."""
        name = self.kept.column(term) if self.kept else None
        if name is None or self.kept is None:
            return None
        own = column(name, self.dialect, self.kept.table)
        return Sql(own + self.dialect.by_code_point if term.kind in {Kind.DATE, Kind.TIME} else own)

    def aggregate(self, term: Aggregate, *, compared: bool) -> Sql:
        """Return what is made of the related records; ``compared`` asks for what it is compared by."""
        if (fact := self.fact(term)) is not None:
            return fact
        there = self.beyond(term.schema)
        refers = Sql(f"{column(term.reference, self.dialect, there.table)} = {self.own_id}")
        where = [refers] if term.where is None else [refers, there.condition(term.where, holds=True)]
        rows = all_of(where)
        if term.function == "exists":
            text = f"CASE WHEN EXISTS (SELECT 1 FROM {there.source} WHERE {rows.text}) THEN 1 ELSE 0 END"
            return Sql(text, rows.parameters)
        if term.of is None:
            return Sql(f"(SELECT count(*) FROM {there.source} WHERE {rows.text})", rows.parameters)
        if term.function in {"first", "last"}:
            return there.first(term, rows, compared=compared)
        if term.function == "most_frequent":
            return there.most_frequent(term.of, rows, compared=compared)
        return there.gathered(term, term.of, rows)

    def gathered(self, term: Aggregate, of: Term, rows: Sql) -> Sql:
        """Return the count, sum, average, least or greatest of what is not empty."""
        counted = term.function == "count"
        value = self.compared(of) if counted and term.is_distinct else self.plain(of)
        money, parameters = "", value.parameters
        if term.currency:
            mark = self.dialect.placeholder
            money = f", {is_foreign(column(term.currency, self.dialect, self.table), mark)} AS c"
            parameters = (*parameters, self.currency)
        made = self.made_of(term, of, "v", "c")
        inner = f"SELECT {value.text} AS v{money} FROM {self.source} WHERE {rows.text}"
        return Sql(f"(SELECT {made} FROM ({inner}) AS a WHERE v IS NOT NULL)", parameters + rows.parameters)

    def made_of(self, term: Aggregate, of: Term, value: str, foreign: str) -> str:
        """Return what is made of a column of values; another column says which are in a foreign currency."""
        nothing, total = f"count({value}) = 0", self.dialect.exact_sum.format(value=value)
        match term.function:
            case "count":
                made = f"count(DISTINCT {value})" if term.is_distinct else f"count({value})"
            case "sum":
                made = f"CASE WHEN {nothing} THEN 0 ELSE {total} END"
            case "avg":
                unit = float(10 ** (of.scale or 0))
                made = f"CAST({total} AS DOUBLE PRECISION) / (count({value}) * {unit!r})"
                made = f"CASE WHEN NOT {nothing} THEN {made} END"
            case function:
                made = f"{function}({value})"
        if not term.currency:
            return made
        of_nothing = f"WHEN {nothing} THEN 0 " if term.function == "sum" else ""
        return f"CASE {of_nothing}WHEN max({foreign}) = 0 THEN {made} END"

    def first(self, term: Aggregate, rows: Sql, *, compared: bool) -> Sql:
        """Return the value of the earliest, or latest, record that says when it happened and has one."""
        of = term.of
        assert of is not None  # noqa: S101 - the checker refuses it
        filled, value = self.plain(of), self.compared(of) if compared else self.plain(of)
        when = column(self.schema.info.when, self.dialect, self.table)
        direction = "DESC" if term.function == "last" else "ASC"
        by = f"{when}{self.dialect.by_code_point} {direction}, {self.own_id} {direction}"
        text = (
            f"(SELECT {value.text} FROM {self.source} WHERE {rows.text} AND {when} IS NOT NULL "
            f"AND {filled.text} IS NOT NULL ORDER BY {by} LIMIT 1)"
        )
        return Sql(text, value.parameters + rows.parameters + filled.parameters)

    def most_frequent(self, of: Term, rows: Sql, *, compared: bool) -> Sql:
        """Return the value that is there most often; of several, the one that sorts first."""
        value, alike = self.plain(of), self.compared(of)
        place = self.sortable(of) if of.kind is Kind.CHOICE else Sql("0")
        least = f"min(v{self.dialect.by_code_point})" if of.kind in FOLDED_KINDS else "min(v)"
        chosen = "g" if compared and of.kind in FOLDED_KINDS else least
        inner = f"SELECT {value.text} AS v, {alike.text} AS g, {place.text} AS p FROM {self.source} WHERE {rows.text}"
        best = "WHERE v IS NOT NULL GROUP BY g ORDER BY count(*) DESC, min(p), g LIMIT 1"
        parameters = value.parameters + alike.parameters + place.parameters + rows.parameters
        return Sql(f"(SELECT {chosen} FROM ({inner}) AS a {best})", parameters)


def _next_anniversary(today: date, mark: str) -> tuple[str, tuple[str | None, ...]]:
    """Return the next anniversary of the day ``v``: in this year or in the next, each of which is known."""
    leap = computed("next_anniversary", date(2024, 2, 29), today)
    following = f"{today.year + 1:04d}-" if today.year < date.max.year else None
    text = (
        f"CASE WHEN substr(v, 6) = '02-29' THEN {mark} "
        f"WHEN substr(v, 6) >= {mark} THEN {mark} || substr(v, 6) ELSE {mark} || substr(v, 6) END"
    )
    kept = leap if isinstance(leap, str) else None
    return text, (kept, today.isoformat()[5:], f"{today.year:04d}-", following)
