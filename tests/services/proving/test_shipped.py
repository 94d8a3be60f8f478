"""The rules that core and the plugins of this repository bring are proved, and each has examples."""

import pytest

from custledger.plugins import Plugins
from custledger.services.proving import prove

BRINGING = ["core", "sales", "segments"]


@pytest.mark.parametrize("name", BRINGING)
def test_what_is_shipped_is_as_it_says(name: str) -> None:
    plugins = Plugins.installed()
    if name not in {info.name for info in plugins.examined()}:
        pytest.skip(f"custledger-{name} is not installed")
    proven = prove(plugins, name)
    assert {proof.rule.name: proof.failures for proof in proven.proofs if proof.failures} == {}
    assert proven.is_sound
    assert [proof.rule.name for proof in proven.proofs if not proof.rule.examples] == []
