"""What the project checks, and how: ``nox --list`` names the sessions, ``nox -s tests`` runs one.

Every session makes its own environment with plain pip, from the dependency groups of ``pyproject.toml``.
"""

from pathlib import Path

import nox
from packaging.requirements import Requirement

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["tests", "lint", "types"]
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
OTHER_PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
LOWEST_PYTHON = OTHER_PYTHONS[0]
REFERENCES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/reference/*.md"))
FUZZED = 1_000_000
"""How many texts of expressions the fuzzer tries at night."""
NIGHTLY = {"CUSTLEDGER_KILLS": "10000", "CUSTLEDGER_EXAMPLES": "20000"}


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group."""
    return list(nox.project.dependency_groups(PROJECT, name))


def install_tree(session: nox.Session, *groups: str) -> None:
    """Install the core and every plugin from this tree, to be edited in place, and dependency groups."""
    wanted = [requirement for name in groups for requirement in group(name)]
    session.install("-q", "-r", "requirements.txt", *wanted)


def run_suite(session: nox.Session, *arguments: str, env: dict[str, str] | None = None) -> None:
    """Run the whole suite on every core of the machine."""
    session.run("pytest", "-q", "-n", "auto", *arguments, *session.posargs, env=env)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the whole suite: units, contracts, crashes, documents and the floors."""
    install_tree(session, "test")
    run_suite(session)


@nox.session(python=OTHER_PYTHONS)
def pythons(session: nox.Session) -> None:
    """Run the whole suite on every Python that is supported; one that is not installed is passed over."""
    install_tree(session, "test")
    run_suite(session)


@nox.session
@nox.parametrize("plugin", PLUGINS)
def alone(session: nox.Session, plugin: str) -> None:
    """Install one plugin by itself with the core, as built distributions, and run its tests."""
    session.install("-q", ".", f"./plugins/{plugin}", *group("test"))
    session.run("pytest", "-q", f"plugins/{plugin}/tests", *session.posargs)


@nox.session(python=LOWEST_PYTHON)
def minimums(session: nox.Session) -> None:
    """Run the suite with the lowest versions that the metadata allows."""
    constraints = Path(session.create_tmp()) / "lowest.txt"
    constraints.write_text("\n".join(lowest_versions()) + "\n", encoding="utf-8")
    session.install("-q", "-r", "requirements.txt", "-c", str(constraints), *group("test"))
    # Versions of years ago warn of what this Python will drop; that is not ours to mend.
    run_suite(session, "-W", "ignore::DeprecationWarning", "-W", "ignore::PendingDeprecationWarning")


def lowest_versions() -> list[str]:
    """Return ``name==version`` of every dependency of the core and of the plugins, at its lower bound."""
    found = {}
    for folder in (ROOT, *(ROOT / "plugins" / plugin for plugin in PLUGINS)):
        for line in nox.project.load_toml(folder / "pyproject.toml")["project"]["dependencies"]:
            requirement = Requirement(line)
            bounds = [bound.version for bound in requirement.specifier if bound.operator in {">=", "==", "~="}]
            if bounds and not requirement.name.startswith("custledger"):
                marker = f" ; {requirement.marker}" if requirement.marker else ""
                found[requirement.name] = f"{requirement.name}=={bounds[0]}{marker}"
    return sorted(found.values())


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and form with ruff, and the floors with import-linter."""
    install_tree(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache", silent=True)


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of everything: packages and scripts strictly, tests where they are annotated or not."""
    install_tree(session, "types")
    session.run("mypy")
    lenient = ("--allow-untyped-defs", "--allow-incomplete-defs", "--allow-untyped-calls", "--allow-untyped-decorators")
    for folder in ("tests", *(f"plugins/{plugin}/tests" for plugin in PLUGINS)):
        session.run("mypy", *lenient, folder)


@nox.session
def docs(session: nox.Session) -> None:
    """Check that the generated references are up to date, and build the documentation; a warning is an error."""
    install_tree(session, "docs")
    session.run("cog", "--check", "-p", "import generate", "-I", "docs", *REFERENCES)
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def references(session: nox.Session) -> None:
    """Write the generated parts of docs/reference anew."""
    install_tree(session, "docs")
    session.run("cog", "-r", "-p", "import generate", "-I", "docs", *REFERENCES)


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks, or those named after --, and say at the end which promises were missed.

    Each prints its ratios beside the baseline of the same run. On a noisy machine a promise may be missed by chance, so
    that alone does not fail the session; a script that crashes does.
    """
    install_tree(session, "bench")
    scripts = session.posargs or sorted(path.stem for path in ROOT.glob("benchmarks/*.py") if path.stem != "harness")
    missed = Path(session.create_tmp()) / "missed.txt"
    missed.write_text("", encoding="utf-8")
    for script in scripts:
        # As benchmarks/harness.py has them: what an exit code of 3 means, and the variable.
        session.run("python", f"benchmarks/{script}.py", success_codes=[0, 3], env={"CUSTLEDGER_MISSED": str(missed)})
    for line in missed.read_text(encoding="utf-8").splitlines():
        session.warn(f"Missed: {line}")


@nox.session
def nightly(session: nox.Session) -> None:
    """Run the long form of the suite: 10,000 kills, 20,000 random filters, other properties in proportion; and fuzz."""
    install_tree(session, "test")
    run_suite(session, "-o", "faulthandler_timeout=14400", env=NIGHTLY)
    fuzz_expressions(session, FUZZED)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Have a fuzzer try texts of expressions, as many as are named after --, a million by default."""
    fuzz_expressions(session, int(session.posargs[0]) if session.posargs else FUZZED)


def fuzz_expressions(session: nox.Session, runs: int) -> None:
    """Have a fuzzer try texts of expressions. What it learned is kept for the next time.

    Atheris is built for Linux and some Pythons only; on others this says so and does nothing.
    """
    try:
        install_tree(session, "fuzz")
    except nox.command.CommandFailed:
        session.warn("No fuzzing of expressions: atheris cannot be installed for this Python here.")
        return
    folder = session.create_tmp()
    session.run("python", "tests/fuzz/expressions.py", str(runs), folder, silent=True)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the suite and show which lines nothing ran."""
    install_tree(session, "coverage")
    run_suite(session, "--cov", "--cov-report=term-missing:skip-covered")
