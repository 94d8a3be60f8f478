"""``custledger check facts``: what is kept is compared with what is computed anew."""

import json
from pathlib import Path

import apsw

from .conftest import Run


def falsify(folder: Path, statement: str) -> None:
    """Change what is kept behind the program's back."""
    connection = apsw.Connection(str(next(folder.glob("*.db"))))
    connection.execute(statement)
    connection.close()


def test_facts_that_are_true_are_counted(shop: Run) -> None:
    shop("transaction", "add", "--customer", "K1", "--amount", "5", "--status", "paid")
    done = shop("check", "facts")
    assert (done.code, done.out) == (0, "")
    assert done.err == "22 values of 12 metrics were compared, and all are right.\n"


def test_what_differs_is_named_with_exit_code_3_and_repaired(shop: Run, folder: Path) -> None:
    shop("transaction", "add", "--customer", "K1", "--amount", "5", "--status", "paid")
    assert shop("check", "facts").code == 0
    falsify(folder, "UPDATE customer__facts SET total_spent = 70000, last_contact = NULL")
    wrong = shop("check", "facts")
    assert wrong.code == 3
    assert ": total_spent is kept as 7.00, and is 5.00\n" in wrong.out
    assert ": total_spent is kept as 7.00, and is 0.00\n" in wrong.out
    assert ": last_contact is kept as empty, and is 20" in wrong.out
    assert "; 3 differ: --repair puts them right." in wrong.err
    told = {one["name"]: one for one in json.loads(shop("check", "facts", "--json").out)}
    assert told["total_spent"]["differing"] == 2
    assert [(one["kept"], one["computed"]) for one in told["total_spent"]["examples"]] == [("7", "5"), ("7", "0")]
    assert shop("check", "facts", "--repair").code == 0
    assert shop("check", "facts").code == 0
    assert shop("customer", "list", "--where", "total_spent = 5", "--columns", "code", "--csv").out == "code\nK1\n"


def test_a_metric_that_is_added_is_kept_from_then_on_and_one_that_is_removed_is_not(shop: Run) -> None:
    assert shop("metric", "add", "paid_lines", "count(transactions where status = paid)").code == 0
    names = {one["name"] for one in json.loads(shop("check", "facts", "--json").out)}
    assert "paid_lines" in names
    assert shop("metric", "remove", "paid_lines").code == 0
    assert "paid_lines" not in {one["name"] for one in json.loads(shop("check", "facts", "--json").out)}


def test_it_is_told_in_chinese_too(shop: Run, folder: Path) -> None:
    assert shop("--lang", "zh", "check", "facts").err == "已核对 12 项指标的 22 个值，全部正确。\n"
    falsify(folder, "UPDATE customer__facts SET total_spent = NULL")
    assert "：total_spent 保存的是 空，应为 0.00\n" in shop("--lang", "zh", "check", "facts").out


def test_a_store_that_keeps_nothing_says_so(run: Run) -> None:
    done = run("--ledger", "memory:", "check", "facts")
    assert (done.code, done.err) == (0, "Nothing is kept here that could be compared.\n")
