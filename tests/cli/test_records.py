"""The commands that every record type has."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Run


def test_add_prints_the_new_id_and_nothing_else(run: Run) -> None:
    run("init")
    done = run(
        "customer", "add", "--name", "张伟", "--contact-name", "Li", "--set", "手机=138 0000 1234", "--set", "City=上海"
    )
    assert (done.code, done.err) == (0, "")
    shown = json.loads(run("customer", "show", done.out.strip(), "--json").out)
    assert shown["contact_name"] == "Li"
    assert shown["phone"] == "138 0000 1234"
    assert shown["city"] == "上海"


def test_every_installed_type_has_every_command(run: Run) -> None:
    run("init")
    for name in ("customer", "interaction", "followup", "transaction", "product", "opportunity", "contract"):
        assert run(name, "count").out == "0\n"
        assert run(name, "list", "--json").out == "[]\n"
        help_text = run(name, "--help").out
        for verb in ("add", "list", "show", "edit", "remove", "count", "history"):
            assert f"\n  {verb} " in help_text


def test_a_type_may_be_called_by_its_plural_or_its_label(shop: Run) -> None:
    assert shop("customers", "count").out == shop("客户", "count").out == "2\n"


def test_list_off_a_terminal_is_lines_with_tabs(shop: Run) -> None:
    lines = shop("customer", "list", "--sort", "-code").out.splitlines()
    assert lines[0].split("\t")[:3] == ["ID", "Code", "Name"]
    assert [line.split("\t")[1] for line in lines[1:]] == ["K2", "K1"]


def test_list_filters_sorts_limits_and_chooses_columns(shop: Run) -> None:
    assert (
        shop("customer", "list", "--where", "城市 = 上海", "--columns", "名称,code", "--csv").out
        == "name,code\n张伟,K1\n"
    )
    assert shop("customer", "list", "--limit", "1", "--sort", "-code", "--columns", "code", "--tsv").out == "code\nK2\n"
    assert shop("customer", "list", "--limit", "0", "--nl").out == ""


def test_list_json_is_an_array_and_nl_an_object_a_line(shop: Run) -> None:
    array = json.loads(shop("customer", "list", "--json").out)
    lines = [json.loads(line) for line in shop("customer", "list", "--nl").out.splitlines()]
    assert array == lines
    assert array[0]["referred_by"] is None
    assert array[0]["id"].startswith("C-")


def test_references_are_names_for_people_and_ids_for_programs(shop: Run) -> None:
    assert "张伟 K1" in shop("interaction", "list").out
    (record,) = json.loads(shop("interaction", "list", "--json").out)
    assert record["customer"].startswith("C-")


def test_labels_follow_the_language_that_is_asked_for(shop: Run) -> None:
    assert "客户名称" in shop("--lang", "zh", "customer", "list").out
    assert "客户名称" in shop("customer", "list", "--lang", "zh").out


def test_show_tells_the_record_and_what_refers_to_it(shop: Run) -> None:
    out = shop("customer", "show", "张伟").out
    assert "Name: 张伟" in out
    assert "Interaction (1)" in out
    assert "Follow-up (1, 1 open)" in out
    assert "Customer: 张伟 K1 (C-" in shop("followup", "show", _ref(shop, "followup")).out


def test_edit_sets_fields_and_an_empty_value_empties_one(shop: Run) -> None:
    assert shop("customer", "edit", "K1", "--level", "B级", "--city", "").code == 0
    shown = json.loads(shop("customer", "show", "K1", "--json").out)
    assert (shown["level"], shown["city"], shown["revision"]) == ("B", None, 2)


def test_edit_where_shows_first_and_then_does_it_as_one_operation(shop: Run) -> None:
    dry = shop("customer", "edit", "--where", "level in (A, B)", "--level", "C", "--dry-run")
    assert "Level: A → C" in dry.out
    assert dry.err == "2 customers would be edited.\n"
    done = json.loads(shop("customer", "edit", "--where", "level in (A, B)", "--level", "C", "--json").out)
    assert (done["edited"], done["dry_run"]) == (2, False)
    assert shop("undo", done["operation"]).code == 0
    assert shop("customer", "count", "--by", "level", "--csv").out == "level,count\nA,1\nB,1\n"


def test_remove_says_how_to_bring_it_back(shop: Run) -> None:
    done = shop("customer", "remove", "K1", "--yes")
    assert done.err.startswith("Removed. 1 interaction, 1 followup went along. custledger undo O-")
    operation = done.err.split("custledger undo ")[1].split()[0]
    assert shop("undo", operation).code == 0
    assert shop("interaction", "count").out == "1\n"


def test_remove_tells_which_references_let_go_of_what_is_gone(shop: Run) -> None:
    shop("customer", "edit", "K2", "--set", "referred_by=K1")
    assert "Customer (1): Referred by\n" in shop("customer", "show", "K1").out
    assert "Referred by of 1 customer emptied." in shop("customer", "remove", "K1", "--yes").err


def test_removing_many_needs_a_yes(shop: Run) -> None:
    refused = shop("customer", "remove", "--where", "code is not empty")
    assert refused.code == 2
    assert "2 customers along with 1 interaction, 1 followup would be removed." in refused.err
    assert shop("customer", "remove", "--where", "code is not empty", "--dry-run").code == 0
    assert shop("customer", "count").out == "2\n"
    assert shop("customer", "remove", "--where", "code is not empty", "--yes").code == 0
    assert shop("customer", "count").out == "0\n"


def test_a_removal_that_takes_others_along_asks_or_needs_yes(shop: Run) -> None:
    refused = shop("customer", "remove", "K1")
    assert refused.code == 2
    assert "1 customer along with 1 interaction, 1 followup would be removed." in refused.err
    assert "--yes removes it" in refused.err
    assert shop("customer", "count").out == "2\n"
    assert shop("customer", "remove", "K2").code == 0
    assert shop("customer", "remove", "K1", "--yes").code == 0


@pytest.mark.parametrize("which", [["K1"], ["--where", "code = K1"]])
def test_a_rehearsed_removal_says_what_goes_along_and_what_lets_go(shop: Run, which: list[str]) -> None:
    shop("customer", "edit", "K2", "--referred-by", "K1")
    dry = shop("customer", "remove", *which, "--dry-run")
    assert dry.code == 0
    assert dry.err == (
        "1 customer would be removed. 1 interaction, 1 followup would go along. "
        "Referred by of 1 customer would be emptied.\n"
    )
    told = json.loads(shop("customer", "remove", *which, "--dry-run", "--json").out)
    assert [(one["type"], one["action"], one["fields"]) for one in told["along"]] == [
        ("customer", "update", ["referred_by"]),
        ("interaction", "remove", []),
        ("followup", "remove", []),
    ]
    assert shop("customer", "count").out == "2\n"
    done = shop("customer", "remove", "--where", "code = K1", "--yes")
    assert "1 interaction, 1 followup went along. Referred by of 1 customer emptied." in done.err


@pytest.mark.parametrize("which", [["K1"], ["--where", "code = K1"]])
def test_a_rehearsed_removal_is_refused_where_the_removal_is(shop: Run, which: list[str]) -> None:
    shop("transaction", "add", "--customer", "K1", "--amount", "5")
    really = shop("customer", "remove", *which, "--yes")
    assert really.code == 3
    assert "1 transaction still refers to it" in really.err
    assert shop("customer", "remove", *which, "--dry-run") == really


@pytest.mark.parametrize("option", ["--phone=1.38E+10", "--phone=13800000001.0", "--id-number=1.10101E+17"])
def test_numbers_that_a_spreadsheet_has_damaged_are_refused(shop: Run, option: str) -> None:
    for verb in (["add", "--name", "x"], ["edit", "K1"]):
        done = shop("customer", *verb, option)
        assert done.code == 3
        assert "is how a spreadsheet writes a long number" in done.err
        assert "Format the column as text" in done.err
    assert shop("customer", "edit", "K1", "--code", "1E5").code == 0


def test_a_stale_edit_merges_what_nobody_else_changed(shop: Run) -> None:
    shop("customer", "edit", "K1", "--city", "北京")
    dry = shop("customer", "edit", "K1", "--level", "C", "--revision", "1", "--dry-run")
    assert (dry.code, dry.err) == (0, "1 customer would be edited.\n")
    assert shop("customer", "edit", "K1", "--level", "C", "--revision", "1").code == 0
    shown = json.loads(shop("customer", "show", "K1", "--json").out)
    assert (shown["city"], shown["level"], shown["revision"]) == ("北京", "C", 3)


def test_a_stale_edit_of_the_same_field_tells_all_three_values(shop: Run) -> None:
    ref = shop("transaction", "add", "--customer", "K1", "--amount", "5").out.strip()
    shop("transaction", "edit", ref, "--amount", "6")
    for more in ([], ["--dry-run"]):
        stale = shop("transaction", "edit", ref, "--amount", "7", "--revision", "1", *more)
        assert stale.code == 5
        assert "Amount was “5.00”, you set “7.00”, somebody else set “6.00”" in stale.err
    told = shop("transaction", "edit", ref, "--amount", "7", "--revision", "1", "--json")
    assert json.loads(told.err)["error"]["fields"] == {"amount": {"base": "5", "mine": "7", "theirs": "6"}}


def test_a_stale_edit_does_not_tell_sensitive_values(shop: Run) -> None:
    for number in ("11", "22"):
        shop("customer", "edit", "K1", "--id-number", number)
    stale = shop("customer", "edit", "K1", "--id-number", "33", "--revision", "2", "--json")
    assert json.loads(stale.err)["error"]["fields"]["id_number"] == dict.fromkeys(
        ("base", "mine", "theirs"), "(hidden)"
    )
    assert "22" not in stale.err


def test_count_by_several_fields_in_every_form(shop: Run) -> None:
    shop("customer", "edit", "K1", "--tags", "vip; tea")
    assert shop("customer", "count", "--by", "tags", "--csv").out == "tags,count\ntea,1\nvip,1\n,1\n"
    counted = json.loads(shop("customer", "count", "--by", "city,level", "--json").out)
    assert {"city": "上海", "level": "A", "count": 1} in counted
    assert json.loads(shop("customer", "count", "--where", "city = Oslo", "--json").out) == {"count": 1}


def test_history_tells_every_change_and_outlives_the_record(shop: Run) -> None:
    ref = json.loads(shop("customer", "show", "K2", "--json").out)["id"]
    shop("--as", "Uma", "customer", "edit", "K2", "--level", "A", "--reason", "promoted")
    shop("customer", "remove", "K2")
    happened = json.loads(shop("customer", "history", ref, "--json").out)
    assert [event["action"] for event in happened] == ["remove", "update", "create"]
    assert (happened[1]["actor"], happened[1]["reason"]) == ("Uma", "promoted")
    assert happened[1]["fields"] == {"level": {"before": "B", "after": "A"}}


@pytest.mark.parametrize(("language", "hidden"), [("en", "(hidden)"), ("zh", "（已隐藏）")])
def test_what_happened_to_a_sensitive_value_is_told_without_it(shop: Run, language: str, hidden: str) -> None:
    def told(*arguments: str) -> str:
        done = shop("--lang", language, *arguments)
        assert "1990" not in done.out + done.err
        return done.out + done.err

    assert shop("customer", "edit", "K1", "--id-number", "19900101").code == 0
    assert f": {hidden} → {hidden}" in told("customer", "edit", "K1", "--id-number", "x", "--dry-run")
    assert shop("customer", "edit", "K1", "--id-number", "19900102").code == 0
    assert f": {hidden} → {hidden}" in told("customer", "history", "K1")
    happened = json.loads(told("customer", "history", "K1", "--json"))
    assert happened[0]["fields"] == {"id_number": {"before": "(hidden)", "after": "(hidden)"}}
    assert happened[1]["fields"] == {"id_number": {"before": None, "after": "(hidden)"}}
    ref = json.loads(shop("customer", "show", "K1", "--json").out)["id"]
    shop("customer", "remove", "K1", "--yes")
    told("log", ref, "--json")
    told("customer", "history", ref, "--csv")
    assert shop("undo", json.loads(shop("log", "--limit", "1", "--json").out)[0]["id"]).code == 0
    assert json.loads(shop("customer", "show", "K1", "--json").out)["id_number"] == "19900102"


def test_text_that_drives_terminals_is_shown_and_kept_but_does_not_drive(shop: Run) -> None:
    nasty = "red\x1b[31m\u202e\nline"
    shop("customer", "edit", "K1", "--notes", nasty)
    shown = shop("customer", "show", "K1").out
    assert "red␛[31m\N{REPLACEMENT CHARACTER} line" in shown
    assert json.loads(shop("customer", "show", "K1", "--json").out)["notes"] == nasty
    rows = list(
        csv.reader(
            io.StringIO(shop("customer", "list", "--where", "code = K1", "--columns", "notes", "--csv").out, newline="")
        )
    )
    assert rows == [["notes"], [nasty]]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["customer", "shw", "K1"], 2, "Did you mean show"),
        (["custmer", "list"], 2, "Did you mean customer"),
        (["customer", "list", "--nonsense"], 2, "--nonsense"),
        (["customer", "list", "--tsv", "--csv"], 2, "cannot both be given"),
        (["customer", "list", "--all", "--limit", "3"], 2, "cannot both be given"),
        (["customer", "list", "--limit", "-1"], 2, "-1 is less than 0"),
        (["customer", "list", "--limit", "few"], 2, "few"),
        (["customer", "show"], 2, "REF"),
        (["customer", "edit", "K1"], 2, "Nothing is said"),
        (["customer", "edit", "--level", "A"], 2, "Name one record"),
        (["customer", "edit", "K1", "--where", "level = A", "--level", "B"], 2, "cannot both be given"),
        (["customer", "add", "--set", "name"], 2, "--set name"),
        (["customer", "add", "--set", "nonsense＝a=b"], 3, "nonsense"),
        (["customer", "add", "--name", "X", "--set", "name=Y"], 2, "by its option and by --set"),
        (["customer", "add"], 3, "A customer needs a name"),
        (["customer", "add", "--name", "X", "--code", "K1"], 3, "already taken"),
        (["customer", "add", "--name", "X", "--set", "nonsense=1"], 3, "nonsense"),
        (["customer", "add", "--name", "X", "--level", "Z"], 3, "A, B, C"),
        (["customer", "add", "--name", "X", "--birthday", "30 Feb"], 3, "2026-11-22"),
        (["customer", "show", "nobody"], 3, "nobody"),
        (["customer", "list", "--where", "citi = Oslo"], 3, "Did you mean city"),
        (["customer", "list", "--columns", "citi"], 3, "Did you mean city"),
        (["interaction", "add", "--customer", "nobody"], 3, "nobody"),
        (
            ["customer", "edit", "K1", "--revision", "0", "--level", "C"],
            3,
            "never had the revision 0: it is at revision 1",
        ),
        (["customer", "edit", "--where", "level = A", "--revision", "1", "--level", "C"], 2, "is of one record"),
        (["undo", "O-0000000000000"], 3, "operation"),
        (["search"], 2, "TEXT"),
    ],
)
def test_what_is_wrong_is_one_line_a_hint_and_an_exit_code(
    shop: Run, arguments: list[str], code: int, said: str
) -> None:
    done = shop(*arguments)
    assert done.code == code, done
    assert said in done.err
    if code:
        assert done.out == ""
        assert done.err.startswith("error: ")
        assert len(done.err.splitlines()) <= 2


def test_a_stale_edit_of_the_same_field_is_a_conflict(shop: Run) -> None:
    shop("customer", "edit", "K1", "--level", "B")
    done = shop("undo", _operation(shop, 1))
    assert done.code == 0
    shop("customer", "edit", "K1", "--city", "北京")
    shop("customer", "edit", "K1", "--city", "广州")
    stale = shop("undo", _operation(shop, 1))
    assert stale.code == 5
    assert "stays as it is" in stale.err


def test_errors_are_json_where_json_was_asked_for(shop: Run) -> None:
    done = shop("customer", "show", "nobody", "--json")
    told: dict[str, Any] = json.loads(done.err)["error"]
    assert told.keys() == {"code", "message", "hint"}
    assert told["code"] == "not_found"


def _ref(run: Run, name: str) -> str:
    return str(json.loads(run(name, "list", "--json").out)[0]["id"])


def _operation(run: Run, back: int) -> str:
    return str(json.loads(run("log", "--json").out)[back]["id"])


def test_money_that_is_not_in_the_ledgers_currency_is_shown_with_its_own(shop: Run) -> None:
    added = shop("transaction", "add", "--customer", "K1", "--amount", "5 USD")
    shop("transaction", "add", "--customer", "K1", "--amount", "7", "--amount-currency", "人民币")
    listed = shop("transaction", "list", "--columns", "amount").out.splitlines()
    assert listed == ["Amount", "5.00 USD", "7.00"]
    assert "Amount: 5.00 USD" in shop("transaction", "show", added.out.strip()).out
    assert "\t5.00 USD\t" in shop("customer", "show", "K1").out
    assert shop("transaction", "list", "--columns", "amount,amount_currency", "--csv").out.splitlines()[1:] == [
        "5.00,USD",
        "7.00,CNY",
    ]
    shop("transaction", "edit", added.out.strip(), "--amount", "¥6")
    assert shop("transaction", "list", "--columns", "amount").out.splitlines()[1:] == ["6.00", "7.00"]


def test_an_amount_and_its_currency_must_agree(shop: Run) -> None:
    command = ("transaction", "add", "--customer", "K1", "--amount", "5 USD", "--amount-currency")
    assert shop(*command, "$").code == 0
    refused = shop(*command, "EUR")
    assert refused.code == 3
    assert "is not the currency that the amount is marked with, USD" in refused.err


def test_a_tag_is_added_and_taken_out_without_naming_the_others(shop: Run) -> None:
    def tags() -> list[list[str] | None]:
        return [row["tags"] for row in json.loads(shop("customer", "list", "--columns", "tags", "--json").out)]

    shop("customer", "edit", "K1", "--tags", "vip,old")
    shop("customer", "edit", "K1", "--add-tag", "new", "--add-tag", "VIP", "--remove-tag", "OLD")
    assert tags() == [["new", "vip"], None]
    shop("customer", "edit", "--where", "id is not empty", "--add-tag", "all")
    assert tags() == [["all", "new", "vip"], ["all"]]
    shop("customer", "edit", "K2", "--remove-tag", "all", "--city", "Bergen")
    assert tags() == [["all", "new", "vip"], None]
    refused = shop("customer", "edit", "K1", "--tags", "a", "--add-tag", "b")
    assert (refused.code, "--tags replaces what is there" in refused.err) == (2, True)
    assert "replaces those that are there" in " ".join(shop("customer", "edit", "--help").out.split())
    assert "replaces" not in shop("customer", "add", "--help").out


def test_a_tag_cannot_be_added_and_taken_out_at_once(shop: Run) -> None:
    assert shop("customer", "edit", "K1", "--add-tag", "a", "--remove-tag", "A").code == 3


def test_counts_by_a_reference_name_the_records(shop: Run) -> None:
    assert shop("interaction", "count", "--by", "customer").out == "Customer\tCount\n张伟 K1\t1\n"
    assert shop("interaction", "count", "--by", "customer", "--csv").out.splitlines()[1].startswith("C-")


def test_csv_is_safe_in_a_spreadsheet_and_tsv_is_exact(shop: Run) -> None:
    shop("customer", "edit", "K1", "--city", "=cmd|' /C calc'!A0")
    assert shop("customer", "list", "--columns", "city", "--csv").out.splitlines()[1] == "'=cmd|' /C calc'!A0"
    assert shop("customer", "list", "--columns", "city", "--tsv").out.splitlines()[1] == "=cmd|' /C calc'!A0"


def test_messages_count_and_name_in_grammatical_english(shop: Run) -> None:
    assert "An interaction needs a customer" in shop("interaction", "add", "--summary", "x").err
    assert "Give --customer VALUE" in shop("interaction", "add", "--summary", "x").err
    assert "A follow-up needs a due date" in shop("followup", "add", "--customer", "K1").err
    assert "is not a whole number" in shop("customer", "list", "--limit", "abc").err
    assert "'--limit': -1 is less than 0." in shop("customer", "list", "--limit", "-1").err
    assert "错误：--limit：-1 小于 0。" in shop("--lang", "zh", "customer", "list", "--limit", "-1").err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("customer", "add"), "Give --name VALUE, or name=VALUE with --set."),
        (("product", "show", "x"), "custledger product list shows what there is."),
        (("undo", "O-0000000000001"), "custledger log shows the operations."),
        (("--lang", "zh", "undo", "O-0000000000001"), "custledger log 可以列出所有操作。"),
        (("--lang", "zh", "followup", "add", "--customer", "K1"), "跟进计划必须有到期日"),
        (("field", "choices", "customer.level", "A"), "--force: the records keep their values."),
    ],
    ids=" ".join,
)
def test_hints_name_the_options_and_commands_of_the_program(shop: Run, words: tuple[str, ...], hint: str) -> None:
    shop("customer", "edit", "K1", "--level", "B")
    assert hint in shop(*words).err


def test_hints_of_an_import_name_its_option(shop: Run, folder: Path) -> None:
    (folder / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    assert '--map "heading=field"' in shop("import", "a.csv", "--as", "customer").err
    assert "Name one with --format." in shop("import", "a.doc", "--as", "customer").err
    (folder / "b.csv").write_bytes(b"name\n\x81\x00\xff\n")
    assert "with --encoding" in shop("import", "b.csv", "--as", "customer").err


def test_what_was_bought_is_shown_where_it_is_no_product_of_the_ledger(shop: Run) -> None:
    shop("transaction", "add", "--customer", "K1", "--item", "22423", "--amount", "5")
    heading, line = shop("transaction", "list").out.splitlines()
    assert (heading.split("\t")[4], line.split("\t")[4]) == ("Item", "22423")
    shop("transaction", "add", "--customer", "K1", "--item", "71053", "--description", "White lantern", "--amount", "5")
    assert "Description" in shop("transaction", "list").out.splitlines()[0]
    assert "White lantern" in shop("customer", "show", "K1").out
    assert "Product" in shop("transaction", "list", "--columns", "product").out
    shop("product", "add", "--name", "Cake stand", "--sku", "22423")
    shop("transaction", "add", "--customer", "K1", "--item", "22423", "--amount", "5")
    assert shop("transaction", "list").out.splitlines()[0].split("\t")[4] == "Product"


def tags_of(run: Run, ref: str) -> list[str]:
    return json.loads(run("customer", "show", ref, "--json").out)["tags"] or []


def test_a_field_with_several_values_takes_all_that_is_given_however_often(shop: Run) -> None:
    added = shop(
        "customer", "add", "--name", "A", "--tags", "a", "--tags", "b; c", "--set", "标签=d", "--set", "tags=e,a"
    )
    assert tags_of(shop, added.out.strip()) == ["a", "b", "c", "d", "e"]
    shop("customer", "edit", "K1", "--tags", "x", "--tags", "y")
    assert tags_of(shop, "K1") == ["x", "y"]
    shop("customer", "edit", "K1", "--set", "tags=p", "--set", "标签=q")
    assert tags_of(shop, "K1") == ["p", "q"]
    shop("customer", "edit", "--where", "code = K1", "--tags", "m", "--tags", "n")
    assert tags_of(shop, "K1") == ["m", "n"]
    shop("customer", "edit", "K1", "--tags", "")
    assert tags_of(shop, "K1") == []


def test_a_custom_field_of_several_choices_takes_all_that_is_given(shop: Run) -> None:
    shop(
        "field", "add", "customer", "Days", "--kind", "choices", "--choice", "mon", "--choice", "tue", "--choice", "wed"
    )
    assert shop("customer", "edit", "K1", "--set", "Days=mon", "--set", "x_days=wed").code == 0
    assert json.loads(shop("customer", "show", "K1", "--json").out)["x_days"] == ["mon", "wed"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--city", "A", "--city", "B"), "--city is given twice."),
        (("--set", "city=A", "--set", "city=B"), "--set gives city twice."),
        (("--city", "A", "--set", "city=B"), "city is given by its option and by --set."),
        (("--set", "city=A", "--set", "城市=B"), "is given twice: 城市 is another name of city"),
        (("--tags", "a", "--add-tag", "b"), "--tags replaces what is there"),
        (("--add-tag", "b", "--set", "tags=a"), "tags is given by its option and by --set."),
    ],
)
def test_a_field_with_one_value_takes_one_and_what_is_not_clear_is_refused(
    shop: Run, given: tuple[str, ...], said: str
) -> None:
    done = shop("customer", "edit", "K1", *given)
    assert (done.code in {2, 3}, said in done.err) == (True, True), done.err
