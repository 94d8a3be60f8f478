"""What may be kept of an expression, and how a store knows it again: by all that its value depends on."""

from datetime import date
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from custledger.conventions import Conventions
from custledger.expressions import Expression, Moment, sql, understand
from custledger.expressions.kept import Kept, aggregates, can_be_kept, defined, definition, looked_at
from custledger.expressions.settle import settle_term
from custledger.expressions.sql_facts import compile_fact
from custledger.expressions.tree import Aggregate
from custledger.fields import Choice, Labels
from custledger.testing.expressions import TODAY, ZONE
from custledger.testing.related import PERSON, VISIT, WORLD, Written, terms

CONVENTIONS = Conventions(zone_name=ZONE)
MOMENT = Moment(TODAY, ZoneInfo(ZONE), currency="CNY")
SCHEMAS = {"person": PERSON, "visit": VISIT}


def understood(text: str) -> Expression:
    return understand(text, PERSON, CONVENTIONS, want=None, world=WORLD)


def aggregate(text: str) -> Aggregate:
    (found,) = aggregates(understood(text).root)
    return found


def settled(text: str, moment: Moment = MOMENT) -> Aggregate:
    found = settle_term(aggregate(text), PERSON, moment)
    assert isinstance(found, Aggregate)
    return found


def defined_as(text: str, moment: Moment = MOMENT) -> str:
    return definition(settled(text, moment), moment.currency)


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(terms())
def test_what_is_kept_is_the_same_on_any_day_and_read_back_computes_the_same(written: Written) -> None:
    for found in filter(can_be_kept, aggregates(understood(written.text).root)):
        definitions = set()
        for moment in (MOMENT, attrs.evolve(MOMENT, today=date(2001, 2, 3))):
            one = settle_term(found, PERSON, moment)
            assert isinstance(one, Aggregate)
            definitions.add(definition(one, moment.currency))
            made = compile_fact(defined(definition(one, moment.currency), SCHEMAS), PERSON, sql.SQLITE, 1).one
            expression = Expression("", found.kind, one, frozenset())
            compiled = sql.compile_column(expression, PERSON, sql.SQLITE, moment)
            assert compiled is not None
            assert made.text in compiled.text
            days = {parameter for parameter in made.parameters if parameter != moment.today.isoformat()}
            assert days <= set(compiled.parameters)
        assert len(definitions) == 1
        assert looked_at(found) <= VISIT.by_key.keys()


@pytest.mark.parametrize(
    "text",
    [
        "count(visits where at > 30 days ago)",
        "count(visits where at = today)",
        "max(days_since(visits.x_on))",
        "count(visits where age(x_on) > 1)",
        "count(visits where month(x_on) = month(today))",
        "most_frequent(visits.guide.name)",
        "count(visits where guide.age = 1)",
        "count(people where secret = x)",
        "count(people where tags = vip)",
        "last(visits.note)",
    ],
)
def test_what_depends_on_today_on_others_on_tags_or_on_what_is_sensitive_is_not_kept(text: str) -> None:
    assert not can_be_kept(aggregate(text))


@pytest.mark.parametrize("text", ["count(visits)", "sum(visits.x_cost where x_mood != gold)", "last(visits.x_mood)"])
def test_what_asks_of_the_records_that_refer_alone_is_kept(text: str) -> None:
    assert can_be_kept(aggregate(text))


def test_one_thing_has_one_definition_however_it_is_written() -> None:
    assert defined_as("count(visits)") == defined_as("数量（拜访）") == defined_as("visit_count")
    assert defined_as("avg(visits.x_hours)") == defined_as("平均（拜访.时长）")


def test_what_its_value_depends_on_is_in_a_definition() -> None:
    elsewhere = attrs.evolve(MOMENT, zone=ZoneInfo("America/New_York"))
    in_euro = attrs.evolve(MOMENT, currency="EUR")
    as_of = attrs.evolve(MOMENT, as_of=True)
    for text in ("count(visits where year(at) = 2026)", "count(visits where at > 2026-11-22)"):
        assert defined_as(text) != defined_as(text, elsewhere)
        assert defined_as(text) == defined_as(text, in_euro)
    assert defined_as("sum(visits.x_cost)") != defined_as("sum(visits.x_cost)", in_euro)
    assert defined_as("sum(visits.x_cost)") == defined_as("sum(visits.x_cost)", elsewhere)
    assert defined_as("count(visits)") != defined_as("count(visits)", as_of)


def test_the_places_of_choices_are_in_a_definition_where_they_matter() -> None:
    moved = VISIT.with_choices({"x_mood": (Choice("gold", Labels("")), Choice("silver", Labels("")))})
    for text, matters in (("most_frequent(visits.x_mood)", True), ("count(visits where x_mood = gold)", False)):
        changed = attrs.evolve(settled(text), schema=moved)
        assert (definition(changed, "CNY") != defined_as(text)) is matters


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"about":"nobody","made":{},"choices":{},"all_in":""}', defined_as("count(visits)")[:-9]],
)
def test_a_definition_that_cannot_be_understood_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="definition"):
        defined(text, SCHEMAS)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ('"function":"count"', '"function":"load_extension"'),
        ('["Compare",">",', '["Compare","> 1; DROP TABLE person; --",'),
        ('"scale":0', '"scale":1000000000'),
        ('"Kind","integer"', '"Kind","anything"'),
        ('["FieldNode",', '["Schema",'),
        ('["Value",1,', '["Value",1,1,'),
    ],
)
def test_a_definition_that_somebody_tampered_with_is_refused(part: str, other: str) -> None:
    text = defined_as("count(visits where x_guests > 1)")
    assert part in text
    with pytest.raises(ValueError, match="definition"):
        defined(text.replace(part, other), SCHEMAS)


def test_a_definition_of_fields_that_are_not_there_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="x_cost"):
        defined(defined_as("sum(visits.x_cost)"), {**SCHEMAS, "visit": attrs.evolve(VISIT, fields=VISIT.fields[:-7])})


def test_only_what_is_found_by_its_definition_is_read() -> None:
    kept = Kept("person__facts", {defined_as("count(visits)"): "visited"}, "CNY")
    assert kept.column(settled("count(visits where x_guests = 1)")) is None
    untouched = not kept.used
    assert untouched
    where = sql.compile_where(understood("visit_count >= 2 and exists(visits)"), PERSON, sql.SQLITE, MOMENT, kept=kept)
    assert kept.used
    assert where is not None
    assert where.text.startswith('("person__facts"."visited" >= ? AND EXISTS (')


def test_what_takes_least_is_looked_at_first() -> None:
    where = sql.compile_where(
        understood("count(visits) > 1 and name ends with a and month(born) = 1 and [age] = 3"),
        PERSON,
        sql.SQLITE,
        MOMENT,
    )
    assert where is not None
    places = [where.text.index(part) for part in ('"age"', "substr(coalesce", "CAST(substr", "count(*)")]
    assert places == sorted(places)
