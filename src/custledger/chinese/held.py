"""What is said of things that are held of hand edits, in English and Chinese."""

SENTENCES = (
    ("“custledger held list” lists what is held.", "用“custledger held list”可以列出待定的内容。"),
    ("There is no held thing “{number}”.", "没有序号为“{number}”的待定内容。"),
    ("Give what it should be as the option value, or restore it.", "请用选项 value 写明应该是什么，或者还原它。"),
    ("Give what it should be as --value, or restore it.", "请用 --value 写明应该是什么，或者还原它。"),
    (
        "{hint:why} Give what it should be as --value, or restore it.",
        "{hint}也可以用 --value 写明应该是什么，或者还原它。",
    ),
    (
        "{hint:why} Give what it should be as the option value, or restore it.",
        "{hint}也可以用选项 value 写明应该是什么，或者还原它。",
    ),
    ("Row {row:n} of {sheet} cannot be accepted: {why:why}", "{sheet} 第 {row} 行不能采纳：{why}"),
    (
        "Correct it in the file, and it is read again; or restore it, which takes the row out.",
        "请在文件里改好，会重新读取；或者还原它，这会去掉这一行。",
    ),
    ("{sheet} cannot be accepted: {why:why}", "{sheet} 不能采纳：{why}"),
    ("Put the file right, or restore it from the ledger.", "请把文件改好，或者按台账还原它。"),
    ("Another column would be called {heading} too.", "另有一列也会叫“{heading}”。"),
    ("Accept one, and rename the other.", "请采纳其中一列，给另一列改名。"),
    ("Numbers and a choice of them cannot both be given.", "序号和筛选条件不能同时给出。"),
    ("Nothing says what is to be settled.", "没有说明要处理哪些内容。"),
    ("Give its numbers; “custledger held list” has them.", "请给出序号；用“custledger held list”可以查看。"),
    ("A value can be given for one cell, and for nothing else.", "只能给一个单元格写明值。"),
    ("Name the number of the cell.", "请指明那个单元格的序号。"),
    ("A kind can be given for one column, and for nothing else.", "只能给一列写明种类。"),
    ("Name the number of the column.", "请指明那一列的序号。"),
    ("is not a reason for which things are held", "不是待定的原因"),
)
