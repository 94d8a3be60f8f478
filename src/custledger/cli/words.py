"""The program's own words in Chinese: one table, by the English that the commands are written in.

Names in braces are filled in. What belongs to a record type or a field is not here: types, fields and choices bring
their labels in both languages. ``tests/cli/test_chinese.py`` compares the table with what the commands say.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from custledger.schema import TypeInfo

CHINESE: Mapping[str, str] = MappingProxyType(
    {
        # headings
        "About": "内容",
        "Action": "做了什么",
        "Actor": "操作人",
        "Advice": "建议",
        "At": "时间",
        "Change": "变化",
        "Changes": "变化",
        "Choices": "选项",
        "Code": "代码",
        "Colour": "颜色",
        "Count": "数量",
        "Currency": "货币",
        "Customer": "客户",
        "Details": "详情",
        "Distribution": "软件包",
        "English": "英文",
        "Entered": "进入",
        "Expression": "表达式",
        "Found": "情况",
        "Group": "组",
        "Hooks": "钩子",
        "ID": "编号",
        "Key": "键",
        "Kind": "种类",
        "Label": "标签",
        "Language": "语言",
        "Ledger": "台账",
        "Left": "离开",
        "Looked at": "已查看",
        "Name": "名称",
        "On": "日期",
        "Operation": "操作",
        "Plugin": "插件",
        "Problem": "问题",
        "Refreshed": "刷新时间",
        "Rule": "规则",
        "Segment": "分群",
        "Segments": "分群",
        "Origin": "来源",
        "Owner": "负责人",
        "Reason": "原因",
        "Record": "记录",
        "Reminder": "提醒",
        "Rules": "规则",
        "Setting": "设置",
        "State": "状态",
        "Tag": "标签",
        "Type": "类型",
        "Value": "值",
        "Verb": "动作",
        "Version": "版本",
        "What": "项目",
        "Which": "范围",
        "Searched": "可搜索",
        "Zone": "时区",
        # states, verbs and actions
        "add": "新增",
        "added": "新增",
        "bad": "有问题",
        "batch": "批量",
        "changed": "修改",
        "demo": "演示",
        "disabled": "已停用",
        "done": "完成",
        "edit": "修改",
        "edited": "修改",
        "entered": "进入",
        "failing": "有故障",
        "field add": "新增字段",
        "field choices": "设置选项",
        "field edit": "修改字段",
        "good": "正常",
        "import": "导入",
        "init": "建账",
        "left": "离开",
        "ledger set": "台账设置",
        "metric add": "设置指标",
        "metric remove": "删除指标",
        "note": "注意",
        "rejected": "拒收",
        "remove": "删除",
        "removed": "删除",
        "segment add": "设置分群",
        "segment load": "载入分群",
        "segment refresh": "刷新分群",
        "segment remove": "删除分群",
        "skipped": "跳过",
        "sound": "正常",
        "tag add": "加标签",
        "tag edit": "设置标签",
        "tag refresh": "刷新标签",
        "tag release": "标签交还规则",
        "tag remove": "去标签",
        "tag rule add": "设置标签规则",
        "tag rule remove": "删除标签规则",
        "undo": "撤销",
        # what an operation did
        ", ": "，",
        "; ": "；",
        "{what} added": "新增{what}",
        "{what} changed": "修改{what}",
        "{what} removed": "删除{what}",
        "{what} from {file}": "{what}，来自 {file}",
        "{count} rejected": "拒收 {count} 行",
        "incomplete {where}": "未完成：{where}",
        "undoes {operation}": "撤销 {operation}",
        "undoes {operation}: {what}": "撤销 {operation}：{what}",
        "the choices of {field}": "{field} 的选项",
        "the field {field}": "字段 {field}",
        "the metric {name}": "指标 {name}",
        "the segment {name}": "分群 {name}",
        "the tag rule {name}": "标签规则 {name}",
        "the tag {name}": "标签 {name}",
        "the settings of the ledger": "台账的设置",
        "the setting {name}": "设置 {name}",
        "and {count} more; --limit shows more.": "另有 {count} 条；用 --limit 可以显示更多。",
        # hand edits, and what is held of them
        "outside edit": "手工编辑",
        "held accept": "采纳待定",
        "held restore": "还原待定",
        "1 held thing": "1 项待定",
        "{count} held things": "{count} 项待定",
        "{sheet}, row {row}": "{sheet} 第 {row} 行",
        "{number} ({sheet}, row {row})": "{number}（{sheet} 第 {row} 行）",
        "{number} ({sheet})": "{number}（{sheet}）",
        "{file}: {what}": "{file}：{what}",
        "1 change by hand": "手工改动 1 处",
        "{count} changes by hand": "手工改动 {count} 处",
        "1 record taken over": "纳入 1 条记录",
        "{count} records taken over": "纳入 {count} 条记录",
        "1 thing is held: custledger held list": "有 1 项待定：custledger held list",
        "{count} things are held: custledger held list": "有 {count} 项待定：custledger held list",
        "1 thing is held.": "有 1 项待定。",
        "{count} things are held.": "有 {count} 项待定。",
        "Nothing is held.": "没有待定的内容。",
        "Number": "序号",
        "Sheet": "表",
        "Row": "行",
        "Field": "字段",
        "Written": "写的内容",
        "Held as": "类别",
        "Why": "原因说明",
        "unfit": "不符字段",
        "damaged": "数字受损",
        "fell back": "旧值",
        "new row": "新行",
        "vanished": "行不见了",
        "returned": "行又出现",
        "repeated": "ID 重复",
        "strange id": "ID 不对",
        "column": "多出的列",
        "apart": "行列错位",
        "unreadable": "无法读取",
        "1 thing accepted.": "已采纳 1 项。",
        "{count} things accepted.": "已采纳 {count} 项。",
        "1 thing would be accepted.": "将采纳 1 项。",
        "{count} things would be accepted.": "将采纳 {count} 项。",
        "1 thing restored.": "已还原 1 项。",
        "{count} things restored.": "已还原 {count} 项。",
        "1 thing would be restored.": "将还原 1 项。",
        "{count} things would be restored.": "将还原 {count} 项。",
        "Nothing was settled.": "没有处理任何内容。",
        "{what} added.": "已新增{what}。",
        "{what} would be added.": "将新增{what}。",
        "{label} is a field of {type} now, of the kind {kind}: {key}.": (
            "“{label}”现在是{type}的字段，种类：{kind}（{key}）。"
        ),
        "{label} would be a field of {type}, of the kind {kind}.": "“{label}”将成为{type}的字段，种类：{kind}。",
        "{place} was left: {why}": "{place} 未处理：{why}",
        "{place} is held now: {why}": "{place} 现在待定：{why}",
        "hint: {hint}": "提示：{hint}",
        # counts and closing lines
        "1 record": "1 条记录",
        "{count} records": "{count} 条记录",
        "{limit} of {count} records; --all shows every one, --limit so many.": (
            "显示 {count} 条中的 {limit} 条；--all 显示全部，--limit 指定条数。"
        ),
        "No room for: {columns}. {advice}": "放不下的列：{columns}。{advice}",
        "--json shows everything.": "--json 显示全部内容。",
        "--columns chooses, --json shows everything.": "--columns 选择列，--json 显示全部内容。",
        "{command} --json shows everything.": "{command} --json 显示全部内容。",
        "{count} found.": "找到 {count} 条。",
        "{count} found or more; --limit shows more.": "找到至少 {count} 条；用 --limit 可以显示更多。",
        "{what} would be edited.": "将修改{what}。",
        "{what} would be removed.": "将删除{what}。",
        "{what} edited.": "已修改{what}。",
        "{what} removed.": "已删除{what}。",
        "custledger undo {operation} takes it back.": "撤销：custledger undo {operation}",
        "Removed.": "已删除。",
        "custledger undo {operation} brings it back.": "恢复：custledger undo {operation}",
        "The metric {name} was removed.": "已删除指标 {name}。",
        "The segment {name} was removed.": "已删除分群 {name}。",
        # what is proved of a plugin
        "{kind} {name} ({label})": "{kind} {name}（{label}）",
        "metric": "指标",
        "segment": "分群",
        "tagger": "标签规则",
        "its names mean something here": "用到的名称这里都有",
        "labels and a summary in both languages": "标签和说明都有中英文",
        "no failure for {count} records of the sample ledgers, on four days": (
            "样本台账的 {count} 条记录、四个日子，都不出错"
        ),
        "the same answer asked twice, and with the records in another order": "再算一次、换记录顺序，结果都相同",
        "the same answer asked twice, with the records in another order, and in SQLite": (
            "再算一次、换记录顺序、用 SQLite 计算，结果都相同"
        ),
        "its examples: {count}": "例子：{count} 个",
        "it has no examples": "没有例子",
        "Proved: {proved} of {count}.": "已验证：{count} 条中的 {proved} 条。",
        "{name} brings no metrics, no segments and no rules that tag.": "{name} 不提供指标、分群，也不提供标签规则。",
        "The tag rule {name} was removed.": "已删除标签规则 {name}。",
        "The tag rule {name} was removed; {what} lost a tag.": "已删除标签规则 {name}；{what}去掉了标签。",
        "There are no rules that tag; custledger tag rule add makes one.": (
            "还没有标签规则；用 custledger tag rule add 添加。"
        ),
        "put on by hand": "手工添加",
        "taken off by hand": "手工去掉",
        "put on by a rule": "规则添加",
        "a rule would put it on": "规则要添加，已被手工去掉",
        "left to the rules": "交还规则",
        "{name} was left out: {why}": "{name} 未执行：{why}",
        "{name}: {got} got it, {lost} lost it.": "{name}：新增 {got} 个，去掉 {lost} 个。",
        "{name}: {got} would get it, {lost} would lose it.": "{name}：将新增 {got} 个，去掉 {lost} 个。",
        "1 member": "1 个成员",
        "{count} members": "{count} 个成员",
        "{limit} of {count} members; --all shows every one, --limit so many.": (
            "显示 {count} 个成员中的 {limit} 个；--all 显示全部，--limit 指定个数。"
        ),
        "{enter} would enter, {leave} would leave.": "将有 {enter} 个进入，{leave} 个离开。",
        "It goes by:": "依据：",
        "needs to be {value}": "应为 {value}",
        "must not be {value}": "不应为 {value}",
        "needs more than {value}": "应大于 {value}",
        "needs at least {value}": "至少应为 {value}",
        "needs less than {value}": "应小于 {value}",
        "needs at most {value}": "至多应为 {value}",
        "needs one of: {value}": "应为其中之一：{value}",
        "must be none of: {value}": "不应为其中任何一个：{value}",
        "needs to contain {value}": "应包含 {value}",
        "must not contain {value}": "不应包含 {value}",
        "needs to start with {value}": "应以 {value} 开头",
        "must not start with {value}": "不应以 {value} 开头",
        "needs to end with {value}": "应以 {value} 结尾",
        "must not end with {value}": "不应以 {value} 结尾",
        "needs at least one": "至少应有一条",
        "there must be none": "不应有",
        "needs a value": "应有值",
        "needs to be empty": "应为空",
        "needs a day after {value}": "应晚于 {value}",
        "needs {value} or later": "应不早于 {value}",
        "needs a day before {value}": "应早于 {value}",
        "needs {value} or earlier": "应不晚于 {value}",
        "lacks {value}": "还差 {value}",
        "is {value} too much": "多出 {value}",
        "{needs}, or holds from {day} on": "{needs}，否则从 {day} 起成立",
        "all, as asked": "全部（按要求）",
        "all, for the first time": "全部（首次）",
        "all, by another rule": "全部（规则已改）",
        "all: what its names mean has changed": "全部（所用名称的含义已变）",
        "all: much has changed": "全部（改动较多）",
        "all: its rule is in Python": "全部（规则是 Python 代码）",
        "those who may have changed": "可能有变化的客户",
        "The rule of {name} was: {was}": "{name} 的规则原为：{was}",
        "What {name} needs was: {was}": "{name} 所需的数据原为：{was}",
        "It is: {wording}": "现为：{wording}",
        "The names in the rule of {name} mean something else now: {wording}": "{name} 规则里的名称含义变了：{wording}",
        "{rule}: {wording}": "{rule}：{wording}",
        "{rule}: {wording} (its names mean something else than before)": "{rule}：{wording}（名称含义与之前不同）",
        "{enter} entered, {leave} left.": "进入 {enter}，离开 {leave}。",
        "There are more; --limit shows more.": "还有更多；用 --limit 可以显示更多。",
        "Refreshing segments": "正在刷新分群",
        "Refreshed {at} ({rule})": "刷新于 {at}（{rule}）",
        "Left out for want of consent: {count}. {refused} refused, {unsaid} did not say.": (
            "因未同意而略去 {count} 位：拒绝 {refused}，未说明 {unsaid}。"
        ),
        "1 segment written to {path}.": "已把 1 个分群写到 {path}。",
        "{count} segments written to {path}.": "已把 {count} 个分群写到 {path}。",
        "{added} would be added, {changed} changed, {removed} removed; {same} stay as they are.": (
            "将新增 {added}，修改 {changed}，删除 {removed}；{same} 个不变。"
        ),
        "{added} added, {changed} changed, {removed} removed; {same} stayed as they were.": (
            "新增 {added}，修改 {changed}，删除 {removed}；{same} 个不变。"
        ),
        "It goes by: {needs}": "依据：{needs}",
        "{name} is in {segment}.": "{name} 属于“{segment}”。",
        "{name} is in {segment}: {label}.": "{name} 属于“{segment}”：{label}。",
        "{name} is not in {segment}.": "{name} 不属于“{segment}”。",
        "all of these hold:": "以下各项全部成立：",
        "at least one of these holds:": "以下至少一项成立：",
        "this does not hold:": "以下不成立：",
        "it is {value}": "现为 {value}",
        "it is empty": "现为空",
        "it is empty, since some of it is in another currency": "现为空，因为其中有别的币种",
        "of {count} members {less} have less, {more} more": "{count} 个成员中 {less} 个更小，{more} 个更大",
        "there is at least one": "现有",
        "there is none": "现没有",
        "{name} is {value}": "{name} 为 {value}",
        "{name} is empty": "{name} 为空",
        "({found})": "（{found}）",
        "{what} would be added as well.": "还将新增{what}。",
        "{what} added as well.": "还新增了{what}。",
        "{what} would be changed as well.": "还将修改{what}。",
        "{what} changed as well.": "还修改了{what}。",
        "{what} would go along.": "将一并删除{what}。",
        "{what} went along.": "一并删除了{what}。",
        "{field} of {what} would be emptied.": "将清空{what}的{field}。",
        "{field} of {what} emptied.": "已清空{what}的{field}。",
        "{what} along with {along}": "{what}（连同{along}）",
        "Remove {what}? [y/N] ": "要删除{what}吗？[y/N] ",
        "{title} ({count})": "{title}（{count}）",
        "{title} ({count}, {open} open)": "{title}（{count}，其中 {open} 条未完成）",
        "{count} more: {command}": "还有 {count} 条：{command}",
        # follow-ups and the demo
        "{count} due on {day} or before.": "{day} 及之前到期：{count} 条。",
        "{count} due on {day} or before, or within 1 day.": "{day} 及之前或 1 天内到期：{count} 条。",
        "{count} due on {day} or before, or within {days} days.": "{day} 及之前或 {days} 天内到期：{count} 条。",
        "{name} is done.": "{name}：已完成。",
        "{name} was skipped.": "{name}：已跳过。",
        "The next one, {record}, is due on {day}.": "下一次：{record}，{day} 到期。",
        "Made {ledger}: {counts}. The people in it are invented.": "已建好 {ledger}：{counts}。里面的人都是虚构的。",
        "The demo {ledger} was made before: {counts}. The people in it are invented.": (
            "演示台账 {ledger} 早已建好：{counts}。里面的人都是虚构的。"
        ),
        "For a new one, name another folder: custledger demo FOLDER.": (
            "要另建一本，请换一个文件夹：custledger demo FOLDER。"
        ),
        "Due today": "今天到期",
        "Next, in this folder (cd {folder}):": "接下来，在这个文件夹里（cd {folder}）：",
        # import, export, backup
        "Importing {file}": "正在导入 {file}",
        "{path}: {description}; 1 row.": "{path}：{description}；1 行。",
        "{path}: {description}; {count} rows.": "{path}：{description}；{count} 行。",
        "Nothing was read from: {columns}. --map COLUMN=FIELD says what a column is.": (
            "没有读取的列：{columns}。用 --map 列=字段 说明某列是什么。"
        ),
        "Nothing was read from: {columns} and {more} more. --map COLUMN=FIELD says what a column is.": (
            "没有读取的列：{columns}，另有 {more} 列。用 --map 列=字段 说明某列是什么。"
        ),
        "{count} more columns are of fields that are read from other ones.": "另有 {count} 列的字段取自别的列。",
        "Set in every row: {fields}.": "每一行都设为：{fields}。",
        "Left to the ledger itself: {columns}.": "由台账自己填写、没有读取的列：{columns}。",
        "{field} is read from {column}, and not from {other}: --map {column}= --map {other}={key} takes that.": (
            "{field}取自“{column}”，没有取“{other}”；要改用后者：--map {column}= --map {other}={key}"
        ),
        "  row {row} {what}: {text}": "  第 {row} 行{what}：{text}",
        "  … and {count} more {what}": "  … 还有 {count} 行{what}",
        "  {count} rows: {reason} (rows {rows})": "  {count} 行：{reason}（第 {rows} 行）",
        "  {count} rows: {reason} (rows {rows} and {more} more)": (
            "  {count} 行：{reason}（第 {rows} 行等，另有 {more} 行）"
        ),
        "{added} added, {changed} changed, {skipped} skipped, {rejected} rejected": (
            "新增 {added}，修改 {changed}，跳过 {skipped}，拒收 {rejected}"
        ),
        "{added} would be added, {changed} would be changed, "
        "{skipped} would be skipped, {rejected} would be rejected": (
            "将新增 {added}，修改 {changed}，跳过 {skipped}，拒收 {rejected}"
        ),
        "{what} made for what refers to it": "为引用而新建{what}",
        "{what} made for what refers to them": "为引用而新建{what}",
        "{what} would be made for what refers to it": "将为引用而新建{what}",
        "{what} would be made for what refers to them": "将为引用而新建{what}",
        "warning: {message}": "警告：{message}",
        "{message} ({count} times)": "{message}（{count} 次）",
        "{message} (row {rows})": "{message}（第 {rows} 行）",
        "{message} ({count} times: rows {rows})": "{message}（{count} 次：第 {rows} 行）",
        "{message} ({count} times: rows {rows} and {more} more)": (
            "{message}（{count} 次：第 {rows} 行等，另有 {more} 行）"
        ),
        "  {command} lists all that are so.": "  全部列出：{command}",
        "The rejected rows are in {path}, with reasons: correct them there and import that file.": (
            "拒收的行连同原因写进了 {path}：在那里改好，再导入那个文件即可。"
        ),
        "Rejected rows are not kept in a file: that needs custledger-csv, which is not installed.": (
            "拒收的行没有写进文件：这需要 custledger-csv，它没有安装。"
        ),
        "custledger undo {operation} takes the import back.": "撤销这次导入：custledger undo {operation}",
        "{what} exported.": "已导出{what}。",
        "{what} exported to {path}.": "已导出{what}到 {path}。",
        "Verified: {counts}.": "已核对：{counts}。",
        "an empty ledger": "空台账",
        "yes": "是",
        "{label} is not searched; custledger field edit {field} --searchable makes it so.": (
            "“{label}”不能搜索；要搜索它：custledger field edit {field} --searchable"
        ),
        # undo, the ledger
        "Taking back {operation}": "正在撤销 {operation}",
        "Nothing is left of {operation} to take back.": "{operation} 已经没有可以撤销的了。",
        "Took back {operation} ({verb}): {told}. To reverse that: custledger undo {undo}": (
            "已撤销 {operation}（{verb}）：{told}。要取消这次撤销：custledger undo {undo}"
        ),
        "Reversed the undo {operation}: {told}. To take it back again: custledger undo {undo}": (
            "已取消撤销 {operation}：{told}。要再次撤销：custledger undo {undo}"
        ),
        "{operation} ({verb}) would be taken back: {told}.": "将撤销 {operation}（{verb}）：{told}。",
        "The undo {operation} would be reversed: {told}.": "将取消撤销 {operation}：{told}。",
        "{what} brought back": "恢复{what}",
        "{what} set back": "改回{what}",
        "{what} changed again": "重新修改{what}",
        "{what} removed again": "再次删除{what}",
        "brought back": "恢复",
        "and {count} more; --json shows every one.": "另有 {count} 条；用 --json 可以显示全部。",
        "{record} stays as it is: {why} ({fields}).": "{record} 保持不变：{why}（{fields}）。",
        "{record} stays as it is: {why}.": "{record} 保持不变：{why}。",
        "{record} ({fields}) stays as it is: {why}.": "{record}（{fields}）保持不变：{why}。",
        "This ledger was there already, and is left as it is.": "这本台账原来就有，内容没有改动。",
        "Commands in this folder use it now ({path}).": "这个文件夹里的命令现在都用它（{path}）。",
        "{file} here names another ledger and was left as it is: use --ledger {place}.": (
            "这里的 {file} 指向另一本台账，未作改动：请用 --ledger {place}。"
        ),
        "Its language is Chinese, as this computer's is; --lang en makes one in English.": (
            "按本机语言，台账的语言是中文；要英文的，请用 --lang en。"
        ),
        "Next: custledger customer add --name …, or custledger import FILE --as customer.": (
            "接下来：custledger customer add --name …，或 custledger import FILE --as customer"
        ),
        "{record}: {fact} is kept as {kept}, and is {computed}": "{record}：{fact} 保存的是 {kept}，应为 {computed}",
        "{fact}: and {count} more": "{fact}：另有 {count} 条",
        "empty": "空",
        "Nothing is kept here that could be compared.": "这里没有保存可供核对的指标。",
        "{compared} values of {facts} metrics were compared, and all are right.": (
            "已核对 {facts} 项指标的 {compared} 个值，全部正确。"
        ),
        "{compared} values of {facts} metrics were compared; {differing} differed, and were put right.": (
            "已核对 {facts} 项指标的 {compared} 个值；{differing} 个不一致，已修正。"
        ),
        "{compared} values of {facts} metrics were compared; {differing} differ: --repair puts them right.": (
            "已核对 {facts} 项指标的 {compared} 个值；{differing} 个不一致：用 --repair 修正。"
        ),
        "Nothing would change.": "没有什么要改的。",
        "custledger undo {operation} takes that back.": "撤销：custledger undo {operation}",
        "Amounts without a currency are in {currency} from now on; no amount was converted.": (
            "没有写货币的金额从现在起按 {currency} 计；没有折算任何金额。"
        ),
    }
)
"""What the program says in Chinese, by what it says in English."""


class Words:
    """The program's words in one language: ``words("{count} found.", count=3)``."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.chinese = language == "zh"

    def __call__(self, english: str, **given: Any) -> str:
        """Return what the English says, in this language, with the names in braces filled in."""
        template = CHINESE.get(english, english) if self.chinese else english
        return template.format(**given) if given else template

    def counted(self, info: TypeInfo, count: int) -> str:
        """Return so many records of a type in words: ``2 customers``, ``客户 2 条``."""
        return f"{info.labels.in_language('zh')} {count} 条" if self.chinese else info.counted(count)

    def noun(self, info: TypeInfo) -> str:
        """Return what one record of a type is called."""
        return info.labels.in_language("zh") if self.chinese else info.name
