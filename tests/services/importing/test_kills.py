"""An import that is killed leaves whole chunks: every acknowledged one is there, and none is half there."""

import contextlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import custledger_csv
import custledger_sales
import custledger_sqlite
import pytest

from custledger.plugins import Plugins
from custledger.services.importing import import_file
from custledger.services.opening import open_session
from custledger.services.selecting import Selection
from custledger.services.undo import undo

KILLS = int(os.environ.get("CUSTLEDGER_KILLS", "300")) * 2 // 15
"""The share of all kills that falls to imports; the others are in the tests of custledger-sqlite."""
PROGRAM = """
import sys
import custledger_csv, custledger_sales, custledger_sqlite
from custledger.plugins import Plugins
from custledger.services.importing import from_file, import_file
from custledger.services.opening import open_session
from_file.CHUNK = int(sys.argv[3])
session = open_session(sys.argv[1], plugins=Plugins.of(csv=custledger_csv, sales=custledger_sales, sqlite=custledger_sqlite))
print("ready", flush=True)
landed = 0
def acknowledge(share):
    global landed
    landed += 1
    print(landed, flush=True)
import_file(session, sys.argv[2], "transaction", create=["customer"], progress=acknowledge)
"""


def opened(place):
    plugins = Plugins.of(csv=custledger_csv, sales=custledger_sales, sqlite=custledger_sqlite)
    return open_session(f"sqlite:{place}", plugins=plugins)


def import_and_kill(place: Path, source: Path, chunk: int, wanted: int, chance: random.Random) -> int:
    """Kill an import some time after it acknowledged ``wanted`` chunks; return how many it acknowledged in all."""
    command = [sys.executable, "-c", PROGRAM, f"sqlite:{place}", str(source), str(chunk)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if line.strip() == (str(wanted) if wanted else "ready"):
                break
        if chance.random() < 0.7:
            with contextlib.suppress(subprocess.TimeoutExpired):
                writer.wait(chance.random() * chunk / 3_000)
        writer.send_signal(signal.SIGKILL)
        return max([wanted, *(int(line) for line in writer.stdout if line.strip().isdigit())])


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_import_leaves_whole_chunks_and_can_be_undone(tmp_path, seed):
    chance = random.Random(seed)
    chunk, chunks = (100, 16) if seed % 2 else (1_000, 4)  # a first chunk of a thousand puts indexes off to the end
    rows = chunk * chunks
    source, place = tmp_path / "in.csv", tmp_path / "ledger.db"
    source.write_text("CustomerID,number,amount\n" + "".join(f"K{row // 3},{row},1\n" for row in range(rows)))
    opened(place).close()
    acknowledged = import_and_kill(place, source, chunk, chance.randrange(chunks), chance)
    session = opened(place)
    schema = session.schema("transaction")
    numbers = [int(row[schema.positions["number"]]) for row in Selection(session, "transaction").rows()]
    assert len(numbers) >= acknowledged * chunk
    assert len(numbers) % chunk == 0
    assert numbers == list(range(len(numbers)))
    customers = {row[session.schema("customer").positions["code"]] for row in Selection(session, "customer").rows()}
    assert customers == {f"K{row // 3}" for row in numbers}
    operations = [one for one in session.view.operations() if one.verb == "import"]
    assert len(operations) == (1 if numbers else 0)
    for operation in operations:
        undo(session, operation.id)
    assert Selection(session, "transaction").count() == Selection(session, "customer").count() == 0
    assert import_file(session, str(source), "transaction", create=["customer"]).added == rows
    assert session.view.search("K17", [session.schema("customer")], 3)
    session.close()
    assert sorted(path.name for path in tmp_path.iterdir() if "rejected" in path.name) == []
