"""The frame of every benchmark: contestants run in turn, medians, and ratios to a baseline of the same run.

A script describes one or more contests and hands them to ``main``::

    from harness import Contest, main

    def contests() -> Iterator[Contest]:
        contest = Contest("import, 100,000 × 25", baseline="csv.reader into executemany", rounds=3)
        contest.add("csv.reader into executemany", raw_import, setup=fresh_folder)
        contest.add("custledger import", our_import, setup=fresh_folder, at_most=3.5, aim=2.5)
        yield contest

    if __name__ == "__main__":
        main(contests)

A contestant is a function without arguments. It is timed, unless it returns a number: then that is its time in
seconds, measured by itself (so that it can leave out what is not to be counted). ``setup`` runs before each round and
is never timed. ``at_most`` is the ratio (own time / baseline's time) that the project promises, ``aim`` the one that
it works towards. The contestants of one round run one after the other, in an order that alternates, so that a noisy
machine slows all of them alike; the ratio is the median of the rounds' ratios.

Every script takes ``--json`` (one object on stdout), ``--rounds N`` and ``--only TEXT`` (contests whose title holds
it), and ends with exit code 3 where a promise was missed: a script that crashes ends with 1. The file that
``CUSTLEDGER_MISSED`` names, if it does, has a line more for each promise that was missed.
"""

import argparse
import compileall
import gc
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import attrs

MISSED = 3
"""The exit code of a script where a promise was missed."""
MISSED_VARIABLE = "CUSTLEDGER_MISSED"

Run = Callable[[], float | None]


@attrs.frozen
class Contestant:
    """One way to do the work. See the module's docstring for what each part means."""

    name: str
    run: Run
    setup: Callable[[], object] | None = None
    at_most: float | None = None
    aim: float | None = None

    def seconds(self) -> float:
        """Run once and return the seconds it took."""
        if self.setup is not None:
            self.setup()
        gc.collect()
        start = time.perf_counter()
        measured = self.run()
        elapsed = time.perf_counter() - start
        return elapsed if measured is None else measured


@attrs.frozen
class Result:
    """What came out for one contestant: median seconds, and the median ratio to the baseline of the same round."""

    contest: str
    name: str
    seconds: float
    ratio: float
    at_most: float | None
    aim: float | None

    @property
    def missed(self) -> bool:
        """Whether the promise was missed."""
        return self.at_most is not None and self.ratio > self.at_most

    @property
    def told(self) -> str:
        """What came out beside what was promised: ``import: custledger import, 4.1×, at most 3.5×``."""
        return f"{self.contest}: {self.name}, {shown_ratio(self.ratio)}, at most {self.at_most:g}×"


@attrs.define
class Contest:
    """Several ways to do one piece of work, one of them the baseline. ``note`` says what the work is."""

    title: str
    baseline: str
    rounds: int = 5
    note: str = ""
    contestants: list[Contestant] = attrs.field(factory=list, init=False)
    close: Callable[[], object] | None = attrs.field(default=None, kw_only=True)

    def add(
        self,
        name: str,
        run: Run,
        *,
        setup: Callable[[], object] | None = None,
        at_most: float | None = None,
        aim: float | None = None,
    ) -> None:
        """Add a contestant."""
        self.contestants.append(Contestant(name, run, setup, at_most, aim))

    def results(self, rounds: int | None = None, *, warm: bool = True) -> list[Result]:
        """Run every contestant in turn and return the results, the baseline first.

        ``warm`` runs each once before anything is counted, where there are more than three rounds.
        """
        rounds = rounds or self.rounds
        times: dict[str, list[float]] = {contestant.name: [] for contestant in self.contestants}
        if self.baseline not in times:
            message = f"{self.title}: no contestant is called {self.baseline}"
            raise ValueError(message)
        if warm and rounds > 3:
            for contestant in self.contestants:
                contestant.seconds()
        for number in range(rounds):
            for contestant in self.contestants if number % 2 == 0 else reversed(self.contestants):
                times[contestant.name].append(contestant.seconds())
        if self.close is not None:
            self.close()
        base = times[self.baseline]
        found = [
            Result(
                self.title,
                one.name,
                statistics.median(times[one.name]),
                statistics.median(mine / theirs for mine, theirs in zip(times[one.name], base, strict=True)),
                one.at_most,
                one.aim,
            )
            for one in self.contestants
        ]
        return sorted(found, key=lambda result: result.name != self.baseline)


