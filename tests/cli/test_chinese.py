"""The program in Chinese: its own words, and the errors of every day."""

import ast
import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

import custledger.cli
from custledger.cli.words import CHINESE, Words
from custledger.config import SETTINGS
from custledger.expressions.functions import FUNCTIONS
from custledger.fields import Kind
from custledger.plugins import Plugins
from custledger.records import COLORS

from ..chinese.said import mixed  # noqa: TID252 - the tests are no package that has a name
from .conftest import Run, enter_empty_folder, run_here

CLI = Path(custledger.cli.__file__).parent
NAMES = re.compile(r"\{(\w+)\}")


def templates() -> set[str]:
    """Return every English text in the program's own modules, which is where the table's come from."""
    modules = [path for path in CLI.rglob("*.py") if path.name != "words.py"]
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
        (("customer", "remove", "K1", "--dry-run"), "将删除客户 1 条。将一并删除"),
        (("customer", "list", "--where", ""), "要全部记录，就不写它。"),
        (("ledger", "show"), "货币: CNY"),
        (("config", "show"), "设置\t值"),
        (("export", "customer", "--to", "x.csv"), "已导出客户 2 条到 x.csv。"),
        (("customer", "add"), "错误：客户必须有客户名称\n"),
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
    assert "不能删除：还有交易 1 条引用它。" in refused


def test_an_import_is_told_in_chinese(shop: Run, folder: Path) -> None:
    (folder / "a.csv").write_text("姓名,电话,手机,别的\n甲,101,102,x\n乙,没有,103,x\n,104,105,x\n", encoding="utf-8")
    done = shop("--lang", "zh", "import", "a.csv", "--as", "customer")
    assert "新增 1，修改 0，跳过 0，拒收 2" in done.out
    assert "没有读取的列：别的。" in done.err
    assert "取自“手机”" in done.err or "取自“电话”" in done.err
    assert "第 4 行拒收：客户必须有客户名称" in done.err
    assert "a.csv：UTF-8，以逗号分隔；3 行。" in done.err
    assert "拒收的行连同原因写进了" in done.err


@cache
def schema_words() -> frozenset[str]:
    """The names of types, fields, kinds, functions, colours and settings, which are the same in every language."""
    schemas = Plugins.installed().schemas().values()
    keys = {key for schema in schemas for key in (schema.name, schema.info.plural, *schema.keys, *schema.names)}
    return frozenset(keys.union((kind.value for kind in Kind), (one.name for one in SETTINGS), FUNCTIONS, COLORS))


