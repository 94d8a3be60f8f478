"""An import that is killed leaves whole chunks: every acknowledged one is there, and none is half there."""

import contextlib
import os
import random
import select
import signal
import time
import warnings
from pathlib import Path

import custledger_csv
import custledger_sales
import custledger_sqlite
import pytest

from custledger.plugins import Plugins
from custledger.services.importing import from_file, import_file
from custledger.services.opening import open_session
from custledger.services.selecting import Selection
from custledger.services.undo import undo

KILLS = int(os.environ.get("CUSTLEDGER_KILLS", "300")) * 2 // 15
"""The share of all kills that falls to imports; the others are in the tests of custledger-sqlite."""


def opened(place):
    plugins = Plugins.of(csv=custledger_csv, sales=custledger_sales, sqlite=custledger_sqlite)
    return open_session(f"sqlite:{place}", plugins=plugins)


def import_acknowledging(place: Path, source: Path, chunk: int, pipe: int) -> None:
    """Import a file, and write to a pipe once that it begins, and then of each chunk that it has landed."""

    def acknowledge(_share: object = None) -> None:
        os.write(pipe, b".")

    from_file.CHUNK = chunk
    session = opened(place)
    acknowledge()
    import_file(session, str(source), "transaction", create=["customer"], progress=acknowledge)


def import_and_kill(place: Path, source: Path, chunk: int, wanted: int, chance: random.Random) -> int:
    """Kill an import some time after it acknowledged ``wanted`` chunks; return how many it acknowledged in all."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        writer = os.fork()
    if writer == 0:
        with contextlib.suppress(BaseException):
            import_acknowledging(place, source, chunk, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        told = 0
        while told <= wanted and pipe.read(1):
            told += 1
        if chance.random() < 0.7:
            # The pipe is at its end when the import is; whatever it acknowledges until then is counted below.
            ending, until = False, time.monotonic() + chance.random() * chunk / 3_000
            while not ending and (left := until - time.monotonic()) > 0:
                if select.select([pipe], [], [], left)[0]:
                    told += len(more := pipe.read(1000))
                    ending = not more
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        told += len(pipe.read())
    return max(wanted, told - 1)


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
