"""Single terms in Chinese that stand within sentences."""

from collections.abc import Mapping

WHATS: Mapping[str, str] = {
    "held row": "待定的行",
    "held thing": "待定的内容",
    "record type": "记录类型",
    "type of record": "记录类型",
    "record": "记录",
    "column": "列",
    "field": "字段",
    "field or function": "字段或函数",
    "label": "标签",
    "metric": "指标",
    "installed plugin": "已安装的插件",
    "segment": "分群",
    "tag rule": "标签规则",
    "segment or customer": "分群或客户",
    "operation": "操作",
    "ledger": "台账",
    "folder": "文件夹",
    "file or folder": "文件或文件夹",
    "backup file": "备份文件",
    "open follow-up": "未完成的跟进",
    "metric in the settings": "设置里的指标",
    "segment in the settings": "设置里的分群",
    "tag rule in the settings": "设置里的标签规则",
    "file format to read": "可以读取的文件格式",
    "file format to write": "可以写出的文件格式",
}
"""What is not found, or is found more than once."""

KINDS: Mapping[str, str] = {
    "an id": "编号",
    "a text": "文本",
    "text": "文本",
    "a whole number": "整数",
    "integer": "整数",
    "a number": "数字",
    "number": "数字",
    "an amount": "金额",
    "money": "金额",
    "a date": "日期",
    "date": "日期",
    "a time": "时间",
    "time": "时间",
    "a yes or no": "是或否",
    "yes_no": "是或否",
    "a choice": "单选",
    "choice": "单选",
    "a list of choices": "多选",
    "choices": "多选",
    "a phone number": "电话号码",
    "phone": "电话号码",
    "an e-mail address": "邮箱地址",
    "email": "邮箱地址",
    "a set of tags": "标签",
    "tags": "标签",
    "a reference": "引用",
    "reference": "引用",
    "id": "编号",
}
"""What a field holds, as sentences name it."""

DONE: Mapping[str, str] = {"read": "读取", "written": "写入", "made": "新建", "used": "使用", "opened": "打开"}
"""What could not be done with a file, by the participle."""

ANSWERS: Mapping[str, str] = {
    "a member": "成员",
    "no member": "非成员",
    "a tag": "有标签",
    "no tag": "没有标签",
    "nothing": "空",
    "yes": "是",
    "no": "否",
}
"""What a rule gives, as sentences name it; a value or a label stands in quotation marks."""

ORIGINS: Mapping[str, str] = {"flag": "选项", "environment": "环境变量", "default": "默认"}
"""Where a setting of the program comes from, by the first word; what is none of these is a file."""

ERRNO: Mapping[str, str] = {
    "Permission denied": "没有权限",
    "Operation not permitted": "不允许这样做",
    "No space left on device": "磁盘已满",
    "Disk quota exceeded": "超出磁盘配额",
    "Read-only file system": "文件系统是只读的",
    "No such file or directory": "没有这个文件或文件夹",
    "Not a directory": "不是文件夹",
    "Is a directory": "是文件夹",
    "File exists": "文件已存在",
    "File name too long": "文件名太长",
    "Input/output error": "读写出错",
    "Too many levels of symbolic links": "符号链接层数太多",
    "Too many open files": "打开的文件太多",
    "Bad file descriptor": "输出已关闭",
    "File too large": "文件太大",
    "Invalid argument": "参数不对",
    "Device or resource busy": "设备正忙",
}
"""What the operating system says went wrong."""

PLACES: Mapping[str, str] = {
    "Choices": "选项",
    "Colour": "颜色",
    "Create": "--create",
    "Expression": "表达式",
    "Field": "字段",
    "From row": "--from-row",
    "Key": "--key",
    "Kind": "种类",
    "Days": "天数",
    "Label": "标签",
    "Limit": "条数上限",
    "Ledger": "台账",
    "Maps": "--map",
    "Name": "名称",
    "Tag": "标签",
    "Options": "选项",
    "Order": "排序",
    "Reason": "原因",
    "Record type": "记录类型",
    "Record types": "记录类型",
    "Rejects": "--rejects",
    "Search": "搜索",
    "Segment": "分群",
    "Target": "引用的类型",
    "the output": "输出",
    "actor": "操作人",
    "currency": "货币",
    "name": "名称",
    "language": "语言",
    "zone": "时区",
}
"""What a value is given for, where that is no field of a record: in the library's words, or as an option."""
