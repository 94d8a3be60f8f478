"""The command ``template``: what it makes imports into any ledger once it is filled in."""

import json
import sys

import custledger_excel
import openpyxl
import pytest

import custledger
from custledger.cli.main import main
from custledger.plugins import Plugins

custledger_sales = pytest.importorskip("custledger_sales", reason="custledger-sales is not installed")

FILLED = {
    "zh": {
        "客户": [
            {"客户编号": "007", "客户名称": "张伟", "客户状态": "活跃", "客户等级": "A级", "联系电话": "013800000001", "生日": "1990-05-17", "同意营销": "是", "标签": "老客户; 怕打扰"},
            {"客户编号": "008", "客户名称": "李娜", "客户类型": "大客户", "推荐人": "张伟"},
        ],
        "互动记录": [{"客户": "李娜", "时间": "2026-11-20 10:30", "方式": "电话", "主题": "问价"}],
        "跟进计划": [{"到期日": "2026-12-01", "客户": "张伟", "目的": "回访", "状态": "待办"}],
        "产品": [{"产品编号": "A-1", "产品名称": "瑜伽垫", "价格": "99.00"}],
        "交易": [{"客户": "李娜", "产品": "A-1", "数量": "2", "金额": "198.00", "状态": "已付款"}],
        "商机": [{"商机名称": "年卡", "客户": "张伟", "赢单概率": "50"}],
        "合同": [{"合同名称": "年卡合同", "客户": "张伟", "合同编号": "HT-1", "合同金额": "3600"}],
    },
    "en": {
        "Customers": [
            {"Code": "007", "Name": "Ben", "Status": "Active", "Level": "A", "Phone": "0100 200", "Birthday": "1990-05-17", "Consent": "yes", "Tags": "vip; shy"},
            {"Code": "008", "Name": "Cem", "Type": "Key account", "Referred by": "Ben"},
        ],
        "Interactions": [{"Customer": "Cem", "At": "2026-11-20 10:30", "Channel": "Phone", "Subject": "Asked"}],
        "Follow-ups": [{"Due": "2026-12-01", "Customer": "Ben", "Purpose": "Callback", "Status": "Open"}],
        "Products": [{"SKU": "A-1", "Name": "Mat", "Price": "99.00"}],
        "Transactions": [{"Customer": "Cem", "Product": "A-1", "Quantity": "2", "Amount": "198.00", "Status": "Paid"}],
        "Opportunities": [{"Title": "Card", "Customer": "Ben", "Probability": "50"}],
        "Contracts": [{"Title": "Card of a year", "Customer": "Ben", "Number": "HT-1", "Amount": "3600"}],
    },
}  # fmt: skip
TYPES = ("customer", "interaction", "followup", "product", "transaction", "opportunity", "contract")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the program in a folder of its own, and return what it printed."""
    for variable in ("LEDGER", "ACTOR", "LANGUAGE", "AS_OF", "DISABLE_PLUGINS"):
        monkeypatch.delenv(f"CUSTLEDGER_{variable}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    plugins = Plugins.of(excel=custledger_excel, sales=custledger_sales)
    monkeypatch.setattr(Plugins, "installed", lambda *_: plugins)

    def run_it(*arguments):
        code = main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    yield run_it
    assert sys.stdout


def fill(path, sheets):
    """Fill in a template as a person does, below the example."""
    book = openpyxl.load_workbook(path)
    for title, rows in sheets.items():
        places = {cell.value: place for place, cell in enumerate(book[title][1], 1)}
        for number, row in enumerate(rows, 3):
            for heading, value in row.items():
                book[title].cell(number, places[heading]).value = value
    book.save(path)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("into", ["en", "zh"])
def test_a_filled_template_imports_without_a_question(run, tmp_path, language, into):
    assert run("template", "new.xlsx", "--lang", language)[0] == 0
    fill(tmp_path / "new.xlsx", FILLED[language])
    ledger = custledger.open(
        "memory:", plugins=Plugins.of(excel=custledger_excel, sales=custledger_sales), defaults={"language": into}
    )
    for name, rows in zip(TYPES, FILLED[language].values(), strict=True):
        report = ledger.import_file(tmp_path / "new.xlsx", name)
        assert (name, report.added, report.rejected, report.unmapped, report.passed_over) == (
            name,
            len(rows),
            0,
            (),
            (),
        )
    first = ledger.customers.get("007")
    assert (first.status, first.level, first.consent, len(first.tags)) == ("active", "A", True, 2)
    assert str(first.birthday) == "1990-05-17"
    assert str(first.phone).startswith("01")
    assert ledger.customers.get("008").referred_by == first.id
    assert next(iter(ledger.transactions)).customer == ledger.customers.get("008").id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_template_holds_nothing_but_examples_which_are_passed_over(run, tmp_path, language):
    assert run("template", "new.xlsx", "--lang", language)[0] == 0
    ledger = custledger.open("memory:", plugins=Plugins.of(excel=custledger_excel, sales=custledger_sales))
    book = openpyxl.load_workbook(tmp_path / "new.xlsx")
    assert len(book.sheetnames) == len(TYPES) + 3
    for name in TYPES:
        report = ledger.import_file(tmp_path / "new.xlsx", name)
        assert (report.rows, report.added, report.unmapped) == (0, 0, ())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_examples_would_be_records_if_they_were_not_examples(run, tmp_path, language):
    assert run("template", "new.xlsx", "--lang", language)[0] == 0
    book = openpyxl.load_workbook(tmp_path / "new.xlsx")
    for title in FILLED[language]:
        book[title]["A2"].value = None
    book.save(tmp_path / "new.xlsx")
    ledger = custledger.open("memory:", plugins=Plugins.of(excel=custledger_excel, sales=custledger_sales))
    order = ("customer", "interaction", "followup", "product", "transaction", "opportunity", "contract")
    for name in order:
        report = ledger.import_file(tmp_path / "new.xlsx", name)
        assert (name, report.added, report.rejected) == (name, 1, 0)


def test_the_types_can_be_chosen_and_are_told(run, tmp_path):
    code, _, told = run("template", "new.xlsx", "--type", "followups", "--type", "客户")
    assert (code, told.splitlines()[0]) == (0, "new.xlsx has 2 sheets to fill in: Customers, Follow-ups.")
    code, out, _ = run("template", "other.xlsx", "--type", "customer", "--json")
    assert json.loads(out) == [{"type": "customer", "sheet": "Customers"}]
    code, _, told = run("template", "third.xlsx", "--type", "custmer")
    assert (code, told) == (3, "error: There is no record type “custmer”.\nhint: Did you mean customer?\n")
    assert not (tmp_path / "third.xlsx").exists()


def test_a_name_without_the_ending_and_one_that_is_taken_are_refused(run, tmp_path):
    assert run("template", "new.xls")[::2] == (
        2,
        "error: new.xls does not end in .xlsx.\nhint: Name it new.xls.xlsx, for example.\n",
    )
    (tmp_path / "mine.xlsx").write_text("filled in for hours")
    assert run("template", "mine.xlsx")[::2] == (2, "error: mine.xlsx is there already.\nhint: Give another name.\n")
    assert (tmp_path / "mine.xlsx").read_text() == "filled in for hours"
    assert run("template", "none/new.xlsx")[0] == 3


def test_choices_and_fields_of_a_ledger_are_in_its_template(run, tmp_path, monkeypatch):
    custledger_sqlite = pytest.importorskip("custledger_sqlite", reason="custledger-sqlite is not installed")
    plugins = Plugins.of(excel=custledger_excel, sqlite=custledger_sqlite)
    monkeypatch.setattr(Plugins, "installed", lambda *_: plugins)
    assert run("init", "gym.db", "--lang", "zh")[0] == 0
    assert run("field", "add", "customer", "教练", "--kind", "text")[0] == 0
    assert run("field", "choices", "customer.level", "gold:金卡:yellow", "silver:银卡:gray")[0] == 0
    assert run("template", "gym.xlsx")[0] == 0
    book = openpyxl.load_workbook(tmp_path / "gym.xlsx")
    assert "教练" in [cell.value for cell in book["客户"][1]]
    lists = {tuple(cell.value for cell in column if cell.value) for column in book["_custledger"].iter_cols(min_col=2)}
    assert ("金卡", "银卡") in lists
