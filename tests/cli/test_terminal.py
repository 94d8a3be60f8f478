"""On a terminal: tables that fit, colours where they are wanted, and nothing that hides."""

import io
import re
import sys
import time
from collections.abc import Callable

import pytest

from custledger.cli.main import main
from custledger.cli.output import Cell, Column, Output
from custledger.cli.progress import progress
from custledger.cli.text import cut, one_line, visible, width

from .conftest import Run

CODES = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    for variable in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)


def columns(count: int) -> list[Column]:
    return [Column(heading=f"栏目{number}", key=f"c{number}", whole=number == 0) for number in range(count)]


def printed(rows: list[list[Cell]], output: Output | None = None) -> str:
    output = output or Output(Terminal(), io.StringIO())
    output.table(columns(len(rows[0])), rows)
    assert isinstance(output.stdout, io.StringIO)
    return output.stdout.getvalue()


def test_choices_have_their_colours_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[Cell("A", "red"), Cell("plain")]]
    assert "\x1b[31mA" in printed(rows)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in printed(rows)


def test_a_dumb_terminal_gets_the_table_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    lines = printed([[Cell("A", "red"), Cell("b")]]).splitlines()
    assert [line.split() for line in (lines[0], lines[-1])] == [["栏目0", "栏目1"], ["A", "b"]]
    assert "\t" not in "".join(lines)
    assert "\x1b" not in "".join(lines)


def test_no_line_is_wider_than_the_terminal_and_chinese_counts_double() -> None:
    rows = [[Cell("C-01J9ZK4QW7RXM"), *(Cell("上海市浦东新区世纪大道一百号" * 2) for _ in range(3))]]
    for line in CODES.sub("", printed(rows)).splitlines():
        assert width(line.rstrip()) <= 60
    assert "C-01J9ZK4QW7RXM" in printed(rows)


def test_columns_without_room_are_left_out_and_told() -> None:
    output = Output(Terminal(), io.StringIO())
    left = output.table(columns(20), [[Cell("value")] * 20])
    assert left
    assert left == columns(20)[-len(left) :]


