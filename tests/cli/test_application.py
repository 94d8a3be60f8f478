"""What people type becomes values in any order, nothing is guessed, and what is wrong is told with the nearest name."""

from pathlib import Path
from typing import Annotated, Any

import pytest
import typer

from custledger.cli.application import call, group, names_of
from custledger.errors import UsageError


@pytest.fixture
def taken() -> dict[str, Any]:
    return {}


@pytest.fixture
def files(taken: dict[str, Any]) -> typer.Typer:
    app = group("Files.")
    app.callback()(lambda: None)

    @app.command("copy")
    def copy(
        *,
        source: Annotated[Path, typer.Argument(metavar="FILE", help="what")],
        more: Annotated[list[str] | None, typer.Argument(metavar="[MORE]")] = None,
        sort: Annotated[list[str] | None, typer.Option("--sort", metavar="FIELD")] = None,
        count: Annotated[int, typer.Option("--count", metavar="N", min=1)] = 1,
        loud: Annotated[bool, typer.Option("--loud", help="Say it.")] = False,
    ) -> int:
        """Copy something."""
        taken.update(source=source, more=more, sort=sort, count=count, loud=loud)
        return count

    return app


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["a"], {}),
        (["a", "b", "c"], {"more": ["b", "c"]}),
        (["--sort", "-name", "a", "--sort=x=y"], {"sort": ["-name", "x=y"]}),
        (["--loud", "a", "--count", "3"], {"loud": True, "count": 3}),
        (["--", "a", "--loud"], {"more": ["--loud"]}),
        (["a", "-"], {"more": ["-"]}),
    ],
)
def test_words_become_values_and_what_a_command_returns_is_the_exit_code(
    files: typer.Typer, taken: dict[str, Any], words: list[str], expected: dict[str, Any]
) -> None:
    usual = {"source": Path("a"), "more": None, "sort": None, "count": 1, "loud": False}
    assert call(files, ["copy", *words], None) == expected.get("count", 1)
    assert taken == usual | expected


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (["copy"], "Missing argument 'FILE'", "custledger copy --help"),
        (["copy", "a", "--sort"], "'--sort' requires an argument", "--help"),
        (["copy", "a", "--lou"], "has no option --lou", "--loud"),
        (["copy", "a", "--loud=yes"], "does not take a value", "custledger copy --help"),
        (["copy", "a", "--count", "0"], "'--count': 0 is less than 1.", "custledger copy --help"),
        (["copy", "a", "--count", "x"], "'--count': 'x' is not a whole number", "custledger copy --help"),
        (["copy", "a", "-l"], "no option -l", "custledger copy --help"),
        (["cpy"], "custledger has no command cpy", "Did you mean copy?"),
        (["(" * 5000], "custledger has no command " + "(" * 200 + "….", "custledger --help lists"),
        (["--nonsense", "copy"], "custledger has no option --nonsense", "custledger --help"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    files: typer.Typer, taken: dict[str, Any], words: list[str], said: str, hint: str
) -> None:
    with pytest.raises(UsageError) as told:
        call(files, words, None)
    assert said in told.value.message
    assert "\n" not in told.value.message
    assert hint in told.value.hint
    assert not taken


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_a_group_lists_its_commands(files: typer.Typer, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(files, words, None) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Usage: custledger ")
    assert "copy  Copy something." in printed
    assert names_of(files) == ["copy"]


def test_help_of_a_command_tells_its_arguments_and_options(
    files: typer.Typer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(files, ["copy", "--help"], None) == 0
    printed = capsys.readouterr().out
    for told in ("custledger copy", "FILE", "[MORE]", "--sort FIELD", "--count N", "Say it.", "-h, --help"):
        assert told in printed


def test_a_command_finds_the_run_and_may_end_it(capsys: pytest.CaptureFixture[str]) -> None:
    app = group("Strange.")
    app.callback()(lambda: None)

    @app.command("end")
    def end(ctx: typer.Context) -> None:
        typer.echo(ctx.obj)
        raise typer.Exit(4)

    @app.command("stop")
    def stop() -> None:
        raise typer.Abort

    assert call(app, ["end"], "the run") == 4
    assert capsys.readouterr().out == "the run\n"
    with pytest.raises(KeyboardInterrupt):
        call(app, ["stop"], "the run")
