"""What this plugin says, in English and Chinese; ``custledger.chinese`` tells how parts in braces are read."""

SENTENCES = (
    # ledgers
    ("A ledger in a workbook needs the path of its file.", "工作簿台账需要文件的路径。"),
    ("Write excel:book.xlsx", "请写 excel:book.xlsx"),
    ("A ledger cannot be kept in {file}.", "台账不能保存在 {file} 里。"),
    ("Save it as .xlsx, or import it into another ledger.", "请另存为 .xlsx，或把它导入另一本台账。"),
    ("Give the path of a workbook.", "请给出工作簿的路径。"),
    ("the sheet {title:q}", "工作表{title}"),
    # files that are not read
    ("is protected by a password", "有密码保护"),
    (
        "Open it in a spreadsheet, save it without the password, and take that file.",
        "请在电子表格软件里打开，去掉密码另存，再用那个文件。",
    ),
    ("is damaged, or is no workbook", "已损坏，或者不是工作簿"),
    (
        "Open it in a spreadsheet, which may repair it, and save it as .xlsx.",
        "请在电子表格软件里打开（也许能修复），再另存为 .xlsx。",
    ),
    (
        "becomes far larger than a workbook needs to be once it is unpacked, so it is not read",
        "解压后远远大于工作簿该有的大小，所以不读取",
    ),
    (
        "Open it in a spreadsheet, copy what is needed into a new workbook, and save that.",
        "请在电子表格软件里打开，把需要的内容复制到新的工作簿里保存。",
    ),
    (
        "spans {rows:n} rows and {columns:n} columns, nearly all of which are empty",
        "占了 {rows} 行、{columns} 列，几乎全是空的",
    ),
    (
        "Remove what stands far right or far below, or copy the table into a new workbook.",
        "请删掉远在右边或下边的内容，或把表格复制到新的工作簿里。",
    ),
    ("is no workbook, whatever its name says", "不是工作簿，虽然文件名像是"),
    (
        "If it is text, say so with the option format: csv. Otherwise save it as .xlsx in a spreadsheet.",
        "如果是文本，请用选项 format 写明：csv；否则请在电子表格软件里另存为 .xlsx。",
    ),
    (
        "If it is text, say so with --format: csv. Otherwise save it as .xlsx in a spreadsheet.",
        "如果是文本，请写明：--format csv；否则请在电子表格软件里另存为 .xlsx。",
    ),
    ("is a PDF, not a workbook", "是 PDF，不是工作簿"),
    ("Save the table as .xlsx or as CSV.", "请把表格另存为 .xlsx 或 CSV 文本。"),
    # sheets
    ("has nothing in the sheet {title:q}", "的工作表{title}里什么也没有"),
    ("There is no sheet in {path} called {name:q}.", "{path} 里没有叫{name}的工作表。"),
    ("There is no sheet of {type:type} in the file {path:q}.", "文件{path}里没有{type}的工作表。"),
    # writing
    ("would have {count:n} columns, and a sheet has {most:n}", "会有 {count} 列，而一张工作表最多 {most} 列"),
    ("would have more than the {most:n} rows that a sheet has", "会超过一张工作表最多的 {most} 行"),
    ("a text {why:why}", "有一段文字{why}"),
    ("holds the character {code:word}, which no workbook can hold", "含有工作簿不能保存的字符 {code}"),
    (
        "has {count:n} characters, and a cell of a workbook holds {most:n}",
        "有 {count} 个字符，而一个单元格最多 {most} 个",
    ),
    ("Shorten it, or write CSV.", "请缩短它，或改用 CSV。"),
    # the template
    ("{file} does not end in .xlsx.", "{file} 的扩展名不是 .xlsx。"),
    ("Name it {file}.xlsx, for example.", "例如可以叫 {file}.xlsx。"),
    (
        "Make a workbook to fill in: a sheet a record type, with lists to choose from, and a summary.",
        "生成一份可以填写的工作簿：每种记录一张表，带下拉列表、说明和汇总。",
    ),
    ("The Excel workbook to make.", "要生成的 Excel 工作簿。"),
    ("A record type that gets a sheet; all of them otherwise.", "只为这种记录建表；默认全部都有。"),
)
