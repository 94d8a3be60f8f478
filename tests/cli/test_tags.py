"""The command ``tag``, in English and Chinese, and the colours of tags on a terminal."""

import io
import json
import sys

import pytest

from custledger.cli.main import main

from .conftest import Run


@pytest.fixture
def tagged(shop: Run) -> Run:
    """A ledger with a rule for whom nobody called lately, which has run."""
    shop("tag", "rule", "add", "沉睡", "last_contact is empty")
    shop("tag", "refresh")
    return shop


def operation(told: str) -> str:
    return next(word for word in told.split() if word.startswith("O-"))


def test_tags_go_on_and_off_by_hand(shop: Run) -> None:
    added = shop("tag", "add", "K1", "K2", "vip", "--reason", "fair")
    assert (added.code, "2 customers edited. custledger undo O-" in added.err) == (0, True)
    assert shop("customer", "list", "--columns", "code,tags", "--tsv").out == "code\ttags\nK1\tvip\nK2\tvip\n"
    assert shop("tag", "remove", "K1", "VIP").code == 0
    assert shop("customer", "count", "--where", "tag = vip").out == "1\n"
    assert "0 customers edited." in shop("tag", "remove", "K1", "vip").err
    assert "tag add" in shop("log").out
    said_of = shop("tag", "list", "--of", "K1", "--tsv").out
    assert shop("undo", operation(added.err)).code == 0  # neither has the tag now, as before
    assert shop("tag", "list", "--of", "K1", "--tsv").out == said_of  # and what was said of K1 since stays
    assert "vip" in said_of
    assert shop("customer", "count", "--where", "tag = vip").out == "0\n"


