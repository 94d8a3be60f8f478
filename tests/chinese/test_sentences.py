"""Every sentence that the library can say is in the tables, and comes out Chinese as a whole, or stays English as one."""

from collections.abc import Iterable, Iterator
from itertools import product

import pytest

from custledger.chinese import Chinese
from custledger.cli.hints import put_into_own_terms
from custledger.errors import CustledgerError, DuplicateError
from custledger.plugins import Plugins
from custledger.services.speaking import chinese

from .said import OPEN, Sentence, faults, mixed, sentences

PARTS = ("X1", "3", "“X1”", "customer", "a customer", "2 customers", "text", "a text", "custledger", "read", "--x", "C-1",
         "'x'", "No such file or directory", "is empty", "commas", "in colour", "a PDF", "A")  # fmt: skip
"""What may stand for an open part: one of each sort."""
MANY = 3
"""With more open parts than this, only the first few sorts are tried for them."""

UNSAID = {
    "There is no command .",  # a word that was typed is never empty
    f"“{OPEN}” → “{OPEN}”", f"{OPEN} “{OPEN}” → “{OPEN}”", f"{OPEN} …",  # a change, told in labels and values alone
    f"is not enough: {OPEN} needs one",  # what an error makes a sentence of
    f"undo {OPEN}", "a value in it", f"The setting {OPEN}",  # parts of other sentences, or for the log
    f"{OPEN} cannot be compared (at character 3 of: X1)",  # both sides with their kinds, tried below
    "reads nothing; writes nothing", "Looked in .",  # what two parts never come to together
    f"{OPEN} {OPEN} shows how.", f"custledger {OPEN} {OPEN} shows how.",  # --help is not known beforehand
}  # fmt: skip
"""What the source has that nobody is told in this form."""


ATTRIBUTES = ("schemes", "suffixes", "options", "labels", "Labels", "help", "aliases", "name", "plural", "summary",
              "severity", "refuse", "warn", "before", "after", "when", "brief", "restrict", "cascade", "empty", "Choice", "Spec", "Change", "Problem",
              "expression", "decide", "score", "needs", "choices", "examples", "Example", "record")  # fmt: skip
"""Names in what plugins hand over, which are the same in every language."""


@pytest.fixture(scope="module")
def put() -> Chinese:
    plugins = Plugins.installed()
    return chinese(plugins, plugins.schemas())


def filled(text: str) -> Iterator[str]:
    """Yield the sentence with each sort of part for what is open in it, all of one sort first."""
    fixed = text.split(OPEN)
    sorts = PARTS if len(fixed) - 1 <= MANY else PARTS[:7]
    for parts in sorted(product(sorts, repeat=len(fixed) - 1), key=lambda one: len(set(one))):
        yield fixed[0] + "".join(part + after for part, after in zip(parts, fixed[1:], strict=True))


def by_the_command_line(hint: str) -> str:
    """Return a hint as the command line gives it: it names options, and puts that into Chinese."""
    error = CustledgerError("It failed.", hint=hint)
    put_into_own_terms(error, ())
    return error.hint


def fault(put: Chinese, said: Sentence, known: Iterable[str] = ()) -> str:
    """Return what is wrong with the Chinese of a sentence, or nothing."""
    told = ""
    for sentence in filled(said.text):
        for form in (sentence, by_the_command_line(sentence)):
            found = put.known(form)
            if found is not None and not mixed(found, known):
                return ""
            told = found or told
    return f"{said.place}: {said.text.replace(OPEN, '{}')!r} is {'mixed: ' + told if told else 'not in the tables'}"


