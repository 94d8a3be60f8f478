"""Help in Chinese: laid out in cells, since Chinese characters take two, and said by the table in ``cli.help_words``.

The help of a field's option is made of what the field and its choices are called in Chinese. What a plugin's command
says of itself is looked up in the sentences that the plugin brings.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from custledger.cli.help_words import HEADINGS, HELP, USAGE
from custledger.cli.options import MARK, SEVERAL
from custledger.cli.text import width
from custledger.schema import Field, Schema

if TYPE_CHECKING:
    from custledger.cli.invocation import Invocation

_Formatter: Any = typer.Context.formatter_class
_UNIT = re.compile(r"[（“「《]*(?:[!-~]+|\S)[，。；：、？！）”」》…]*\s*")
"""What no line end may stand in: a word, or a character, with the punctuation that belongs to it."""
_EXTRA = re.compile(r"(?P<help>.*?)(?:  |^)\[(?P<extra>[^]]+)\]", re.DOTALL)
_GROUP = re.compile(r"(?P<label>.+) records \(.*\)\.")
_SEARCHED = re.compile(r"(?P<label>[^:]+): .+\.")
_EXTRAS = (
    (re.compile(r"required"), "必填"),
    (re.compile(r"default: (.*)"), r"默认：\1"),
    (re.compile(r"env var: (.*)"), r"环境变量：\1"),
    (re.compile(r"x>=(\d+)"), r"至少 \1"),
)
"""What typer adds to the help of an option."""
_GAP, _WIDEST = 2, 30


class ChineseFormatter(_Formatter):  # type: ignore[misc]
    """Writes help in Chinese. ``say`` returns the Chinese of a paragraph, or the paragraph where there is none."""

    def __init__(self, say: Callable[[str], str], **how: Any) -> None:
        super().__init__(**how)
        self._say = say

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        first = f"{prefix or '用法：'}{prog} "
        told = " ".join(USAGE.get(word, word) for word in args.split())
        lines = wrapped(told, max(self.width - width(first), _WIDEST))
        self.write(f"\n{' ' * width(first)}".join([f"{first}{lines[0]}", *lines[1:]]).rstrip() + "\n")

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        self.write(f"{' ' * self.current_indent}{HEADINGS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        told = (wrapped(self._say(paragraph), self.width - self.current_indent) for paragraph in paragraphs(text))
        self.write("\n\n".join("\n".join(f"{indent}{line}" for line in lines) for lines in told) + "\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = _WIDEST, col_spacing: int = _GAP) -> None:
        """Write a list of options or commands with what each is for."""
        indent = " " * self.current_indent
        beside = min(max((width(name) for name, _ in rows), default=0), col_max) + col_spacing
        for name, about in rows:
            lines = wrapped(self._described(about), max(self.width - self.current_indent - beside, _WIDEST))
            first = name + " " * (beside - width(name))
            if width(name) + col_spacing > beside:
                self.write(f"{indent}{name}\n")
                first = " " * beside
            rest = [f"{indent}{' ' * beside}{line}" for line in lines[1:]]
            self.write("\n".join([f"{indent}{first}{lines[0]}".rstrip(), *rest]) + "\n")

    def _described(self, about: str) -> str:
        """Return what an option is for, with what typer adds to it."""
        found = _EXTRA.fullmatch(about)
        if found is None:
            return self._say(about)
        told = "；".join(_extra(one) for one in found["extra"].split("; "))
        return f"{self._say(found['help'])}（{told}）" if found["help"] else f"（{told}）"


def formatter(context: Any, run: "Invocation") -> ChineseFormatter:
    """Return what writes the help of the command that ``context`` is of."""
    schemas = run.plugins.schemas()
    schema = schemas.get(context.parent.info_name) if context.parent else None
    for parameter in context.command.params if schema else ():
        field = schema.by_key.get(parameter.name.removeprefix(MARK)) if schema else None
        if field is not None and parameter.name.startswith(MARK):
            parameter.help = about_field(field, replaces="replaces" in (parameter.help or ""))
    return ChineseFormatter(sayer(run), width=context.terminal_width, max_width=context.max_content_width)


def sayer(run: "Invocation") -> Callable[[str], str]:
    """Return what puts a paragraph of help into Chinese."""
    called = {schema.info.labels.en: schema for schema in run.plugins.schemas().values()}

    def say(paragraph: str) -> str:
        text = " ".join(paragraph.split())
        if text in HELP or not text:
            return HELP.get(text, text)
        if (group := _GROUP.fullmatch(text)) and group["label"] in called:
            return f"{called[group['label']].info.labels.in_language('zh')}：新增、列出、查看、修改、删除、统计等。"
        if (searched := _SEARCHED.fullmatch(text)) and searched["label"] in called:
            return _searched(called[searched["label"]])
        return run.told(text)

    return say


def about_field(field: Field, *, replaces: bool) -> str:
    """Return the help of a field's option: what it is called, its choices, and what its author wrote of it."""
    told = field.label("zh")
    if field.spec.choices:
        told += "：" + "、".join(
            " ".join(dict.fromkeys((choice.code, choice.labels.in_language("zh")))) for choice in field.spec.choices
        )
    if help_zh := field.spec.help.in_language("zh"):
        told += f"：{help_zh}"
    if field.spec.kind in SEVERAL:
        told += "；可以多次给出"
    notes = (("必填", field.spec.required), ("给出全部，会替换原有的", replaces))
    return told + "".join(f"（{note}）" for note, holds in notes if holds)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which empty lines separate."""
    return [one for one in re.split(r"\n\s*\n", text) if one.strip()]


def wrapped(text: str, cells: int) -> list[str]:
    """Return a text in lines of so many cells at most, broken between words and between Chinese characters."""
    lines, line = [], ""
    for unit in _UNIT.findall(" ".join(text.split())):
        if line and width(line + unit.rstrip()) > cells:
            lines.append(line.rstrip())
            line = ""
        line += unit
    return [*lines, line.rstrip()]


def _extra(text: str) -> str:
    for pattern, told in _EXTRAS:
        if pattern.fullmatch(text):
            return pattern.sub(told, text, count=1)
    return text


def _searched(schema: Schema) -> str:
    labels = "、".join(field.label("zh") for field in schema.searchable)
    return f"{schema.info.labels.in_language('zh')}：{labels}。"