def test_many_are_tagged_by_a_condition_and_seen_beforehand(shop: Run) -> None:
    rehearsed = shop("tag", "add", "--where", "city is not empty", "vip", "--dry-run")
    assert ("Tags: vip" in rehearsed.out, "2 customers would be edited." in rehearsed.err) == (True, True)
    assert shop("customer", "count", "--where", "tag = vip").out == "0\n"
    done = json.loads(shop("tag", "add", "--where", "city = Oslo", "vip", "--json").out)
    assert (done["edited"], len(done["records"]), done["operation"][:2]) == (1, 1, "O-")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", "vip"), 2, "Only vip is given."),
        (("add", "K1", "vip", "--where", "city = Oslo"), 2, "A record and --where cannot both be given."),
        (("add", "--where", " ", "vip"), 2, "--where is empty."),
        (("add", "K9", "vip"), 3, "There is no customer “K9”."),
        (("add", "X", "vip", "--type", "interaction"), 2, "Records of the type interaction have no tags."),
        (("edit", "vip"), 2, "Nothing is said of how the tag is shown."),
        (("edit", "vip", "--color", "plaid"), 3, "“plaid” is not a colour"),
        (("refresh", "沉水"), 3, "There is no tag rule “沉水”."),
        (("rule", "add", "x", "hat = red"), 3, "hat"),
        (("rule", "add", "x", "a:{city"), 3, "curly bracket"),
        (("rule", "remove", "x"), 3, "tag rule in the settings"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_line(shop: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    shop("tag", "rule", "add", "沉睡", "last_contact is empty")
    done = shop("tag", *arguments)
    assert (done.code, said in done.err, "Traceback" in done.err) == (code, True, False)
    chinese = shop("--lang", "zh", "tag", *arguments)
    assert (chinese.code, chinese.err.startswith("错误：")) == (code, True)


def test_rules_are_rehearsed_run_listed_and_removed(shop: Run) -> None:
    assert shop("tag", "rule", "add", "沉睡", "last_contact is empty").out == "沉睡\n"
    shop("tag", "rule", "add", "地区", "地区:{city}")
    rehearsed = shop("tag", "refresh", "--dry-run")
    assert [line.split("\t")[1:] for line in rehearsed.out.splitlines()[1:]] == [
        ["张伟 K1", "+地区:上海"],
        ["Ann Example K2", "+地区:Oslo +沉睡"],
    ]
    assert "沉睡: 1 would get it, 0 would lose it." in rehearsed.err
    assert shop("customer", "count", "--where", "tag = 沉睡").out == "0\n"
    done = shop("tag", "refresh", "沉睡")
    assert ("沉睡: 1 got it, 0 lost it." in done.err, "takes it back" in done.err) == (True, True)
    listed = shop("tag", "rule", "list").out
    assert listed == (
        "About\tName\tTag\tExpression\ncustomer\t地区\t地区:{city}\t\ncustomer\t沉睡\t沉睡\tlast_contact is empty\n"
    )
    removed = shop("tag", "rule", "remove", "沉睡")
    assert "The tag rule 沉睡 was removed; 1 customer lost a tag." in removed.err
    assert shop("customer", "count", "--where", "tag = 沉睡").out == "0\n"
    assert "the tag rule 沉睡" in shop("log").out


def test_a_refresh_tells_programs_what_it_did(shop: Run) -> None:
    shop("tag", "rule", "add", "沉睡", "last_contact is empty")
    told = json.loads(shop("tag", "refresh", "--json").out)
    record = json.loads(shop("customer", "show", "K2", "--json").out)["id"]
    assert told["rules"] == [{"name": "沉睡", "got": 1, "lost": 0}]
    assert told["changes"] == [{"type": "customer", "record": record, "got": ["沉睡"], "lost": []}]
    assert (told["dry_run"], told["left_out"], told["operation"][:2]) == (False, [], "O-")
    assert json.loads(shop("tag", "refresh", "--json").out)["operation"] is None


def test_a_ledger_without_rules_says_how_to_make_one(shop: Run) -> None:
    assert shop("tag", "refresh").err == "There are no rules that tag; custledger tag rule add makes one.\n"


def test_who_put_a_tag_on_and_when_is_shown(tagged: Run) -> None:
    tagged("--as", "li", "tag", "remove", "K2", "沉睡")
    tagged("--as", "li", "tag", "add", "K2", "vip")
    rows = [line.split("\t") for line in tagged("tag", "list", "--of", "K2").out.splitlines()]
    assert rows[0] == ["Tag", "State", "Rule", "Actor", "At"]
    assert [row[:3] for row in rows[1:]] == [
        ["vip", "put on by hand", ""],
        ["沉睡", "taken off by hand", ""],
        ["沉睡", "a rule would put it on", "沉睡"],
    ]
    assert rows[1][3] == "li"
    told = json.loads(tagged("tag", "list", "--of", "K2", "--json").out)
    assert [(one["source"], one["in_effect"], one["refused"]) for one in told] == [
        ("person", True, False),
        ("person", False, True),
        ("rule", False, False),
    ]


def test_a_tag_of_a_rule_that_is_added_by_hand_stays(tagged: Run) -> None:
    rehearsed = tagged("customer", "edit", "K2", "--add-tag", "沉睡", "--dry-run")
    assert "沉睡: put on by hand" in rehearsed.out
    tagged("customer", "edit", "K2", "--add-tag", "沉睡")
    assert tagged("customer", "history", "K2").out.splitlines()[1].split("\t")[4] == "沉睡: put on by hand"
    tagged("interaction", "add", "--customer", "K2", "--channel", "phone", "--summary", "x")
    tagged("tag", "refresh")
    assert tagged("customer", "count", "--where", "tag = 沉睡").out == "1\n"
    assert "Tags: 沉睡 → -" in tagged("tag", "release", "K2", "沉睡", "--dry-run").out
    tagged("tag", "release", "K2", "沉睡")
    assert tagged("customer", "count", "--where", "tag = 沉睡").out == "0\n"


def test_tags_are_listed_with_counts_groups_and_colours(tagged: Run) -> None:
    tagged("tag", "add", "K1", "偏好:茶")
    assert tagged("tag", "edit", "偏好:茶", "--color", "green").out == "偏好:茶\n"
    tagged("tag", "edit", "沉睡", "--color", "red", "--group", "状态")
    told = json.loads(tagged("tag", "list", "--json").out)
    assert told == [
        {"tag": "偏好:茶", "count": 1, "group": "偏好", "color": "green", "rules": []},
        {"tag": "沉睡", "count": 1, "group": "状态", "color": "red", "rules": ["沉睡"]},
    ]
    lines = tagged("tag", "list").out.splitlines()
    assert lines == ["Tag\tCount\tGroup\tColour\tRules", "偏好:茶\t1\t偏好\tgreen\t", "沉睡\t1\t状态\tred\t沉睡"]
    assert "the tag 沉睡" in tagged("log").out


def test_tags_have_their_colours_on_a_terminal(tagged: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def shown(*arguments: str) -> str:
        with monkeypatch.context() as patch:
            screen = Terminal()
            patch.setattr(sys, "stdout", screen)
            assert main(list(arguments)) == 0
        return screen.getvalue()

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    tagged("tag", "add", "K2", "vip")
    tagged("tag", "edit", "沉睡", "--color", "red")
    tagged("tag", "edit", "vip", "--color", "green")
    for arguments in (("customer", "list", "--columns", "code,tags"), ("customer", "show", "K2")):
        told = shown(*arguments)
        assert ("\x1b[31m沉睡" in told, "\x1b[32mvip" in told) == (True, True)
    assert "\x1b[31m沉睡" in shown("tag", "list")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in shown("customer", "show", "K2")


def test_it_is_all_told_in_chinese(run: Run) -> None:
    run("init", "--lang", "zh", "--zone", "Asia/Shanghai")
    run("customer", "add", "--name", "王芳", "--code", "K1")
    run("tag", "rule", "add", "沉睡", "最近联系 为空")
    rehearsed = run("tag", "refresh", "--dry-run")
    assert rehearsed.out.splitlines()[0] == "编号\t名称\t变化"
    assert rehearsed.err == "沉睡：将新增 1 个，去掉 0 个。\n"
    assert "沉睡：新增 1 个，去掉 0 个。" in run("tag", "refresh").err
    assert "已修改客户 1 条。" in run("tag", "remove", "K1", "沉睡").err
    rows = [line.split("\t")[:2] for line in run("tag", "list", "--of", "K1").out.splitlines()]
    assert rows == [["标签", "状态"], ["沉睡", "手工去掉"], ["沉睡", "规则要添加，已被手工去掉"]]
    assert run("tag", "list").out.splitlines()[0] == "标签\t数量\t规则"
    log = run("log").out
    assert all(word in log for word in ("刷新标签", "设置标签规则", "去标签", "标签规则 沉睡"))
    assert "没有标签规则“沉水”" in run("tag", "refresh", "沉水").err
    assert run("customer", "history", "K1").out.count("沉睡") >= 2
    removed = run("tag", "rule", "remove", "沉睡")
    assert removed.err == "已删除标签规则 沉睡。\n"


def test_history_and_log_tell_of_tags_and_not_of_what_nobody_sees(tagged: Run) -> None:
    tagged("tag", "remove", "K2", "沉睡")
    tagged("interaction", "add", "--customer", "K2", "--channel", "phone", "--summary", "x")
    refreshed = tagged("tag", "refresh")
    history = tagged("customer", "history", "K2").out
    assert [line.split("\t")[2] for line in history.splitlines()[1:]] == ["tag remove", "tag refresh", "add"]
    shown = tagged("log", operation(refreshed.err))
    assert (shown.code, "K2" in shown.out) == (0, False)


def test_a_warning_names_a_rule_that_cannot_be_run(tagged: Run) -> None:
    tagged("field", "add", "customer", "Hat", "--label-en", "Hat")
    tagged("tag", "rule", "add", "hats", "Hat is not empty")
    added = next(line for line in tagged("log").out.splitlines() if "field add" in line)
    assert tagged("undo", operation(added.replace("\t", " "))).code == 0
    done = tagged("tag", "refresh")
    assert (done.code, "warning: hats was left out:" in done.err) == (3, True)
    assert "Problem" in tagged("tag", "rule", "list").out
    assert "警告：hats 未执行：" in tagged("--lang", "zh", "tag", "refresh").err