EVERYDAY = [
    ("custommer",),
    ("customer", "lst"),
    ("customer", "list", "--limitt", "3"),
    ("customer", "list", "--limit", "x"),
    ("customer", "list", "--limit", "-1"),
    ("customer", "list", "--limit"),
    ("customer", "list", "--all", "--limit", "3"),
    ("customer", "list", "extra"),
    ("customer", "count", "--tsv", "--csv"),
    ("customer", "show"),
    ("--ledger",),
    ("customer", "list", "--as", "a", "--as", "b"),
    ("customer", "list", "--as-of", "soon"),
    ("customer", "list", "--where", "city ="),
    ("customer", "list", "--where", "citty = 上海"),
    ("customer", "list", "--where", "city == = 上海"),
    ("customer", "list", "--where", "a = b = c"),
    ("customer", "list", "--where", "(city = 上海"),
    ("customer", "list", "--where", "city = 上海)"),
    ("customer", "list", "--where", "city = '上海"),
    ("customer", "list", "--where", "level = 甲"),
    ("customer", "list", "--where", "birthday = soon"),
    ("customer", "list", "--where", "birthday > "),
    ("customer", "list", "--where", "tags > x"),
    ("customer", "list", "--where", "birthday contains 3"),
    ("customer", "list", "--where", "city"),
    ("customer", "list", "--where", "城市 上海"),
    ("customer", "list", "--sort", "tags"),
    ("customer", "add", "--name", "x", "--phone", "none"),
    ("customer", "add", "--name", "x", "--email", "nobody"),
    ("customer", "add", "--name", "x", "--level", "Z"),
    ("customer", "add", "--name", "x", "--set", "nothing"),
    ("customer", "add", "--name", "x", "--code", "K1"),
    ("customer", "edit", "K1"),
    ("customer", "edit", "K1", "--city", "x", "--revision", "7"),
    ("customer", "remove", "K1", "--where", "city = 上海"),
    ("customer", "remove", "--where", "city is not empty"),
    ("transaction", "add", "--customer", "nobody", "--amount", "3"),
    ("transaction", "add", "--customer", "K1", "--amount", "much"),
    ("transaction", "add", "--customer", "K1", "--amount", "3 XYZ"),
    ("opportunity", "add", "--customer", "K1", "--title", "x", "--probability", "300"),
    ("followup", "add", "--customer", "K1", "--due", "2026-01-31", "--every", "often"),
    ("followup", "add", "--customer", "K1", "--due", "2026-02-30"),
    ("followup", "done", "nothing"),
    ("import", "nowhere.csv", "--as", "customer"),
    ("import", "a.xlsx", "--as", "customer"),
    ("import", "odd.csv", "--as", "customer"),
    ("import", "a.csv", "--as", "customer", "--key", "code"),
    ("import", "a.csv", "--as", "customer", "--map", "x=y"),
    ("import", "a.csv", "--as", "customer", "--encoding", "klingon"),
    ("import", "a.csv", "--as", "unicorn"),
    ("import", "a.csv"),
    ("export", "customer", "--to", "x.pdf"),
    ("export", "customer", "--to", "nowhere/x.csv"),
    ("export", "customer", "--to", "ledger.db"),
    ("backup", "a.csv"),
    ("backup", "nowhere/x.db"),
    ("restore", "nothing.db"),
    ("restore", "a.csv"),
    ("undo", "O-0000000000001"),
    ("undo", "x"),
    ("log", "nothing"),
    ("init",),
    ("field", "add", "customer", "电话"),
    ("field", "add", "customer", "颜色", "--kind", "colour"),
    ("field", "choices", "customer.level", "B"),
    ("field", "rename", "customer.name", "--label-en", "x"),
    ("ledger", "set", "--zone", "Mars"),
    ("ledger", "set"),
    ("config", "show", "--origin"),
    ("doctor",),
    # related records, metrics and segments
    ("customer", "list", "--where", "sum(transactions.city) > 1"),
    ("customer", "list", "--where", "sum(transactions.number) > 1"),
    ("customer", "list", "--where", "sum(transactions) > 1"),
    ("customer", "list", "--where", "sum(distinct transactions.amount) > 1"),
    ("customer", "list", "--where", "count(transactionz) > 1"),
    ("customer", "list", "--where", "合计(订单.金额) > 1"),
    ("customer", "list", "--where", "count() > 1"),
    ("customer", "list", "--where", "counting(transactions) > 1"),
    ("customer", "list", "--where", "summm(transactions.amount) > 1"),
    ("customer", "list", "--where", "count(sum(transactions.amount)) > 1"),
    ("customer", "list", "--where", "sum(transactions.amount where city = 上海) > 1"),
    ("customer", "list", "--where", "exists(transactions.amount)"),
    ("customer", "list", "--where", "transactions = 3"),
    ("customer", "list", "--where", "transactions.amount > 3"),
    ("customer", "list", "--where", "birthday + 1 > 3"),
    ("customer", "list", "--where", "name * 2 > 3"),
    ("customer", "list", "--where", "age(city) > 3"),
    ("customer", "list", "--where", "age(birthday where city = 上海) > 3"),
    ("customer", "list", "--where", "高价 > 3"),
    ("customer", "list", "--where", "vips > 3"),
    ("customer", "list", "--where", "vips = 是"),
    ("customer", "list", "--sort", "transactions"),
    ("transaction", "list", "--where", "customer = nobody"),
    ("transaction", "list", "--where", "customer.citty = 上海"),
    ("metric", "add", "one", "two + 1"),
    ("metric", "add", "base", "more * 2"),
    ("metric", "add", "base", "base * 2"),
    ("customer", "list", "--where", "lost > 2"),
    ("metric", "add", "two", "count(transactions) + two"),
    ("metric", "remove", "total_spent"),
    ("metric", "add", "城市", "count(transactions)"),
    ("metric", "add", "a=b", "count(transactions)"),
    ("metric", "add", "nothing", ""),
    ("metric", "remove", "nothing"),
    ("metric", "remove", "total_spent"),
    ("metric", "remove", "onne"),
    ("segment", "add", "rich", "total_spent"),
    ("segment", "add", "rich", "total_spent >"),
    ("segment", "add", "name", "total_spent > 5"),
    ("segment", "add", "rich", "total_spent > 5", "--color", "mauve"),
    ("segment", "show", "nothing"),
    ("segment", "members", "vip"),
    ("segment", "explain", "vips", "nobody"),
    ("segment", "diff", "vips", "--when", "total_spent"),
    ("segment", "overlap", "vips", "nothing"),
    ("segment", "remove", "nothing"),
    # rehearsals, removals and outputs
    ("customer", "remove", "--where", "code = K1"),
    ("customer", "list", "--where", ""),
    ("customer", "edit", "--where", "city = 上海", "--city", "x", "--revision", "2"),
    ("followup", "add", "--customer", "K1"),
    ("customer", "add"),
    ("customer", "add", "--name", "x", "--phone", "1.38E+10"),
    ("search", " "),
    ("import", "", "--as", "customer"),
    ("import", ".", "--as", "customer"),
    ("export", "customer", "--to", "new/"),
    ("import", "a.csv", "--as", "customer", "--rejects", "-"),
    ("export", "customer", "--to", "x.csv", "--headings", "odd"),
    ("demo", "d", "--as-of", "0001-01-01"),
]


