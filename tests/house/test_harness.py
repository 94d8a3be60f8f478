"""The benchmarks' frame: ratios of the same run, and promises that can be missed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import harness
import pytest
from harness import Contest, duration, main, shown_ratio


def contest(slow: float) -> Contest:
    """Return a contest of two, which say their times themselves."""
    made = Contest("a race", baseline="plain", rounds=3)
    made.add("ours", lambda: slow, at_most=3)
    made.add("plain", lambda: 0.5)
    return made


def test_ratios_are_to_the_baseline_which_comes_first() -> None:
    base, ours = contest(1.0).results()
    assert (base.name, base.ratio) == ("plain", 1.0)
    assert (ours.name, ours.ratio, ours.missed) == ("ours", 2.0, False)


def test_contestants_take_turns_and_setup_is_not_timed() -> None:
    order: list[str] = []
    made = Contest("turns", baseline="a", rounds=2)
    made.add("a", lambda: order.append("a"), setup=lambda: order.append("setup"))
    made.add("b", lambda: order.append("b"))
    made.results()
    assert order == ["setup", "a", "b", "b", "setup", "a"]


@pytest.mark.parametrize(("slow", "code"), [(1.0, 0), (2.0, 3)])
def test_a_missed_promise_is_exit_code_3(slow: float, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    def contests() -> Iterator[Contest]:
        yield contest(slow)

    with pytest.raises(SystemExit) as ended:
        main(contests, ["--json"])
    assert ended.value.code == code
    results = json.loads(capsys.readouterr().out)["results"]
    assert [result["missed"] for result in results] == [False, bool(code)]


@pytest.mark.parametrize(("slow", "lines"), [(1.0, []), (2.0, ["a race: ours, 4.00×, at most 3×"])])
def test_a_missed_promise_is_noted_where_the_session_looks_for_it(
    slow: float, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "missed.txt"
    monkeypatch.setenv("CUSTLEDGER_MISSED", str(place))
    with pytest.raises(SystemExit):
        main(lambda: [contest(slow)], ["--json"])
    assert place.read_text("utf-8").splitlines() == lines


def test_a_benchmark_that_crashes_does_not_end_as_one_that_missed_a_promise(tmp_path: Path) -> None:
    script = tmp_path / "crashes.py"
    script.write_text("from harness import main\nmain(lambda: 1 / 0)\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(harness.__file__).parent)}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, check=False)
    assert done.returncode not in {0, harness.MISSED}


def test_an_unknown_baseline_is_an_error(tmp_path: Path) -> None:
    made = Contest("lost", baseline="nobody")
    made.add("somebody", lambda: 1.0)
    with pytest.raises(ValueError, match="nobody"):
        made.results()


def test_figures_read_well() -> None:
    assert [duration(1.5), duration(0.00149), duration(2.2e-5)] == ["1.5 s", "1.49 ms", "22 µs"]
    assert [shown_ratio(2.3456), shown_ratio(0.00123), shown_ratio(1803.2)] == ["2.35×", "0.00123×", "1803×"]


@pytest.mark.skipif(sys.platform == "win32", reason="this system does not say how much a process held")
def test_peak_memory_is_that_of_the_program_and_not_of_who_started_it() -> None:
    held = b"x" * 200_000_000
    assert harness.peak_memory("pass") < 100_000_000
    assert harness.peak_memory("held = b'x' * 200_000_000") > len(held)
