"""What the log says of operations."""

import json
from pathlib import Path

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
