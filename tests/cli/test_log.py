"""What the log says of operations."""

import json
from pathlib import Path

import pytest

from .conftest import Run


def abouts(run: Run, *options: str) -> list[str]:
    """Return what the log says each operation was about, newest first."""
    return [each["about"]["text"] for each in json.loads(run(*options, "log", "--json").out)]


def test_each_operation_says_what_it_did_to_which_records(shop: Run, folder: Path) -> None:
    shop("customer", "edit", "K1", "--city", "北京")
    shop("customer", "edit", "--where", "id is not empty", "--owner", "李雷")
    shop("field", "add", "customer", "会员卡号")
    shop("field", "choices", "customer.level", "A", "B", "C", "D")
    shop("customer", "remove", "--where", "code = K2", "--yes")
    (folder / "g.csv").write_text("name,phone\nA,101\nB,102\nC,none\n", encoding="utf-8")
    shop("import", "g.csv", "--as", "customer")
    operation = json.loads(shop("log", "--json", "--limit", "1").out)[0]["id"]
    shop("undo", operation)
    told = abouts(shop)
    assert told[0] == f"undoes {operation}: 2 customers removed"
    assert told[1:3] == ["2 customers added from g.csv, 1 rejected", "customer Ann Example K2"]
    assert told[3] == "the choices of customer.level"
    assert told[4].startswith("the field customer.x_")
    assert told[5:7] == ["2 customers", "customer 张伟 K1"]
    assert told[-1] == "the settings of the ledger"
    chinese = abouts(shop, "--lang", "zh")
    assert chinese[1:3] == ["新增客户 2 条，来自 g.csv，拒收 1 行", "客户 Ann Example K2"]
    assert chinese[3] == "customer.level 的选项"
    assert "sha256" not in shop("log").out


def test_an_operation_is_shown_with_what_it_did_to_each_record(shop: Run) -> None:
    edited = shop("customer", "edit", "K1", "--city", "北京", "--reason", "搬家")
    assert edited.code == 0
    operation = json.loads(shop("log", "--json", "--limit", "1").out)[0]["id"]
    told = json.loads(shop("log", operation, "--json").out)
    assert told["did"] == [{"type": "customer", "action": "update", "count": 1, "records": [edited.out.strip()]}]
    assert told["changes"][0]["fields"] == {"city": {"before": "上海", "after": "北京"}}
    lines = shop("log", operation).out.splitlines()
    assert f"Operation: {operation}" in lines
    assert "Reason: 搬家" in lines
    assert lines[-1].split("\t")[2:] == ["张伟 K1", "changed", "City: 上海 → 北京"]
    assert shop("log", "O-0000000000000").code == 3


def test_of_a_large_operation_the_first_records_are_shown_and_the_rest_counted(shop: Run, folder: Path) -> None:
    (folder / "g.csv").write_text("name\n" + "".join(f"A{n}\n" for n in range(30)), encoding="utf-8")
    shop("import", "g.csv", "--as", "customer")
    operation = json.loads(shop("log", "--json", "--limit", "1").out)[0]["id"]
    shown = shop("log", operation)
    assert "and 10 more" in shown.err
    assert "A19" in shown.out
    assert len(json.loads(shop("log", operation, "--json", "--limit", "25").out)["changes"]) == 25


def test_what_was_removed_is_called_by_its_old_name_and_history_of_it_stays(shop: Run) -> None:
    shop("customer", "remove", "K2", "--reason", "twice")
    operation = json.loads(shop("log", "--json", "--limit", "1").out)[0]
    assert operation["about"]["text"] == "customer Ann Example K2"
    assert shop("log", operation["id"]).out.splitlines()[-1].split("\t")[2:4] == ["Ann Example K2", "removed"]


def test_what_was_removed_since_has_its_last_name_in_earlier_lines_and_all_it_was_in_the_removal(shop: Run) -> None:
    shop("customer", "edit", "K1", "--city", "Lyon")
    shop("customer", "remove", "K1", "--yes")
    lines = shop("log", "--limit", "2", "--tsv").out.splitlines()
    assert all(" K1" in line and "C-" not in line for line in lines[1:])
    removal = lines[1].partition("\t")[0]
    assert "City: Lyon" in shop("log", removal).out


def test_undoing_a_setting_says_which(shop: Run) -> None:
    shop("field", "choices", "customer.level", "A", "B", "C", "D")
    operation = json.loads(shop("log", "--json", "--limit", "1").out)[0]["id"]
    undone = shop("undo", operation)
    assert f"Took back {operation} (field choices): the choices of customer.level." in undone.err


def test_a_rehearsed_undo_shows_what_would_become_of_each_record(shop: Run) -> None:
    removed = json.loads(shop("customer", "remove", "K1", "--yes", "--json").out)["operation"]
    dry = shop("undo", removed, "--dry-run")
    assert (dry.code, dry.out.count("\tbrought back\n")) == (0, 3)
    back = "1 customer, 1 interaction, 1 followup brought back"
    assert dry.err == f"{removed} (remove) would be taken back: {back}.\n"
    told = json.loads(shop("undo", removed, "--dry-run", "--json").out)
    assert (told["operation"], told["created"]) == (None, 3)
    assert {one["action"] for one in told["changes"]} == {"create"}
    assert shop("customer", "count").out == "1\n"
    assert shop("undo", removed).code == 0


