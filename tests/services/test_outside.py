"""Plugins hear of what people edited by hand, as they hear of every write, and what they add lands with it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import custledger_csv
import pytest

import custledger
from custledger.changes import Change, Changeset
from custledger.errors import NotFoundError
from custledger.hookspecs import Context, Problem, hookimpl, wants
from custledger.ledger import Ledger
from custledger.plugins import Plugins
from custledger.stores.held import OUTSIDE


class Rules:
    """A plugin that notes the city, complains of Oslo, and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Changeset] = []
        self.seen: list[tuple[str | None, str | None]] = []
        self.fails = False

    @hookimpl
    @wants("customer")
    def custledger_amend(self, changes: Sequence[Change], context: Context) -> list[Change]:
        if self.fails:
            raise RuntimeError("no notes today")
        place = context.schema("customer").positions["city"]
        amended = []
        for change in changes:
            (row,) = context.get("customer", [change.id])
            self.seen.append((row[place] if row else None, (change.after or {}).get("city")))
            if city := (change.after or {}).get("city"):
                notes = {"notes": f"{len(city)} letters"}
                amended.append(Change(type="customer", id=change.id, before=None, after=notes))
        return amended

    @hookimpl
    @wants("customer")
    def custledger_check(self, changes: Sequence[Change], context: Context) -> list[Problem]:
        bad = [change for change in changes if (change.after or {}).get("city") == "Oslo"]
        return [Problem(message="Oslo is full", type="customer", id=one.id, field="city") for one in bad]

    @hookimpl
    @wants("customer")
    def custledger_changed(self, changeset: Changeset, context: Context) -> None:
        self.told.append(changeset)


@pytest.fixture
def rules() -> Rules:
    return Rules()


@pytest.fixture
def opened(tmp_path: Path, rules: Rules) -> Callable[..., Ledger]:
    plugins = Plugins.of(csv=custledger_csv, rules=rules)

    def open_it(**options: Any) -> Ledger:
        defaults = {"language": "en", "zone": "UTC"}
        return custledger.open(f"csv:{tmp_path / 'shop'}", actor="ann", plugins=plugins, defaults=defaults, **options)

    with open_it() as ledger:
        ledger.customers.add(name="Ann", code="K1")
        ledger.customers.add(name="Bob", code="K2", city="Bergen")
        ledger.followups.add(customer="K1", due="2026-01-31", every="month", note="call")
    rules.told.clear()
    rules.seen.clear()
    return open_it


def by_hand(tmp_path: Path, name: str, old: str, new: str) -> None:
    path = tmp_path / "shop" / name
    text = path.read_bytes().decode("utf-8-sig")
    assert old in text
    path.write_bytes(text.replace(old, new).encode("utf-8-sig"))


def text_of(tmp_path: Path, name: str) -> str:
    return (tmp_path / "shop" / name).read_bytes().decode("utf-8-sig")


def test_a_follow_up_that_is_finished_by_hand_is_followed_by_the_next(opened, tmp_path: Path) -> None:
    by_hand(tmp_path, "followups.csv", ",Open,", ",Done,")
    with opened() as ledger:
        first, following = ledger.followups
        assert (first.status, first.done_at is not None) == ("done", True)
        assert (following.status, str(following.due)) == ("open", "2026-02-28")
        assert "2026-02-28" in text_of(tmp_path, "followups.csv")
        (operation, *_) = ledger.operations()
        assert operation.actor == OUTSIDE
        ledger.undo(operation.id)
        assert [one.status for one in ledger.followups] == ["open"]
        assert text_of(tmp_path, "followups.csv").count("Open") == 1


def test_what_follows_from_a_hand_edit_waits_for_a_file_that_is_open(opened, tmp_path: Path) -> None:
    by_hand(tmp_path, "followups.csv", ",Open,", ",Done,")
    lock = tmp_path / "shop" / ".~lock.followups.csv#"
    lock.touch()
    with opened() as ledger:
        assert [one.status for one in ledger.followups] == ["done", "open"]
        assert ledger.take_warnings() == []
    assert "2026-02-28" not in text_of(tmp_path, "followups.csv")
    lock.unlink()
    with opened() as ledger:
        assert ledger.followups.count() == 2
        assert ledger.held.list() == []
    assert "2026-02-28" in text_of(tmp_path, "followups.csv")


def test_amendments_are_part_of_the_operation_and_are_shown_in_the_file(opened, tmp_path: Path, rules: Rules) -> None:
    by_hand(tmp_path, "customers.csv", "Bergen", "Bodø")
    with opened() as ledger:
        assert ledger.customers.get("K2").notes == "4 letters"
        assert "4 letters" in text_of(tmp_path, "customers.csv")
        entries = ledger.log(limit=2)
        assert len({one.operation for one in entries}) == 1
    assert ("Bergen", "Bodø") in rules.seen  # the plugin sees the record as it was
    told = [change.after for changeset in rules.told for change in changeset]
    assert told == [{"city": "Bodø"}, {"notes": "4 letters"}]


def test_a_new_row_is_amended_as_an_added_record_is(opened, tmp_path: Path, rules: Rules) -> None:
    path = tmp_path / "shop" / "customers.csv"
    head = text_of(tmp_path, "customers.csv").splitlines()[0].split(",")
    row = {"Name": "Cy", "City": "Bodø"}
    with path.open("a", encoding="utf-8") as stream:
        stream.write(",".join(row.get(one, "") for one in head) + "\r\n")
    with opened() as ledger:
        assert ledger.customers.get("Cy").notes == "4 letters"
        assert (None, "Bodø") in rules.seen


