"""On a terminal: tables that fit, colours where they are wanted, and nothing that hides."""

import io
import re

import pytest

from custledger.cli.output import Cell, Column, Output
from custledger.cli.text import one_line, visible, width

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
