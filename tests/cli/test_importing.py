"""What ``custledger import`` tells of a file, beside what became of its rows."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from custledger.cli.text import for_shell

from .conftest import Run

SALES = "InvoiceNo,CustomerID,Quantity,UnitPrice\n"
RETURNED = "This is a cancellation or a return: its quantity or its amount is negative."


def sales(folder: Path, *quantities: int) -> str:
    """Write a file of one invoice line for each quantity, those of cancellations with a C as online retail has it."""
    lines = [f"{'C' if one < 0 else ''}53{row},17850,{one},2.5\n" for row, one in enumerate(quantities, 2)]
    (folder / "sales.csv").write_text(SALES + "".join(lines), encoding="utf-8")
    return "sales.csv"


@pytest.mark.parametrize(
    ("returned", "of_rows"),
    [(1, "(row 3)"), (3, "(3 times: rows 3, 4, 5)"), (9, "(9 times: rows 3, 4, 5, 6, 7 and 4 more)")],
)
def test_cancellations_are_named_by_their_rows_with_the_command_that_lists_them(
    run: Run, folder: Path, returned: int, of_rows: str
) -> None:
    run("init")
    file = sales(folder, 5, *[-1] * returned, 7)
    done = run("import", file, "--as", "transaction", "--create-customers")
    assert f"warning: {RETURNED} {of_rows}\n" in done.err
    (command,) = re.findall(r"^  custledger (.+) lists all that are so\.$", done.err, re.MULTILINE)
    listed = json.loads(run(*shlex.split(command), "--json").out)
    assert {one["number"][0] for one in listed} == {"C"}
    assert len(listed) == returned


def test_a_rehearsal_names_the_rows_and_no_command_since_nothing_landed(run: Run, folder: Path) -> None:
    run("init")
    done = run("import", sales(folder, -1, -2), "--as", "transaction", "--create-customers", "--dry-run")
    assert f"{RETURNED} (2 times: rows 2, 3)\n" in done.err
    assert "lists all" not in done.err


def test_warnings_of_an_import_are_chinese_in_a_chinese_run_and_objects_in_json(run: Run, folder: Path) -> None:
    run("init", "--lang", "zh")
    file = sales(folder, *[-1] * 7)
    done = run("import", file, "--as", "transaction", "--create-customers")
    assert "警告：这是取消或退货：数量或金额为负。（7 次：第 2, 3, 4, 5, 6 行等，另有 2 行）\n" in done.err
    assert '  全部列出：custledger transaction list --where "quantity < 0 or amount < 0"\n' in done.err
    told = json.loads(run("import", file, "--as", "transaction", "--json").out)["warnings"]
    assert told == [{"message": RETURNED, "times": 7, "rows": [2, 3, 4, 5, 6], "where": "quantity < 0 or amount < 0"}]


def told_path(error: str) -> Path:
    """Return the path of the rejected rows that was printed, as a shell would take it."""
    (quoted,) = re.findall(r"The rejected rows are in (.+), with reasons:", error)
    (path,) = shlex.split(quoted)
    return Path(path)


@pytest.mark.parametrize(
    "name", ["sub/in.csv", "with blanks/顾客 名单.csv", "it's/in.csv", "$HOME/in.csv", "顾客/名单.csv"]
)
def test_the_path_of_the_rejected_rows_can_be_pasted(run: Run, folder: Path, name: str) -> None:
    run("init")
    source = folder / name
    source.parent.mkdir()
    source.write_text("name,phone\nA,none\n", encoding="utf-8")
    for given in (name, str(source)):
        path = told_path(run("import", given, "--as", "customer").err)
        assert path.parent == Path(given).parent
        assert "none" in path.read_text("utf-8")
        assert json.loads(run("import", given, "--as", "customer", "--json").out)["rejects"] == str(path)


def test_the_path_of_rejected_rows_that_could_not_go_beside_the_input_is_told_in_full(
    run: Run, folder: Path, read_only: Callable[[Path], None]
) -> None:
    run("init")
    sub = folder / "sub"
    sub.mkdir()
    (sub / "in.csv").write_text("name,phone\nA,none\n", encoding="utf-8")
    read_only(sub)
    assert told_path(run("import", "sub/in.csv", "--as", "customer").err) == folder / "in.rejected.csv"
    assert (folder / "in.rejected.csv").exists()


@pytest.mark.parametrize("path", ["sub/in.csv", "/a/b-1.csv", "顾客.rejected.csv"])
def test_a_path_that_a_shell_takes_as_it_stands_is_not_quoted(path: str) -> None:
    assert for_shell(path) == path


def test_what_no_column_says_is_set_in_every_row(run: Run, folder: Path) -> None:
    run("init")
    file = sales(folder, 2, 4)
    done = run(
        "import", file, "--as", "transaction", "--create-customers", "--set", "status=paid", "--set", "owner=王芳"
    )
    assert "Set in every row: status=paid; owner=王芳.\n" in done.err
    (customer,) = json.loads(run("customer", "list", "--columns", "code,total_spent", "--json").out)
    assert customer["total_spent"] == "15"
    assert "每一行都设为：status=paid。\n" in (
        run("--lang", "zh", "import", file, "--as", "transaction", "--set", "status=paid", "--dry-run").err
    )
    assert "“Quantity”这一列就是 quantity" in (
        run("--lang", "zh", "import", file, "--as", "transaction", "--set", "quantity=1").err
    )


def test_columns_without_end_are_named_only_at_first(run: Run, folder: Path) -> None:
    run("init")
    wide = ",".join(f"c{number}" for number in range(3000))
    (folder / "in.csv").write_text(f"name,{wide}\nA\n", encoding="utf-8")
    done = run("import", "in.csv", "--as", "customer")
    assert "Nothing was read from: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2990 more. --map" in done.err
    told = json.loads(run("import", "in.csv", "--as", "customer", "--json").out)
    assert len(told["unmapped"]) == 3000
    assert "c9，另有 2990 列。" in run("--lang", "zh", "import", "in.csv", "--as", "customer").err
    for more in (("--map", "x=name"), ("--map", "name=")):
        failed = run("import", "in.csv", "--as", "customer", *more)
        assert failed.code == 3
        assert len(failed.err) < 400
    (folder / "in.csv").write_text(f"name,{','.join(['phone'] * 3000)}\nA\n", encoding="utf-8")
    done = run("import", "in.csv", "--as", "customer")
    assert done.err.count("Phone is read from phone, and not from ") == 10
    assert "\n2989 more columns are of fields that are read from other ones.\n" in done.err


def rows_told(error: str) -> list[str]:
    return re.findall(r"^  (?:row [0-9]+|… and [0-9]+ more|[0-9]+ rows).*$", error, re.MULTILINE)


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_rejected_rows_that_are_few_are_told_once_each_in_the_order_of_all_rows(
    run: Run, folder: Path, more: tuple[str, ...]
) -> None:
    run("init")
    cells = ["none", "101", "", "x", "102", "none", "none", "none", "103"]
    (folder / "in.csv").write_text("name,phone\n" + "".join(f"N,{one}\n" for one in cells), encoding="utf-8")
    told = rows_told(run("import", "in.csv", "--as", "customer", *more).err)
    assert [line.split(": ")[0].strip() for line in told] == [
        f"row {row} {'rejected' if cell in {'none', 'x'} else 'added'}" for row, cell in enumerate(cells, 2)
    ]


def test_rejected_rows_that_are_many_are_counted_by_their_reasons(run: Run, folder: Path) -> None:
    run("init")
    text = "name,code,phone\n" + "".join(f"N{row},k{row},\n" for row in range(2, 42))
    (folder / "in.csv").write_text(text, encoding="utf-8")
    run("import", "in.csv", "--as", "customer")
    (folder / "in.csv").write_text(text + "A,x,none\nB,y,none\n,z,\n", encoding="utf-8")
    told = rows_told(run("import", "in.csv", "--as", "customer").err)
    assert told[5:] == [
        "  row 44 rejected: A customer needs a name",
        "  … and 37 more rejected",
        "  40 rows: Code is already taken (rows 2, 3, 4, 5, 6 and 35 more)",
        "  2 rows: Phone: “…” has no digit in it, so it is not a phone number (rows 42, 43)",
    ]
    assert "  40 行：客户编号已被使用（第 2, 3, 4, 5, 6 行等，另有 35 行）\n" in (
        run("--lang", "zh", "import", "in.csv", "--as", "customer").err
    )
    reasons = json.loads(run("import", "in.csv", "--as", "customer", "--json").out)["reasons"]
    assert reasons[0] == ["Code is already taken", 40, [2, 3, 4, 5, 6]]


def test_a_rehearsal_of_rows_that_change_records_sees_what_others_have(run: Run, folder: Path) -> None:
    run("init", "--lang", "en")
    for name, code in (("A", "K1"), ("B", "K2"), ("C", "K3")):
        run("customer", "add", "--name", name, "--code", code)
    run("export", "customer", "--columns", "id,revision,name,code", "--to", "e.csv")
    exported = (folder / "e.csv").read_text("utf-8")
    (folder / "e.csv").write_text(exported.replace("K2", "K1"), "utf-8")
    assert "row 3 rejected: Code: row 2 has the same one" in run("import", "e.csv", "--as", "customer", "--dry-run").err
    assert run("import", "e.csv", "--as", "customer").code == 3
    (folder / "swap.csv").write_text(exported.replace("K1", "K9").replace("K2", "K1").replace("K9", "K2"), "utf-8")
    rehearsed = run("import", "swap.csv", "--as", "customer", "--dry-run")
    assert "0 would be rejected" in rehearsed.out
    assert run("import", "swap.csv", "--as", "customer").code == 0
    (folder / "new.csv").write_text("id,name,code\nC-0000000000000,New,K1\n", "utf-8")
    assert "is already taken by C-" in run("import", "new.csv", "--as", "customer", "--dry-run").err


def test_what_made_the_ledger_is_not_taken_back(run: Run) -> None:
    run("init", "--lang", "en", "--currency", "USD")
    operation = json.loads(run("log", "--json").out)[-1]["id"]
    refused = run("undo", operation)
    assert (refused.code, "What made the ledger cannot be taken back." in refused.err) == (4, True)
    assert "USD" in run("ledger", "show").out
