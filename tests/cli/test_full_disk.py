"""A disk that an import has filled: what is in can be read, exported and backed up, and the import goes on later."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .test_program import run

ROWS = 16_000


def write_rows(path: Path) -> None:
    """Write a file of so many customers that a small disk has no room for them."""
    lines = (f"Customer {number},K{number},上海,{'a note ' * 20}" for number in range(ROWS))
    path.write_text("name,code,city,notes\n" + "\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def full(tmp_path: Path, disk_of: Callable[[int], Path]) -> Path:
    """The folder of a ledger on a disk that an import into it has filled; the file lies in the folder above."""
    folder = disk_of(5)
    write_rows(tmp_path / "big.csv")
    assert run(folder, "init", "--zone", "UTC").returncode == 0
    assert run(folder, "import", "../big.csv", "--as", "customer").returncode == 1
    return folder


def told(folder: Path, *arguments: str) -> str:
    """Run the program, which must succeed, and return what it printed."""
    done = run(folder, *arguments)
    assert (done.returncode, b"error" in done.stderr) == (0, False), done.stderr.decode()
    return done.stdout.decode()


def test_what_landed_is_read_exported_and_backed_up_while_the_disk_is_full(full: Path, tmp_path: Path) -> None:
    count = int(told(full, "customer", "count"))
    assert 0 < count < ROWS
    assert len(json.loads(told(full, "customer", "list", "--json"))) == count
    assert "Customer 17\t" in told(full, "customer", "list", "--where", "name = 'Customer 17' and 城市 = 上海")
    assert int(told(full, "customer", "count", "--where", "count(interactions) = 0")) == count
    assert len(json.loads(told(full, "search", "note", "--limit", "99999", "--json"))) == count
    assert len(json.loads(told(full, "log", "--json"))) == 2
    told(full, "export", "customer", "--to", "../kept.csv")
    assert len((tmp_path / "kept.csv").read_text("utf-8").splitlines()) == count + 1
    told(full, "backup", "../kept.db")
    assert int(told(tmp_path, "--ledger", "kept.db", "customer", "count", "--where", "code = K17")) == 1


def test_a_plugin_whose_tables_found_no_room_keeps_nobody_from_what_is_there(
    tmp_path: Path, disk_of: Callable[[int], Path]
) -> None:
    folder = disk_of(2)
    assert run(folder, "init", CUSTLEDGER_DISABLE_PLUGINS="sales").returncode == 0
    assert run(folder, "customer", "add", "--name", "张伟", CUSTLEDGER_DISABLE_PLUGINS="sales").returncode == 0
    room = shutil.disk_usage(folder).free
    (folder / "ballast").write_bytes(bytes(room - 100_000))
    assert told(folder, "customer", "count") == "1\n"
    assert "There is no record type" in run(folder, "transaction", "count").stderr.decode()
    (folder / "ballast").unlink()
    assert told(folder, "transaction", "count") == "0\n"


def test_a_full_disk_says_what_of_an_import_is_in_and_how_to_go_on_without_adding_rows_twice(
    tmp_path: Path, disk_of: Callable[[int], Path]
) -> None:
    folder = disk_of(5)
    write_rows(tmp_path / "big.csv")
    assert run(folder, "init", "--zone", "UTC").returncode == 0
    done = run(folder, "import", "../big.csv", "--as", "customer", "--json")
    (line,) = done.stderr.decode().splitlines()
    error = json.loads(line)["error"]
    assert error["message"].endswith("the disk is full.")
    assert error["hint"].startswith(f"Make room on the disk. Rows up to {error['last_row']} are in. To add the rest, ")
    assert f"import the file again with --from-row {error['last_row'] + 1}. " in error["hint"]
    assert error["hint"].endswith(f"custledger undo {error['operation']}")
    assert int(told(folder, "customer", "count")) == error["last_row"] - 1
    subprocess.run(["mount", "-o", "remount,size=40m", str(folder)], check=True)
    rest = run(folder, "import", "../big.csv", "--as", "customer", "--from-row", str(error["last_row"] + 1))
    assert rest.returncode == 0, rest.stderr.decode()
    assert told(folder, "customer", "count") == f"{ROWS}\n"
    assert told(folder, "customer", "count", "--where", "name contains 'Customer 1599'") == "11\n"


def test_rejected_rows_that_find_no_room_are_told_by_their_numbers(
    tmp_path: Path, disk_of: Callable[[int], Path]
) -> None:
    small = disk_of(1)
    folder = tmp_path / "work"
    folder.mkdir()
    rows = ROWS // 8
    lines = (f"Customer {number},{'a note ' * 200},{number % 2 or ''}" for number in range(rows))
    (tmp_path / "big.csv").write_text("name,notes,phone\n" + "\n".join(lines) + "\n", "utf-8")
    assert run(folder, "init", "--zone", "UTC").returncode == 0
    done = run(folder, "import", "../big.csv", "--as", "customer", "--rejects", str(small / "bad.csv"), "--json")
    error = json.loads(done.stderr)["error"]
    assert error["message"] == f"{small / 'bad.csv'} could not be written: the disk is full."
    first = ", ".join(str(row) for row in range(3, 102, 2))
    told = f"Rows up to {rows + 1} are in but for those that were rejected: rows {first} and {rows // 2 - 50} more. "
    assert told in error["hint"]
    assert (error["rejects"], error["unkept"][:3], len(error["unkept"])) == (None, [3, 5, 7], 1000)
    assert list(small.iterdir()) == []
    assert (
        f"另外 {rows // 2 - 50} 行"
        in run(
            folder, "--lang", "zh", "import", "../big.csv", "--as", "customer", "--rejects", str(small / "bad.csv")
        ).stderr.decode()
    )
