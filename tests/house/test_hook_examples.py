"""The example in every hook's docstring is whole, and does what it says."""

from pathlib import Path
from types import ModuleType

import generate
import pytest

import custledger
from custledger.cli.application import group
from custledger.plugins import Plugins
from custledger.services.demo import make_demo


@pytest.fixture
def plugins() -> Plugins:
    """One plugin of all the examples; a field that it adds must begin with its name."""
    module = ModuleType("examples")
    for name, function in generate.hook_functions():
        code = generate.example_of(function)
        assert f"def {name}(" in code, f"{name} has no example"
        exec(compile(code, name, "exec"), module.__dict__)
    return Plugins.of(news=module)


def test_the_examples_make_a_plugin_that_works(plugins: Plugins, tmp_path: Path) -> None:
    with custledger.open("scratch:", plugins=plugins) as ledger:
        customer = ledger.customers.add(name="A", birthday=ledger.session.today)
        assert customer.country == "中国"
        assert [problem.message for problem in ledger.session.take_warnings()] == ["A is a short name."]
        assert ledger.records("visit").add(customer=customer, place="上海").place == "上海"
        assert ledger.customers.edit(customer, news_wanted=True).extra == {"news_wanted": True}
        ledger.interactions.add(customer=customer, channel="visit")
        assert ledger.customers.count(by="visits_made") == {1: 1}
        assert ledger.customers.where("neglected").count() == 0
        assert [each.text.zh for each in plugins.reminders(ledger.session)] == ["A 今天生日"]
        ledger.export("customer", tmp_path / "all.jsonl", columns=["name", "country"])
        report = ledger.import_file(tmp_path / "all.jsonl", "customer", rejects=str(tmp_path / "bad.jsonl"))
        assert (report.added, report.rejected) == (1, 0)
    with custledger.open("scratch:", plugins=plugins) as ledger:
        assert make_demo(ledger.session).highlights[0].title.en == "Calls"
    app = group("Examples.")
    plugins.commands(app)
    assert [command.name for command in app.registered_commands] == ["hello"]
    assert plugins.failures == []