def test_every_sentence_of_the_source_is_in_the_tables_and_none_comes_out_mixed(put: Chinese) -> None:
    found = {said.text: said for said in sentences()}
    assert len(found) > 500
    assert [told for text, said in found.items() if text not in UNSAID and (told := fault(put, said))] == []


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("There is no customer “甲”.", "没有客户“甲”。"),
        ("There is no customer field “citty” (at character 1 of: citty = 上海)", "没有客户字段“citty”（第 1 个字符处：citty = 上海）"),
        ("客户等级: “甲” is not one of the choices (at character 6 of: 等级 = 甲)", "客户等级：“甲”不在选项之中（第 6 个字符处：等级 = 甲）"),
        ("“=” is out of place here (at character 8 of: a = b = c)", "“=”放错了地方（第 8 个字符处：a = b = c）"),
        ("“王芳” could be more than one customer: C-01J9ZK4QW7RXM (K1 · 上海, a), C-01J9ZK4QW7RXN, C-01J9ZK4QW7RXP (K2).",
         "“王芳”可能指多个客户：C-01J9ZK4QW7RXM（K1 · 上海, a）、C-01J9ZK4QW7RXN、C-01J9ZK4QW7RXP（K2）。"),
        ("City: “上海 ” begins or ends with blanks, which are kept, so that = finds it with them only, and contains without them",
         "城市：“上海 ”首尾有空白，原样保留，所以用 = 要带上空白才找得到，用“包含”则不必"),
        ("There is no file format to read “.xlsx”.", "没有可以读取的文件格式“.xlsx”。"),
        ("C-1 cannot be removed: 106 transactions, 1 contract still refer to it.", "C-1 不能删除：还有交易 106 条、合同 1 条引用它。"),
        ("4 customers would be removed.", "将删除客户 4 条。"),
        ("custledger customer has no command lst.", "custledger customer 没有命令 lst。"),
        ("customer: code “K1” is already taken by C-1.", "客户：客户编号“K1”已被 C-1 使用。"),
        ("A customer needs a 客户名称; 联系电话: “x; y” has no digit in it, so it is not a phone number",
         "客户必须有客户名称；联系电话：“x; y”里面没有数字，不是电话号码"),
        ("A customer needs a value for 标签", "客户必须有标签"),
        ("UTF-8, separated by commas", "UTF-8，以逗号分隔"),
        ("The columns are: 姓名, 电话. The file was read as UTF-8, separated by commas; --encoding says otherwise.",
         "已有的列：姓名、电话。读取方式：UTF-8，以逗号分隔；如果不对，请用 --encoding 指明。"),
        ("Looked in /a b/c. Make one with “custledger init”.", "找过的文件夹：/a b/c。用“custledger init”可以新建一本。"),
        ("花费 cannot be computed: There is no customer field “x” (at character 1 of: 花费)",
         "“花费”无法计算：没有客户字段“x”（第 1 个字符处：花费）"),
        ("乙 cannot be computed: 甲 is defined by itself: 甲 → 乙 → 甲 (at character 1 of: 乙 * 2)",
         "“乙”无法计算：“甲”的定义用到了它自己：甲 → 乙 → 甲（第 1 个字符处：乙 * 2）"),
        ("Amounts without a currency are in CNY, and would be in USD without being converted: 1 product (product.price).",
         "没有写货币的金额现在按 CNY 计，改后会按 USD 计而不折算：产品 1 条（product.price）。"),
        ("There are no records of the type pet.", "没有“pet”这种类型的记录。"),
        ("2 customers along with 3 transactions, 1 visit would be removed.",
         "2 customers along with 3 transactions, 1 visit would be removed."),
        ("2 customers along with 3 transactions, 1 contract would be removed.", "将删除客户 2 条，连同交易 3 条、合同 1 条。"),
        ("a.csv, row 3, column 备注: holds bytes that are not UTF-8", "a.csv 第 3 行，“备注”列：含有不是 UTF-8 的字节"),
        ("Every: “often” is not how often something repeats", "重复：“often”不是重复的周期"),
        ("language (environment CUSTLEDGER_LANGUAGE): “xx” is not a language of custledger",
         "language（环境变量 CUSTLEDGER_LANGUAGE）：“xx”不是 custledger 支持的语言"),
        ("客户等级 (a choice) and 备注 (a text) cannot be compared (at character 3 of: x)",
         "客户等级（单选）和备注（文本）不能比较（第 3 个字符处：x）"),
        ("shop.db: the disk is full.", "shop.db：磁盘已满。"),
        (("Make room on the disk. Rows up to 9 are in. To add the rest, import the file again with --from-row 10. To take "
         "the import back: custledger undo O-6H2ZK3ZVKH1DP"),
         ("请腾出磁盘空间。到第 9 行已经写入。要写入其余的行，请带上 --from-row 10 再导入这个文件。"
         "撤销这次导入：custledger undo O-6H2ZK3ZVKH1DP")),
        ("Interrupted. Rows up to 9 are in but for those that were rejected. To take the import back: x",
         "已中断。除拒收的行外，到第 9 行已经写入。撤销这次导入：x"),
        ("The plugin bad failed while bringing age: ValueError: that is core's already",
         "插件 bad 在提供 age 时出错：这个名称已被 core 使用。"),
        ("a.csv, row 2: This is a cancellation or a return: its quantity or its amount is negative",
         "a.csv 第 2 行：这是取消或退货：数量或金额为负"),
        ("a.csv, row 2: Probability: 150 is not a percentage from 0 to 100; it was written by hand, and stands",
         "a.csv 第 2 行：赢单概率：150 不是 0 到 100 的百分比；这是手工写入的，予以保留"),
        ("x may not be read: Permission denied.", "x 不能读取：没有权限。"),
        ("x could not be read: Stale file handle.", "x 无法读取：“Stale file handle”。"),
    ],
)  # fmt: skip
def test_a_sentence_is_put_into_chinese_whole(put: Chinese, english: str, told: str) -> None:
    assert put(english) == told


