"""Tags by hand and by rules: who gets one, who loses one, and that what a person decided stands."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import custledger_sqlite
import pytest

import custledger
from custledger import ids
from custledger.changes import Change, Changeset
from custledger.conventions import FixedClock
from custledger.errors import InvalidValueError, NotFoundError, QueryError, UsageError
from custledger.fields import Kind, Labels, field
from custledger.hookspecs import Problem, hookimpl, wants
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.records import Record, record_type
from custledger.services.defining import add_segment
from custledger.taggers import Tagger

NOON = 1_795_316_400_000  # 22 November 2026


def shop(url: str | Path, **more: Any) -> Ledger:
    """Return a ledger with three customers, one of whom bought tea and was called lately."""
    ledger = custledger.open(url, actor="ann", defaults={"zone": "UTC"}, clock=FixedClock(NOON), **more)
    for number, city in enumerate(("上海", "上海", "Oslo")):
        ledger.customers.add(name=f"客户{number}", code=f"K{number}", city=city)
    return ledger


@pytest.fixture(params=["memory:", "ledger.db"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with shop(request.param if ":" in request.param else tmp_path / request.param) as opened:
        yield opened


def tags(ledger: Ledger, code: str = "K0") -> set[str]:
    return set(ledger.customers.get(code).tags)


def who(ledger: Ledger, tag: str) -> list[str | None]:
    return [customer.code for customer in ledger.customers.where(f'tag = "{tag}"')]


def last(ledger: Ledger) -> int:
    return ledger.operations(limit=1)[0].id


# by hand


def test_tags_are_put_on_and_taken_off_many_customers_as_one_operation(ledger: Ledger) -> None:
    before = len(ledger.operations())
    many = ledger.tags.add(["vip", "老客户"], "K0", "K2", reason="fair")
    assert (len(many.rows), tags(ledger), tags(ledger, "K1")) == (2, {"vip", "老客户"}, set())
    operation = ledger.operations(limit=1)[0]
    assert (operation.verb, operation.reason, len(ledger.operations()) - before) == ("tag add", "fair", 1)
    ledger.tags.remove("VIP", where="city = 上海")
    assert (tags(ledger), tags(ledger, "K2")) == ({"老客户"}, {"vip", "老客户"})
    ledger.undo(last(ledger))
    assert tags(ledger) == {"vip", "老客户"}


def test_a_rehearsal_says_whose_tags_would_change_and_changes_none(ledger: Ledger) -> None:
    ledger.tags.add("vip", "K0")
    many = ledger.tags.add("vip", where="city = 上海", dry_run=True)
    assert [ledger.customers.schema.display(row) for row in many.rows] == ["客户1 K1"]
    assert (many.receipt, tags(ledger, "K1")) == (None, set())


def test_nothing_is_written_where_nothing_would_change(ledger: Ledger) -> None:
    ledger.tags.add("vip", "K0")
    known = len(ledger.operations())
    assert ledger.tags.add("vip", "K0").receipt is None
    assert ledger.tags.remove("gold", "K0").receipt is None
    assert ledger.tags.release("gold", "K0").receipt is None
    assert len(ledger.operations()) == known


def test_who_is_meant_and_what_is_said_must_make_sense(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="whose tags"):
        ledger.tags.add("vip")
    with pytest.raises(UsageError, match="cannot both be given"):
        ledger.tags.add("vip", "K0", where="city = 上海")
    with pytest.raises(NotFoundError):
        ledger.tags.add("vip", "K9")
    with pytest.raises(InvalidValueError, match="is not a tag"):
        ledger.tags.add(" ", "K0")
    with pytest.raises(UsageError, match="have no tags"):
        ledger.tags.add("vip", where="id is not empty", record_type="interaction")


def test_who_said_what_of_a_customers_tags_is_kept(ledger: Ledger) -> None:
    ledger.tags.add("vip", "K0")
    ledger.tags.add_rule("上海人", "city = 上海")
    ledger.tags.refresh()
    ledger.tags.remove("上海人", "K0")
    said = [(one.tag, one.rule, one.refused, one.in_effect, one.actor) for one in ledger.tags.of("K0")]
    assert said == [
        ("vip", "", False, True, "ann"),
        ("上海人", "", True, False, "ann"),
        ("上海人", "上海人", False, False, "ann"),
    ]
    assert ledger.tags.of("K0")[0].at.date() == date(2026, 11, 22)


# rules


def test_a_rule_tags_those_for_whom_it_holds_and_untags_them_when_it_no_longer_does(ledger: Ledger) -> None:
    ledger.tags.add_rule("沉睡", "last_contact is empty or last_contact < 180 days ago")
    assert who(ledger, "沉睡") == []
    ledger.tags.refresh()
    assert who(ledger, "沉睡") == ["K0", "K1", "K2"]
    ledger.interactions.add(customer="K1", channel="phone", at="2026-11-20 09:00")
    refreshed = ledger.tags.refresh()
    assert (who(ledger, "沉睡"), refreshed.rules) == (["K0", "K2"], {"沉睡": (0, 1)})


def test_a_tag_may_hold_values_and_is_changed_when_they_change(ledger: Ledger) -> None:
    ledger.tags.add_rule("地区", "地区:{city}/{count(interactions)}", tag="")
    ledger.customers.edit("K1", city=None)
    ledger.tags.refresh()
    assert [tags(ledger, code) for code in ("K0", "K1", "K2")] == [{"地区:上海/0"}, set(), {"地区:Oslo/0"}]
    ledger.interactions.add(customer="K2", channel="phone", at="2026-11-20 09:00")
    ledger.tags.refresh()
    assert (tags(ledger), tags(ledger, "K2")) == ({"地区:上海/0"}, {"地区:Oslo/1"})


def test_the_favourite_category_is_a_tag_with_the_label_of_the_choice(ledger: Ledger) -> None:
    tea = ledger.records("product").add(name="Longjing", sku="T1", category="Tea; loose, green")
    ledger.records("transaction").add(customer="K0", number="1", product=tea, amount=5, status="paid")
    ledger.tags.add_rule("偏好", "偏好:{most_frequent(transactions.product.category)}")
    ledger.tags.refresh()
    assert [tags(ledger, code) for code in ("K0", "K1")] == [{"偏好:Tea loose green"}, set()]


def test_an_id_in_a_tag_is_the_one_that_people_see_with_the_letter_of_its_own_type(ledger: Ledger) -> None:
    tea = ledger.records("product").add(name="Longjing", sku="T1")
    ledger.records("transaction").add(customer="K0", number="1", product=tea, amount=5, status="paid")
    ledger.tags.add_rule("ids", "{id} {most_frequent(transactions.product.id)}")
    ledger.tags.refresh()
    assert tags(ledger) == {f"{ids.public('C', ledger.customers.get('K0').id)} {ids.public('P', tea.id)}"}


def test_values_are_told_as_the_ledger_tells_them_whatever_the_language_of_a_run(tmp_path: Path) -> None:
    with shop(tmp_path / "ledger.db", language="zh") as ledger:
        ledger.interactions.add(customer="K0", channel="phone", at="2026-11-20 09:00")
        ledger.tags.add_rule("last", "{last_contact} {most_frequent(interactions.channel)} {contact_count / 4}")
        ledger.tags.refresh()
        assert tags(ledger) == {"2026-11-20 Phone 0.25"}
    with custledger.open(tmp_path / "ledger.db", language="en") as ledger:
        assert ledger.tags.refresh().receipt is None


def test_a_rule_may_have_a_condition_and_another_tag_than_its_name(ledger: Ledger) -> None:
    ledger.tags.add_rule("near", "city = 上海", tag="同城:{code}")
    ledger.tags.refresh()
    assert [tags(ledger, code) for code in ("K0", "K2")] == [{"同城:K0"}, set()]


def test_rules_use_segments_metrics_and_tags_by_name(ledger: Ledger) -> None:
    add_segment(ledger.session, "locals", "city = 上海")
    ledger.tags.add("vip", "K0")
    ledger.tags.add_rule("both", "locals and tag = vip and contact_count = 0")
    ledger.tags.refresh("both")
    assert who(ledger, "both") == ["K0"]


def test_what_a_person_put_on_stays_when_the_rule_no_longer_holds(ledger: Ledger) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.refresh()
    ledger.tags.add("local", "K0")
    ledger.customers.edit("K1", reason="x", tags=custledger_adjustment("local"))
    for code in ("K0", "K1"):
        ledger.customers.edit(code, city="Oslo")
    ledger.tags.refresh()
    assert who(ledger, "local") == ["K0", "K1"]
    ledger.tags.release("local", where="tag = local")
    assert who(ledger, "local") == []


def custledger_adjustment(tag: str) -> Any:
    """Return what ``customer edit --add-tag`` gives."""
    from custledger.values import Adjustment

    return Adjustment(add=(tag,))


@pytest.mark.parametrize("way", ["tag remove", "customer edit", "batch"])
def test_what_a_person_took_off_is_not_put_on_again(ledger: Ledger, way: str) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.refresh()
    if way == "tag remove":
        ledger.tags.remove("local", "K0")
    elif way == "customer edit":
        ledger.customers.edit("K0", tags="")
    else:
        with ledger.operation() as batch:
            batch.customers.edit("K0", tags=())
    assert ledger.tags.refresh().receipt is None
    ledger.customers.edit("K0", city="Oslo")
    ledger.tags.refresh()
    ledger.customers.edit("K0", city="上海")
    assert ledger.tags.refresh().rules == {"local": (0, 0)}
    assert who(ledger, "local") == ["K1"]
    ledger.tags.release("local", "K0")
    assert who(ledger, "local") == ["K0", "K1"]


def test_an_import_decides_of_the_tags_that_it_changes(ledger: Ledger, tmp_path: Path) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.refresh()
    (tmp_path / "changed.csv").write_text("code,tags\nK0,vip\nK1,local;vip\n", encoding="utf-8")
    ledger.import_file(tmp_path / "changed.csv", "customer", key="code")
    assert ledger.tags.refresh().receipt is None
    assert (tags(ledger), tags(ledger, "K1")) == ({"vip"}, {"local", "vip"})
    ledger.customers.edit("K1", city="Oslo")
    ledger.tags.refresh()
    assert tags(ledger, "K1") == {"vip"}


def test_a_batch_that_adds_a_tag_of_a_rule_and_takes_it_off_decides_what_it_said_last(ledger: Ledger) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.refresh()
    with ledger.operation() as batch:
        batch.customers.edit("K0", tags=custledger_adjustment("local"))
        batch.customers.edit("K0", name="Eve", tags="vip")
        batch.customers.edit("K1", tags=custledger_adjustment("local"))
    ledger.customers.edit("K1", city="Oslo")
    ledger.tags.refresh()
    assert (tags(ledger), tags(ledger, "K1")) == ({"vip"}, {"local"})


def test_a_refresh_writes_only_those_who_change_in_one_operation_that_names_the_rules(ledger: Ledger) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.add_rule("oslo", "city = Oslo", tag="北欧")
    ledger.tags.refresh()
    ledger.customers.edit("K1", city="Oslo")
    revisions = {customer.code: customer.revision for customer in ledger.customers}
    refreshed = ledger.tags.refresh()
    assert refreshed.receipt is not None
    landed = [change.id for applied in refreshed.receipt.applied for change in applied]
    assert landed == [ledger.customers.get("K1").id]
    operation = ledger.operations(limit=1)[0]
    assert (operation.verb, operation.reason, operation.actor) == ("tag refresh", "local; oslo", "ann")
    assert {customer.code: customer.revision for customer in ledger.customers} == revisions
    assert [event.operation.verb for event in ledger.customers.history("K1")][:2] == ["tag refresh", "edit"]
    assert ledger.tags.refresh().receipt is None


def test_a_rehearsed_refresh_says_who_gets_and_loses_which_tag(ledger: Ledger) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.refresh()
    ledger.customers.edit("K1", city="Oslo")
    ledger.customers.edit("K2", city="上海")
    refreshed = ledger.tags.refresh(dry_run=True)
    told = [(change.id, dict(change.before or {}), dict(change.after or {})) for change in refreshed.changes]
    one, two = (ledger.customers.get(code).id for code in ("K1", "K2"))
    assert told == [(one, {"tags": ("local",)}, {"tags": None}), (two, {"tags": None}, {"tags": ("local",)})]
    assert (refreshed.rules, refreshed.receipt, who(ledger, "local")) == ({"local": (1, 1)}, None, ["K0", "K1"])


def test_a_refresh_is_taken_back_and_so_is_the_undo(ledger: Ledger) -> None:
    ledger.tags.add("vip", "K0")
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.refresh()
    refreshed = last(ledger)
    ledger.customers.edit("K0", name="Eve")
    ledger.tags.remove("local", "K1")
    undone = ledger.undo(refreshed)
    assert (undone.standing, tags(ledger), tags(ledger, "K1")) == ((), {"vip"}, set())
    ledger.undo(last(ledger))
    assert who(ledger, "local") == ["K0"]


def test_undo_takes_a_persons_decision_back_and_leaves_the_rules_theirs(ledger: Ledger) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.refresh()
    ledger.tags.remove("local", where="city = 上海")
    removed = last(ledger)
    ledger.customers.edit("K1", city="Oslo")
    ledger.tags.refresh()
    ledger.undo(removed)
    assert who(ledger, "local") == ["K0"]


def test_an_import_is_taken_back_whatever_rules_found_since(ledger: Ledger) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    with ledger.operation() as batch:
        batch.customers.add(name="New", code="N1", city="上海", tags={"vip"})
    added = last(ledger)
    ledger.tags.refresh()
    assert tags(ledger, "N1") == {"vip", "local"}
    assert ledger.undo(added).standing == ()
    assert "N1" not in ledger.customers


def test_a_later_decision_of_the_same_tag_stands_in_the_way_of_an_undo(ledger: Ledger) -> None:
    ledger.customers.edit("K0", tags="a;b")
    edited = last(ledger)
    ledger.customers.edit("K0", tags="b;c")
    undone = ledger.undo(edited)
    assert [list(one.fields) for one in undone.standing] == [["tags"]]
    assert tags(ledger) == {"c"}


def test_removing_a_rule_takes_off_what_it_put_on_unless_it_is_to_stay(ledger: Ledger) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.add("local", "K0", "K2")
    ledger.tags.refresh()
    ledger.tags.remove_rule("local")
    assert (who(ledger, "local"), ledger.tags.rules()) == (["K0", "K2"], [])
    ledger.undo(last(ledger))
    assert who(ledger, "local") == ["K0", "K1", "K2"]
    ledger.tags.remove_rule("local", keep=True)
    assert who(ledger, "local") == ["K0", "K1", "K2"]
    with pytest.raises(NotFoundError, match="tag rule in the settings"):
        ledger.tags.remove_rule("local")


@pytest.mark.parametrize(
    ("name", "rule", "tag", "said"),
    [
        ("a/b", "city = 上海", "", "cannot name a tag rule"),
        (" ", "city = 上海", "", "cannot name a tag rule"),
        ("person", "city = 上海", "", "what persons are called"),
        ("a", "town = 上海", "", "town"),
        ("a", "city", "", "not a condition"),
        ("a", "x:{city", "", "without its other half"),
        ("a", "vip{", "", "without its other half"),
        ("a", "vip}", "", "without its other half"),
        ("a", "vip｝", "", "without its other half"),
        ("a", "x:{}", "", "nothing in them"),
        ("a", "x:{tags}", "", "no one text"),
        ("a", "x:{referred_by}", "", "no one text"),
        ("a", "city = 上海", "a,b", "a tag holds no comma"),
        ("a", "x:{city}", "y", "another one is given"),
    ],
)
def test_a_rule_that_makes_no_sense_is_not_kept(ledger: Ledger, name: str, rule: str, tag: str, said: str) -> None:
    with pytest.raises((InvalidValueError, QueryError), match=said):
        ledger.tags.add_rule(name, rule, tag=tag)
    assert ledger.tags.rules() == []


def test_a_sensitive_value_is_in_no_tag(ledger: Ledger) -> None:
    ledger.fields.add("customer", "暗号", label_en="Password", sensitive=True)
    with pytest.raises(QueryError, match="sensitive"):
        ledger.tags.add_rule("a", "x:{x_password}")


def test_a_rule_that_cannot_be_run_is_left_out_and_what_it_found_stays(ledger: Ledger) -> None:
    ledger.tags.add_rule("local", "city = 上海")
    ledger.tags.add_rule("oslo", "city = Oslo")
    ledger.tags.refresh()
    broken = ledger.session.store.document("tagger/customer/local")
    assert broken is not None
    with ledger.operation():
        pass
    from custledger.services.documents import write_document

    value = {**broken.value, "expression": "hat = red"}
    write_document(ledger.session, ledger.session.refresh(), "test", "tagger/customer/local", value)
    ledger.customers.edit("K2", city="上海")
    refreshed = ledger.tags.refresh()
    assert (list(refreshed.left_out), refreshed.rules) == (["local"], {"oslo": (0, 1)})
    assert who(ledger, "local") == ["K0", "K1"]
    assert "hat" in next(known.problem for known in ledger.tags.rules() if known.definition.name == "local")
    with pytest.raises(QueryError):
        ledger.tags.refresh("local")


def test_rules_as_of_another_day_find_what_held_then(tmp_path: Path) -> None:
    with shop(tmp_path / "ledger.db") as ledger:
        ledger.tags.add_rule("called", "contact_count > 0")
        ledger.interactions.add(customer="K0", channel="phone", at="2026-10-01 09:00")
        ledger.interactions.add(customer="K1", channel="phone", at="2026-11-20 09:00")
    with custledger.open(tmp_path / "ledger.db", as_of=date(2026, 11, 1), clock=FixedClock(NOON)) as ledger:
        assert ledger.tags.refresh(dry_run=True).rules == {"called": (1, 0)}
    with custledger.open(tmp_path / "ledger.db", clock=FixedClock(NOON)) as ledger:
        ledger.tags.refresh()
        assert who(ledger, "called") == ["K0", "K1"]


# lists and how tags are shown


def test_tags_are_listed_by_group_with_counts_colours_and_rules(ledger: Ledger) -> None:
    ledger.tags.add("vip", "K0", "K1")
    ledger.tags.add(["偏好:茶", "偏好：咖啡"], "K0")
    ledger.tags.add_rule("偏好", "偏好:{city}")
    ledger.tags.add_rule("沉睡", "city is empty")
    ledger.tags.edit("vip", color="red", group="身份")
    ledger.tags.edit("偏好", color="green")
    listed = {one.tag: (one.count, one.group, one.color, one.rules) for one in ledger.tags.list()}
    assert listed == {
        "偏好:茶": (1, "偏好", "green", ("偏好",)),
        "偏好：咖啡": (1, "偏好", "green", ()),
        "vip": (2, "身份", "red", ()),
        "沉睡": (0, "", "", ("沉睡",)),
        "偏好": (0, "", "green", ()),
    }
    ledger.tags.edit("VIP", color="")
    assert ledger.tags.edit("vip", group="").color == ""
    assert ledger.session.store.document("tag/customer/vip") is None
    with pytest.raises(InvalidValueError, match="is not a colour"):
        ledger.tags.edit("vip", color="plaid")
    with pytest.raises(InvalidValueError, match="is not one tag"):
        ledger.tags.edit("a,b", color="red")


# other record types, hooks and plugins


@record_type("shop", plural="shops", prefix="SH", en="Shop", zh="门店")
class Shop(Record):
    """A type of a plugin's that has tags."""

    name: str = field(Kind.TEXT, "Name", "名称", title=True, required=True, initial="")
    labels: frozenset[str] = field(Kind.TAGS, "Labels", "标签", initial=frozenset)