@pytest.fixture(scope="module")
def everyday(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A folder with a ledger in each language, and files to read, of which each test has a copy."""
    made = {}
    for language in ("en", "zh"):
        with pytest.MonkeyPatch.context() as patch:
            made[language] = enter_empty_folder(tmp_path_factory.mktemp("everyday"), patch)
            _make_everyday(made[language], language)
    return made


def _make_everyday(folder: Path, language: str) -> None:
    run = run_here
    run("init", "--zone", "UTC", "--lang", language)
    run("customer", "add", "--name", "张伟", "--code", "K1", "--city", "上海", "--level", "A", "--phone", "13800001234")
    run("customer", "add", "--name", "李娜", "--city", "杭州")
    run("segment", "add", "vips", "tag = vip")
    run("metric", "add", "base", "count(transactions)")
    run("metric", "add", "more", "base + 1")
    run("metric", "add", "gone", "base + 1")
    run("metric", "add", "lost", "gone + 1")
    run("metric", "remove", "gone")
    (folder / "a.csv").write_text("姓名,电话\n甲,101\n", encoding="utf-8")
    (folder / "odd.csv").write_bytes(b"a,b\n1,\xff\xfe\x00\n")
    (folder / "a.xlsx").write_bytes(b"PK")


@pytest.mark.parametrize("asked", [("--lang", "zh"), ()], ids=["asked", "of the ledger"])
@pytest.mark.parametrize("command", EVERYDAY, ids=" ".join)
def test_what_goes_wrong_every_day_is_told_wholly_in_chinese(
    run: Run, folder: Path, everyday: Mapping[str, Path], command: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    shutil.copytree(everyday["en" if asked else "zh"], folder, dirs_exist_ok=True)
    done = run(*asked, *command)
    told = done.err if command[0] not in {"doctor", "config"} else done.out.replace("\t", "\n")
    told = re.sub("例如 .*", "", told) if command[0] == "doctor" else told  # the font of this computer has a name
    told = told.replace(str(folder), "")
    lines = [line for line in told.splitlines() if line.strip()]
    assert lines
    typed = re.findall(r"\w+", " ".join(command))
    known = [
        *schema_words(),
        *typed,
        "vips",
        "base",
        "more",
        "gone",
        "lost",
        "custledger",
        "list",
        "sqlite",
        "apsw",
        "memory",
        "core",
        "sales",
        "segments",
        "excel",
    ]
    assert [line for line in lines if mixed(line, known)] == []
    assert done.code in {0, 1, 2, 3, 4, 5}
    if command[0] not in {"doctor", "config"}:
        assert lines[0].startswith("错误：")


def test_rejected_rows_have_their_reasons_in_the_language_of_the_ledger(shop: Run, folder: Path) -> None:
    (folder / "a.csv").write_text("姓名,电话\n乙,没有\n,105\n", encoding="utf-8")
    shop("--lang", "zh", "import", "a.csv", "--as", "customer")
    kept = (folder / "a.rejected.csv").read_text("utf-8-sig").splitlines()
    assert kept[0] == "custledger：拒收原因,姓名,电话"
    assert kept[1].startswith("第 2 行：联系电话：“没有”里面没有数字，不是电话号码,乙")
    assert kept[2].startswith("第 3 行：客户必须有客户名称,")


def test_an_unknown_field_is_answered_with_a_few_and_the_command_that_lists_all(shop: Run) -> None:
    done = shop("--lang", "zh", "customer", "list", "--columns", "qqq")
    assert done.err == (
        "错误：没有客户字段“qqq”。\n提示：例如：客户编号、客户名称、客户类型、客户状态、客户等级、联系电话、城市、负责人；"
        "custledger field list customer 可以列出全部 42 个。\n"
    )
    (Path("in.csv")).write_text("zz\n1\n", encoding="utf-8")
    done = shop("--lang", "zh", "import", "in.csv", "--as", "customer", "--map", "zz=qqq")
    assert "可以列出全部 42 个。读取方式：UTF-8" in done.err


def test_warnings_are_in_the_language_of_the_run(shop: Run) -> None:
    done = shop("--lang", "zh", "transaction", "add", "--customer", "K1", "--amount", "-5")
    assert "警告：这是取消或退货：数量或金额为负。" in done.err


def test_an_english_run_in_a_chinese_ledger_is_told_in_english(run: Run) -> None:
    run("init", "--lang", "zh")
    assert run("customer", "list", "--nothing", "--lang", "en").err.startswith("error: ")
    assert run("customer", "list", "--nothing").err.startswith("错误：")


def test_headings_and_the_log_of_definitions_are_in_the_language_of_the_ledger(run: Run) -> None:
    run("init", "--lang", "zh")
    run("segment", "add", "贵客", "total_spent > 5000")
    run("metric", "add", "件数", "count(transactions)")
    run("metric", "remove", "件数")
    assert run("metric", "list").out.startswith("内容	名称	标签	表达式	插件	问题")
    assert run("segment", "list").out.startswith("名称	标签	数量	表达式")
    assert run("plugin", "list").out.startswith("名称	软件包	版本	状态	钩子")
    log = run("log").out
    for told in ("设置分群	分群 贵客", "设置指标	指标 件数", "删除指标	指标 件数"):
        assert told in log


def test_a_metric_that_cannot_be_computed_says_why_in_chinese(run: Run) -> None:
    run("init", "--lang", "zh")
    run("metric", "add", "件数", "count(transactions)")
    run("metric", "add", "倍数", "件数 * 2")
    run("metric", "remove", "件数")
    assert "没有客户字段“件数”（第 1 个字符处：件数 * 2）" in run("metric", "list").out


def test_kinds_of_fields_are_chinese_for_people_and_codes_for_programs(shop: Run) -> None:
    def kinds(*form: str) -> dict[str, str]:
        lines = shop("--lang", "zh", "field", "list", *form).out.splitlines()[1:]
        cells = [re.split(r"[\t,]", line) for line in lines]
        return {f"{one[0]}.{one[1]}": one[2] for one in cells}

    shown = kinds()
    assert [told for told in shown.values() if re.search("[a-z]", told)] == []
    assert (shown["customer.name"], shown["customer.referred_by"], shown["interaction.about"]) == (
        "文本", "引用：客户", "引用",
    )  # fmt: skip
    for form in ("--csv", "--tsv"):
        assert kinds(form)["customer.name"] == "text"
        assert kinds(form)["customer.referred_by"] == "reference to customer"
    assert '"kind": "text"' in shop("--lang", "zh", "field", "list", "--json").out
    assert shop("field", "list").out.splitlines()[5].split("\t")[2] == "text"
    for kind in {told.partition("：")[0] for key, told in shown.items() if key.startswith("customer.")} - {
        "编号",
        "标签",
    }:
        choice = ["--choice", "a"] if "选" in kind else []
        assert shop("field", "add", "customer", f"X{kind}", "--kind", kind, *choice).code == 0
