"""``python -m custledger``."""

from custledger.cli.main import main

main()
