"""What a workbook says to people, in both languages. Parts in braces are filled in."""

from custledger.fields import Labels

SUMMARY = Labels("Summary", "汇总")
INSTRUCTIONS = Labels("Read me", "填写说明")

# what a cell says while it is filled in
CHOOSE = Labels("Choose from the list.", "请从列表中选择。")
CHOOSE_TITLE = Labels("Not in the list", "不在列表里")
SEVERAL = Labels("Several are separated by semicolons: {example}", "可以填多项，用分号隔开：{example}")
SEVERAL_LISTED = Labels("One or several, separated by semicolons: {choices}", "可填一项或多项，用分号隔开：{choices}")
TAGS_EXAMPLE = Labels("vip; newsletter", "老客户; 怕打扰")
DATE = Labels("A day, such as 2026-11-22.", "请填日期，例如 2026-11-22。")
DATE_TITLE = Labels("Not a day", "不是日期")
PAST = Labels("A day that has been, such as 1990-05-17.", "请填过去的日期，例如 1990-05-17。")
TIME = Labels("A day and a time, such as 2026-11-22 14:30.", "请填日期和时间，例如 2026-11-22 14:30。")
NUMBER = Labels("A number, without a unit.", "请填数字，不带单位。")
NUMBER_TITLE = Labels("Not a number", "不是数字")
INTEGER = Labels("A whole number.", "请填整数。")
PERCENT = Labels("A percentage: 50 is half.", "请填百分数：50 就是一半。")
MONEY = Labels("An amount in {currency}, without its sign.", "请填金额（{currency}），不带货币符号。")
REFERENCE = Labels("The name as it stands in {sheet}.", "请填“{sheet}”里的名称。")
REFERENCE_TITLE = Labels("Not there yet", "还没有这一条")
REFERENCE_UNKNOWN = Labels(
    "{sheet} has no such name yet. Keep it all the same?", "“{sheet}”里还没有这个名称。仍然保留吗？"
)
ID = Labels("Leave this empty: the ledger gives every new row its id.", "留空即可：台账会给新的一行编号。")
ID_TITLE = Labels("Set by the ledger", "由台账编号")

# the summary
SUMMARY_TITLE = Labels("At a glance", "台账汇总")
COUNTED_LIVE = Labels(
    "These figures are formulas: they follow what stands in the other sheets.",
    "这些数字都是公式，会随其他工作表的内容变化。",
)
RECORDS = Labels("Records", "记录数")
COUNT = Labels("Count", "数量")
BY = Labels("{records} by {field}", "{records}：按{field}")
NOT_GIVEN = Labels("(not given)", "（未填）")
TOTAL = Labels("{records}: {field}, total", "{records}：{field}合计")
DUE = Labels("{records}: when", "{records}：到期情况")
OVERDUE = Labels("Overdue", "已逾期")
TODAY = Labels("Due today", "今天到期")
WEEK = Labels("In the next 7 days", "7 天内到期")
LATER = Labels("Later", "更晚")

# the instructions
TEMPLATE_TITLE = Labels("How to fill in this workbook", "怎样填写这份表格")
GREETING = Labels(
    "Each sheet keeps one kind of record, and each row one of them. Fill in what you know; the rest can wait.",
    "每张工作表记一类内容，每一行是一条记录。知道多少填多少，其余的以后再补。",
)
STEPS = (
    Labels(
        "Headings on orange must be filled in; those on blue need not be.",
        "橙色表头的列必须填写，蓝色表头的列可以不填。",
    ),
    Labels(
        "The grey row marked “example” only shows how it is done. It is passed over, and you may delete it.",
        "标着“示例”的灰色一行只是示范，不会被当作记录，删掉也可以。",
    ),
    Labels("Leave the column ID empty: the ledger numbers new rows itself.", "“ID”一列留空：新的一行由台账自动编号。"),
    Labels(
        "Where a cell shows an arrow, choose from its list. The colours come by themselves.",
        "单元格旁边有箭头的，请从列表里选；颜色会自己出现。",
    ),
    Labels(
        "Write days as 2026-11-22 and times as 2026-11-22 14:30.", "日期写成 2026-11-22，时间写成 2026-11-22 14:30。"
    ),
    Labels(
        "Several tags or choices in one cell are separated by semicolons: vip; newsletter.",
        "一格里有多个标签或选项时，用分号隔开，例如：老客户; 怕打扰。",
    ),
    Labels(
        "Where a customer is asked for, write the name just as it stands in the sheet of customers, or choose it.",
        "要填客户的地方，请写客户表里的名称，一字不差，或者从列表里选。",
    ),
    Labels(
        "Phones, codes and numbers of identity cards keep their zeros and all their digits.",
        "电话、编号、身份证号这些列已经设为文本，开头的 0 和末尾的数字都不会丢。",
    ),
    Labels(
        "More columns are folded away at the right: the plus sign above the headings opens them.",
        "右边还有更多的列收了起来：点表头上方的加号就能展开。",
    ),
    Labels(
        "You may sort, filter and hide rows and columns as you like, and add columns of your own.",
        "可以随意排序、筛选、隐藏行列，也可以加自己的列。",
    ),
)
SHEETS = Labels("The sheets", "各张工作表")
SHEET = Labels("Sheet", "工作表")
ABOUT = Labels("What one row is", "一行记什么")
NEEDED = Labels("Must be filled in", "必填")
ONE_ROW = Labels("one {record}", "一条{record}")
NOTHING_NEEDED = Labels("nothing", "无")
AFTERWARDS = Labels("Once it is filled in", "填好以后")
IMPORT = Labels(
    "In a terminal, in the folder of this file. Customers come first, since the others name them:",
    "在这个文件所在的文件夹里打开终端，依次运行下面的命令；先导入客户，因为别的记录要提到他们：",
)

EXAMPLE = Labels("example", "示例")
"""Stands in the place of the id; it is one of ``custledger.spreadsheets.EXAMPLES``."""
PAGE = Labels("Page &P of &N", "第 &P 页，共 &N 页")