def test_what_stands_in_the_way_of_an_undo_is_told_with_its_values(shop: Run) -> None:
    edited = [
        json.loads(shop("customer", "edit", "--where", "code = K1", *values, "--json").out)["operation"]
        for values in (["--city", "北京", "--id-number", "11"], ["--city", "广州", "--id-number", "22"])
    ]
    for more in (["--dry-run"], []):
        done = shop("undo", edited[0], *more)
        assert done.code == 5
        assert "City: 北京 → 广州; ID number: (hidden) → (hidden)) stays as it is: it was edited later." in done.err
    told = shop("undo", edited[0], "--json")
    (stands,) = json.loads(told.out)["stands"]
    assert stands["fields"]["city"] == {"before": "上海", "after": "北京", "now": "广州"}
    assert stands["fields"]["id_number"]["now"] == "(hidden)"
    assert json.loads(told.err)["error"]["code"] == "conflict"
    added = shop("customer", "add", "--name", "New", "--level", "A").out.strip()
    shop("customer", "edit", added, "--level", "B")
    addition = json.loads(shop("log", added, "--json").out)[-1]["operation"]
    assert "stays as it is: it was edited later (Level: A → B)." in shop("undo", addition).err


def test_with_json_nothing_but_objects_is_on_standard_error(shop: Run) -> None:
    edited = json.loads(shop("customer", "edit", "--where", "code = K1", "--city", "x", "--json").out)["operation"]
    for words in (
        ["init", "other.db"],
        ["undo", edited],
        ["undo", edited],
        ["customer", "edit", "--where", "code = K1", "--city", "y"],
        ["customer", "remove", "K1"],
        ["customer", "remove", "K1", "--yes"],
        ["export", "customer", "--to", "x.csv"],
        ["import", "x.csv", "--as", "customer"],
        ["ledger", "set", "--name", "N"],
        ["backup", "b.db"],
        ["field", "add", "customer", "Card"],
    ):
        done = shop(*words, "--json")
        assert all(line.startswith("{") for line in done.err.splitlines()), (words, done.err)


@pytest.mark.parametrize("command", [("log",), ("customer", "history")])
def test_a_removed_record_is_found_by_its_whole_id_and_told_how_by_anything_else(shop: Run, command: list[str]) -> None:
    ref = json.loads(shop("customer", "show", "K2", "--json").out)["id"]
    operation = json.loads(shop("customer", "remove", "K2", "--json").out)["operation"]
    for name in (ref, ref.lower(), ref.removeprefix("C-")):
        assert [one["action"] for one in json.loads(shop(*command, name, "--json").out)] == ["remove", "create"]
    for name in ("K2", "Ann Example", ref[-6:], "C-0000000000001", "C-UUUUUUUUUUUUU"):
        done = shop(*command, name)
        assert (done.code, "There is no " in done.err) == (3, True)
        assert "by its whole id, which custledger log OPERATION shows." in done.err
    assert ref in shop("log", operation).out
    assert "custledger log OPERATION 可以列出编号。" in shop("--lang", "zh", *command, "K2").err


