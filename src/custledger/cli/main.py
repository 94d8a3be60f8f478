"""The entry of the program: from what was typed to an exit code, with every error on one line.

Exit codes: 0 done, 1 failed, 2 usage, 3 bad data or a named thing not found, 4 not allowed, 5 conflict or locked,
130 interrupted. A reader that closes the pipe early has what it wanted: that is 0.
"""

import atexit
import contextlib
import gc
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TextIO

from custledger import __version__
from custledger.errors import CustledgerError, file_error

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Without ``arguments`` it is the program itself that runs: then it ends here, with that code.
    """
    if arguments is None:
        _leave(_guarded(sys.argv[1:], alone=True))
    return _guarded(list(arguments))


def _guarded(arguments: list[str], *, alone: bool = False) -> int:
    """Run one command, turning whatever a user can cause into one line and an exit code.

    ``alone`` says that nothing else runs in this process, so that modules may be loaded in another order than usual.
    """
    # Most of a start is imports, which make many objects and no garbage: looking for some costs a tenth of it.
    # ``Invocation`` turns the collector on again once the ledger is open.
    gc.disable()
    try:
        _open_closed_streams()
        return _told(arguments, alone=alone)
    finally:
        gc.enable()


def _open_closed_streams() -> None:
    """Lead the standard streams that were closed before the program began to nowhere, where Python has none."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115, PTH123 - it stays until the program ends
            setattr(sys, name, stream)


def _leave(code: int) -> NoReturn:
    """End the program without taking every module apart first, which costs a tenth of a short run."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    if threading.active_count() > 1:
        sys.exit(code)
    atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter itself calls before it takes modules apart
    os._exit(code)


def _told(arguments: list[str], *, alone: bool) -> int:
    _speak_utf8(sys.stdout, sys.stderr)
    as_json = "--json" in arguments or "--nl" in arguments
    try:
        code = _run(arguments, alone=alone)
        sys.stdout.flush()
    except CustledgerError as error:
        _tell(error, as_json=as_json)
        return error.exit_code
    except KeyboardInterrupt as interrupted:
        _tell_interrupted(interrupted, as_json=as_json)
        return INTERRUPTED
    except BrokenPipeError:
        _forget_buffered()
        return 0
    except OSError as error:
        told = file_error(error.filename or "The file", error, "used")
        _tell(told, as_json=as_json)
        return told.exit_code
    return code


def _run(arguments: list[str], *, alone: bool) -> int:
    if arguments == ["--version"]:
        sys.stdout.write(f"custledger {__version__}\n")
        return 0
    from custledger.cli import flags  # --version needs none of it

    line = flags.read(arguments)
    if line.rest == ["--version"] and line.problem is None:
        return _run(line.rest, alone=alone)
    if alone:
        from custledger.cli.deferring import defer

        defer()
    from custledger.cli import app

    return app.run(line)


def _speak_utf8(*streams: TextIO) -> None:
    """Make the streams UTF-8 whatever the locale says, and able to show even what is not a character."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _forget_buffered() -> None:
    """Lead to nowhere what is still buffered and nobody takes: Python would complain of it when it ends."""
    with contextlib.suppress(OSError, ValueError):  # a stream of a test has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: CustledgerError, *, as_json: bool) -> None:
    try:
        sys.stdout.flush()  # where both streams go to one place, what was printed before comes before
    except (OSError, ValueError):
        _forget_buffered()
    if as_json:
        _write_json({"code": error.code, "message": error.message, "hint": error.hint, **error.details})
        return
    from custledger.cli.text import lines_of

    sys.stderr.writelines(f"{line}\n" for line in lines_of(error))


def _tell_interrupted(interrupted: KeyboardInterrupt, *, as_json: bool) -> None:
    """Say that the run was interrupted and, where an import was, what of it is in."""
    if not as_json:
        said = getattr(interrupted, "said", "") or f"Interrupted. {interrupted}".strip()
        sys.stderr.write(f"{said}\n")
        return
    report = getattr(interrupted, "report", None)
    details = {} if report is None else report.landed
    hint = getattr(interrupted, "hint", "") or str(interrupted)
    _write_json({"code": "interrupted", "message": "Interrupted.", "hint": hint, **details})


def _write_json(error: Mapping[str, Any]) -> None:
    import json

    sys.stderr.write(json.dumps({"error": error}, ensure_ascii=False) + "\n")