def main(
    contests: Callable[[], Iterable[Contest]], argv: Sequence[str] | None = None, *, missed: Sequence[str] = ()
) -> None:
    """Run the contests, print each beside its baseline, and exit with ``MISSED`` where a promise was missed.

    ``missed`` are those that the script has found missed already, a line each.
    """
    parser = argparse.ArgumentParser(description=(sys.modules["__main__"].__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--rounds", type=int, help="run so many rounds instead of each contest's own number")
    parser.add_argument("--only", default="", metavar="TEXT", help="run the contests whose title holds TEXT")
    options = parser.parse_args(argv)
    found: list[Result] = []
    if not options.json:
        print(machine())
    for contest in contests():
        if options.only.lower() not in contest.title.lower():
            continue
        results = contest.results(options.rounds)
        found += results
        if not options.json:
            print(table(contest, results), flush=True)
    if options.json:
        rows = [attrs.asdict(result) | {"missed": result.missed} for result in found]
        print(json.dumps({"machine": machine(), "results": rows}, ensure_ascii=False, indent=2))
    missed = [*missed, *(result.told for result in found if result.missed)]
    if place := os.environ.get(MISSED_VARIABLE):
        with Path(place).open("a", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in missed)
    sys.exit(MISSED if missed else 0)


def table(contest: Contest, results: Sequence[Result]) -> str:
    """Return the results of one contest as lines of text."""
    width = max(len(result.name) for result in results)
    lines = ["", contest.title + (f" ({contest.note})" if contest.note else "")]
    for result in results:
        line = f"  {result.name:<{width}}  {duration(result.seconds):>10}  {shown_ratio(result.ratio):>9}"
        if result.at_most is not None:
            line += f"  {'MISSED' if result.missed else 'kept'}: at most {result.at_most:g}×"
        if result.aim is not None:
            line += f", aim {result.aim:g}×"
        lines.append(line)
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Return seconds as people read them, in s, ms or µs, three digits that count."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def shown_ratio(ratio: float) -> str:
    """Return a ratio with three digits that count, never in powers of ten."""
    places = max(0, 2 - math.floor(math.log10(ratio))) if ratio > 0 else 0
    return f"{ratio:.{min(places, 6)}f}×"


def machine() -> str:
    """Return one line that says what machine this is."""
    name = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        models = (line.partition(":")[2] for line in described.read_text("utf-8").splitlines() if "model name" in line)
        name = next(models, name).strip()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, {python}"


def command_seconds(command: Sequence[str], environment: dict[str, str] | None = None) -> float:
    """Return the seconds a command takes from start to end; raises where it fails."""
    start = time.perf_counter()
    subprocess.run(
        list(command),
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
    )
    return time.perf_counter() - start


def compile_everything() -> None:
    """Compile every module that can be imported, so that no start is timed with a compiler in it."""
    for folder in sys.path:
        if Path(folder).is_dir():
            compileall.compile_dir(folder, maxlevels=20, quiet=2)


PEAK = """
import os, resource, sys
if os.path.exists("/proc/self/status"):
    told = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(int(told["VmHWM"].split()[0]) * 1024, file=sys.stderr)
else:
    size = 1 if sys.platform == "darwin" else 1024
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * size, file=sys.stderr)
"""
"""What prints the most memory that a process held."""


def peak_memory(program: str, *arguments: str) -> int:
    """Run Python source in a process of its own and return the most memory it held, in bytes.

    Linux counts what the parent held into ``ru_maxrss``, and says in ``/proc`` what a process held of its own.
    """
    done = subprocess.run(
        [sys.executable, "-c", program + PEAK, *arguments], check=True, stderr=subprocess.PIPE, text=True
    )
    return int(done.stderr.split()[-1])
