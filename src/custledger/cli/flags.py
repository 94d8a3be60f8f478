"""The options that every command takes, before or after its name: which ledger, as whom, in which language, when."""

from collections.abc import Sequence
from typing import NamedTuple

from custledger.errors import UsageError

FLAGS = {"--ledger": "ledger", "--as": "actor", "--lang": "language", "--as-of": "as_of"}
"""The flags, and the settings of ``custledger.config`` that they set."""

OWN_FLAGS = {("import",): frozenset({"--as"}), ("ledger", "set"): frozenset({"--lang"})}
"""Commands that mean something else by a flag, when it follows their name."""


class CommandLine(NamedTuple):
    """What was typed, with the options that every command takes picked out.

    A named tuple, since an attrs class takes a millisecond to make, and this module is part of every start.
    ``words`` are the leading words that are not options: the command and what belongs to it.
    """

    flags: dict[str, str]
    rest: list[str]
    problem: UsageError | None = None
    """What is wrong with those options, to be raised where the language of the run is known."""

    @property
    def words(self) -> list[str]:
        """The words before the first option."""
        found = []
        for argument in self.rest:
            if argument.startswith("-"):
                break
            found.append(argument)
        return found

    @property
    def wants_help(self) -> bool:
        """Whether help is asked for, or nothing at all."""
        return not self.rest or "--help" in self.rest or "-h" in self.rest

    @property
    def wants_json(self) -> bool:
        """Whether errors should be JSON too."""
        return "--json" in self.rest or "--nl" in self.rest


def read(arguments: Sequence[str]) -> CommandLine:
    """Pick the options that every command takes out of the arguments; what follows ``--`` is left alone.

    One without its value, or given twice, is the ``problem``.
    """
    flags: dict[str, str] = {}
    rest: list[str] = []
    own: frozenset[str] = frozenset()
    problem: UsageError | None = None
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--":
            rest += [argument, *remaining]
            break
        name, equals, value = argument.partition("=")
        if name in FLAGS and name not in own:
            given = value if equals else next(remaining, None)
            if given is None:
                problem = UsageError(f"The option {name} needs a value.", hint="custledger --help shows the options.")
                break
            if FLAGS[name] in flags:
                problem = problem or UsageError(f"The option {name} is given twice.", hint="Give it once.")
            flags.setdefault(FLAGS[name], given)
            continue
        rest.append(argument)
        own = OWN_FLAGS.get(tuple(rest), own)
    return CommandLine(flags, rest, problem)
