"""What ``--help`` says in Chinese: one table, by the English that commands and options are described in.

It is read only where help is shown in Chinese. What a record type, its fields and their choices are called stands with
them, and ``cli.chinese_help`` makes the help of their options. ``tests/cli/test_chinese_help.py`` compares the table
with the commands there are.
"""

from collections.abc import Mapping
from types import MappingProxyType

HELP: Mapping[str, str] = MappingProxyType(
    {
        # what every command has
        "A customer ledger that a business owns.": "归企业自己所有的客户台账。",
        "The ledger: a path, or a URL.": "台账：路径或 URL。",
        "Who is acting, for the log.": "操作人，记入日志。",
        "The language of headings and choices.": "表头、选项和提示的语言。",
        "The day that counts as today.": "把哪一天当作今天。",
        "Print the version.": "显示版本。",
        "Show this message and exit.": "显示这份说明。",
        "Print JSON.": "输出 JSON。",
        "Print one JSON object a line.": "每行输出一个 JSON 对象。",
        "Print CSV that a spreadsheet opens safely, as export does.": (
            "输出电子表格可以放心打开的 CSV，与 export 相同。"
        ),
        "Print tab-separated values, exactly as they are.": "输出以制表符分隔的值，原样不变。",
        "Show what would be done, and do nothing.": "只列出会做什么，不真的做。",
        "Why, for the log.": "原因，记入日志。",
        "Do not ask.": "不再询问。",
        "At most so many.": "最多多少条。",
        # init, demo
        "Make a new ledger; --lang says the language of its headings, otherwise LANG does.": (
            "新建台账；表头的语言由 --lang 指定，否则按 LANG。"
        ),
        "A ledger that is there already is left as it is, and commands in this folder use it from then on.": (
            "已有的台账内容不动，这个文件夹里的命令从此使用它。"
        ),
        "A path or a URL; ledger.db by default.": "路径或 URL；默认为 ledger.db。",
        "What the ledger is called.": "台账的名称。",
        "Its currency, such as CNY or USD.": "它的货币，例如 CNY 或 USD。",
        "Its time zone, such as Asia/Shanghai.": "它的时区，例如 Asia/Shanghai。",
        "Make a ledger of invented people in FOLDER, and show who is due, who bought what, and where to go next.": (
            "在 FOLDER 里建一本人物虚构的演示台账，列出今天要跟进谁、谁买了什么、接下来可以试什么。"
        ),
        "Where to make it; csv:FOLDER keeps it in CSV files.": "建在哪里；也可以是 CSV 文件夹的 URL。",
        "Another seed gives other people.": "换一个种子，就换一批人。",
        # what is held of hand edits
        "What people wrote into the ledger's files by hand, and is not believed until you say so.": (
            "人工写进台账文件、要等你确认才采信的内容。"
        ),
        "As held list has them.": "待定内容的序号。",
        "Only what is held of these records.": "只看这类记录的待定内容。",
        "Only what is held for this reason, such as unfit or vanished.": "只看某一种待定内容。",
        "All that is held.": "全部待定内容。",
        "List what is held: where it stands, what is written there, why it is not believed, and what to do.": (
            "列出待定内容：在哪里、写了什么、为什么没有采信、可以怎么办。"
        ),
        "What the cell should be, where it does not fit.": "单元格不合用时，应该是什么。",
        "What the column holds; else it is told by its texts.": "这一列存什么；不写就按内容判断。",
        "Have the ledger say what the file says; exit code 3 where some of many could not be accepted.": (
            "以文件为准，写进台账；成批采纳而有些不能采纳时，退出码为 3。"
        ),
        "Have the file show again what the ledger says; rows that people typed go only by their numbers.": (
            "以台账为准，把文件改回去；有人填写的行只按序号删去。"
        ),
        # search, import, export
        "Find records in whose searched fields every word of TEXT occurs.": (
            "查找可搜索的字段中出现 TEXT 每个词的记录。"
        ),
        "Fields of the ledger's own are searched where they were made so. Tags, choices, dates and amounts are not: "
        'list takes filters by those, such as customer list --where "tag = vip".': (
            "台账自己的字段只有设为可搜索才会搜索。标签、选项、日期和金额不在其中：请用 list 按它们筛选，"
            '例如 customer list --where "标签 = vip"。'
        ),
        "Words, parts of numbers, Chinese of two characters or more.": "词、号码的一部分，或两个以上的汉字。",
        "Only records of this type.": "只查这种类型的记录。",
        "Import a file. Rejected rows go to NAME.rejected.csv beside it, and make the exit code 3.": (
            "导入文件。拒收的行写进旁边的 NAME.rejected.csv，退出码为 3。"
        ),
        "The file; - is the standard input.": "文件；- 表示标准输入。",
        "What its rows are: customer, …": "各行是什么记录：customer 等。",
        "Which field a column is.": "说明某列是哪个字段。",
        "Update by this field.": "按这个字段找到记录并更新。",
        "Make records of TYPE that are referred to.": "新建被引用而尚不存在的 TYPE 记录。",
        "What a field that no column fills is in every row.": "没有列可读的字段，每一行都取这个值。",
        "As --create customer.": "同 --create customer。",
        "An empty cell empties its field of a record that a row changes.": "对要修改的记录，空单元格会清空字段。",
        "The format; told by the ending otherwise.": "文件格式；默认按扩展名判断。",
        "Found out otherwise.": "默认自动识别。",
        "The sheet of a workbook, by its name or number.": "工作簿里的哪一张工作表：名称或序号。",
        "Where rejected rows go.": "拒收的行写到哪里。",
        "Read the rows from N on; the heading is row 1.": "从第 N 行起读取；表头是第 1 行。",
        "Export records in a form that an import reads back and that a spreadsheet opens safely.": (
            "导出记录：可以再导入，电子表格也可以放心打开。"
        ),
        "A record type, such as customer.": "记录类型，例如 customer。",
        "The file, replaced if it is there; the standard output otherwise.": "写到的文件，已有则替换；默认为标准输出。",
        "Only records for which this is true.": "只要满足这个条件的记录。",
        "name,city,…": "列，例如：名称,城市",
        "-created_at,name": "排序，例如：-创建时间,名称",
        "-created_at,name: - is from the greatest.": "排序，例如：-创建时间,名称；- 表示从大到小。",
        "Head the columns by the keys of the fields.": "用字段的键作表头。",
        "UTF-8 otherwise.": "默认为 UTF-8。",
        "A comma otherwise.": "默认为逗号。",
        "Begin with the mark that Excel needs.": "在开头加上 Excel 需要的标记。",
        # log, undo, backup, doctor
        "Show what people did, newest first; of one operation, what it did to each record.": (
            "列出做过的操作，最新的在前；指明一次操作，则列出它对每条记录做了什么。"
        ),
        "A record, or an operation; the whole ledger by default.": "记录或操作；默认为整本台账。",
        "Take an operation back. What was edited later stays, is shown, and makes the exit code 5.": (
            "撤销一次操作。之后又改过的内容予以保留并列出，退出码为 5。"
        ),
        "An operation's id, or the end of one.": "操作的编号，或编号的末尾。",
        "Copy the ledger to FILE while it stays in use; the copy is opened and compared before it counts.": (
            "把台账备份到 FILE，期间可以继续使用；备份打开并核对无误才算完成。"
        ),
        "The backup: a file, or a folder where the ledger is one.": "备份：一个文件；台账是文件夹时，是一个文件夹。",
        "Make the ledger from the backup FILE; a ledger that is there is never overwritten.": (
            "从备份 FILE 恢复台账；绝不覆盖已有的台账。"
        ),
        "Look at the stores, plugins, ledger, keyring, fonts and terminal; exit code 1 where something is bad.": (
            "检查存储、插件、台账、密钥环、字体和终端；有问题时退出码为 1。"
        ),
        # records
        "Add a record and print its id.": "新增一条记录，输出它的编号。",
        "Set a field by name, label or alias; custom fields too.": "按名称、标签或别名设置字段，包括自定义字段。",
        "List records.": "列出记录。",
        "Every record, on a terminal too.": "全部记录，在终端上也是如此。",
        "Every member, on a terminal too.": "全部成员，在终端上也是如此。",
        "Show a record, and what refers to it.": "查看一条记录，以及引用它的记录。",
        "An id, the end of one, a code, or an exact name that is unique.": "编号、编号的末尾、代码，或唯一的完整名称。",
        "An id, a code or a name.": "编号、代码或名称。",
        "Set fields of a record, or with --where of many; an empty value empties a field.": (
            "修改一条记录的字段，用 --where 可以修改多条；空值会清空字段。"
        ),
        "The record; or name many with --where.": "记录；要多条请用 --where。",
        "The revision that you had read.": "读取时的版本。",
        "Add this tag, and keep the others; may be repeated.": "加上这个标签，保留其他标签；可以多次给出。",
        "Take this tag out; may be repeated.": "去掉这个标签；可以多次给出。",
        "Remove a record, or with --where many. Where others go too it asks first, or needs --yes.": (
            "删除一条记录，用 --where 可以删除多条。如果会连带删除别的记录，先询问，或需要 --yes。"
        ),
        "Count records.": "统计记录的条数。",
        "Count by these fields.": "按这些字段分组统计。",
        "Show what happened to a record, newest first; a removed one is named by its whole id.": (
            "列出一条记录的历史，最新的在前；已删除的记录用完整的编号指明。"
        ),
        # follow-ups
        "Show what is overdue or due today, and what plugins remind of.": "列出逾期和今天到期的跟进，以及插件的提醒。",
        "Also what is due within so many days.": "也列出这么多天之内到期的。",
        "Only this person's.": "只看这个人的。",
        "Finish a follow-up and print its id; where it repeats, say which one is next.": (
            "完成一次跟进，输出它的编号；会重复的，说明下一次是哪一条。"
        ),
        "What came of it.": "结果如何。",
        "It was skipped, not done.": "跳过了，没有做。",
        "When; now by default.": "什么时候；默认为现在。",
        # fields
        "The ledger's own fields, and the choices of fields.": "台账自己的字段，以及字段的选项。",
        "Add a field to a record type of this ledger, and print its key.": (
            "给这本台账的一种记录新增字段，输出它的键。"
        ),
        "Its label, Chinese or English.": "它的标签，中文或英文。",
        "text, integer, number, money, date, time, yes_no, choice, choices, phone, email or reference.": (
            "文本、整数、数字、金额、日期、时间、是或否、单选、多选、电话号码、邮箱地址或引用"
            "（text、integer、number、money、date、time、yes_no、choice、choices、phone、email、reference）。"
        ),
        "Its English label.": "它的英文标签。",
        "Its Chinese label.": "它的中文标签。",
        "Another name for it in files; may be repeated.": "它在文件里的别名；可以多次给出。",
        "A choice; may be repeated.": "一个选项；可以多次给出。",
        "The type that a reference refers to.": "引用的记录类型。",
        "Every new record needs one.": "每条新记录必须填写。",
        "No two records may have the same.": "不同的记录不能相同。",
        "Text search looks into it.": "可以搜索。",
        "Never searched, sorted or computed with.": "不能搜索、排序，也不参与计算。",
        "People filter or sort by it often.": "经常用来筛选或排序。",
        "List fields with their labels, kinds and choices.": "列出字段及其标签、种类和选项。",
        "One record type; all by default.": "一种记录；默认为全部。",
        "Only the ledger's own.": "只列台账自己的字段。",
        "Change one of the ledger's own fields: its labels, and whether it is needed or searched; its key stays.": (
            "修改台账自己的一个字段：名称，以及是否必填、是否可以搜索；键不变。"
        ),
        "A field, such as customer.level.": "字段，例如 customer.level。",
        "Its English label from now on.": "新的英文标签。",
        "Its Chinese label from now on.": "新的中文标签。",
        "Every new record needs one, or need not.": "每条新记录必须填写，或不必填写。",
        "Text search looks into it, or does not.": "可以搜索，或不可以。",
        "What it is for, in English.": "用途，英文。",
        "What it is for, in Chinese.": "用途，中文。",
        "Show the choices of a field, or replace them; a bare code keeps its label and colour.": (
            "列出字段的选项，或替换它们；只写代码，则标签和颜色不变。"
        ),
        "All the choices, in order.": "全部选项，按顺序。",
        "Drop choices that records still hold.": "记录仍在用的选项也去掉。",
        # metrics and segments
        "Named expressions about customers and other records.": "有名称的表达式：关于客户和别的记录的指标。",
        "Add a metric to this ledger, or give one of this ledger another expression.": (
            "给这本台账新增指标，或更换已有指标的表达式。"
        ),
        "What it is called, in expressions too.": "它的名称，也用在表达式里。",
        "sum(transactions.amount where …)": "例如：合计(交易.金额 其中 …)",
        "The records that it is about.": "关于哪种记录。",
        "List metrics with their expressions, and why one cannot be computed.": (
            "列出指标及其表达式，以及无法计算的原因。"
        ),
        "The records that they are about; all by default.": "关于哪种记录；默认为全部。",
        "Remove a metric of this ledger.": "删除这本台账的一个指标。",
        "Named sets of customers: who is in them, and why.": "客户分群：里面有谁，为什么。",
        "Add a segment to this ledger, or give one of this ledger another expression.": (
            "给这本台账新增分群，或更换已有分群的表达式。"
        ),
        "What is true of the members.": "成员满足的条件。",
        "red, orange, yellow, green …": "颜色：red、orange、yellow、green 等。",
        "List segments with how many are in each; of a Python rule that was refreshed, how many were then.": (
            "列出分群和各有多少成员；用代码写的规则若刷新过，则为当时的成员数。"
        ),
        "Store who is in segments, and say who entered and left; exit code 3 where one of the ledger's own fails.": (
            "保存各分群现有的成员，并列出上次以来谁进入、谁离开；台账自己的分群有失败时退出码为 3。"
        ),
        "Segments of customers; all by default.": "客户分群；默认为全部。",
        "Look at all customers, though few were changed.": "即使改动很少，也重新计算所有客户。",
        "Show who entered and left a segment, or which segments a customer did, by the refreshes there were.": (
            "按历次刷新，列出谁进入或离开一个分群，或一位客户进入、离开过哪些分群。"
        ),
        "A segment, or else a customer.": "分群，或客户。",
        "Write an audience file: the members who gave their consent, and how to reach them.": (
            "写出受众名单：同意联系的成员及其联系方式。"
        ),
        "A segment of customers, by its name or label.": "客户分群，按名称或标签。",
        "The file, replaced if it is there; - for standard output.": "写到的文件，已有则替换；- 表示标准输出。",
        "Write segments as text that version control can hold, and that load reads back.": (
            "把分群写成可以纳入版本管理的文本，以后可以读回。"
        ),
        "A file; or a folder, for a file each.": "文件；或文件夹，每个分群一个文件。",
        "Segments; all of this ledger's by default.": "分群；默认为这本台账自己的全部分群。",
        "Make the segments of text files this ledger's own, and show what that changes.": (
            "把文本文件里的分群放进这本台账，并列出有什么改变。"
        ),
        "A file of segments, or a folder of such files.": "分群文件，或这种文件的文件夹。",
        "Remove this ledger's segments that are not in the files.": "删除这本台账里不在文件中的分群。",
        "The records that it is about; found by its name otherwise.": "它针对哪种记录；不写则按名称查找，默认为客户。",
        "Whose; all by default.": "哪种记录的；默认为全部。",
        "Show what a segment says, and how many are in it.": "查看一个分群的条件和成员数。",
        "A segment, by its name or label.": "分群，按名称或标签。",
        "List who is in a segment.": "列出一个分群的成员。",
        "-total_spent,name": "排序，例如：-累计消费,名称",
        "Say why somebody is in a segment or is not: each clause, and the value found.": (
            "说明某人为什么属于或不属于一个分群：逐条列出条件和实际的值。"
        ),
        "Show who would enter and who would leave a segment with another wording; nothing is changed.": (
            "换一个条件，谁会进入、谁会离开分群；不作任何改动。"
        ),
        "The other wording.": "另一个条件。",
        "Count who is in each of several segments, in each two of them, and in all.": (
            "统计各个分群、其中每两个、以及全部分群里各有多少成员。"
        ),
        "Whose segment, where several have the name.": "哪种记录的分群；几种记录有同名分群时使用。",
        "Only those with a scorer's label.": "只列评分得到这个标签的成员。",
        # tags
        "Tags: by hand and by rules, who put them on and when, and how they are shown.": (
            "标签：手工或按规则添加，谁在何时添加，以及怎样显示。"
        ),
        "Put a tag on customers, or with --where on many; rules never take it off.": (
            "给客户添加标签，用 --where 可一次添加许多；规则不会再去掉它。"
        ),
        "Take a tag off customers; rules never put it on again.": "去掉客户的标签；规则不会再添加它。",
        "Leave a tag of customers to the rules again.": "把客户的一个标签交还给规则。",
        "Who, by id, code or name, and last the tag.": "客户（ID、编号或名称），最后写标签。",
        "The records whose tags they are.": "哪种记录的标签。",
        "List the tags that there are, with how many have each; or with --of who put each on, and when.": (
            "列出现有的标签和各有多少；加 --of 则列出谁在何时添加。"
        ),
        "Who said what of the tags of this one, and when.": "谁在何时改过这一位的标签。",
        "Say in which colour and in which group a tag is shown; an empty value takes that back.": (
            "设定标签显示的颜色和分组；空值表示取消。"
        ),
        "A tag, or the group of tags.": "标签，或标签的分组。",
        "The group that it belongs to.": "所属的分组。",
        "Run the rules: put on what they find, take off what no longer holds; exit code 3 where an own one fails.": (
            "执行规则：添加符合的标签，去掉规则曾添加而现已不符合的标签；台账自己的规则有失败时退出码为 3。"
        ),
        "Rules; all by default.": "规则；默认为全部。",
        "Only rules for these records.": "只执行这种记录的规则。",
        "Rules that put tags on, and take off what they put on.": "自动添加标签、并在不再符合时去掉的规则。",
        "Add a rule that tags to this ledger, or give one of this ledger another expression; refresh runs it.": (
            "给这本台账新增标签规则，或更换已有规则的表达式；刷新标签时执行。"
        ),
        "What the rule is called.": "规则的名称。",
        "Whom it tags; or a tag with values in it: prefers:{…}": "给谁添加；或含有值的标签，例如：偏好:{…}",
        "The tag; else it is the rule's name.": "标签；默认与规则同名。",
        "List the rules that tag, and why one cannot be run.": "列出标签规则，以及无法执行的原因。",
        "Remove a rule of this ledger, and take off the tags that it put on; what was set by hand stays.": (
            "删除这本台账的一条规则，并去掉它添加的标签；手工添加的保留。"
        ),
        "Leave the tags where it put them.": "保留它添加的标签。",
        "Two segments or more.": "两个或更多分群。",
        "Remove a segment of this ledger; nobody in it is touched.": "删除这本台账的一个分群；不影响里面的成员。",
        "Whether what a ledger keeps computed is true.": "核对台账保存的计算结果。",
        "Put right what differs.": "修正不一致的值。",
        "Compute anew what is kept of metrics and compare; exit code 3 where something differs.": (
            "重新计算保存的指标并核对；有不一致时退出码为 3。"
        ),
        # the ledger, plugins, settings
        "The ledger's own name, language, currency and time zone.": "台账的名称、语言、货币和时区。",
        "Show the ledger's name, language, currency and time zone.": "查看台账的名称、语言、货币和时区。",
        "Change what the ledger says of itself. No amount is converted, and no time moved.": (
            "修改台账的这些设置。不折算金额，也不改动时间。"
        ),
        "What it is called.": "名称。",
        "The language of its headings and choices.": "表头和选项的语言。",
        "What amounts without a currency are in.": "没有写货币的金额是什么货币。",
        "The zone in which times are read and shown.": "读写时间所用的时区。",
        "Change the currency although there are amounts without one.": "即使有没写货币的金额，也更改货币。",
        "The installed plugins.": "已安装的插件。",
        "List the plugins, what each brings, and what is wrong with it.": "列出插件、各自提供什么，以及有什么问题。",
        "Prove the rules of a plugin, of every kind, on sample ledgers; exit code 3 where one is not as it says.": (
            "用样本台账验证一个插件的各种规则；有不符时退出码为 3。"
        ),
        "A plugin, by its name.": "插件，按名称。",
        "The program's settings.": "程序的设置。",
        "Show the settings of the program; what belongs to a ledger is in the ledger.": (
            "查看程序的设置；属于台账的设置在台账里。"
        ),
        "Also where each value comes from.": "也列出每个值的来源。",
    }
)
"""What commands and options are for, in Chinese."""

HEADINGS: Mapping[str, str] = MappingProxyType({"Options": "选项", "Commands": "命令", "Arguments": "参数"})
"""The headings of help."""

USAGE: Mapping[str, str] = MappingProxyType({"[OPTIONS]": "[选项]", "COMMAND": "命令", "[ARGS]...": "[参数]..."})
"""What stands in a line of usage beside the names of arguments, to which the descriptions refer."""
