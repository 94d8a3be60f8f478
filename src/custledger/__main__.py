"""``python -m custledger``."""

import sys

from custledger.cli.main import main

sys.exit(main())
