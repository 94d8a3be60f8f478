"""A ledger in memory and in SQLite, files of a few lines, and what became of them."""

import random
from contextlib import contextmanager

import custledger_csv
import custledger_sales
import custledger_sqlite
import pytest

from custledger.conventions import FixedClock
from custledger.plugins import Plugins
from custledger.services.importing import from_file, import_file
from custledger.services.opening import open_session
from custledger.services.selecting import Selection


def opened(url="memory:", **more):
    plugins = Plugins.of(csv=custledger_csv, sales=custledger_sales, sqlite=custledger_sqlite, **more)
    return open_session(
        url,
        plugins=plugins,
        clock=FixedClock(1_795_348_800_000),
        source=random.Random(7),
        actor="tester",
        defaults={"zone": "UTC", "currency": "CNY", "language": "en"},
    )


@pytest.fixture(params=["memory", "sqlite"])
def session(request, tmp_path):
    made = opened("memory:" if request.param == "memory" else f"sqlite:{tmp_path / 'ledger.db'}")
    yield made
    made.close()


@pytest.fixture
def bring(session, tmp_path):
    """Return a function that imports a text as customers."""

    def bring_text(text, record_type="customer", *, name="in.csv", encoding="utf-8", **options):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return import_file(session, str(path), record_type, **options)

    return bring_text


@contextmanager
def small_chunks(monkeypatch, size=3):
    with monkeypatch.context() as patch:
        patch.setattr(from_file, "CHUNK", size)
        yield


def values(session, key, record_type="customer"):
    return [row[session.schema(record_type).positions[key]] for row in Selection(session, record_type).rows()]


def reasons(report):
    return {example.row: example.text for example in report.examples if example.what == "rejected"}
