"""What differs between SQL databases, as far as expressions are concerned. A new database is a new ``Dialect``."""

from custledger.structs import Struct, frozen


@frozen(kw_only=True)
class Dialect(Struct):
    """How one database writes what expressions need.

    - ``placeholder``: stands for a bound value;
    - ``find``: the place of one text in another, counted from 1, or 0;
    - ``ending``: the last ``{length}`` characters of a text;
    - ``remainder``: of a division of whole numbers, with the sign of the dividend;
    - ``by_code_point``: follows a text so that it compares by code points, whatever the database's locale;
    - ``any_choice``: whether one of the items of a list of choices is among values; empty if the database cannot;
    - ``exact_sum``: of the whole numbers ``{value}`` of a group of at least one, or NULL where 64 bits do not hold it;
    - ``wide``: a whole number with which to compute what may need more than 64 bits;
    - ``exact``: the column ``v``, what was computed so, or NULL where it does need more;
    - ``days_between``: how many days the text of a day is after that of another;
    - ``weekday``: of the text of a day, Monday being 1;
    - ``local_day``: the text of the day of a time in a zone;
    - ``listed``: the text of a JSON list of the whole numbers ``{value}`` of a group, or NULL where there is none;
    - ``most_values``: how many values can be bound in one statement, with some left for the caller.
    """

    name: str
    placeholder: str
    find: str
    ending: str
    remainder: str
    by_code_point: str = ""
    any_choice: str
    exact_sum: str
    wide: str
    exact: str
    days_between: str
    weekday: str
    local_day: str
    listed: str
    most_values: int

    def quoted(self, name: str) -> str:
        """Return a name of a table or a column in quotation marks."""
        escaped = name.replace('"', '""')
        return '"' + (escaped.replace("%", "%%") if self.placeholder == "%s" else escaped) + '"'

    def placeholders(self, count: int) -> str:
        """Return placeholders for ``count`` values, with commas between them."""
        return ", ".join([self.placeholder] * count)


SQLITE = Dialect(
    name="sqlite",
    placeholder="?",
    find="instr({text}, {part})",
    ending="substr({text}, -{length})",
    remainder="{value} % {divisor}",
    any_choice="EXISTS (SELECT 1 FROM json_each({column}) AS e WHERE e.value IN ({values}))",
    exact_sum=(
        "CASE WHEN sum({value} >> 32) + (sum({value} & 4294967295) >> 32) BETWEEN -2147483648 AND 2147483647 "
        "THEN ((sum({value} >> 32) + (sum({value} & 4294967295) >> 32)) << 32) "
        "| (sum({value} & 4294967295) & 4294967295) END"
    ),
    wide="{value}",
    exact="CASE typeof(v) WHEN 'integer' THEN v END",
    days_between="CAST(julianday({later}) - julianday({earlier}) AS INTEGER)",
    weekday="(CAST(strftime('%w', {day}) AS INTEGER) + 6) % 7 + 1",
    local_day="custledger_day({value}, {zone})",
    listed="json_group_array({value})",
    most_values=30_000,
)

POSTGRES = Dialect(
    name="postgres",
    placeholder="%s",
    find="strpos({text}, {part})",
    ending="right({text}, {length})",
    remainder="{value} %% {divisor}",
    by_code_point=' COLLATE "C"',
    any_choice="EXISTS (SELECT 1 FROM json_array_elements_text({column}::json) AS e(item) WHERE e.item IN ({values}))",
    exact_sum=(
        "CASE WHEN sum({value}) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN sum({value})::bigint END"
    ),
    wide="{value}::numeric",
    exact="CASE WHEN v BETWEEN -9223372036854775808 AND 9223372036854775807 THEN v::bigint END",
    days_between="({later}::date - {earlier}::date)",
    weekday="EXTRACT(ISODOW FROM {day}::date)::bigint",
    local_day="to_char({value}::timestamptz AT TIME ZONE {zone}, 'YYYY-MM-DD')",
    listed="json_agg({value})::text",
    most_values=60_000,
)
