"""Collects from the source every sentence that the library can say: what is raised, hinted and reported.

A call that makes an error is read as its class builds the message; a name in it is looked up where the function sets it;
what is not known before the program runs becomes ``OPEN``.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import custledger

OPEN = "\ue000"
"""Stands for a part that is not known before the program runs."""

SOURCE = Path(custledger.__file__).parent
PLUGINS = sorted((SOURCE.parents[1] / "plugins").glob("*/src/*"))
"""Where the core's sentences are, and those of the plugins in this repository."""

NO_SENTENCES = ("testing", "chinese", "words.py", "distributions.py", "spec_json.py", "structs.py")
"""What says nothing to people who use a ledger, or is the table itself."""

PROGRAMMERS = frozenset({
    "ValueError", "TypeError", "AttributeError", "AssertionError", "NotPushedError", "GenerationMovedError",
    "KeyError", "OSError", "csv.Error", "LookupError", "RuntimeError", "_StaleError", "ApartError", "ImportError",
})  # fmt: skip
"""Errors that never reach a person: they are caught where they arise, or are a programmer's own."""

REPORTED = {"services/importing/build.py", "services/importing/by_key.py", "services/importing/chunk.py",
            "services/importing/columns.py", "services/importing/links.py", "services/undo.py",
            "services/undo_settings.py", "services/health.py", "services/proving/proofs.py",
            "services/proving/examples.py"}  # fmt: skip
"""Modules whose texts are told without being raised."""

QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'|\[[^]]*\]|（[^（）]*）")
NAMES = re.compile(
    r"\w+[._]\w+(\(\S*\))?|\w+\([^()]*\)|custledger[-_][\w-]+|custledger( [a-zA-Z]+)*( --[\w-]+)?|pip install [\w -]+|chmod \S+|--[\w-]+|[A-Z][A-Z_0-9]+(=\w*)?"
    r"|\w+:\w+(:\w+)?|[A-Z]\w+/[A-Z]\w+|fonts-\w+|fc-list|SQLite|Excel|\.xlsx|Decimal|Python|utf-\d+"
    r"|ledger = |\b(done|skipped|open|choice|choices|reference|searchable|unique|indexed|tab|comma|semicolon|pipe)\b"
    r"|\b(count|sum|max|exists|distinct|where|not|encoding|format|show)\b",
    re.ASCII,
)
"""Commands, options, keys, codes and proper names, which are the same in every language."""


def mixed(told: str, known: Iterable[str] = ()) -> bool:
    """Whether English words stand in a Chinese sentence, beside what is quoted, names, and words that are ``known``."""
    left = re.findall(r"[A-Za-z][A-Za-z_]{3,}", NAMES.sub("", QUOTED.sub("", told)))
    return not set(left) <= set(known)


class Sentence(NamedTuple):
    """A sentence that may be said, and where in the source."""

    text: str
    place: str


def sentences() -> Iterator[Sentence]:
    """Yield every sentence."""
    for path in sorted([*SOURCE.rglob("*.py"), *(one for folder in PLUGINS for one in folder.rglob("*.py"))]):
        if not any(part in NO_SENTENCES for part in path.parts):
            yield from _Module(path).sentences()


def faults() -> Iterator[Sentence]:
    """Yield what may be wrong with what a plugin hands over: what the functions of ``descriptors`` return, and so on."""
    module = _Module(SOURCE / "descriptors.py")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from (
                Sentence(text, f"descriptors.py:{node.lineno}") for text in module.texts(node.value) if " " in text
            )
    module = _Module(SOURCE / "services/amending.py")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._fail":
            yield from (
                Sentence(text, f"amending.py:{node.lineno}") for text in module.texts(node.args[1]) if " " in text
            )


