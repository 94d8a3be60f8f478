"""Adding, editing and removing through the ledger, on the reference store."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

import custledger
from custledger.conventions import FixedClock
from custledger.errors import AmbiguousError, ConflictError, DataError, DuplicateError, InvalidValueError, NotFoundError
from custledger.ledger import Ledger
from custledger.records import Customer
from custledger.services.editing import edit
from custledger.values import Adjustment


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with custledger.open("memory:", actor="tester", clock=FixedClock(1_700_000_000_000)) as opened:
        yield opened


def test_an_added_customer_comes_back_with_id_times_revision_and_defaults(ledger: Ledger) -> None:
    added = ledger.customers.add(name="张伟", city="上海", birthday="1990-02-03", tags=["vip", "老客户"])
    assert added.ref.startswith("C-")
    assert added.revision == 1
    assert added.status == "new"
    assert added.birthday == date(1990, 2, 3)
    assert added.tags == {"vip", "老客户"}
    assert added.created_at == added.updated_at
    assert ledger.customers.get(added.ref) == added


def test_fields_are_named_by_label_or_alias_in_both_languages(ledger: Ledger) -> None:
    added = ledger.customers.add(客户名称="李雷", Mobile="138 0000 1234", 等级="A级")
    assert (added.name, added.phone, added.level) == ("李雷", "138 0000 1234", "A")


def test_a_record_is_found_by_code_exact_name_and_ending(ledger: Ledger) -> None:
    added = ledger.customers.add(name="Acme GmbH", code="K-100")
    for ref in ("K-100", "k-100", "acme gmbh", added.ref, added.ref[-8:], added.id, added):
        assert ledger.customers.get(ref).id == added.id


def test_blanks_around_a_code_mean_nothing_and_those_around_a_name_are_kept(ledger: Ledger) -> None:
    made = ledger.customers.add(name=" W ", code=" K9\u3000")
    assert (made.name, made.code) == (" W ", "K9")
    for ref in ("K9", " K9 ", "k9", " W ", f" {made.ref} ", f" {made.ref[-6:]} "):
        assert ledger.customers.get(ref) == made
        assert ledger.log(ref)[0].record == made.id
    assert ledger.interactions.add(customer=" K9 ").customer == made.id
    for code in ("K9", "K9 "):
        with pytest.raises(DuplicateError):
            ledger.customers.add(name="X", code=code)
    other = ledger.customers.add(name="W")
    assert [ledger.customers.get(name) for name in (" W ", "W")] == [made, other]
    assert ledger.customers.edit(other, code=" K7 ").code == "K7"
    assert ledger.customers.edit(other.id, code="  ").code is None
    ledger.fields.add("customer", "Card", unique=True)
    assert ledger.customers.edit(made, Card=" 8001 ").extra["x_card"] == "8001"


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_edit_of_many_says_that_several_would_get_what_no_two_may_share(ledger: Ledger, dry_run: bool) -> None:
    for name in ("A", "B", "C"):
        ledger.customers.add(name=name, city="Lyon")
    with pytest.raises(InvalidValueError, match="Code: “K9” would be given to 3 records, and no two may") as caught:
        ledger.customers.edit_where("city = Lyon", code="K9", dry_run=dry_run)
    assert caught.value.hint == "Give it to one record, by its id."
    ledger.customers.edit_where("name = A", code="K9", dry_run=dry_run)
    ledger.customers.edit_where("city = Lyon", code=None, dry_run=dry_run)


def test_a_name_that_two_have_is_ambiguous_and_names_both(ledger: Ledger) -> None:
    refs = [ledger.customers.add(name="王芳").ref for _ in range(2)]
    with pytest.raises(AmbiguousError) as raised:
        ledger.customers.get("王芳")
    assert all(ref in str(raised.value) for ref in refs)


@pytest.mark.parametrize("blanks", ["", "   ", "\u3000", None])
def test_a_required_text_of_blanks_is_refused_and_any_other_is_empty(ledger: Ledger, blanks: str | None) -> None:
    added = ledger.customers.add(name="Acme", city=blanks, referred_by=blanks)
    assert (added.city, added.referred_by) == (None, None)
    with pytest.raises(InvalidValueError, match="A customer needs a name"):
        ledger.customers.add(name=blanks)
    with pytest.raises(InvalidValueError, match="A customer needs a name"):
        ledger.customers.edit(added, name=blanks)
    for dry_run in (True, False):
        with pytest.raises(InvalidValueError, match="A customer needs a name"):
            ledger.customers.edit_where("name = Acme", name=blanks, dry_run=dry_run)
    assert ledger.customers.get(added).name == "Acme"


def test_tags_that_compare_equal_are_one_and_are_counted_once(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="Acme", tags=["VIP", "vip", "ＶＩＰ"])
    assert customer.tags == {"VIP"}
    ledger.customers.add(name="Other", tags="vip")
    assert ledger.customers.count(by="tags") == {"VIP": 2}


def test_an_instance_can_be_added_and_false_and_zero_are_kept(ledger: Ledger) -> None:
    added = ledger.customers.add(Customer(name="Ada", consent=False))
    assert added.consent is False


def test_nothing_of_that_name_says_so(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="There is no customer “Nobody”"):
        ledger.customers.get("Nobody")


def test_an_unknown_field_offers_the_nearest_name(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError) as raised:
        ledger.customers.add(name="x", citty="y")
    assert "city" in raised.value.hint


def test_a_missing_name_is_refused(ledger: Ledger) -> None:
    with pytest.raises(InvalidValueError, match="needs a name") as raised:
        ledger.customers.add(city="Berlin")
    assert raised.value.hint == "Give name a value."


def test_types_are_called_by_their_labels_with_the_right_article(ledger: Ledger) -> None:
    with pytest.raises(InvalidValueError, match="A follow-up needs a due date"):
        ledger.followups.add(customer=ledger.customers.add(name="A"))
    with pytest.raises(InvalidValueError, match="is a customer, not an interaction"):
        ledger.interactions.get(ledger.customers.get("A"))  # type: ignore[arg-type,unused-ignore]


def test_hints_to_a_program_name_no_option_and_no_command(ledger: Ledger) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: ledger.customers.add(city="Berlin"),
        lambda: ledger.customers.get("nobody"),
        lambda: ledger.undo(5),
        lambda: ledger.undo("ABCD"),
        lambda: ledger.fields.add("customer", "Size of shoes", choices=["1"]),
        lambda: ledger.fields.add("customer", "Size of shoes", target="customer"),
    ]
    for attempt in attempts:
        with pytest.raises(DataError) as raised:
            attempt()
        assert "--" not in raised.value.hint
        assert "custledger" not in raised.value.hint


def test_a_taken_code_is_refused_and_names_its_holder(ledger: Ledger) -> None:
    holder = ledger.customers.add(name="A", code="1")
    with pytest.raises(DuplicateError, match=holder.ref):
        ledger.customers.add(name="B", code="1")
    assert ledger.customers.count() == 1


def test_system_fields_cannot_be_set(ledger: Ledger) -> None:
    with pytest.raises(InvalidValueError, match="the ledger does that itself"):
        ledger.customers.add(name="x", revision=7)


def test_edits_of_different_fields_merge_and_of_the_same_field_conflict(ledger: Ledger) -> None:
    read = ledger.customers.add(name="A", city="Bonn", level="B")
    ledger.customers.edit(read.id, city="Berlin")
    merged = ledger.customers.edit(read, level="A")
    assert (merged.city, merged.level, merged.revision) == ("Berlin", "A", 3)
    with pytest.raises(ConflictError) as raised:
        ledger.customers.edit(read, city="Hamburg")
    assert raised.value.fields[0][:4] == ("city", "Bonn", "Hamburg", "Berlin")


def test_an_edit_that_changes_nothing_writes_nothing(ledger: Ledger) -> None:
    added = ledger.customers.add(name="A", city="Bonn")
    assert ledger.customers.edit(added.id, city="Bonn").revision == 1
    assert len(ledger.operations()) == 2  # the ledger's own settings, and the addition


def test_emptying_a_required_field_is_refused(ledger: Ledger) -> None:
    added = ledger.customers.add(name="A")
    with pytest.raises(InvalidValueError):
        ledger.customers.edit(added, name=None)


def test_a_record_from_before_a_field_was_required_can_be_edited_and_not_emptied(ledger: Ledger) -> None:
    old = ledger.customers.add(name="A")
    ledger.fields.add("customer", "Card", required=True)
    with pytest.raises(InvalidValueError, match="needs a card"):
        ledger.customers.add(name="B")
    assert ledger.customers.edit(old.id, city="Bonn").city == "Bonn"
    ledger.customers.edit(old.id, card="7")
    with pytest.raises(InvalidValueError, match="needs a card"):
        ledger.customers.edit(old.id, card=None)
    ledger.fields.edit("customer.card", required=False)
    ledger.customers.edit(old.id, card=None)
    ledger.customers.add(name="B")
    assert ledger.fields.edit("customer.card", required=True).spec.required


def test_removing_a_customer_takes_its_interactions_along(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A")
    ledger.interactions.add(customer=customer, summary="hello")
    receipt = ledger.customers.remove(customer)
    assert receipt.removed == 2
    assert ledger.interactions.count() == 0


def test_selections_filter_order_limit_page_and_count(ledger: Ledger) -> None:
    for name, city in [("a", "上海"), ("b", "北京"), ("c", "上海"), ("d", None)]:
        ledger.customers.add(name=name, city=city)
    chosen = ledger.customers.where("city = 上海").order("-name")
    assert [one.name for one in chosen] == ["c", "a"]
    assert [one.name for one in ledger.customers.order("city", "-name").limit(3)] == ["c", "a", "b"]
    first = ledger.customers.order("-name").limit(2)
    assert [one.name for one in first.after(list(first)[-1])] == ["b", "a"]
    assert ledger.customers.count(by="city") == {"上海": 2, "北京": 1, None: 1}
    assert ledger.customers.where("city is empty").count() == 1
    assert ledger.customers.order("name").columns("name", "城市") == {
        "name": ["a", "b", "c", "d"],
        "城市": ["上海", "北京", "上海", None],
    }


def test_writing_while_iterating_is_safe(ledger: Ledger) -> None:
    for number in range(5):
        ledger.customers.add(name=f"n{number}")
    for customer in ledger.customers:
        ledger.customers.add(name=customer.name + " again")
    assert ledger.customers.count() == 10


def test_an_iterator_is_of_the_moment_at_which_it_was_made(ledger: Ledger) -> None:
    ledger.customers.add(name="before")
    made = iter(ledger.customers.all())
    ledger.customers.add(name="after")
    assert [one.name for one in made] == ["before"]


def test_columns_hold_what_records_do_and_lists_for_sets(ledger: Ledger) -> None:
    ledger.fields.add("customer", "Limit", kind="money")
    ledger.fields.add("customer", "Hobbies", kind="choices", choices=["a", "b"])
    ledger.customers.add(name="A", tags=["y", "x"], birthday="2000-01-02", Limit="5", Hobbies=["b", "a"], consent=True)
    ledger.customers.add(name="B")
    columns = ledger.customers.columns()
    for customer, *values in zip(ledger.customers, *columns.values(), strict=True):
        for key, value in zip(columns, values, strict=True):
            held = getattr(customer, key) if hasattr(customer, key) else customer.extra.get(key)
            if key in {"tags", "x_hobbies"}:
                assert value == sorted(held or ())
                assert type(value) is list  # in every row, which is what a column of lists is made of
            else:
                assert (type(value), value) == (type(held), held)
    assert ledger.customers.columns("name", "标签")["标签"] == [["x", "y"], []]
    assert ledger.customers.count(by="tags") == {"x": 1, "y": 1, None: 1}


def test_many_are_edited_at_once_or_shown_first(ledger: Ledger) -> None:
    for name in "abc":
        ledger.customers.add(name=name, city="Bonn")
    tried = ledger.customers.edit_where("name in (a, b)", dry_run=True, city="Berlin")
    assert len(tried.rows) == 2
    assert tried.receipt is None
    assert ledger.customers.count(by="city") == {"Bonn": 3}
    ledger.customers.edit_where("name in (a, b)", city="Berlin")
    assert ledger.customers.count(by="city") == {"Berlin": 2, "Bonn": 1}
    assert ledger.customers.remove_where("city = Berlin").receipt.removed == 2  # type: ignore[union-attr]


def test_what_happened_has_the_times_and_the_public_ids_that_records_have(ledger: Ledger) -> None:
    added = ledger.customers.add(name="A")
    edited = ledger.customers.edit(added, city="Bonn")
    ledger.undo(ledger.operations(limit=1)[0].id, reason="back")
    undo, edit, add, _ = ledger.operations()
    assert (add.at, edit.at) == (added.created_at, edited.updated_at)
    assert edit.at.utcoffset() == timedelta(0)
    assert [entry.at for entry in ledger.log(added)] == [undo.at, edit.at, add.at]
    assert [event.operation for event in ledger.customers.history(added)] == [undo, edit, add]
    assert (undo.undoes, undo.reason, undo.verb) == (edit.id, "back", "undo")
    undone = ledger.undo(undo.ref)
    assert undone.operation == undo


def test_history_tells_before_and_after_newest_first(ledger: Ledger) -> None:
    added = ledger.customers.add(name="A", city="Bonn")
    ledger.customers.edit(added.id, city="Berlin", tags=["vip"])
    edited, created = ledger.customers.history(added)
    assert edited.fields == {"city": ("Bonn", "Berlin"), "tags": (None, ("vip",))}
    assert created.fields["city"] == (None, "Bonn")
    assert edited.operation.actor == "tester"


def test_the_history_of_a_removed_record_is_found_by_its_whole_id(ledger: Ledger) -> None:
    added = ledger.customers.add(name="A", code="K1")
    ledger.customers.remove(added)
    for ref in (added, added.id, added.ref):
        assert [event.action.value for event in ledger.customers.history(ref)] == ["remove", "create"]
    assert [entry.action.value for entry in ledger.log(added.ref)] == ["remove", "create"]
    for ask in (ledger.customers.history, ledger.log):
        with pytest.raises(NotFoundError) as told:
            ask("K1")
        assert "by its whole id" in told.value.hint


def test_moments_fall_on_the_days_of_the_ledgers_zone_and_what_is_no_value_is_empty() -> None:
    with custledger.open("memory:", defaults={"zone": "Asia/Shanghai"}) as ledger:
        customer = ledger.customers.add(name="A", birthday=math.nan, tags=[None, "a"], referred_by=math.nan)
        assert (customer.birthday, customer.referred_by) == (None, None)
        assert customer.tags == {"a"}
        assert ledger.followups.add(customer=customer, due=datetime(2024, 1, 2, 23, tzinfo=UTC)).due == date(2024, 1, 3)
        with pytest.raises(InvalidValueError, match=r"Name: .* is not a text"):
            ledger.customers.add(name=customer)


def test_decimal_and_dates_are_python_values(ledger: Ledger) -> None:
    ledger.fields.add("customer", "信用额度", kind="money", label_en="Credit limit")
    added = ledger.customers.add(name="A", **{"Credit limit": "1,234.5"})
    assert added.extra == {"x_credit_limit": Decimal("1234.5")}


def test_a_sensitive_field_is_never_counted_by_nor_printed_in_a_conflict(ledger: Ledger) -> None:
    read = ledger.customers.add(name="A", id_number="110101199003070011")
    ledger.customers.edit(read.id, id_number="110101199003070022")
    with pytest.raises(ConflictError) as raised:
        ledger.customers.edit(read, id_number="110101199003070033")
    assert "1101011990" not in raised.value.message
    with pytest.raises(InvalidValueError, match="sensitive"):
        ledger.customers.count(by="id_number")


def test_an_edit_that_names_a_revision_is_compared_with_what_happened_since(ledger: Ledger) -> None:
    added = ledger.customers.add(name="A", city="Bonn", tags=["old"])
    ledger.customers.edit(added.id, city="Berlin", tags=["old", "theirs"])
    with pytest.raises(ConflictError) as raised:
        edit(ledger.session, "customer", added.id, {"city": "Hamburg"}, revision=1)
    assert raised.value.fields[0][:4] == ("city", "Bonn", "Hamburg", "Berlin")
    edit(ledger.session, "customer", added.id, {"level": "A", "tags": ["old", "mine"]}, revision=1)
    merged = ledger.customers.get(added.id)
    assert (merged.city, merged.level, merged.revision) == ("Berlin", "A", 3)
    assert merged.tags == {"old", "mine", "theirs"}
    assert edit(ledger.session, "customer", added.id, {"level": "B"}, revision=3).row[3] == 4


def test_a_revision_before_a_removal_that_was_undone_is_known(ledger: Ledger) -> None:
    added = ledger.customers.add(name="A", city="Bonn")
    ledger.customers.edit(added.id, city="Berlin")
    ledger.undo(ledger.customers.remove(added.id).operation)
    for revision, base in ((1, "Bonn"), (2, "Berlin")):
        ledger.customers.edit(added.id, city="Rome")
        with pytest.raises(ConflictError) as raised:
            edit(ledger.session, "customer", added.id, {"city": "Hamburg"}, revision=revision)
        assert raised.value.fields[0][:4] == ("city", base, "Hamburg", "Rome")


@pytest.mark.parametrize("revision", [-1, 0, 2, 99])
def test_a_revision_that_never_was_is_told_as_such(ledger: Ledger, revision: int) -> None:
    added = ledger.customers.add(name="A")
    with pytest.raises(DataError, match=f"never had the revision {revision}: it is at revision 1") as raised:
        edit(ledger.session, "customer", added.id, {"city": "Bonn"}, revision=revision)
    assert not isinstance(raised.value, ConflictError)


def test_what_a_write_returns_is_what_the_ledger_keeps(ledger: Ledger) -> None:
    added = ledger.customers.add(name="A", tags=["b", "a"], birthday="1990-02-03")
    assert ledger.customers.get(added.id) == added
    edited = ledger.customers.edit(added.id, city="Bonn", birthday=None)
    assert ledger.customers.get(added.id) == edited
    merged = ledger.customers.edit(added, level="A")
    assert ledger.customers.get(added.id) == merged
    assert merged.city == "Bonn"


def test_tags_are_adjusted_in_one_edit_in_an_addition_and_within_a_batch(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A", tags=Adjustment(add=("x",)))
    assert ledger.customers.edit(customer, tags=Adjustment(add=("y", "X"))).tags == {"x", "y"}
    with ledger.operation() as batch:
        batch.customers.edit(customer.id, city="上海")
        batch.customers.edit(customer.id, tags=Adjustment(add=("z",), remove=("Y",)))
        made = batch.customers.add(name="B", tags=["p"])
        batch.customers.edit(made, tags=Adjustment(add=("q",)))
    assert ledger.customers.get(customer.ref).tags == {"x", "z"}
    assert ledger.customers.get(made.ref).tags == {"p", "q"}
    with pytest.raises(InvalidValueError, match="holds no tags"):
        ledger.customers.edit(customer.ref, city=Adjustment(add=("z",)))


def test_a_rehearsed_removal_follows_the_references_and_writes_nothing(ledger: Ledger) -> None:
    customer = ledger.customers.add(name="A")
    other = ledger.customers.add(name="B", referred_by=customer)
    call = ledger.interactions.add(customer=customer, channel="phone")
    tried = ledger.customers.remove_where("name = A", dry_run=True)
    assert [(change.type, change.id, change.action.value) for change in tried.along] == [
        ("customer", other.id, "update"),
        ("interaction", call.id, "remove"),
    ]
    assert tried.receipt is None
    done = ledger.customers.remove_where("name = A")
    assert [(change.type, change.id, change.after) for change in done.along] == [
        (change.type, change.id, change.after) for change in tried.along
    ]