@pytest.mark.parametrize(
    "english",
    [
        "Nobody has written this sentence.",
        "客户等级: “甲” is somewhat odd",
        "There is no unicorn “x”.",
        "C-1 cannot be removed: 2 unicorns still refer to it.",
        "A unicorn needs a horn",
        "客户等级: “甲” is not one of the choices; and something else",
        "“x” is not a date, it seems",
    ],
)
def test_what_is_not_known_as_a_whole_stays_english_as_a_whole(put: Chinese, english: str) -> None:
    assert put(english) == english


def test_every_fault_of_a_descriptor_and_of_an_amendment_is_in_the_tables(put: Chinese) -> None:
    told = [
        Sentence(f"The plugin x1 failed while being loaded: ValueError: X1: {said.text}", said.place)
        for said in faults()
    ]
    assert len(told) > 40
    assert [wrong for said in told if (wrong := fault(put, said, ATTRIBUTES))] == []


def test_what_a_plugin_does_not_say_in_chinese_stays_english_with_an_english_sign() -> None:
    plugins = Plugins.of()
    error = CustledgerError("A sentence of a plugin.", hint="Did you mean x?")
    chinese(plugins, plugins.schemas()).put(error)
    assert (error.message, error.language) == ("A sentence of a plugin.", "en")
    assert error.hint == "Did you mean x?"


def test_what_a_plugin_says_in_chinese_by_itself_has_a_chinese_sign_and_hint() -> None:
    plugins = Plugins.of()
    error = CustledgerError("“Ann” 的电话不能为空！", hint="The plugin odd says so.")
    chinese(plugins, plugins.schemas()).put(error)
    assert (error.message, error.language) == ("“Ann” 的电话不能为空！", "zh")
    assert error.hint == "这是插件 odd 的要求。"


def test_an_error_says_in_which_language_it_is() -> None:
    plugins = Plugins.of()
    error = DuplicateError("customer", "code", "K1")
    assert error.language == "en"
    chinese(plugins, plugins.schemas()).put(error)
    assert (error.message, error.language) == ("客户：客户编号“K1”已被使用。", "zh")