class _Module:
    """One module's sentences."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.looking: set[str] = set()
        self.tree = ast.parse(path.read_text("utf-8"))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def sentences(self) -> Iterator[Sentence]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                for text in self._of_call(node, name):
                    yield Sentence(text, f"{self.path.name}:{node.lineno}")
        if self.path.is_relative_to(SOURCE) and self.path.relative_to(SOURCE).as_posix() in REPORTED:
            for node, text in self._loose():
                yield Sentence(text, f"{self.path.name}:{node.lineno}")

    def _of_call(self, call: ast.Call, name: str) -> Iterator[str]:
        last = name.rpartition(".")[2]
        if last == "_warn" or (last == "Bad" and call.args):
            yield from self._texts(call.args[0])
        if last == "_wrong":
            yield from (f"Every: “X1” {why}" for why in self._texts(call.args[1]))
        if not (last.endswith("Error") or last in {"error", "_ask"} or last == "in_field") or name in PROGRAMMERS:
            return
        named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        if "hint" in named:
            yield from filter(None, self._texts(named["hint"]))
        make = getattr(self, f"_made_by_{last}", None)
        if make is not None:
            yield from make(call.args, named)
        elif last.endswith("Error") and call.args:
            yield from self._texts(call.args[0])

    def texts(self, node: ast.expr) -> list[str]:
        """Return what an expression may come to, as far as that is known."""
        return [text for text in self._texts(node) if text.strip(OPEN)]

    def _made_by_InvalidValueError(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        nothing = isinstance(args[0], ast.Constant) and args[0].value is None
        for why in self._texts(args[1]):
            if nothing and why.startswith("is not enough: "):
                yield why.removeprefix("is not enough: ").removesuffix(" one").capitalize() + " a 名称"
            else:
                yield f"“X1” {why}"
                yield f"名称: “X1” {why}"

    def _made_by_NotFoundError(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        for what in self._texts(args[0]):
            yield f"There is no {what} “X1”."

    def _made_by_AmbiguousError(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        for what in self._texts(args[0]):
            yield f"“X1” could be more than one {what}: C-01J9ZK4QW7RXM, C-01J9ZK4QW7RXN."
            yield f"“X1” could be more than one {what}: C-01J9ZK4QW7RXM (上海 · 1, 2), C-01J9ZK4QW7RXN (X) …."

    def _made_by_QueryError(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        for why in self._texts(args[0]):
            yield f"{why} (at character 3 of: X1)"

    _made_by_error = _made_by_QueryError

    def _made_by_FileFormatError(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        for path, why in product(self._texts(args[0]), self._texts(args[1])):
            yield f"{path}: {why}"
            yield f"{path}, row 3: {why}"
            yield f"{path}, row 3, column X1: {why}"

    def _made_by_DuplicateError(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        yield "customer: code “X1” is already taken by C-1."
        yield "customer: code “X1” is already taken."
        yield "Give another code, or edit the record that has it."

    def _made_by_ReferencedError(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        yield "C-1 cannot be removed: 1 interaction, 2 followups still refer to it."
        yield "C-1 cannot be removed: 1 transaction still refers to it."

    def _made_by_ConflictError(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        for record in self._texts(args[0]):
            if "why" in named:
                yield from (f"{record} changed since it was read: {why}." for why in self._texts(named["why"]))
            else:
                one = "x1 was “1”, you set (empty), somebody else set “3”"
                yield f"{record} changed since it was read: {one}."
                yield f"{record} changed since it was read: {one}; x2 was set differently by somebody else."

    def _made_by_PluginError(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        yield "The plugin x1 failed while answering custledger_check: KeyError: 'a strange thing happened'"
        yield "Set CUSTLEDGER_DISABLE_PLUGINS=x1 to go on without it."

    def _made_by_file_error(self, args: Sequence[ast.expr], named: Mapping[str, ast.expr]) -> Iterator[str]:
        return iter(())

    def _texts(self, node: ast.expr) -> list[str]:
        """Return what an expression may come to."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.Constant():
                return []
            case ast.IfExp(body=body, orelse=orelse):
                return [*self._texts(body), *self._texts(orelse)]
            case ast.BoolOp(op=ast.Or(), values=values):
                return [text for value in values for text in self._texts(value)]
            case ast.BinOp(left=left, op=ast.Add(), right=right) if isinstance(
                left, ast.JoinedStr | ast.Constant | ast.IfExp
            ):
                return [a + b for a, b in product(self._texts(left), self._texts(right))]
            case ast.JoinedStr(values=values):
                return ["".join(parts) for parts in product(*(self._part(value) for value in values))]
            case ast.Name(id=name) if name not in self.looking:
                self.looking.add(name)
                found = self._assigned(node, name)
                self.looking.discard(name)
                return found or [OPEN]
        return [OPEN]

    def _part(self, node: ast.expr) -> list[str]:
        if isinstance(node, ast.Constant):
            return [str(node.value)]
        assert isinstance(node, ast.FormattedValue)
        return self._texts(node.value) or [OPEN]

    def _assigned(self, node: ast.AST, name: str) -> list[str]:
        """Return what a name may hold, if its function or module sets it to texts."""
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.FunctionDef | ast.Module):
                values = [
                    one.value for one in ast.walk(node)
                    if isinstance(one, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in one.targets)
                ]  # fmt: skip
                if values:
                    return [text for value in values for text in self._texts(value)]
                if isinstance(node, ast.FunctionDef) and any(one.arg == name for one in _arguments(node)):
                    return []
        return []

    def _loose(self) -> Iterator[tuple[ast.expr, str]]:
        """Yield the texts of a module that reports them: those with a space, which no docstring is."""
        within = {
            inner for node in ast.walk(self.tree) if isinstance(node, ast.JoinedStr) for inner in ast.walk(node)
        } - {node for node in ast.walk(self.tree) if isinstance(node, ast.JoinedStr)}
        skipped = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        made = {
            id(inner)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Error", "understand"))
            for inner in ast.walk(node)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr | ast.Constant) and node not in within and id(node) not in skipped | made:
                if isinstance(node, ast.Constant) and not isinstance(node.value, str):
                    continue
                fixed = ast.unparse(node) if isinstance(node, ast.JoinedStr) else str(node.value)
                if " " in fixed.strip():
                    yield from ((node, text) for text in self._texts(node))


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]