def test_text_never_drives_the_terminal() -> None:
    shown = printed([[Cell("x\x1b]0;title\x07\x1b[2J\x9b31m"), Cell("[red]not markup[/red] :smile:")]])
    assert "\x1b]0" not in shown
    assert "\x1b[2J" not in shown
    assert "\x9b" not in shown
    assert "[red]not markup" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 文字 👩\u200d👧", "plain 文字 👩\u200d👧"),
        ("a\tb\nc", "a b c"),
        ("\x1b\x7f", "␛␡"),
        ("x\u202ey", "x\N{REPLACEMENT CHARACTER}y"),
        ("\u3000\xa0x", "\u3000\xa0x"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("\ue000", "\ue000"),
    ],
)
def test_what_is_not_seen_is_made_visible(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_line_ends_stay_where_there_may_be_several_lines() -> None:
    assert visible("a\nb\x00") == "a\nb␀"


ID_TEXT = "F-6H02FTGS3JJQ8"


@pytest.mark.parametrize("room", [120, 60, 40, 20])
def test_ids_and_dates_are_never_cut_and_the_least_important_columns_go_first(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(room))
    headings = [
        Column(heading="ID", key="id", whole=True, kept=True),
        Column(heading="Due", key="due", whole=True),
        Column(heading="Subject", key="subject", kept=True),
        Column(heading="Place", key="place"),
        Column(heading="Day", key="day", whole=True),
    ]
    row = [ID_TEXT, "2026-11-22", "call " * 20, "somewhere " * 20, "2026-12-24"]
    output = Output(Terminal(), io.StringIO())
    left = [column.key for column in output.table(headings, [[Cell(text) for text in row]])]
    assert isinstance(output.stdout, io.StringIO)
    *_, line = CODES.sub("", output.stdout.getvalue()).splitlines()
    assert ID_TEXT in line
    assert "call" in line
    assert ("2026-11-22" in line) == ("due" not in left)
    assert ("2026-12-24" in line) == ("day" not in left)
    assert left == {120: [], 60: [], 40: ["place", "day"], 20: ["due", "place", "day"]}[room]
    assert width(line.rstrip()) <= max(room, len(ID_TEXT) + 2 + 8)


def test_of_columns_without_room_the_lightest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    headings = [Column(heading=f"H{weight}", key=f"k{weight}", whole=True, weight=weight) for weight in (2, 5, 1, 4)]
    row = [Cell(letter * 10) for letter in "abcd"]
    for room, left in ((50, []), (40, ["k1"]), (30, ["k2", "k1"]), (12, ["k2", "k1", "k4"])):
        monkeypatch.setenv("COLUMNS", str(room))
        output = Output(Terminal(), io.StringIO())
        assert [column.key for column in output.table(headings, [row, row[::-1]])] == left


def test_a_column_that_says_the_same_in_every_row_goes_first_and_is_told_with_what_it_says() -> None:
    headings = [Column(heading=heading, key=heading, whole=True, weight=9) for heading in ("Status", "Empty", "Name")]
    rows = [[Cell("Open"), Cell(""), Cell(name * 57)] for name in "ab"]
    output = Output(Terminal(), io.StringIO())
    left = output.table(headings, rows)
    assert [column.heading for column in left] == ["Status = Open"]
    assert isinstance(output.stdout, io.StringIO)
    assert CODES.sub("", output.stdout.getvalue()).split()[0] == "Name"


def test_a_code_that_every_record_has_makes_the_id_dispensable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    headings = [
        Column(heading="ID", key="id", whole=True, weight=5, like="code"),
        Column(heading="Code", key="code", whole=True, weight=2),
        Column(heading="Name", key="name", kept=True),
    ]
    rows = [[Cell(ID_TEXT), Cell("K-1"), Cell("Ann Example")], [Cell(ID_TEXT[::-1]), Cell("K-2"), Cell("Bob")]]
    for code, left in (("K-2", ["ID"]), ("", ["Code"])):
        rows[1][1] = Cell(code)
        output = Output(Terminal(), io.StringIO())
        assert [column.heading for column in output.table(headings, rows)] == left


@pytest.fixture
def look(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return what a command shows on a terminal so many cells wide, standard error included, in a demo of one day."""
    assert run("demo", ".", "--as-of", "2026-11-22", "--lang", "en").code == 0

    def look_at(cells: int, *command: str) -> str:
        terminal = Terminal()
        with monkeypatch.context() as patch:
            patch.setenv("COLUMNS", str(cells))
            patch.setattr(sys, "stdout", terminal)
            patch.setattr(sys, "stderr", terminal)
            main([*command, "--as-of", "2026-11-22"])
        shown = CODES.sub("", terminal.getvalue())
        tables = [line for line in shown.splitlines() if "list --where" not in line and not line.startswith("No room")]
        assert all(width(line.rstrip()) <= cells for line in tables if "  " in line.strip())
        return shown

    return look_at


@pytest.mark.parametrize(
    ("cells", "command", "headings"),
    [
        (80, ("transaction", "list", "--where", "status != paid"), "ID At Customer Product Amount Status"),
        (80, ("customer", "list"), "Code Name Type Status Level Phone City"),
        (80, ("followup", "due"), "ID Due Customer Purpose Note Every"),
        (40, ("followup", "due"), "Due Customer Note"),
        (80, ("interaction", "list"), "ID At Customer Channel Category Subject"),
        (80, ("contract", "list"), "Number Title Customer Expires on Amount Status"),
        (80, ("customer", "history", "KH0001"), "At Operation Changes Reason"),
        (80, ("log",), "Operation At Verb About Reason"),
        (80, ("search", "KH0001"), "Type ID Name Details"),
    ],
)
def test_the_main_screens_keep_what_matters_where_there_is_little_room(
    look: Callable[..., str], cells: int, command: tuple[str, ...], headings: str
) -> None:
    assert " ".join(look(cells, *command).splitlines()[0].split()) == headings


@pytest.mark.parametrize("command", [("metric", "list"), ("field", "list"), ("segment", "list")])
def test_listings_of_definitions_say_which_columns_had_no_room(
    look: Callable[..., str], command: tuple[str, ...]
) -> None:
    assert "No room for: " in look(30, *command)


def test_members_of_a_large_segment_are_shown_in_part_as_records_are(look: Callable[..., str], run: Run) -> None:
    run("segment", "add", "everybody", "code is not empty")
    listed, members = look(80, "customer", "list"), look(80, "segment", "members", "everybody")
    count = run("customer", "count").out.strip()
    assert f"50 of {count} records; --all shows every one" in listed
    assert f"50 of {count} members; --all shows every one, --limit so many." in members
    assert f"\n{count} members" in look(80, "segment", "members", "everybody", "--all")
    assert f"3 of {count} members;" in look(80, "segment", "members", "everybody", "--limit", "3")
    assert len(run("segment", "members", "everybody").out.splitlines()) == 1 + int(count)
    both = run("segment", "members", "everybody", "--all", "--limit", "3")
    assert (both.code, both.err.splitlines()[0]) == (2, "error: --all and --limit cannot both be given.")


def test_what_changed_is_wrapped_and_never_cut(look: Callable[..., str], run: Run) -> None:
    notes = "Now ships to two shops, one in Dublin and one in Cork; wants the invoice by mail"
    run("customer", "edit", "KH0001", "--notes", notes, "--reason", "They moved")
    for command in (("customer", "history", "KH0001"), ("log", "KH0001")):
        first, _, *rows = look(80, *command).splitlines()
        assert "…" not in "".join(rows)
        start, end = first.index("Changes"), first.index("Reason")
        assert notes in " ".join(" ".join(line[start:end].strip() for line in rows[:8]).split())
        assert end - start > 25


def test_a_long_title_leaves_room_for_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    errors = Terminal()
    with progress(Output(io.StringIO(), errors), "Importing " + "a-long-name" * 20 + ".csv") as told:
        assert told is not None
        told(0.5)
    bars = re.findall("[━╸╺]+", CODES.sub("", errors.getvalue()))
    assert max(map(len, bars)) >= 15
    assert "name.csv" in errors.getvalue()


@pytest.mark.parametrize(("after", "shows"), [(60.0, False), (0.001, True)])
def test_work_that_is_done_at_once_shows_no_bar(after: float, shows: bool) -> None:
    errors = Terminal()
    with progress(Output(io.StringIO(), errors), "Refreshing", after=after) as told:
        assert told is not None
        time.sleep(0.002)
        told(0.5)
        told(1.0)
    assert ("Refreshing" in errors.getvalue()) == shows


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [("short", 9, "short"), ("a-long-name.csv", 9, "a-lo….csv"), ("上海客户名单", 7, "上…单")],
)
def test_a_text_is_cut_in_its_middle(text: str, cells: int, shown: str) -> None:
    assert cut(text, cells) == shown
    assert width(cut(text, cells)) <= cells
