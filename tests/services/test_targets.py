"""No output ever goes onto a ledger, what lies beside it, or the settings of the program."""

from pathlib import Path

import custledger_csv
import custledger_sqlite
import pytest

from custledger.errors import UsageError
from custledger.plugins import Plugins
from custledger.services.backing_up import backup
from custledger.services.editing import add
from custledger.services.exporting import export
from custledger.services.importing import import_file
from custledger.services.opening import open_session
from custledger.services.selecting import Selection


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    plugins = Plugins.of(csv=custledger_csv, sqlite=custledger_sqlite)
    open_session("other.db", plugins=plugins).close()
    opened = open_session("ledger.db", plugins=plugins)
    add(opened, "customer", {"name": "Ann"})
    yield opened
    opened.close()


@pytest.fixture(
    params=[
        "ledger.db",
        "ledger.db-wal",
        "ledger.db-shm",
        "ledger.db-journal",
        "other.db",
        "other.db-wal",
        "soft.csv",
        "hard.csv",
        "custledger.toml",
        "config/custledger/config.toml",
    ]
)
def target(request, session, tmp_path):
    (tmp_path / "soft.csv").symlink_to("ledger.db")
    (tmp_path / "hard.csv").hardlink_to("ledger.db")
    return request.param


def test_an_export_leaves_it_alone(session, target):
    was_there = Path(target).exists()
    with pytest.raises(UsageError):
        export(session, "customer", target, format="csv")
    assert Path(target).exists() == was_there
    assert not was_there or not Path(target).read_bytes().startswith(b"ID,")
    assert Selection(session, "customer").count() == 1


def test_a_backup_and_rejected_rows_leave_it_alone(session, target, tmp_path):
    with pytest.raises(UsageError):
        backup(session, target)
    source = tmp_path / "in.csv"
    source.write_text("name,phone\nA,1\nB,x\n", encoding="utf-8")
    if target.endswith(".csv"):
        with pytest.raises(UsageError):
            import_file(session, str(source), "customer", rejects=target)
    assert Selection(session, "customer").count() == 1


def test_other_files_are_written(session, tmp_path):
    (tmp_path / "kept.db").write_bytes(b"no ledger")
    for name in ("out.csv", "kept.db"):
        assert export(session, "customer", name, format="csv").rows == 1


@pytest.mark.parametrize("target", ["-", "new/"])
@pytest.mark.parametrize(
    "write",
    [
        lambda session, target: export(session, "customer", target),
        backup,
        lambda session, target: import_file(session, "some.csv", "customer", rejects=target),
    ],
    ids=["export", "backup", "rejects"],
)
def test_what_is_no_name_of_a_file_is_refused_and_nothing_made(session, tmp_path, write, target):
    Path("some.csv").write_text("name\nBob\n", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError):
        write(session, target)
    assert sorted(tmp_path.iterdir()) == before
    assert Selection(session, "customer").count() == 1


@pytest.mark.parametrize("source", [".", "..", "/", "some", "some/", ""])
def test_a_folder_is_not_imported(session, tmp_path, source):
    (tmp_path / "some").mkdir()
    with pytest.raises(UsageError, match=r"folder|empty"):
        import_file(session, source, "customer")
