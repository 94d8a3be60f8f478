"""The real program, run by the operating system: streams, pipes, signals, rights."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "custledger"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    assert run(folder, "init", "--zone", "UTC").returncode == 0
    assert run(folder, "customer", "add", "--name", "张伟", "--code", "K1").returncode == 0
    return folder


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=folder, capture_output=True, env=environment(**environ), check=False
    )


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CUSTLEDGER_")}
    return {**kept, **more}


def test_the_version_is_that_of_the_distribution(shop: Path) -> None:
    from importlib.metadata import version

    assert run(shop, "--version").stdout.decode() == f"custledger {version('custledger')}\n"


def test_output_is_utf8_whatever_the_locale(shop: Path) -> None:
    done = run(
        shop,
        "customer",
        "list",
        "--columns",
        "name",
        "--csv",
        LANG="C",
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONIOENCODING="ascii",
    )
    assert done.returncode == 0
    assert done.stdout.decode("utf-8") == f"name{os.linesep}张伟{os.linesep}"


def test_data_and_messages_keep_to_their_streams(shop: Path) -> None:
    done = run(shop, "customer", "show", "nobody", "--json")
    assert done.returncode == 3
    assert done.stdout == b""
    assert json.loads(done.stderr)["error"]["code"] == "not_found"


def test_a_reader_that_closes_the_pipe_is_a_quiet_end(shop: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "field", "list", "--json"],
        cwd=shop,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait() == 0
    assert said == b""


def interrupted(folder: Path, *arguments: str, after: float) -> tuple[int, bytes]:
    """Return the exit code of a program that was given Ctrl-C while it read its standard input, and what it said."""
    read, write = os.pipe()
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdin=read,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        # A suite that was started in the background ignores Ctrl-C, and what it starts would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no other thread runs
    ) as process:
        os.close(read)
        os.write(write, b"name\nOne\n")
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        os.close(write)
    return process.returncode, said


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_is_130_and_no_traceback(shop: Path) -> None:
    code, said = interrupted(shop, "import", "-", "--as", "customer", after=1.5)  # it is reading by then
    assert code == 130
    assert b"Traceback" not in said
    assert said.startswith(b"Interrupted.")
    code, said = interrupted(shop, "import", "-", "--as", "customer", "--json", after=1.5)
    assert (code, json.loads(said)["error"]["code"]) == (130, "interrupted")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_while_the_program_is_loaded_is_a_quiet_end(tmp_path: Path) -> None:
    loading = (
        "import builtins, os, signal, sys\n"
        "real = builtins.__import__\n"
        "def importing(name, *rest):\n"
        "    if name == sys.argv[1]:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest)\n"
        "from custledger.__main__ import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "builtins.__import__ = importing\n"
        "main()\n"
    )
    for module in ("custledger.cli.main", "custledger.errors"):
        done = subprocess.run(
            [sys.executable, "-c", loading, module], cwd=tmp_path, capture_output=True, env=environment(), check=False
        )
        assert (done.returncode, done.stderr) == (130, b"")


@pytest.mark.parametrize("what", ["kept.db", "."])
def test_a_read_only_file_or_folder_is_read_and_not_written(
    shop: Path, tmp_path: Path, what: str, read_only: Callable[[Path], None]
) -> None:
    assert run(shop, "backup", str(tmp_path / "kept.db")).returncode == 0
    before = (tmp_path / "kept.db").read_bytes()
    read_only(tmp_path / what)
    assert run(tmp_path, "--ledger", "kept.db", "customer", "count").stdout.strip() == b"1"
    refused = run(tmp_path, "--ledger", "kept.db", "customer", "add", "--name", "X")
    assert (refused.returncode, refused.stderr.count(b"\n")) == (4, 2)
    assert b"for reading only" in refused.stderr
    assert refused.stderr.endswith(b"hint: Make its file and its folder writable to change it.\n")
    chinese = run(tmp_path, "--ledger", "kept.db", "--lang", "zh", "customer", "add", "--name", "X")
    assert chinese.stderr.decode().endswith("提示：要修改，请让文件及其文件夹可写。\n")
    assert (tmp_path / "kept.db").read_bytes() == before


ORDINARY = "-dac_override,-dac_read_search"
"""The rights of root's that make every file writable to it, as ``setpriv`` has them taken away."""


