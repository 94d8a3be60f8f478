"""Specs, choices and schemas as JSON values, which is how settings and stores keep them.

A Spec is written as its kind, its labels and whatever differs from the default, so that documents stay small and a
later custledger can add attributes. What is not known is passed over when reading.
"""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from custledger.fields import Choice, Kind, Labels, Spec
from custledger.schema import Field, Schema, TypeInfo


def labels_to_json(labels: Labels) -> dict[str, str]:
    """Return labels as ``{"en", "zh"}``."""
    return {"en": labels.en, "zh": labels.zh}


def labels_from_json(value: Mapping[str, Any]) -> Labels:
    """Return the labels that ``labels_to_json`` wrote. Raises ``TypeError`` for what is no mapping."""
    return Labels(_text(value.get("en", "")), _text(value.get("zh", "")))


def choice_to_json(choice: Choice) -> dict[str, str]:
    """Return a choice as ``{"code", "en", "zh", "color"}``."""
    return {"code": choice.code, **labels_to_json(choice.labels), "color": choice.color}


def choice_from_json(value: Mapping[str, Any]) -> Choice:
    """Return the choice that ``choice_to_json`` wrote. Raises ``KeyError`` or ``TypeError``."""
    return Choice(_text(value["code"]), labels_from_json(value), _text(value.get("color", "")))


def spec_to_json(spec: Spec) -> dict[str, Any]:
    """Return a Spec as a JSON object."""
    written: dict[str, Any] = {"kind": spec.kind.value, "labels": labels_to_json(spec.labels)}
    for attribute in attrs.fields(Spec):
        value = getattr(spec, attribute.name)
        # Most are the default itself, and every start writes every Spec: looking into them would take twice as long.
        if value is not attribute.default and attribute.name not in written and value != attribute.default:
            write = _WRITERS.get(attribute.name)
            written[attribute.name] = write(value) if write else value
    return written


def spec_from_json(value: Mapping[str, Any]) -> Spec:
    """Return the Spec that ``spec_to_json`` wrote. Raises ``KeyError``, ``TypeError`` or ``ValueError``."""
    read: dict[str, Any] = {"kind": Kind(value["kind"]), "labels": labels_from_json(value["labels"])}
    for attribute in attrs.fields(Spec):
        if attribute.name in value and attribute.name not in read:
            read[attribute.name] = _reader(attribute.name, attribute.default)(value[attribute.name])
    return Spec(**read)


def schema_to_json(schema: Schema) -> dict[str, Any]:
    """Return a schema as a JSON object; its class is left out."""
    info = schema.info
    return {
        "name": info.name,
        "plural": info.plural,
        "prefix": info.prefix,
        "labels": labels_to_json(info.labels),
        "when": info.when,
        "brief": list(info.brief),
        **({"planned": True} if info.is_planned else {}),
        **({"kept": True} if info.is_kept else {}),
        "fields": [{"key": field.key, **spec_to_json(field.spec)} for field in schema.fields],
    }


def schema_from_json(value: Mapping[str, Any]) -> Schema:
    """Return the schema that ``schema_to_json`` wrote, without a class. Raises as ``spec_from_json`` does."""
    info = TypeInfo(
        _text(value["name"]),
        _text(value["plural"]),
        _text(value["prefix"]),
        labels_from_json(value["labels"]),
        _text(value["when"]),
        tuple(map(_text, value["brief"])),
        value.get("planned") is True,
        value.get("kept") is True,
    )
    return Schema(info, tuple(Field(_text(each["key"]), spec_from_json(each)) for each in value["fields"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not text")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r:.40} is neither true nor false")
    return value


def _target(value: Any) -> str | None:
    return None if value is None else _text(value)


def _default(value: Any) -> Any:
    """Return a plain value; JSON has lists where plain values have tuples."""
    return tuple(value) if isinstance(value, list) else value


def _on_remove(value: Any) -> str:
    if value not in {"restrict", "cascade", "empty"}:
        raise ValueError(f"{value!r:.40} is not restrict, cascade or empty")
    return str(value)


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "aliases": list,
    "choices": lambda listed: [choice_to_json(choice) for choice in listed],
    "help": labels_to_json,
    "default": lambda value: list(value) if isinstance(value, tuple) else value,
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "aliases": lambda listed: tuple(map(_text, listed)),
    "choices": lambda listed: tuple(map(choice_from_json, listed)),
    "help": labels_from_json,
    "target": _target,
    "on_remove": _on_remove,
    "default": _default,
}


def _reader(name: str, default: Any) -> Callable[[Any], Any]:
    return _READERS.get(name) or (_truth if isinstance(default, bool) else _text)
