"""A part of an expression with its names as the labels of a language: what people read who never saw its keys."""

from collections.abc import Iterable

from custledger.expressions.nodes import Named
from custledger.expressions.scope import Beyond, Meaning, Own, Relation, Scope, Step
from custledger.expressions.syntax import Name
from custledger.fields import Labels

_BRACKETS = {"[": "]", "［": "］", "【": "】"}


def labelled(text: str, begin: int, end: int, seen: Iterable[tuple[Name, Scope]]) -> str:
    """Return a part of a text with the names in it as their Chinese labels; those that are Chinese stay as written.

    ``seen`` are the names in the text, each with the scope in which it means something. In English a rule stays as it
    is written: keys are English words, and what somebody wrote in Chinese has no better English.
    """
    places = {name.start: (name, scope) for name, scope in seen if begin <= name.start < end and name.text.isascii()}
    told, at = "", begin
    for start, (name, scope) in sorted(places.items()):
        after = _end(text, name)
        label = _label(scope, scope.meaning(name.folded))
        if start >= at and label:
            told += text[at:start] + label
            at = after
    return told + text[at:end]


def _end(text: str, name: Name) -> int:
    """Return where a name ends, which may stand in square brackets."""
    closing = _BRACKETS.get(text[name.start])
    return text.index(closing, name.start) + 1 if closing else name.start + len(name.text)


def _label(scope: Scope, meaning: Meaning | None) -> str:
    """Return the Chinese label of what a name means; nothing where it has none."""
    match meaning:
        case Own(field):
            return field.spec.labels.zh
        case Named(labels=Labels(zh=zh)):
            return zh
        case Relation(schema=schema):
            return schema.info.labels.zh
        case Step(reference, _, field):
            return _joined(reference.spec.labels.zh, field.spec.labels.zh)
        case Beyond(relation, name):
            beyond = scope.beyond(relation.schema)
            return _joined(relation.schema.info.labels.zh, _label(beyond, beyond.meaning(name)))
    return ""


def _joined(first: str, second: str) -> str:
    return f"{first}.{second}" if first and second else ""