def test_what_a_check_refuses_stands_and_is_a_warning_with_file_and_row(opened, tmp_path: Path) -> None:
    by_hand(tmp_path, "customers.csv", "Bergen", "Oslo")
    with opened() as ledger:
        assert ledger.customers.get("K2").city == "Oslo"
        (problem,) = ledger.take_warnings()
        assert problem.message == "customers.csv, row 3: Oslo is full; it was written by hand, and stands"
        assert (problem.severity, problem.type, problem.field) == ("warn", "customer", "city")


def test_a_recurrence_that_makes_no_sense_is_a_warning_with_file_and_row(opened, tmp_path: Path) -> None:
    by_hand(tmp_path, "followups.csv", ",month,", ",often,")
    with opened() as ledger:
        ledger.session.refresh()
        (problem,) = ledger.take_warnings()
        assert problem.message.startswith("followups.csv, row 2: ")
        assert "“often”" in problem.message


def test_a_plugin_that_fails_is_named_and_the_edit_stands(opened, tmp_path: Path, rules: Rules) -> None:
    rules.fails = True
    by_hand(tmp_path, "customers.csv", "Bergen", "Bodø")
    with opened() as ledger:
        assert ledger.customers.get("K2").city == "Bodø"
        assert any("rules" in problem.message for problem in ledger.take_warnings())
    assert len(rules.told) == 1


def test_plugins_hear_once_of_each_edit(opened, tmp_path: Path, rules: Rules) -> None:
    with opened() as first, opened() as second:
        by_hand(tmp_path, "customers.csv", "Bergen", "Bodø")
        assert first.customers.get("K2").notes == "4 letters"
        assert second.customers.get("K2").notes == "4 letters"
        assert [len(list(one.held.taken_in())) for one in (first, second)] == [1, 0]
    assert len(rules.told) == 2


def test_plugins_hear_of_what_is_taken_in_by_a_write(opened, tmp_path: Path, rules: Rules) -> None:
    with opened() as ledger:
        customer = ledger.customers.get("K1")
        by_hand(tmp_path, "customers.csv", "Bergen", "Bodø")
        ledger.session.store.held()  # so that nothing but the write can have told of it
        ledger.customers.edit(customer.id, notes="x")
        assert ledger.customers.get("K2").notes == "4 letters"


def test_a_handle_that_only_reads_sees_hand_edits_and_lands_nothing(opened, tmp_path: Path, rules: Rules) -> None:
    by_hand(tmp_path, "customers.csv", "Bergen", "Bodø")
    by_hand(tmp_path, "customers.csv", "Ann,K1,", "Ann,K1,nonsense")
    before = text_of(tmp_path, "customers.csv")
    with opened(read_only=True) as ledger:
        assert ledger.customers.get("K2").city == "Bodø"
        assert ledger.customers.get("K2").notes == "6 letters"
        assert len(ledger.held.list()) == 1
        assert list(ledger.held.taken_in()) == []
    assert rules.told == []
    assert text_of(tmp_path, "customers.csv") == before
    with opened() as ledger:
        assert ledger.customers.get("K2").notes == "4 letters"


def test_segments_and_metrics_are_right_after_a_hand_edit(opened, tmp_path: Path) -> None:
    with opened() as ledger:
        ledger.segments.add("northern", "city = Bodø")
        ledger.segments.refresh()
        assert ledger.segments.members("northern").count() == 0
        by_hand(tmp_path, "customers.csv", "Bergen", "Bodø")
        ledger.segments.refresh()
        assert [one.code for one in ledger.segments.members("northern")] == ["K2"]


def test_a_reference_by_name_is_found_across_files_that_were_changed_together(opened, tmp_path: Path) -> None:
    for name, values in (
        ("interactions.csv", {"Customer": "Dee", "Summary": "hello"}),
        ("customers.csv", {"Name": "Dee"}),
    ):
        head = text_of(tmp_path, name).splitlines()[0].split(",")
        values["At"] = "2026-01-01 10:00" if name == "interactions.csv" else ""
        with (tmp_path / "shop" / name).open("a", encoding="utf-8") as stream:
            stream.write(",".join(values.get(one, "") for one in head) + "\r\n")
    with opened() as ledger:
        assert ledger.held.list() == []
        assert [one.summary for one in ledger.interactions] == ["hello"]
        assert {one.about["file"] for one in ledger.operations(limit=2)} == {"customers.csv", "interactions.csv"}


def test_files_that_lie_in_the_folder_become_part_of_a_new_ledger(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "客户.csv").write_text("姓名,电话\n王芳,13800000001\n,13800000002\n", encoding="utf-8")
    (folder / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    defaults = {"language": "en", "zone": "Asia/Shanghai"}
    with custledger.open(f"csv:{folder}", actor="ann", defaults=defaults) as ledger:
        assert [one.name for one in ledger.customers] == ["王芳"]
        assert [one.kind for one in ledger.held.list()] == ["new_row"]
        assert [one.verb for one in ledger.operations()] == ["edit", "init"]
    assert (folder / "other.csv").read_text(encoding="utf-8") == "a,b\n1,2\n"
    assert not (folder / "customers.csv").exists()


def test_a_file_that_cannot_be_read_keeps_a_ledger_from_being_made(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "客户.csv").write_text('姓名\n"open\n', encoding="utf-8")
    with pytest.raises(custledger.CustledgerError, match="never closed"):
        custledger.open(f"csv:{folder}")
    assert [one.name for one in folder.iterdir()] == ["客户.csv"]
    with pytest.raises(NotFoundError):
        custledger.open(f"csv:{folder}", create=False)
