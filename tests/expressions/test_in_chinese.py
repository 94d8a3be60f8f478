"""Rules as a Chinese run shows them: in Chinese, and with the meaning that they have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custledger.conventions import Conventions
from custledger.expressions import understand
from custledger.expressions.outline import shown_term
from custledger.expressions.scope import World
from custledger.fields import Choice, Kind, Labels, Spec
from custledger.records import CORE_TYPES
from custledger.schema import Field, Schema
from custledger.testing.expressions import ZONE
from custledger.testing.related import PERSON, WORLD, related_filters, terms

CHINESE = Conventions(language="zh", zone_name=ZONE)
TIERS = (Choice("gold", Labels("Gold", "金卡（年费）")),)
OWN = [
    Field("x_budget", Spec(kind=Kind.MONEY, labels=Labels("Budget", "预算（元）"))),
    Field("x_tier", Spec(kind=Kind.CHOICE, labels=Labels("Tier", "会员级别"), choices=TIERS)),
    Field("x_size", Spec(kind=Kind.INTEGER, labels=Labels("Size of it", "人数"))),
    Field("x_both", Spec(kind=Kind.INTEGER, labels=Labels("Both", "大 并且 小"))),
]
SCHEMAS = {schema.name: schema for schema in map(Schema.of, CORE_TYPES)}
SCHEMAS["customer"] = SCHEMAS["customer"].extended(OWN)
CORE = World(SCHEMAS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("level in (A, B) and not city is empty", "客户等级 属于 (A级, B级) 且 非 城市 为空"),
        ("birthday between 1990-01-01 and today or consent = yes", "生日 介于 1990-01-01 和 今天 或 同意营销 = 是"),
        ("days_since(created_at) > 90", "距今天数(创建时间) > 90"),
        ("updated_at < 3 months ago", "更新时间 < 3个月前"),
        ("name = where and city != 'and or not'", "客户名称 = where 且 城市 != 'and or not'"),
        (
            "count(interactions where channel = phone and at > in 2 weeks) >= 2",
            "计数(互动记录 其中 方式 = 电话 且 时间 > 2周后) >= 2",
        ),
        ("count(distinct followups.owner) > 1", "计数(不同 跟进计划.负责人) > 1"),
        ("[city] = Oslo and tags contains vip", "[城市] = Oslo 且 标签 包含 vip"),
        ("referred_by.city is not empty", "推荐人.城市 不为空"),
        ("month(birthday) = month(in 1 month)", "月份(生日) = 月份(1个月后)"),
        ("x_budget >= 300 and x_tier = gold", "[预算（元）] >= 300 且 会员级别 = “金卡（年费）”"),
        ("x_size 在 30 and 40 之间 and x_size != x_both", "人数 在 30 和 40 之间 且 人数 != [大 并且 小]"),
        ("城市 = 上海 且 等级 不是 a", "城市 = 上海 且 等级 不是 A级"),
    ],
)
def test_a_rule_is_shown_in_chinese(text: str, told: str) -> None:
    schema = SCHEMAS["customer"]
    assert shown_term(text, schema, CHINESE, CORE) == told
    assert understand(told, schema, CHINESE, world=CORE).root == understand(text, schema, CHINESE, world=CORE).root
    assert shown_term(text, schema, Conventions(language="en"), CORE) == text


@given(st.one_of(related_filters(), terms().map(lambda written: written.text)))
def test_what_is_shown_in_chinese_means_what_was_written(text: str) -> None:
    meant = understand(text, PERSON, CHINESE, want=None, world=WORLD)
    told = shown_term(text, PERSON, CHINESE, WORLD)
    assert understand(told, PERSON, CHINESE, want=None, world=WORLD).root == meant.root