class Shops:
    """A plugin with a record type, and rules that tag."""

    @hookimpl
    def custledger_record_types(self) -> list[type[Record]]:
        return [Shop]

    @hookimpl
    def custledger_taggers(self) -> list[Tagger]:
        name = Labels("New", "新")
        return [
            Tagger(name="fresh", subject="shop", expression="name starts with N", labels=name),
            Tagger(name="person", expression="city = 上海", labels=Labels("x")),
            Tagger(name="lame", labels=Labels("no expression")),
            Tagger(name="odd", expression="city = 上海", labels=Labels("odd"), tag=Labels("{")),
            Tagger(name="far", expression="planet = Mars", labels=Labels("far")),
        ]


def test_other_types_have_tags_and_rules_and_a_faulty_one_is_named_and_left_out(tmp_path: Path) -> None:
    plugins = Plugins.of(sqlite=custledger_sqlite, shops=Shops())
    with custledger.open(tmp_path / "ledger.db", plugins=plugins, actor="ann") as ledger:
        ledger.records("shop").add(name="North")
        ledger.records("shop").add(name="South")
        refreshed = ledger.tags.refresh()
        assert (refreshed.rules, list(refreshed.left_out)) == ({"fresh": (1, 0)}, ["far"])
        assert [one.name for one in ledger.records("shop").where("tag = New")] == ["North"]
        ledger.tags.remove("New", "North", record_type="shop")
        assert ledger.tags.refresh(record_type="shop").receipt is None
        assert [known.plugin for known in ledger.tags.rules("shop")] == ["shops"]
    told = [error.message for error in plugins.failures]
    assert [sum(said in one for one in told) for said in ("person is reserved", "no expression, and none", "odd")] == [
        1
    ] * 3


