"""How Sphinx builds the documentation."""

from importlib.metadata import version as installed_version

project = "custledger"
author = "The custledger contributors"
copyright = "2026, The custledger contributors"  # noqa: A001 - the name is Sphinx's
release = installed_version("custledger")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "custledger"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
