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
    - ``most_values``: how many values can be bound in one statement, with some left for the caller.
    """

    name: str
    placeholder: str
    find: str
    ending: str
    remainder: str
    by_code_point: str = ""
    any_choice: str
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
    most_values=60_000,
)