def test_a_tag_of_a_plugins_rule_is_in_the_language_of_the_ledger(tmp_path: Path) -> None:
    plugins = Plugins.of(sqlite=custledger_sqlite, shops=Shops())
    url = tmp_path / "ledger.db"
    with custledger.open(url, plugins=plugins, defaults={"language": "zh"}, language="en") as ledger:
        ledger.records("shop").add(name="North")
        ledger.tags.refresh()
        assert ledger.records("shop").where("tag = 新").count() == 1


def test_a_plugin_that_fails_to_bring_taggers_takes_nothing_with_it(tmp_path: Path) -> None:
    @hookimpl
    def custledger_taggers() -> list[Tagger]:
        raise ZeroDivisionError

    plugins = Plugins.of(sqlite=custledger_sqlite, bad=SimpleNamespace(custledger_taggers=custledger_taggers))
    with shop(tmp_path / "ledger.db", plugins=plugins) as ledger:
        ledger.tags.add_rule("local", "city = 上海")
        assert ledger.tags.refresh().rules == {"local": (2, 0)}
    assert [error.plugin for error in plugins.failures] == ["bad"]


class Watching:
    """A plugin that sees what is written, amends it and refuses some of it."""

    def __init__(self) -> None:
        self.seen: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.told: list[str] = []
        self.refuses = ""

    @hookimpl
    @wants("customer")
    def custledger_amend(self, changes: list[Change]) -> Iterator[Change]:
        for change in changes:
            if "沉睡" in ((change.after or {}).get("tags") or ()):
                yield Change(type="customer", id=change.id, before=None, after={"status": "paused"})

    @hookimpl
    @wants("customer")
    def custledger_check(self, changes: list[Change]) -> Iterator[Problem]:
        self.seen += [(dict(change.before or {}), dict(change.after or {})) for change in changes if change.is_derived]
        if self.refuses and any(self.refuses in ((change.after or {}).get("tags") or ()) for change in changes):
            yield Problem(message="not that one")

    @hookimpl
    def custledger_changed(self, changeset: Changeset) -> None:
        self.told.append(changeset.operation.verb)


