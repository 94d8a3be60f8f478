"""The functions of the language, in both languages. ``docs/guides/expressions.md`` shows the same tables to people."""

from typing import Literal

Aggregating = Literal["count", "sum", "avg", "min", "max", "first", "last", "exists", "most_frequent"]
Sign = Literal["+", "-", "*", "/"]
Dating = Literal[
    "date", "days_since", "days_until", "age", "next_anniversary", "year", "quarter", "month", "day", "weekday"
]

AGGREGATES: dict[str, Aggregating] = {
    "count": "count",
    "sum": "sum",
    "avg": "avg",
    "average": "avg",
    "min": "min",
    "max": "max",
    "first": "first",
    "last": "last",
    "exists": "exists",
    "most_frequent": "most_frequent",
    "计数": "count",
    "数量": "count",
    "次数": "count",
    "求和": "sum",
    "合计": "sum",
    "平均": "avg",
    "最小": "min",
    "最大": "max",
    "最早": "first",
    "最近": "last",
    "存在": "exists",
    "最常见": "most_frequent",
}
"""What looks at all the records of another type that refer to one."""

DATE_FUNCTIONS: dict[str, Dating] = {
    "date": "date",
    "days_since": "days_since",
    "days_until": "days_until",
    "age": "age",
    "next_anniversary": "next_anniversary",
    "year": "year",
    "quarter": "quarter",
    "month": "month",
    "day": "day",
    "weekday": "weekday",
    "日期": "date",
    "距今天数": "days_since",
    "还有天数": "days_until",
    "年龄": "age",
    "下次周年": "next_anniversary",
    "年份": "year",
    "季度": "quarter",
    "月份": "month",
    "日": "day",
    "星期": "weekday",
}
"""What is computed from a date, or from the day of a time in the ledger's zone."""

GIVING_DATES: frozenset[Dating] = frozenset({"date", "next_anniversary"})
"""Those that give a date; the others give a whole number."""

FUNCTIONS = AGGREGATES.keys() | DATE_FUNCTIONS.keys()
