"""The words of the language, in both languages. ``docs/guides/expressions.md`` shows the same tables to people.

A keyword is one word or several that follow each other; case and width do not matter. Chinese keywords stand between
spaces, as English ones do, since a value or a label may well contain one of these characters.
"""

from custledger.expressions.syntax import Word

SYMBOLS: dict[str, tuple[Word, bool]] = {
    "=": ("=", False),
    "==": ("=", False),
    "!=": ("=", True),
    "<>": ("=", True),
    "<": ("<", False),
    "<=": ("<=", False),
    ">": (">", False),
    ">=": (">=", False),
}
"""The operator that each symbol stands for, and whether it is negated."""

OPERATORS: dict[tuple[str, ...], tuple[Word, bool]] = {
    ("in",): ("in", False),
    ("not", "in"): ("in", True),
    ("between",): ("between", False),
    ("not", "between"): ("between", True),
    ("contains",): ("contains", False),
    ("not", "contains"): ("contains", True),
    ("starts", "with"): ("starts", False),
    ("not", "starts", "with"): ("starts", True),
    ("ends", "with"): ("ends", False),
    ("not", "ends", "with"): ("ends", True),
    ("is", "empty"): ("empty", False),
    ("is", "not", "empty"): ("empty", True),
    ("等于",): ("=", False),
    ("是",): ("=", False),
    ("不等于",): ("=", True),
    ("不是",): ("=", True),
    ("小于",): ("<", False),
    ("早于",): ("<", False),
    ("小于等于",): ("<=", False),
    ("不晚于",): ("<=", False),
    ("大于",): (">", False),
    ("晚于",): (">", False),
    ("大于等于",): (">=", False),
    ("不早于",): (">=", False),
    ("在",): ("in", False),
    ("属于",): ("in", False),
    ("不在",): ("in", True),
    ("不属于",): ("in", True),
    ("介于",): ("between", False),
    ("不介于",): ("between", True),
    ("包含",): ("contains", False),
    ("不包含",): ("contains", True),
    ("开头是",): ("starts", False),
    ("开头不是",): ("starts", True),
    ("结尾是",): ("ends", False),
    ("结尾不是",): ("ends", True),
    ("为空",): ("empty", False),
    ("不为空",): ("empty", True),
}
"""The operator that each phrase stands for, and whether it is negated."""

LONGEST_OPERATOR = max(map(len, OPERATORS))
AND = frozenset({"and", "且", "并且"})
OR = frozenset({"or", "或", "或者"})
NOT = frozenset({"not", "非", "不"})
LIKE_OR = frozenset({"或是", "还是", "|", "||"})
LIKE_JOINING = LIKE_OR | {
    "和", "与", "并", "及", "以及", "同时", "而且", "但", "但是", "当", "其中", "&", "&&", "but", "when", "while",
    "where", "if",
}  # fmt: skip
"""Joins no conditions, though people write it so; in a value it is a word like any other."""
BETWEEN_AND = frozenset({"and", "和", "与", "到", "至"})
BETWEEN_END = frozenset({"之间"})
"""May close what ``在`` or ``介于`` opened: ``在 30 到 50 之间``."""

GLUED = tuple(sorted((phrase[0] for phrase in OPERATORS if not phrase[0].isascii()), key=len, reverse=True))
"""Chinese operators, longest first: looked for where a name is unknown because spaces were left out."""

WHERE = frozenset({"where", "其中", "当"})
"""Begins the condition on the records that an aggregate looks at."""
DISTINCT = frozenset({"distinct", "不同"})

WITHIN = "within"
_NOT_GLUED = {
    "等于": "!=", "是": "!=", "大于": "<=", "小于": ">=", "在": "not in", "属于": "not in", "介于": "not between",
    "包含": "not contains", "开头是": "not starts with", "结尾是": "not ends with", "为空": "is not empty",
}  # fmt: skip
"""What 不 before an operator says, where a blank stands between the two."""
LIKE_OPERATORS: dict[tuple[str, ...], str] = {
    ("is", "null"): "is empty",
    ("is", "none"): "is empty",
    ("is", "not", "null"): "is not empty",
    ("为", "空"): "is empty",
    ("不为", "空"): "is not empty",
    ("has", "no", "value"): "is empty",
    **dict.fromkeys([("is",), ("are",), ("equals",), ("is", "equal", "to"), ("为",)], "="),
    **dict.fromkeys([("is", "not"), ("isn't",), ("not", "equal", "to"), ("不为",)], "!="),
    **dict.fromkeys([("over",), ("above",), ("exceeds",), ("after",), ("more", "than"), ("greater", "than")], ">"),
    **dict.fromkeys([("is", "over"), ("is", "more", "than"), ("is", "greater", "than"), ("is", "after")], ">"),
    **dict.fromkeys([("超过",), ("高于",), ("多于",)], ">"),
    **dict.fromkeys([("under",), ("below",), ("before",), ("less", "than"), ("fewer", "than")], "<"),
    **dict.fromkeys([("is", "under"), ("is", "less", "than"), ("is", "before"), ("低于",), ("少于",), ("不足",)], "<"),
    **dict.fromkeys([("at", "least"), ("is", "at", "least"), ("至少",), ("不少于",), ("不低于",)], ">="),
    **dict.fromkeys([("at", "most"), ("is", "at", "most"), ("至多",), ("不超过",), ("不多于",), ("不高于",)], "<="),
    **dict.fromkeys([("like",), ("includes",), ("has",), ("含",), ("含有",)], "contains"),
    **{("不", operator): said for operator, said in _NOT_GLUED.items()},
    **dict.fromkeys([("does", "not", "contain"), ("not", "contain"), ("doesn't", "contain")], "not contains"),
    **dict.fromkeys([("is", "not", "in"), ("are", "not", "in"), ("isn't", "in")], "not in"),
    **dict.fromkeys([("within",), ("within", "last"), ("within", "the", "last")], WITHIN),
    **dict.fromkeys([("in", "last"), ("in", "the", "last"), ("最近",), ("近",)], WITHIN),
}
"""Compares nothing, though people write it so, and what to write in its place."""
LONGEST_LIKE = max(map(len, LIKE_OPERATORS))
