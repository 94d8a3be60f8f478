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
    (folder / "g.csv").write_text("name,phone\nA,1\nB,2\nC,none\n", encoding="utf-8")
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


def test_undoing_a_setting_says_which(shop: Run) -> None:
    shop("field", "choices", "customer.level", "A", "B", "C", "D")
    operation = json.loads(shop("log", "--json", "--limit", "1").out)[0]["id"]
    undone = shop("undo", operation)
    assert f"Took back {operation} (field choices): the choices of customer.level." in undone.err


def test_a_rehearsed_undo_shows_what_would_become_of_each_record(shop: Run) -> None:
    removed = json.loads(shop("customer", "remove", "K1", "--yes", "--json").out)["operation"]
    dry = shop("undo", removed, "--dry-run")
    assert (dry.code, dry.out.count("\tbrought back\n")) == (0, 3)
    assert dry.err == f"{removed} (remove) would be taken back: 3 brought back, 0 set back, 0 removed.\n"
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
