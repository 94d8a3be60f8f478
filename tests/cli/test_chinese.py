"""The program in Chinese: its own words, and the errors of every day."""

import ast
import re
from pathlib import Path

import pytest

import custledger.cli
from custledger.cli.words import CHINESE, Words

from .conftest import Run

CLI = Path(custledger.cli.__file__).parent
NAMES = re.compile(r"\{(\w+)\}")


def templates() -> set[str]:
    """Return every English text in the program's own modules, which is where the table's come from."""
    modules = [path for path in CLI.rglob("*.py") if path.name not in {"words.py", "chinese.py"}]
    nodes = [node for path in modules for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def said() -> set[str]:
    """Return the texts with which ``words`` is called outright."""
    found = set()
    for path in CLI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("words") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def test_whatever_the_commands_say_is_in_the_table() -> None:
    assert said() - CHINESE.keys() == set()


def test_the_table_fills_in_the_same_names_in_both_languages() -> None:
    for english, chinese in CHINESE.items():
        assert set(NAMES.findall(chinese)) <= set(NAMES.findall(english)), english
        assert Words("en")(english) == english


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        (("log",), "操作\t时间\t操作人\t动作\t内容\t原因"),
        (("customer", "history", "K1"), "时间\t操作人\t动作\t操作\t变化\t原因"),
        (("search", "张伟"), "类型\t编号\t名称\t详情"),
        (("search", "张伟"), "\n客户\tC-"),
        (("search", "张伟"), "找到 "),
        (("field", "list", "customer"), "类型\t键\t种类\t英文\t中文\t选项"),
        (("field", "choices", "customer.level"), "代码\t英文\t中文\t颜色"),
        (("customer", "count", "--by", "city"), "城市\t数量"),
        (("followup", "due", "--days", "100"), "100 天内到期：1 条"),
        (("customer", "show", "K1"), "跟进计划（1，其中 1 条未完成）"),
        (("customer", "edit", "--where", "code = K1", "--city", "北京"), "已修改客户 1 条。"),
        (("customer", "remove", "--where", "code = K2", "--yes"), "已删除客户 1 条。"),
        (("customer", "remove", "K1", "--dry-run"), "将删除客户 1 条。 将一并删除"),
        (("customer", "list", "--where", ""), "要全部记录，就不写它。"),
        (("ledger", "show"), "货币: CNY"),
        (("config", "show"), "设置\t值"),
        (("export", "customer", "--to", "x.csv"), "已导出客户 2 条到 x.csv。"),
        (("customer", "add"), "客户名称：不能为空，每条客户都要有"),
        (("customer", "add"), "请给出 --name 值"),
        (("customer", "show", "王五"), "没有客户“王五”。"),
        (("customer", "list", "--columns", "cityy"), "没有客户字段“cityy”。"),
        (("customer", "list", "--columns", "cityy"), "是不是要找 city"),
        (("customer", "add", "--name", "x", "--code", "K1"), "客户编号“K1”已被 C-"),
        (("customer", "edit", "K1", "--birthday", "soon"), "生日：“soon”不是日期"),
        (("customer", "edit", "K1", "--birthday", "soon"), "日期写成 2026-11-22。"),
        (("customer", "edit", "K1", "--city", "x", "--revision", "9"), "没有过第 9 版：现在是第 1 版。"),
        (("undo", "O-0000000000001"), "没有操作"),
        (("customers",), "custledger customer"),
    ],
)
def test_a_run_in_chinese_is_in_chinese(shop: Run, command: tuple[str, ...], printed: str) -> None:
    done = shop("--lang", "zh", *command)
    assert printed in done.out + done.err


def test_ambiguous_names_and_references_are_told_in_chinese(shop: Run) -> None:
    shop("customer", "add", "--name", "张伟")
    assert "“张伟”可能指多个客户：" in shop("--lang", "zh", "customer", "show", "张伟").err
    shop("transaction", "add", "--customer", "K1", "--amount", "5")
    refused = shop("--lang", "zh", "customer", "remove", "K1").err
    assert "不能删除：还有 1 transaction 引用它。" in refused


def test_an_import_is_told_in_chinese(shop: Run, folder: Path) -> None:
    (folder / "a.csv").write_text("姓名,电话,手机,别的\n甲,1,2,x\n乙,没有,3,x\n,4,5,x\n", encoding="utf-8")
    done = shop("--lang", "zh", "import", "a.csv", "--as", "customer")
    assert "新增 1，修改 0，跳过 0，拒收 2" in done.out
    assert "没有读取的列：别的。" in done.err
    assert "取自“手机”" in done.err or "取自“电话”" in done.err
    assert "不能为空，每条客户都要有" in done.err
    assert "拒收的行连同原因写进了" in done.err
