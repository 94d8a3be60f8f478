"""Patterns of English sentences whose parts have sorts, and how a part of each sort is put into Chinese.

``{name}`` stands for what people or files call a thing, and stays as it is; ``{count:n}`` for a part of a sort. A part
that is not of its sort, or for which there is no Chinese, means that the pattern does not fit.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from operator import itemgetter

from custledger.chinese.terms import ANSWERS, DONE, ERRNO, KINDS, ORIGINS, PLACES, WHATS
from custledger.schema import Schema

_PART = re.compile(r"\{(\w+)(?::(\w+))?\}")
_WORD = re.compile(r"(?<![0-9A-Za-z_])[A-Za-z]+(?![0-9A-Za-z_])")
_SHAPES = {
    "n": r"\d[\d,]*",
    "q": r"“.*?”|\(empty\)",
    "id": r"[A-Z]+-[0-9A-Z]+",
    "matches": r"[A-Z]+-[0-9A-Z]{13}.*?",
    "place": r"(?:(?!: )[^“”;])+?",
    "label": r"[^“”:;]+?",
    "folder": r"(?:(?!\. ).)+?",
    "path": r"(?:(?!\. [A-Z]).)+?",
    "word": r"\S+?",
    "written": r"(?:(?!\); ).)+?",
    "article": r"an?",
}
"""What a part must look like, where its sort says that; any other is whatever lies between its neighbours."""


class Said:
    """What the parts of a sentence are called in Chinese, in one ledger."""

    def __init__(self, schemas: Mapping[str, Schema], known: Callable[[str], str | None]) -> None:
        self.schemas = schemas
        self._known = known

    @cached_property
    def _types(self) -> Mapping[str, Schema]:
        """The schemas by whatever a type may be called in an English sentence."""
        found: dict[str, Schema] = {}
        for schema in self.schemas.values():
            label = schema.info.labels.en
            for name in (schema.name, schema.info.plural, label, f"{label}s"):
                found.setdefault(name.lower(), schema)
        return found

    def part(self, sort: str, text: str, before: Mapping[str, str]) -> str | None:
        """Return a part in Chinese, or ``None``; ``before`` are the parts in front of it, as they stand in English."""
        put: Callable[[str], str | None] | None = getattr(self, f"_{sort}", None)
        if sort == "key":
            return self._field(text, before)
        return put(text) if put else text

    def _q(self, text: str) -> str:
        return "（空）" if text == "(empty)" else text

    def _place(self, text: str) -> str:
        """Return what is in front of what is wrong: a field by its Chinese label, or a file, a column, an option."""
        labels = (field.spec.labels for schema in self.schemas.values() for field in schema.fields)
        return PLACES.get(text) or next((one.zh for one in labels if one.en == text and one.zh), text)

    def _why(self, text: str) -> str | None:
        return self._known(text)

    def _landed(self, text: str) -> str | None:
        """Return what an import says at last, which begins with ``Rows``."""
        return self._known(f"Rows {text}")

    def _said(self, text: str) -> str:
        """Return what somebody else says, such as a library: in quotation marks, where there is no Chinese for it."""
        return self._known(text) or f"“{text}”"

    def _raised(self, text: str) -> str:
        """Return what a plugin raised, ``KeyError: 'x'``: as it says it, where there is no Chinese for it."""
        _, _, cause = text.partition(": ")
        return self._known(cause) or f"“{text.rstrip(': ')}”"

    def _type(self, text: str) -> str | None:
        schema = self._types.get(text.lower())
        return schema.info.labels.in_language("zh") if schema else None

    def _one(self, text: str) -> str | None:
        bare = re.sub(r"^an? ", "", text, flags=re.IGNORECASE)
        return self._type(bare) or WHATS.get(bare)

    def _what(self, text: str) -> str | None:
        if text in WHATS:
            return WHATS[text]
        bare = text.removesuffix(" field")
        called = self._type(bare)
        return f"{called}字段" if called and bare != text else called

    def _counted(self, text: str) -> str | None:
        """Return ``2 customers, 1 visit``; several in a row, each perhaps with a field: ``1 visit (visit.fee)``."""
        told = []
        for each in text.split(", "):
            count, _, noun = each.partition(" ")
            noun, _, field = noun.removesuffix(")").partition(" (")
            called = self._type(noun)
            if not count.isdecimal() or called is None:
                return None
            told.append(f"{called} {count} 条" + (f"（{field}）" if field else ""))
        return "、".join(told)

    def _field(self, key: str, before: Mapping[str, str]) -> str:
        """Return the label of a field whose type stands in front of it; where none does, what it is called already."""
        schema = self._types.get(before.get("type", "").lower())
        field = schema.by_key.get(key) if schema else None
        return field.label("zh") if field else key

    def _fields(self, text: str) -> str:
        """Return the keys of fields of one type as their labels, by which they can be named as well."""
        keys = text.split(", ")
        schema = next((one for one in self.schemas.values() if all(key in one.by_key for key in keys)), None)
        return self._list(text) if schema is None else "、".join(schema.by_key[key].label("zh") for key in keys)

    def _list(self, text: str) -> str:
        return text.replace(", ", "、")

    def _matches(self, text: str) -> str:
        """Return ids with what tells each from the others, ``C-1 (上海), C-2``; that stays as it is."""
        several = re.split(r"(?<=[0-9A-Z)]), (?=[A-Z]+-[0-9A-Z]{13})", text.removesuffix(" …"))
        told = "、".join(re.sub(r"^(\S+) \((.*)\)$", r"\1（\2）", one) for one in several)
        return f"{told} 等" if text.endswith(" …") else told

    def _or(self, text: str) -> str:
        return text.replace(" or ", " 或 ")

    def _and(self, text: str) -> str:
        return text.replace(" and ", " 和 ")

    def _kind(self, text: str) -> str | None:
        return KINDS.get(text)

    def _done(self, text: str) -> str | None:
        return DONE.get(text)

    def _origin(self, text: str) -> str:
        word, _, name = text.partition(" ")
        return f"{ORIGINS[word]} {name}".rstrip() if word in ORIGINS else text

    def _answer(self, text: str) -> str:
        return ANSWERS.get(text, text)

    def _errno(self, text: str) -> str:
        return ERRNO.get(text) or f"“{text}”"


class Pattern:
    """One English sentence of the tables with its Chinese, as a pattern that a whole sentence fits or does not."""

    def __init__(self, english: str, chinese: str) -> None:
        self.english = english
        self.chinese = chinese
        _, *pieces = _PART.split(english)
        self._sorts = dict(zip(pieces[::3], pieces[1::3], strict=True))

    @property
    def is_open(self) -> bool:
        """Whether it has parts at all."""
        return bool(self._sorts)

    @property
    def sign(self) -> str:
        """The longest of its words that every sentence must have which fits; empty where there is none."""
        return max(_WORD.findall(_PART.sub("0", self.english)), key=len, default="")

    def put(self, sentence: str, said: Said) -> str | None:
        """Return the sentence in Chinese, or ``None`` where it does not fit or a part of it has no Chinese."""
        found = self._whole.fullmatch(sentence)
        if found is None:
            return None
        given = found.groupdict()
        told = {name: said.part(self._sorts[name] or "", text, given) for name, text in given.items()}
        if None in told.values():
            return None
        return self.chinese.format(**told)

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        fixed, *pieces = _PART.split(self.english)
        named = zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True)
        parts = (f"(?P<{name}>{_SHAPES.get(sort or '', '.+?')}){re.escape(after)}" for name, sort, after in named)
        return re.compile(re.escape(fixed) + "".join(parts))


class Patterns:
    """Many patterns, of which those that a sentence may fit are found by its words."""

    def __init__(self, sentences: Iterable[tuple[str, str]]) -> None:
        self._whole: dict[str, str] = {}
        self._signed: dict[str, list[tuple[int, Pattern]]] = defaultdict(list)
        for place, (english, chinese) in enumerate(sentences):
            one = Pattern(english, chinese)
            if one.is_open:
                self._signed[one.sign].append((place, one))
            else:
                self._whole.setdefault(english, chinese)

    def whole(self, sentence: str) -> str | None:
        """Return the Chinese of a sentence that stands in the tables as it is."""
        return self._whole.get(sentence)

    def likely(self, sentence: str) -> Iterator[Pattern]:
        """Yield the patterns that a sentence may fit, in the order of the tables."""
        words = {"", *_WORD.findall(sentence)}
        found = [each for word in words for each in self._signed.get(word, ())]
        yield from (one for _, one in sorted(found, key=itemgetter(0)))
