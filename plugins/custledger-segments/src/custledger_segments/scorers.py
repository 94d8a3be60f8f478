"""The segments that look at all customers at once, and give each a label or a score."""

from collections.abc import Mapping

from custledger.fields import Labels, choices
from custledger.segments import Segment
from custledger_segments import bands, pareto, rfm, rhythm

_RFM: Mapping[str, str] = {
    "recency": "rfm_recency",
    "frequency": "rfm_frequency",
    "monetary": "rfm_monetary",
    "groups": "rfm_groups",
}


def _limits(name: str, count: int) -> dict[str, str]:
    return {f"from_{number}": f"{name}_from_{number}" for number in range(1, count + 1)}


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
    ),
    Segment(
        name="rfm_score",
        labels=Labels("RFM score", "RFM得分"),
        needs=_RFM,
        score=rfm.scores,
        summary=Labels("A digit each for recency, frequency and monetary value", "最近购买、购买次数、消费金额各一位"),
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
    ),
    Segment(
        name="churn_risk",
        labels=Labels("Churn risk", "流失风险"),
        needs={
            "ratio": "silence_ratio",
            "orders": "order_count",
            "rising": "churn_rising_ratio",
            "high": "churn_high_ratio",
            "least": "churn_orders_least",
        },
        score=rhythm.risks,
        choices=choices("low|Low|低|green", "rising|Rising|上升|orange", "high|High|高|red"),
        summary=Labels(
            "By how many of their own usual gaps customers are silent", "按客户自身购买节奏：沉默了几个平均间隔"
        ),
    ),
    Segment(
        name="by_age",
        labels=Labels("By age", "按年龄段"),
        needs={"age": "age", **_limits("age", len(bands.AGES))},
        score=bands.by_age,
        own_labels=True,
        summary=Labels("Age bands", "年龄段"),
    ),
    Segment(
        name="by_size",
        labels=Labels("By size", "按企业规模"),
        needs={"size": "size", **_limits("size", len(bands.SIZES))},
        score=bands.by_size,
        own_labels=True,
        summary=Labels("Bands of the number of employees", "按员工人数分段"),
    ),
    Segment(
        name="by_city",
        labels=Labels("By city", "按城市"),
        needs={"text": "city"},
        score=bands.by_text,
        own_labels=True,
        summary=Labels("The city, whatever its spelling", "所在城市，不论写法"),
    ),
    Segment(
        name="by_industry",
        labels=Labels("By industry", "按行业"),
        needs={"text": "industry"},
        score=bands.by_text,
        own_labels=True,
        summary=Labels("The industry, whatever its spelling", "所属行业，不论写法"),
    ),
)
