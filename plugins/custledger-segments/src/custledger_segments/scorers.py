"""The segments that look at all customers at once, and give each a label or a score."""

from collections.abc import Mapping
from typing import Any

from custledger.definitions import Example
from custledger.fields import Labels, choices
from custledger.segments import Segment
from custledger_segments import bands, pareto, rfm, rhythm
from custledger_segments.buying import bought

_RFM: Mapping[str, str] = {
    "recency": "rfm_recency",
    "frequency": "rfm_frequency",
    "monetary": "rfm_monetary",
    "groups": "rfm_groups",
}


def _limits(name: str, count: int) -> dict[str, str]:
    return {f"from_{number}": f"{name}_from_{number}" for number in range(1, count + 1)}


_FIVE_BUYERS: tuple[Mapping[str, Any], ...] = (
    bought(10, 20, 30, 40, 50, amount=500),
    bought(5, amount=40),
    bought(100, 200, 300, 400, amount=300),
    bought(150, 250, amount=50),
    bought(400, amount=10),
    {},
)
"""Whom each of the five groups has one of, and somebody who never bought."""


def _of_five(*given: Any) -> tuple[Example, ...]:
    """Return examples that say what each of the five buyers gets, and the last one nothing."""
    return tuple(Example(record, gives=label) for record, label in zip(_FIVE_BUYERS, (*given, None), strict=True))


SEGMENTS = (
    Segment(
        name="rfm",
        labels=Labels("RFM", "RFM分层"),
        needs=_RFM,
        score=rfm.names,
        choices=choices(
            "champion|Champions|重要价值客户|red",
            "loyal|Loyal customers|忠诚客户|green",
            "potential_loyalist|Potential loyalists|潜在忠诚客户|cyan",
            "new|New customers|新客户|blue",
            "promising|Promising|潜力客户|blue",
            "need_attention|Need attention|需关注客户|yellow",
            "about_to_sleep|About to sleep|即将沉睡客户|yellow",
            "at_risk|At risk|流失风险客户|orange",
            "cannot_lose|Can't lose them|重要挽留客户|pink",
            "hibernating|Hibernating|沉睡客户|gray",
            "lost|Lost customers|流失客户|gray",
        ),
        summary=Labels(
            "Eleven names by how recently, how often and for how much customers bought",
            "按最近购买、购买次数和消费金额分为十一类",
        ),
        examples=_of_five("loyal", "potential_loyalist", "loyal", "at_risk", "lost"),
    ),
    Segment(
        name="rfm_score",
        labels=Labels("RFM score", "RFM得分"),
        needs=_RFM,
        score=rfm.scores,
        summary=Labels("A digit each for recency, frequency and monetary value", "最近购买、购买次数、消费金额各一位"),
        examples=_of_five(455, 512, 344, 233, 111),
    ),
    Segment(
        name="abc",
        labels=Labels("ABC by revenue", "ABC分类"),
        needs={"revenue": "total_spent", "a_share": "abc_a_share", "b_share": "abc_b_share"},
        score=pareto.classes,
        choices=choices("A|Class A|A类|red", "B|Class B|B类|orange", "C|Class C|C类|gray"),
        summary=Labels(
            "Who brings the first 80 % of the revenue, and who the next 15 %", "按收入占比：前 80%、其后 15%、其余"
        ),
        examples=_of_five("A", "C", "A", "C", "C"),
    ),
    Segment(
        name="churn_risk",
        labels=Labels("Churn risk", "流失风险"),
        needs={
            "ratio": "silence_ratio",
            "days": "order_days",
            "rising": "churn_rising_ratio",
            "high": "churn_high_ratio",
            "least": "churn_orders_least",
        },
        score=rhythm.risks,
        choices=choices("low|Low|低|green", "rising|Rising|上升|orange", "high|High|高|red"),
        summary=Labels(
            "By how many of their own usual gaps customers are silent", "按客户自身购买节奏：沉默了几个平均间隔"
        ),
        examples=(
            Example(bought(70, 50, 30, 20), gives="low"),
            Example(bought(100, 80, 60, 51), gives="high"),
            Example(bought(100, 80, 60, 50), gives="rising"),
            Example(bought(90, 60), gives=None),
            Example(bought(9, 9, 9), gives=None),
            Example(bought(80, 80, 79, 79), gives=None),
        ),
    ),
    Segment(
        name="by_age",
        labels=Labels("By age", "按年龄段"),
        needs={"age": "age", **_limits("age", len(bands.AGES))},
        score=bands.by_age,
        own_labels=True,
        summary=Labels("Age bands", "年龄段"),
        examples=(
            Example({"birthday": "1991-06-15"}, gives="35-44", on="2026-06-15"),
            Example({"birthday": "1991-06-16"}, gives="25-34", on="2026-06-15"),
            Example({"birthday": "1950-01-01"}, gives="65+", on="2026-06-15"),
            Example({}, gives=None),
        ),
    ),
    Segment(
        name="by_size",
        labels=Labels("By size", "按企业规模"),
        needs={"size": "size", **_limits("size", len(bands.SIZES))},
        score=bands.by_size,
        own_labels=True,
        summary=Labels("Bands of the number of employees", "按员工人数分段"),
        examples=(
            Example({"size": "51-200人"}, gives="50-249"),
            Example({"size": "少于50人"}, gives="10-49"),
            Example({"size": "1,000+"}, gives="250+"),
            Example({"size": "many"}, gives=None),
        ),
    ),
    Segment(
        name="by_city",
        labels=Labels("By city", "按城市"),
        needs={"text": "city"},
        score=bands.by_text,
        own_labels=True,
        summary=Labels("The city, whatever its spelling", "所在城市，不论写法"),
        examples=(
            Example({"city": "Oslo"}, gives="Oslo"),
            Example({"city": "Oslo"}, gives="Oslo"),
            Example({"city": "ＯＳＬＯ"}, gives="Oslo"),
            Example({}, gives=None),
        ),
    ),
    Segment(
        name="by_industry",
        labels=Labels("By industry", "按行业"),
        needs={"text": "industry"},
        score=bands.by_text,
        own_labels=True,
        summary=Labels("The industry, whatever its spelling", "所属行业，不论写法"),
        examples=(
            Example({"industry": "Retail"}, gives="Retail"),
            Example({"industry": "Retail"}, gives="Retail"),
            Example({"industry": "RETAIL"}, gives="Retail"),
            Example({}, gives=None),
        ),
    ),
)
