"""Errors in Chinese, where the run is in Chinese: the ones that people meet daily; the others stay in English.

Errors are raised with English sentences everywhere below the command line. Here each sentence stands with its Chinese
one. Names in braces stand for anything; ``{what}``, ``{type}`` and ``{why}`` are put into Chinese themselves.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from custledger.errors import CustledgerError, DuplicateError
from custledger.schema import Schema

SENTENCES: Sequence[tuple[str, str]] = (
    ("{reason} The change stands.", "{why}；改动已经生效。"),
    ("The plugin {name} failed while {doing}: {why}", "插件 {name} 在{doing}时出错：{why}"),
    ("There is no {what} “{name}”.", "没有{what}“{name}”。"),
    ("There is no command {name}.", "没有命令 {name}。"),
    ("“{name}” could be more than one {what}: {matches}.", "“{name}”可能指多个{what}：{matches}。"),
    ("{type}: {field} “{value}” is already taken by {holder}.", "{type}：{field}“{value}”已被 {holder} 使用。"),
    ("{type}: {field} “{value}” is already taken.", "{type}：{field}“{value}”已被使用。"),
    ("{record} cannot be removed: {listed} still refers to it.", "{record} 不能删除：还有 {listed} 引用它。"),
    ("{record} cannot be removed: {listed} still refer to it.", "{record} 不能删除：还有 {listed} 引用它。"),
    ("{record} changed since it was read: {detail}.", "{record} 在读取之后被别人改过：{why}。"),
    (
        "{field} was {base}, you set {mine}, somebody else set {theirs}",
        "{field} 原为 {base}，你改为 {mine}，别人改为 {theirs}",
    ),
    (
        "{record} never had the revision {then}: it is at revision {now}.",
        "{record} 没有过第 {then} 版：现在是第 {now} 版。",
    ),
    ("There is a ledger at {place} already.", "{place} 已有台账。"),
    ("Nothing is said of what to change.", "没有说明要改什么。"),
    ("Nothing is said of what to look for.", "没有说明要找什么。"),
    ("{path} is a folder.", "{path} 是文件夹。"),
    ("{path} names a folder.", "{path} 是文件夹的名字。"),
    ("A file is needed, and - is the standard output.", "这里要一个文件，而 - 是标准输出。"),
    ("Name one record, or give --where.", "请指明一条记录，或给出 --where。"),
    ("A record and --where cannot both be given.", "记录和 --where 不能同时给出。"),
    ("{field}: (empty) is not enough: {article} {type} needs one", "{field}：不能为空，每条{type}都要有"),
    ("(empty) is not enough: {article} {type} needs one", "不能为空，每条{type}都要有"),
    ("{article} {type} needs {fields}, and no column goes there.", "每条{type}都要有 {fields}，但没有哪一列是它。"),
    ("No column is a field of {type}: {columns}.", "没有哪一列是{type}的字段：{columns}。"),
    ("{field}: row {row} has the same one", "{field}：与第 {row} 行重复"),
    ("{field}: an earlier row has the same one", "{field}：与前面的行重复"),
    ("it has {cells} cells, and the heading {width}", "这一行有 {cells} 格，表头只有 {width} 格"),
    ("it was edited later", "之后又修改过"),
    ("it was removed later", "之后已删除"),
    ("it was changed later", "之后又改过"),
    ("it is there again already", "已经又有了"),
    ("another record has taken its unique value", "它的唯一值已被别的记录使用"),
    ("{record} refers to it", "{record} 引用它"),
    ("{field}: “{value}” {why}", "{field}：“{value}”{why}"),
    ("“{value}” {why}", "“{value}”{why}"),
    ("{field}: {reason}", "{field}：{why}"),
    # what is wrong with a value
    ("is not a number", "不是数字"),
    ("is not a whole number", "不是整数"),
    ("is not a date", "不是日期"),
    ("is not a day of the calendar", "不是日历上的日子"),
    ("is not a time", "不是时间"),
    ("is not an e-mail address", "不是邮箱地址"),
    ("is not a currency", "不是货币"),
    ("is not one of the choices", "不在选项之中"),
    ("is not a whole id", "不是完整的编号"),
    ("is not an id", "不是编号"),
    ("is neither yes nor no", "既不是“是”也不是“否”"),
    ("is too large", "太大了"),
    ("is given twice", "给了两次"),
    ("has more than four decimal places", "小数超过四位"),
    ("has no digit in it, so it is not a phone number", "里面没有数字，不是电话号码"),
    (
        "is how a spreadsheet writes a long number, of which it may have lost digits",
        "是电子表格对长数字的写法，可能已经丢了数位",
    ),
    ("is in {given}, and the ledger keeps {own}", "是 {given}，而台账用 {own}"),
    ("is not the currency that the amount is marked with, {code}", "与金额上写的货币 {code} 不一致"),
    ("cannot be set: the ledger does that itself", "不能设置：由台账自己维护"),
    ("holds a NUL character, which is not text", "含有 NUL 字符，不是文本"),
    ("holds half of a character, which is not text", "含有半个字符，不是文本"),
    # hints
    ("Did you mean {names}?", "是不是要找 {names}？"),
    ("There are: {names}. Name one with --format.", "可用的有：{names}。用 --format 指明一种。"),
    ("There are: {names}.", "可用的有：{names}。"),
    ("Give a word, or a part of a number.", "请给出一个词，或号码的一部分。"),
    ("Looked in {folder}.", "在 {folder} 里找过。"),
    ("Name a file in it.", "请指明其中的文件。"),
    ("Name the file in it.", "请指明其中的文件。"),
    ("Name a file; one that is called - is ./- here.", "请给出文件名；名字就是 - 的文件写成 ./-。"),
    ("Name it by its id.", "请用编号指明。"),
    ("Give another {field}, or edit the record that has it.", "请换一个{field}，或修改占用它的那条记录。"),
    ("Remove those first, or let them refer to another record.", "先删除它们，或让它们引用别的记录。"),
    ("Read it again and repeat the change.", "请重新读取，再改一次。"),
    ("Give the revision that you had read, as show --json has it.", "请给出读取时的版本，show --json 里有。"),
    ("--where is empty.", "--where 是空的。"),
    ("Leave it out for every record.", "要全部记录，就不写它。"),
    ("--dry-run shows what would go, --yes removes it.", "用 --dry-run 看会删掉什么，用 --yes 删除。"),
    ("Give {option} VALUE, or {key}=VALUE with --set.", "请给出 {option} 值，或用 --set {key}=值。"),
    (
        "Format the column as text in the spreadsheet, and enter the whole number again.",
        "请在电子表格里把这一列设为文本，再重新填写完整的号码。",
    ),
    ("Write dates as 2026-11-22.", "日期写成 2026-11-22。"),
    ("Write times as 2026-11-22 14:30.", "时间写成 2026-11-22 14:30。"),
    ("Ids read like C-01J9ZK4QW7RXM.", "编号的样子是 C-01J9ZK4QW7RXM。"),
    ("Currencies are codes such as CNY, USD or EUR.", "货币写成 CNY、USD、EUR 这样的代码。"),
    ("Give the bare amount, and the currency in its own field.", "金额只写数字，货币写在它自己的字段里。"),
    ("Give the bare amount, or the same currency.", "金额只写数字，或写同一种货币。"),
    ("custledger log shows the operations.", "custledger log 可以列出所有操作。"),
    ("Use it, or give the new one another name.", "可以直接用它，或给新的换个名字。"),
    ('Say which column goes where: --map "heading=field".', '请说明哪一列是什么：--map "表头=字段"。'),
    ('Say which one does: --map "heading={field}".', '请说明哪一列是它：--map "表头={field}"。'),
    ("Make one with: custledger init {place}", "先建一本：custledger init {place}"),
    ("Name a removed record by its whole id.", "已删除的记录要用完整的编号指明。"),
    # plugins
    ("answering {hook}", "回应 {hook} "),
    ("being loaded", "载入"),
    ("being told of a change", "得知改动"),
    ("adding its commands", "添加命令"),
    ("bringing the store {name}", "提供存储 {name} "),
    ("bringing the type {name}", "提供记录类型 {name} "),
    ("bringing the field {name}", "提供字段 {name} "),
    ("reading {path}", "读取 {path} "),
    ("writing the format {name}", "写出 {name} 格式"),
    ("opening {url}", "打开 {url} "),
    ("describing the store {name}", "描述存储 {name} "),
    ("looking at {path}", "查看 {path} "),
    ("{target} was not written. {hint}", "{target} 没有写出。{hint}"),
    ("Set CUSTLEDGER_DISABLE_PLUGINS={name} to go on without it.", "设 CUSTLEDGER_DISABLE_PLUGINS={name} 可停用它。"),
    ("The plugin {name} says so.", "这是插件 {name} 说的。"),
    ("Its records can be read, but not written.", "它的记录可以读，但不能写。"),
    ("No store understands {url}: no storage plugin is installed.", "没有存储能打开 {url}：没有安装存储插件。"),
    ("No store understands the URL {url}.", "没有存储能打开网址 {url}。"),
    ("Install {name}, or see custledger doctor.", "请安装 {name}，或看 custledger doctor。"),
    # what doctor finds
    ("store {name}", "存储 {name}"),
    ("plugin {name}", "插件 {name}"),
    ("store", "存储"),
    ("files", "文件格式"),
    ("ledger", "台账"),
    ("keyring", "密钥环"),
    ("fonts", "字体"),
    ("terminal", "终端"),
    ("settings", "设置"),
    ("disabled", "已停用"),
    ("Update or remove it.", "请更新或卸载它。"),
    ("nothing keeps a ledger when the program ends", "程序结束后没有地方保存台账"),
    ("Install {name}: {command}.", "请安装 {name}：{command}"),
    ("none can be read or written", "既不能读也不能写"),
    ("reads {read}; writes nothing", "可读 {read}；不能写"),
    ("reads nothing; writes {written}", "不能读；可写 {written}"),
    ("reads {read}; writes {written}", "可读 {read}；可写 {written}"),
    ("{url}, {count} record types", "{url}，{count} 种记录"),
    ("Set what it names again.", "请重新设置其中提到的各项。"),
    ("this computer has none", "这台电脑没有"),
    ("Secrets will need a key file or a passphrase.", "保密的内容将需要密钥文件或口令。"),
    ("{module} does not keep a secret", "{module} 不能保密"),
    ("Remove it, or choose another keyring.", "请卸载它，或换一个密钥环。"),
    ("cannot tell: there is no fc-list", "无法得知：没有 fc-list"),
    ("cannot tell: {cause}", "无法得知：{cause}"),
    ("none has Chinese characters", "没有含汉字的"),
    ("{count} with Chinese characters, such as {name}", "{count} 种含汉字，例如 {name}"),
    ("Install one, such as {name}.", "请安装一种，例如 {name}。"),
    ("{why}, in colour, {encoding}", "{why}，彩色，{encoding}"),
    ("{why}, without colour, {encoding}", "{why}，无彩色，{encoding}"),
    ("not a terminal", "不是终端"),
)
"""English and Chinese; of two that fit, the first counts."""

WHATS: Mapping[str, str] = {
    "record type": "记录类型",
    "type of record": "记录类型",
    "record": "记录",
    "column": "列",
    "operation": "操作",
    "ledger": "台账",
    "folder": "文件夹",
    "file or folder": "文件或文件夹",
    "backup file": "备份文件",
    "installed plugin for the record type": "已安装的插件对应记录类型",
    "file format to read": "可以读取的文件格式",
    "file format to write": "可以写出的文件格式",
}
"""What is not found, or is found more than once."""

_INNER = frozenset({"why", "detail", "reason", "doing", "hint"})


def put_into_chinese(error: CustledgerError, schemas: Mapping[str, Schema]) -> None:
    """Put the message and the hint of an error into Chinese, as far as the table has them."""
    about = schemas.get(error.type_name) if isinstance(error, DuplicateError) else None
    error.message = translated(error.message, schemas, about)
    error.hint = translated(error.hint, schemas, about)


def reason_in_chinese(reason: str, schemas: Mapping[str, Schema]) -> str:
    """Return why a row was rejected, which may be for several reasons, in Chinese as far as the table has them."""
    return "；".join(translated(part, schemas) for part in reason.split("; "))


def translated(sentence: str, schemas: Mapping[str, Schema], about: Schema | None = None) -> str:
    """Return a sentence in Chinese, or as it is where the table does not have it.

    ``about`` is the schema whose fields the sentence names by their keys, and not by their labels.
    """
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(sentence)
        if found is None:
            continue
        given = {name: _inside(name, value, schemas) for name, value in found.groupdict().items()}
        if about is not None and given.get("field") in about.by_key:
            given["field"] = about.by_key[given["field"]].label("zh")
        for name in ("detail", "reason"):
            if name in given:
                given["why"] = given[name]
        if "reason" in given and given["why"] == found["reason"]:
            continue  # a label, and then something that is not in the table
        return chinese.format(**given)
    return sentence


def _inside(name: str, value: str, schemas: Mapping[str, Schema]) -> str:
    if name in {"what", "type"}:
        return _thing(value, schemas)
    if name in _INNER:
        return translated(value, schemas)
    return value.replace(" or ", " 或 ") if name == "names" else value


def _thing(name: str, schemas: Mapping[str, Schema]) -> str:
    if name in WHATS:
        return WHATS[name]
    bare = name.removesuffix(" field")
    schema = schemas.get(bare) or next((each for each in schemas.values() if each.info.called == bare), None)
    label = schema.info.labels.in_language("zh") if schema else bare
    return f"{label}字段" if bare != name else label


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], str]]:
    return [(re.compile(_pattern(english)), chinese) for english, chinese in SENTENCES]


def _pattern(english: str) -> str:
    parts = re.split(r"\{(\w+)\}", english)
    return "".join(re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+?)" for place, part in enumerate(parts))
