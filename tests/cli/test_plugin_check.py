"""``plugin check`` says of each rule what was proved and what was not, in both languages and as JSON."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import custledger_sqlite
import pytest

from custledger import ids
from custledger.cli.app import run as run_line
from custledger.cli.flags import read as read_line
from custledger.cli.invocation import Invocation
from custledger.definitions import Example
from custledger.fields import Labels
from custledger.hookspecs import hookimpl
from custledger.plugins import Plugins
from custledger.segments import Segment

from .conftest import Done, Run

GOOD = Segment(
    name="near",
    expression="city = 上海",
    labels=Labels("Near", "近处"),
    summary=Labels("Lives nearby", "住得近"),
    examples=(Example({"city": "上海"}, gives=True), Example({}, gives=False)),
)
BAD = Segment(
    name="first",
    expression=f"id < {ids.public('C', (1 << 41) + 18_000)} and city is not empty",
    labels=Labels("First"),
    summary=Labels("Came first", "先来的"),
    examples=(Example({}, gives=True), Example({"town": "x"}, gives=True)),
)
LOST = Segment(
    name="rich", expression="total_spent > 5", labels=Labels("Rich", "富"), summary=Labels("Is rich", "富有")
)

Check = Callable[..., Done]


@pytest.fixture
def check(folder: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Check a plugin that brings these segments, beside SQLite and no others."""

    def run_it(*arguments: str, rules: tuple[Segment, ...] = (), sqlite: bool = True) -> Done:
        found = SimpleNamespace(custledger_segments=hookimpl(lambda: list(rules), specname="custledger_segments"))
        invocation = Invocation(read_line([*arguments, "plugin", "check", "mine"]))
        plugins = Plugins.of(mine=found, **({"sqlite": custledger_sqlite} if sqlite else {}))
        monkeypatch.setattr(invocation, "plugins", plugins)
        capsys.readouterr()
        code = run_line(invocation.line, invocation)
        return Done(code, *capsys.readouterr())

    return run_it


def test_a_rule_that_is_proved_is_told_check_by_check(check: Check) -> None:
    done = check(rules=(GOOD,))
    assert done.code == 0
    assert done.out.splitlines() == [
        "segment near (Near)",
        "  ✓ its names mean something here",
        "  ✓ labels and a summary in both languages",
        "  ✓ no failure for 132 records of the sample ledgers, on four days",
        "  ✓ the same answer asked twice, with the records in another order, and in SQLite",
        "  ✓ its examples: 2",
    ]
    assert done.err == "Proved: 1 of 1.\n"


def test_without_sqlite_it_is_not_claimed(check: Check) -> None:
    told = check(rules=(GOOD,), sqlite=False).out
    assert "  ✓ the same answer asked twice, and with the records in another order\n" in told


def test_what_is_not_proved_is_told_beneath_with_exit_code_3(check: Check) -> None:
    done = check(rules=(GOOD, BAD))
    assert done.code == 3
    assert done.err == "Proved: 1 of 2.\n"
    assert done.out.splitlines()[6:] == [
        "segment first (First)",
        "  ✓ its names mean something here",
        "  ✗ labels and a summary in both languages",
        "      It has no Chinese label.",
        "  ✓ no failure for 132 records of the sample ledgers, on four days",
        "  ✗ the same answer asked twice, with the records in another order, and in SQLite",
        *[
            line
            for line in done.out.splitlines()
            if line.startswith("      With the records in another order it gives ")
        ],
        "  ✗ its examples: 2",
        "      Example 2 cannot be written: There is no customer field “town”.",
        "      Example 1 gives no member, and not a member.",
    ]
    assert "in another order it gives" in done.out


def test_all_of_it_is_told_in_chinese(check: Check) -> None:
    done = check("--lang", "zh", rules=(BAD, LOST))
    assert done.code == 3
    lines = done.out.splitlines()
    order = next(line for line in lines if "换一种顺序" in line)
    assert "的结果是" in order
    assert "：样本台账“" in order
    assert [line for line in lines if line != order and not line.startswith(order[:12])] == [
        "分群 first（First）",
        "  ✓ 用到的名称这里都有",
        "  ✗ 标签和说明都有中英文",
        "      没有中文标签。",
        "  ✓ 样本台账的 132 条记录、四个日子，都不出错",
        "  ✗ 再算一次、换记录顺序、用 SQLite 计算，结果都相同",
        "  ✗ 例子：2 个",
        "      例 2 无法写入：没有客户字段“town”。",
        "      例 1 给出非成员，而不是成员。",
        "分群 rich（富）",
        "  ✗ 用到的名称这里都有",
        "      没有客户字段“total_spent”（第 1 个字符处：total_spent > 5）",
        "  ✓ 标签和说明都有中英文",
    ]
    assert done.err == "已验证：2 条中的 0 条。\n"


def test_labels_in_what_is_told_follow_the_language_of_the_run(check: Check) -> None:
    odd = Segment(
        name="odd",
        expression="level = Q",
        labels=GOOD.labels,
        summary=GOOD.summary,
        examples=(Example({}, gives=False),),
    )
    wrong = Segment(
        name="wrong", expression="level = A", labels=Labels("Wrong", "错"), summary=GOOD.summary,
        examples=(Example({"level": "Z", "status": "active"}, gives=True), Example({"level": "A"}, gives=True)),
    )  # fmt: skip
    told = check("--lang", "en", rules=(odd, wrong)).out
    assert "      Level: “Q” is not one of the choices" in told
    assert "Example 1 cannot be written: Level: “Z” is not one of the choices" in told
    assert "Example 2" not in told
    told = check("--lang", "zh", rules=(odd, wrong)).out
    assert "      客户等级：“Q”不在选项之中" in told
    assert "例 1 无法写入：客户等级：“Z”不在选项之中" in told


def test_a_rule_without_examples_says_so(check: Check) -> None:
    rule = Segment(name="near", expression="city = 上海", labels=GOOD.labels, summary=GOOD.summary)
    done = check(rules=(rule,))
    assert done.code == 0
    assert done.out.splitlines()[-1] == "  – it has no examples"


def test_a_plugin_without_rules_is_sound(check: Check) -> None:
    done = check()
    assert (done.code, done.out) == (0, "")
    assert done.err == "mine brings no metrics, no segments and no rules that tag.\n"


def test_json_has_each_check_with_its_failures(run: Run) -> None:
    done = run("plugin", "check", "core", "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert (told["plugin"], told["sound"], told["problems"]) == ("core", True, [])
    assert told["engines"] == ["memory", "sqlite"]
    rule = told["rules"][0]
    assert (rule["kind"], rule["name"], rule["subject"], rule["proved"]) == ("metric", "last_contact", "customer", True)
    assert [one["what"] for one in rule["checks"]] == ["understood", "documented", "total", "deterministic", "examples"]
    assert rule["checks"][-1] == {"what": "examples", "count": 2, "failures": []}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("There is no installed plugin “coer”.", "Did you mean core?")),
        ("zh", ("没有已安装的插件“coer”。", "core")),
    ],
)
def test_a_plugin_that_is_not_there_is_told_with_the_nearest_name(
    run: Run, language: str, said: tuple[str, str]
) -> None:
    done = run("--lang", language, "plugin", "check", "coer")
    assert done.code == 3
    assert all(text in done.err for text in said)