def ordinarily(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program as somebody to whom the rights of files apply."""
    taking: list[str] = []
    if getattr(os, "geteuid", lambda: 1)() == 0:
        taking = ["setpriv", f"--bounding-set={ORDINARY}", f"--inh-caps={ORDINARY}"]
        if shutil.which("setpriv") is None or subprocess.run([*taking, "true"], check=False).returncode:
            pytest.skip("root may write everything here, and cannot be kept from it")
    command = [*taking, *PROGRAM, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, env=environment(), check=False)


def test_a_ledger_that_was_read_while_it_was_not_to_be_written_can_be_written_afterwards(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    assert run(tmp_path, "init", "--zone", "UTC").returncode == 0
    ledger.chmod(0o444)
    assert ordinarily(tmp_path, "customer", "count").stdout.strip() == b"0"
    left = {"ledger.db-shm", "ledger.db-wal"}  # others may be reading by them
    assert {each.name for each in tmp_path.iterdir()} - left == {"ledger.db", "custledger.toml"}
    refused = ordinarily(tmp_path, "customer", "add", "--name", "X")
    assert (refused.returncode, b"writable" in refused.stderr) == (4, True)
    (tmp_path / "kept").mkdir()
    assert ordinarily(tmp_path, "backup", "kept/ledger.db").returncode == 0
    ledger.chmod(0o644)
    for name in (ledger.name, "kept/ledger.db"):
        added = ordinarily(tmp_path, "--ledger", name, "customer", "add", "--name", "X")
        assert (added.returncode, added.stderr) == (0, b"")
    assert not left & {each.name for each in tmp_path.iterdir()}


def test_a_plugins_command_prints_as_the_cores_do(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "custledger_tell.py").write_text(
        "from decimal import Decimal\nimport typer\nfrom custledger.fields import Labels\n"
        "from custledger.hookspecs import hookimpl\n\n\n@hookimpl\ndef custledger_commands(app):\n"
        '    @app.command("tell")\n    def tell(ctx: typer.Context, json: bool = False, csv: bool = False) -> None:\n'
        '        columns = {"who": Labels("Who", "谁"), "much": Labels("Much", "多少")}\n'
        '        rows = iter([["=Ann", Decimal("1.50")], [None, 2]])\n'
        "        ctx.obj.listing(columns, rows, json=json, csv=csv)\n",
        "utf-8",
    )
    info = tmp_path / "custledger_tell-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[custledger]\ntell = custledger_tell\n", "utf-8")
    there = {"PYTHONPATH": str(tmp_path)}
    assert json.loads(run(shop, "tell", "--json", **there).stdout) == [
        {"who": "=Ann", "much": "1.50"},
        {"who": None, "much": 2},
    ]
    assert run(shop, "tell", "--csv", **there).stdout.decode().splitlines() == ["who,much", "'=Ann,1.50", ",2"]
    assert run(shop, "--lang", "zh", "tell", **there).stdout.decode().splitlines()[0] == "谁\t多少"
    assert run(shop, "tell", "--csv", "--json", **there).returncode == 2


def test_a_plugins_command_finds_the_ledger(shop: Path, tmp_path: Path) -> None:
    tell = (
        "import typer\nfrom custledger.hookspecs import hookimpl\n\n\n@hookimpl\ndef custledger_commands(app):\n"
        '    @app.command("greet")\n    def greet(ctx: typer.Context, name: str) -> None:\n        """Greet somebody."""\n'
        '        print(f"{name} on {ctx.obj.context.today}")\n\n    @app.command("fall")\n    def fall() -> None:\n        1 / 0\n'
    )
    unbuildable = '\n    @app.command("odd")\n    def odd(things: dict) -> None:\n        pass\n'
    (tmp_path / "custledger_greet.py").write_text(tell, "utf-8")
    info = tmp_path / "custledger_greet-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[custledger]\ngreet = custledger_greet\n", "utf-8")
    there = {"PYTHONPATH": str(tmp_path)}
    assert run(shop, "greet", "Ann", "--as-of", "2026-11-22", **there).stdout.decode().strip() == "Ann on 2026-11-22"
    fallen = run(shop, "fall", **there)
    assert (fallen.returncode, fallen.stderr.count(b"\n")) == (1, 2)
    assert b"ZeroDivisionError" in fallen.stderr
    assert run(shop, "greet", **there).returncode == 2
    assert b"Greet somebody." in run(shop, "--help", **there).stdout
    (tmp_path / "custledger_greet.py").write_text(tell + unbuildable, "utf-8")
    told = run(shop, "--help", **there)
    assert (told.returncode, told.stderr.count(b"\n")) == (1, 2)