def test_hooks_see_what_rules_do_and_may_refuse_it_or_add_to_it(tmp_path: Path) -> None:
    watching = Watching()
    plugins = Plugins.of(sqlite=custledger_sqlite, watching=watching)
    with shop(tmp_path / "ledger.db", plugins=plugins) as ledger:
        ledger.tags.add_rule("沉睡", "city = 上海")
        ledger.tags.add("沉睡", "K1")
        ledger.tags.remove("沉睡", "K1")
        ledger.customers.edit("K1", status="new")
        watching.refuses = "沉睡"
        with pytest.raises(custledger.CustledgerError, match="not that one"):
            ledger.tags.refresh()
        assert who(ledger, "沉睡") == []
        watching.refuses = ""
        ledger.tags.refresh()
        assert watching.seen == [({"tags": None}, {"tags": ("沉睡",)})] * 2  # nobody sees what K1 does not get
        assert (watching.told[-1], ledger.customers.get("K0").status) == ("tag refresh", "paused")
        assert ledger.customers.get("K1").status == "new"
        refreshed = last(ledger)
        assert [event.fields.keys() for event in ledger.customers.history("K0")][:2] == [{"status"}, {"tags"}]
        assert ledger.undo(refreshed).standing == ()
        assert (ledger.customers.get("K0").status, tags(ledger)) == ("new", set())
