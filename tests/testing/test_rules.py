"""``prove`` takes a plugin or a rule, says in an assertion what is not proved, and lends the ledgers it does it on."""

from types import ModuleType, SimpleNamespace

import pytest

import custledger
from custledger.definitions import Example
from custledger.fields import Labels
from custledger.hookspecs import hookimpl
from custledger.metrics import Metric
from custledger.segments import Segment
from custledger.taggers import Tagger
from custledger.testing import prove, sample_ledger

NEAR = Segment(
    name="near",
    expression="city = 上海",
    labels=Labels("Near", "近处"),
    summary=Labels("Lives nearby", "住得近"),
    examples=(Example({"city": "上海"}, gives=True),),
)


def module(*segments: Segment) -> ModuleType:
    """A module that brings these segments."""
    made = ModuleType("custledger_nearby")
    vars(made)["custledger_segments"] = hookimpl(lambda: list(segments), specname="custledger_segments")
    return made


def test_a_plugin_is_proved_by_its_module() -> None:
    proven = prove(module(NEAR))
    assert (proven.plugin, [proof.rule for proof in proven.proofs]) == ("nearby", [NEAR])


def test_a_rule_is_proved_by_itself() -> None:
    assert [proof.rule.name for proof in prove(NEAR).proofs] == ["near"]
    labels, summary = Labels("Calls", "来电"), Labels("How often they called", "来电次数")
    assert prove(Metric(name="calls", expression="count(interactions)", labels=labels, summary=summary)).is_sound
    (proof,) = prove(Tagger(name="called", expression="exists(interactions)", labels=labels, summary=summary)).proofs
    assert (proof.kind, proof.failures) == ("tagger", ())


def test_a_rule_of_an_installed_plugin_is_proved_by_itself_too() -> None:
    metrics = pytest.importorskip("custledger_sales.metrics").METRICS
    proven = prove(metrics[0])
    assert (proven.plugin, [proof.rule.name for proof in proven.proofs]) == ("sales", ["total_spent"])


def test_an_installed_plugin_keeps_its_name() -> None:
    assert prove(pytest.importorskip("custledger_sales")).plugin == "sales"


def test_what_is_not_proved_is_told_rule_by_rule() -> None:
    wrong = Segment(
        name="far", expression="city = 北京", labels=Labels("Far", "远处"), examples=(Example({}, gives=True),)
    )
    with pytest.raises(AssertionError) as caught:
        prove(module(NEAR, wrong))
    assert str(caught.value).splitlines() == [
        "The segment far: It has no English summary.",
        "The segment far: It has no Chinese summary.",
        "The segment far: Example 1 gives no member, and not a member.",
    ]


def test_a_plugin_that_brings_no_rules_is_not_proved() -> None:
    with pytest.raises(AssertionError, match="The plugin nearby brings no rules"):
        prove(module())
    with pytest.raises(AssertionError, match="this custledger has no hook custledger_segment; it is never called"):
        prove(SimpleNamespace(custledger_segment=hookimpl(lambda: [NEAR], specname="custledger_segment")))


@pytest.mark.parametrize(("name", "least"), [("everyday", 40), ("awkward", 30), ("bare", 30), ("empty", 0)])
def test_the_sample_ledgers_are_lent(name: str, least: int) -> None:
    with sample_ledger(name) as ledger:
        assert isinstance(ledger, custledger.Ledger)
        assert ledger.customers.count() >= least
        assert (ledger.customers.count() == 0) == (name == "empty")
        assert ledger.interactions.count() == 0 or name in {"everyday", "awkward"}


def test_they_are_lent_with_one_more_plugin() -> None:
    with sample_ledger("awkward", module(NEAR)) as ledger:
        assert 0 < ledger.customers.where("near").count() < ledger.customers.count()
