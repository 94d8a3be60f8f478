"""What every test of the repository shares: hypothesis profiles, and examples in documents run by Sybil.

- ``CUSTLEDGER_EXAMPLES`` is how many random filters the stores are compared with (300, nightly 20,000); a property
  that does not set its own number gets a third as many examples.
- ``CUSTLEDGER_KILLS`` is how often the crash tests kill a writer; they read it themselves.
- With ``CI`` set, properties always try the same examples, so that a red run can be repeated.
"""

import os

import hypothesis
from console import InOrder, console_parser, leave_folder, own_folder
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser
from sybil.parsers.rest import DocTestParser

hypothesis.settings.register_profile(
    "custledger",
    deadline=None,  # two cores shared with other workers say nothing about one example's time
    derandomize="CI" in os.environ and "CUSTLEDGER_EXAMPLES" not in os.environ,
    max_examples=int(os.environ.get("CUSTLEDGER_EXAMPLES", "300")) // 3,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("custledger")

_documents = Sybil(
    parsers=[InOrder(PythonCodeBlockParser(), console_parser())],
    patterns=["docs/*.md", "docs/guides/*.md", "README.md", "README.zh.md", "plugins/*/README.md"],
    setup=own_folder,
    teardown=leave_folder,
)
_docstrings = Sybil(parsers=[InOrder(DocTestParser())], patterns=["src/**/*.py", "plugins/*/src/**/*.py"])
pytest_collect_file = (_documents + _docstrings).pytest()