TOLD = {
    "add": ("1 customer removed", "1 customer brought back"),
    "edit": ("1 customer set back", "1 customer changed again"),
    "remove": ("1 customer brought back", "1 customer removed again"),
}
IN_CHINESE = {
    "add": ("删除客户 1 条", "恢复客户 1 条"),
    "edit": ("改回客户 1 条", "重新修改客户 1 条"),
    "remove": ("恢复客户 1 条", "再次删除客户 1 条"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("verb", ["add", "edit", "remove"])
def test_an_undo_and_its_own_undo_say_plainly_what_became_of_what(shop: Run, verb: str, language: str) -> None:
    values = {"add": ["--name", "N"], "edit": ["K2", "--city", "x"], "remove": ["K2"]}[verb]
    shop("customer", verb, *values)
    (done,) = json.loads(shop("log", "--json", "--limit", "1").out)
    told, again = (TOLD if language == "en" else IN_CHINESE)[verb]

    def undo(operation: str) -> tuple[str, str, str]:
        dry = shop("--lang", language, "undo", operation, "--dry-run").err
        did = shop("--lang", language, "undo", operation).err
        (latest,) = json.loads(shop("log", "--json", "--limit", "1").out)
        return dry, did, latest["id"]

    first, second = undo(done["id"]), None
    second = undo(first[2])
    third = undo(second[2])
    if language == "en":
        assert first[:2] == (
            f"{done['id']} ({verb}) would be taken back: {told}.\n",
            f"Took back {done['id']} ({verb}): {told}. To reverse that: custledger undo {first[2]}\n",
        )
        assert second[:2] == (
            f"The undo {first[2]} would be reversed: {again}.\n",
            f"Reversed the undo {first[2]}: {again}. To take it back again: custledger undo {second[2]}\n",
        )
        assert third[1].startswith(f"Reversed the undo {second[2]}: ")
    else:
        called = {"add": "新增", "edit": "修改", "remove": "删除"}[verb]
        assert first[:2] == (
            f"将撤销 {done['id']}（{called}）：{told}。\n",
            f"已撤销 {done['id']}（{called}）：{told}。要取消这次撤销：custledger undo {first[2]}\n",
        )
        assert second[:2] == (
            f"将取消撤销 {first[2]}：{again}。\n",
            f"已取消撤销 {first[2]}：{again}。要再次撤销：custledger undo {second[2]}\n",
        )


def test_an_undo_with_nothing_left_or_something_in_the_way_says_so(shop: Run) -> None:
    edit = json.loads(shop("customer", "edit", "--where", "code = K2", "--city", "x", "--json").out)["operation"]
    shop("undo", edit)
    assert shop("undo", edit).err == f"Nothing is left of {edit} to take back.\n"
    assert shop("--lang", "zh", "undo", edit).err == f"{edit} 已经没有可以撤销的了。\n"
    edit = json.loads(shop("customer", "edit", "--where", "code = K2", "--city", "y", "--json").out)["operation"]
    shop("customer", "edit", "K2", "--city", "z")
    done = shop("undo", edit)
    assert done.code == 5
    assert "Nothing" not in done.err
    assert f"error: {edit} was not taken back whole: 1 later change stands in the way.\n" in done.err
    assert f"错误：{edit} 没有完全撤销：之后有 1 处改动，予以保留。\n" in shop("--lang", "zh", "undo", edit).err
    assert f"{edit} would not be taken back whole" in shop("undo", edit, "--dry-run").err


def test_the_log_says_of_an_undo_what_it_brought_back_and_set_back(shop: Run) -> None:
    removed = json.loads(shop("customer", "remove", "K2", "--json").out)["operation"]
    shop("undo", removed)
    assert abouts(shop)[0] == f"undoes {removed}: customer Ann Example K2 brought back"
    edited = json.loads(shop("customer", "edit", "--where", "code = K2", "--city", "x", "--json").out)["operation"]
    shop("undo", edited)
    assert abouts(shop)[0] == f"undoes {edited}: customer Ann Example K2 set back"
    assert abouts(shop, "--lang", "zh")[0].endswith("改回客户 Ann Example K2")


@pytest.mark.parametrize("limit", [1 << 63, 10**23])
def test_any_number_is_a_limit_everywhere(shop: Run, limit: int) -> None:
    operation = json.loads(shop("log", "--json", "--limit", "1").out)[0]["id"]
    shop("segment", "add", "local", "city = 上海")
    shop("segment", "refresh")
    for words in (
        ("log",),
        ("log", operation),
        ("log", "K1"),
        ("customer", "list"),
        ("search", "张伟"),
        ("segment", "members", "local"),
        ("segment", "history", "local"),
        ("segment", "history", "K1"),
    ):
        done = shop(*words, "--limit", str(limit), "--json")
        assert (done.code, done.err) == (0, "")
        assert done.out == shop(*words, "--limit", "1000", "--json").out


def test_an_undo_says_which_value_of_which_field_is_taken_by_whom(shop: Run) -> None:
    shop("field", "add", "customer", "会员卡号", "--unique")
    removed = shop("customer", "add", "--name", "A", "--code", "a1").out.strip()
    member = shop("customer", "add", "--name", "M", "--set", "会员卡号=7").out.strip()
    shop("customer", "remove", removed, "--yes")
    first = json.loads(shop("log", "--json", "--limit", "1").out)[0]["id"]
    shop("customer", "remove", member, "--yes")
    second = json.loads(shop("log", "--json", "--limit", "1").out)[0]["id"]
    taker = shop("customer", "add", "--name", "B", "--code", "a1", "--set", "会员卡号=7").out.strip()
    done = shop("undo", first)
    assert done.code == 5
    assert f"{removed} stays as it is: {taker} has taken its Code “a1”.\n" in done.err
    assert f"它的客户编号“a1”已被 {taker} 使用" in shop("--lang", "zh", "undo", first).err
    assert f"{taker} has taken its 会员卡号 “7”" in json.loads(shop("undo", second, "--json").out)["stands"][0]["why"]


def test_a_setting_that_stands_in_the_way_of_an_undo_is_called_as_people_call_it(shop: Run) -> None:
    shop("field", "add", "customer", "会员卡号", "--label-en", "Card number")
    operation = json.loads(shop("log", "--json", "--limit", "1").out)[0]["id"]
    shop("field", "edit", "customer.会员卡号", "--label-en", "Card")
    told = shop("undo", operation)
    assert told.err.startswith("The field customer.x_card_number Card stays as it is: it was changed later.\n")
    told = shop("--lang", "zh", "undo", operation)
    assert told.err.startswith("字段 customer.x_card_number 会员卡号 保持不变：之后又改过。\n")
    [stands] = json.loads(shop("undo", operation, "--json").out)["stands"]
    assert (stands["setting"], stands["why"]) == ("field/customer/x_card_number", "it was changed later")
