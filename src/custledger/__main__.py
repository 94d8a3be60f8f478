"""The program itself: ``custledger``, and ``python -m custledger``."""

import os
import signal

INTERRUPTED = 130


def main() -> int:
    """Run the program. Whoever interrupts it while it is still being loaded has what they want: it ends quietly."""
    mindful = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if mindful:
        # An exception within an import may become another one on its way.
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    from custledger.cli.main import main as run

    try:
        if mindful:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return run()
    except KeyboardInterrupt:  # before or after all that tells of one
        os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
