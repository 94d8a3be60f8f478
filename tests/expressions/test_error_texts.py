"""Every error of the language, provoked and pinned word for word in both languages: people read it who do not program.

A message says what is wrong in the words of the ledger; a hint says what to write.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest

import custledger
from custledger.chinese import Chinese
from custledger.errors import QueryError
from custledger.expressions import understand, understand_order
from custledger.expressions.nodes import Named
from custledger.expressions.scope import World
from custledger.fields import Kind, Labels
from custledger.services.session import Session
from custledger.services.speaking import chinese

from ..chinese.said import OPEN, SOURCE, _Module  # noqa: TID252 - the tests are no package that has a name


class Case(NamedTuple):
    """A text, where in it the error is, what is said, and that in Chinese."""

    text: str
    position: int
    why: str
    hint: str
    zh_why: str
    zh_hint: str
    of: str = "customer"
    as_: str = "a filter"


VARYING = re.compile(r"(?<=C-)[0-9A-Z]{13}|(?<=all )[0-9]+(?=\.)|(?<=全部 )[0-9]+")
"""Ids, and how many fields there are."""
JARGON = re.compile(
    r"operator|operand|token|pars(e|er|ing)|syntax|literal|clause|aggregate|predicate|argument|boolean|integer|null pointer"
    r"|expected|unexpected|invalid|illegal|运算符|语法|解析|参数|布尔|聚合|谓词|非法|无效",
    re.IGNORECASE,
)  # fmt: skip
"""What no sales lead says."""

CASES = [
    Case("", 0, "There is no condition here", "For instance: city = 上海",
         "这里没有条件", "例如：城市 = 上海"),
    Case("ctiy = x", 0, "There is no customer field “ctiy”", "Did you mean city?",
         "没有客户字段“ctiy”", "是不是要找 city？"),
    Case("天气 = 晴", 0, "There is no customer field “天气”", 'Some are: code, name, type, status, level, phone, city, owner; ledger.fields.list("customer") has all ….',
         "没有客户字段“天气”", '例如：客户编号、客户名称、客户类型、客户状态、客户等级、联系电话、城市、负责人；ledger.fields.list("customer") 里有全部 … 个。'),
    Case("城市等于上海", 0, "There is no customer field “城市等于上海”", "Put spaces around 等于.",
         "没有客户字段“城市等于上海”", "请在 等于 两边加空格。"),
    Case("city = Salt and Pepper", 16, "There is no customer field “Pepper”", 'Write: city in (Salt, Pepper); or "Salt and Pepper", if that is the text.',
         "没有客户字段“Pepper”", '请写：city 在 (Salt, Pepper)；如果就是要找这段文字，请写 "Salt and Pepper"。'),
    Case("城市 = 上海 或 杭州", 10, "There is no customer field “杭州”", "Write: 城市 in (上海, 杭州)",
         "没有客户字段“杭州”", "请写：城市 在 (上海, 杭州)"),
    Case("level != A or B", 14, "There is no customer field “B”", "Write: level not in (A, B)",
         "没有客户字段“B”", "请写：level 不在 (A, B)"),
    Case("city is null", 5, "A sign such as = is missing between “city” and “is”", "Write: city is empty",
         "“city”和“is”之间缺少 = 这样的符号", "请写：city 为空"),
    Case("city is not null", 5, "A sign such as = is missing between “city” and “is”", "Write: city is not empty",
         "“city”和“is”之间缺少 = 这样的符号", "请写：city 不为空"),
    Case("累计消费 超过 5000", 5, "A sign such as = is missing between “累计消费” and “超过”", "Write: 累计消费 > 5000",
         "“累计消费”和“超过”之间缺少 = 这样的符号", "请写：累计消费 > 5000"),
    Case("name like 张 伟", 5, "A sign such as = is missing between “name” and “like”", "Write: name contains 张 伟",
         "“name”和“like”之间缺少 = 这样的符号", "请写：name 包含 张 伟"),
    Case("last_order within 30 days", 11, "A sign such as = is missing between “last_order” and “within”", "Write: last_order > 30 days ago; or for days to come: last_order <= in 30 days",
         "“last_order”和“within”之间缺少 = 这样的符号", "请写：last_order > 30 days ago；如果是将来的日期：last_order <= in 30 days"),
    Case("customer.city = 上海", 0, "There are several customer.city: put them into count, sum, max …", "Write city for that of the customer itself.",
         "“customer.city”不止一个：请放进计数、合计、最大等函数里", "要找客户自己的，请写 city。"),
    Case("transactions.status = paid", 0, "There are several transactions.status: put them into count, sum, max …", "For instance: exists(transactions where status is not empty)",
         "“transactions.status”不止一个：请放进计数、合计、最大等函数里", "例如：exists(transactions where status is not empty)"),
    Case("transactions.at > today", 0, "There are several transactions.at: put them into count, sum, max …", "For instance: max(transactions.at) > 90 days ago",
         "“transactions.at”不止一个：请放进计数、合计、最大等函数里", "例如：max(transactions.at) > 90 days ago"),
    Case("city", 0, "“city” alone is not a condition", "Compare it with something, for instance: city is not empty",
         "只写“city”还不是条件", "请拿它与什么比较，例如：city 不为空"),
    Case("city 上海", 5, "A sign such as = is missing between “city” and “上海”", "For instance: city = 上海",
         "“city”和“上海”之间缺少 = 这样的符号", "例如：城市 = 上海"),
    Case("city =", 6, "A value is missing here", "To ask for what has no value, write: is empty",
         "这里缺少一个值", "要找没有值的，请写：为空"),
    Case("city = ACME (China)", 12, "“(” is out of place here", "Conditions are joined by and or or; a value that holds such a sign goes in quotation marks: “ACME (China)”.",
         "“(”放错了地方", "条件之间用“且”或“或”连接；含有这种符号的值请加引号：“ACME (China)”。"),
    Case("city = “上海", 7, "This quotation mark is never closed", "Close it with ”",
         "这个引号没有配对", "请用 ” 结束它"),
    Case("[city = x", 0, "This square bracket is never closed", "Write a field as [phone].",
         "这个方括号没有配对", "字段请写成 [phone]。"),
    Case("city = ]x", 7, "“]” is out of place here", "Put quotation marks around a value that holds it.",
         "“]”放错了地方", "含有它的值请加引号。"),
    Case("(city = a", 0, "This bracket is never closed", "",
         "这个括号没有配对", ""),
    Case("city = a)", 8, "There is no opening bracket for this closing one", "",
         "这个右括号没有左括号", ""),
    Case("city (a, b)", 5, "A word such as in is missing between “city” and the bracket", "For instance: city in (北京, 上海)",
         "“city”和括号之间缺少“在”这样的词", "例如：城市 在 (北京, 上海)"),
    Case("city in 上海", 8, "A list in brackets is missing here", "For instance: city in (北京, 上海)",
         "这里缺少括号里的列表", "例如：城市 在 (北京, 上海)"),
    Case("city in (a, b", 8, "This list is never closed", "For instance: city in (北京, 上海)",
         "这个列表的括号没有配对", "例如：城市 在 (北京, 上海)"),
    Case("city in ()", 9, "A value is missing here", "To ask for what has no value, write: is empty",
         "这里缺少一个值", "要找没有值的，请写：为空"),
    Case("birthday between 2020-01-01", 27, "The second of the two values is missing", "For instance: between 10 and 20",
         "缺少两个值中的第二个", "例如：在 10 到 20 之间"),
    Case("= 上海", 0, "“=” is out of place: a field is missing here", "For instance: city = 上海",
         "“=”放错了地方：这里缺少一个字段", "例如：城市 = 上海"),
    Case("城市 是 上海 和 等级 是 A", 8, "“和” does not join conditions", "Write and (且) in its place; a value that holds such words goes in quotation marks.",
         "“和”不能连接条件", "请改写“且”；含有这种词的值请加引号。"),
    Case("城市 是 上海 还是 城市 是 杭州", 8, "“还是” does not join conditions", "Write or (或) in its place; a value that holds such words goes in quotation marks.",
         "“还是”不能连接条件", "请改写“或”；含有这种词的值请加引号。"),
    Case("consent 和 level = A", 8, "“和” does not join conditions", "Write and (且) in its place; a value that holds such words goes in quotation marks.",
         "“和”不能连接条件", "请改写“且”；含有这种词的值请加引号。"),
    Case("城市 为空 同时 等级 是 A", 6, "“同时” does not join conditions", "Write and (且) in its place; a value that holds such words goes in quotation marks.",
         "“同时”不能连接条件", "请改写“且”；含有这种词的值请加引号。"),
    Case("city = Lyon level = A", 12, "“level” seems to begin another condition", "Write and (且) between two conditions; a value that holds such words goes in quotation marks.",
         "“level”像是另一个条件的开头", "两个条件之间请写“且”；含有这种词的值请加引号。"),
    Case("城市 是 上海且等级 是 A", 5, "“上海且等级” seems to begin another condition", "Put spaces around 且.",
         "“上海且等级”像是另一个条件的开头", "请在 且 两边加空格。"),
    Case("城市 是 上海 等级是A", 8, "“等级是A” seems to begin another condition", "Put spaces around 是.",
         "“等级是A”像是另一个条件的开头", "请在 是 两边加空格。"),
    Case("城市 是 上海和等级是A", 5, "“和” does not join conditions", "Write and (且) in its place; a value that holds such words goes in quotation marks.",
         "“和”不能连接条件", "请改写“且”；含有这种词的值请加引号。"),
    Case("city = a and", 12, "A field is missing here", "For instance: city = 上海",
         "这里缺少一个字段", "例如：城市 = 上海"),
    Case("(" * 51 + "consent", 51, "More than 50 brackets stand inside each other", "",
         "括号嵌套超过了 50 层", ""),
    Case("amount(city) > 2", 0, "There is no field or function “amount”", "Did you mean month or count?",
         "没有字段或函数“amount”", "是不是要找 month 或 count？"),
    Case("cuont(transactions) > 2", 0, "There is no field or function “cuont”", "Did you mean count?",
         "没有字段或函数“cuont”", "是不是要找 count？"),
    Case("count() > 2", 6, "count needs to know of what", "For instance: count(transactions)",
         "“count”的括号里要写明是什么", "例如：count(transactions)"),
    Case("age() > 2", 4, "age needs to know of what", "For instance: age(birthday)",
         "“age”的括号里要写明是什么", "例如：age(birthday)"),
    Case("birthday = [city]", 11, "Birthday (a date) and City (a text) cannot be compared", "Two fields of the same kind can be compared.",
         "Birthday（日期）和City（文本）不能比较", "同一种类的两个字段才能比较。"),
    Case("level = [status]", 8, "Level (a choice) and Status (a choice) cannot be compared", "Their choices differ.",
         "Level（单选）和Status（单选）不能比较", "它们的选项不同。"),
    Case("city = [level]", 7, "City (a text) and Level (a choice) cannot be compared", "Two fields of the same kind can be compared.",
         "City（文本）和Level（单选）不能比较", "同一种类的两个字段才能比较。"),
    Case("customer = [product]", 11, "Customer (a reference) and Product (a reference) cannot be compared", "They lead to records of different types.",
         "Customer（引用）和Product（引用）不能比较", "它们引用的记录类型不同。", of="transaction"),
    Case("name = null", 7, "Name: “null” is no value", 'Write: Name is empty; or "null", if that is the text.',
         "名称：“null”不是一个值", '请写：Name 为空；如果就是要找这个词，请写 "null"。'),
    Case("birthday != NULL", 12, "Birthday: “NULL” is not a date", "Write: Birthday is empty",
         "生日：“NULL”不是日期", "请写：Birthday 为空"),
    Case("name = O'Brien (old)", 15, "“(” is out of place here", "Conditions are joined by and or or; a value that holds such a sign goes in quotation marks: “ACME (China)”.",
         "“(”放错了地方", "条件之间用“且”或“或”连接；含有这种符号的值请加引号：“ACME (China)”。"),
    Case("name contains (x)", 14, "Brackets are out of place here", "Put quotation marks around a value that holds them.",
         "括号放错了地方", "含有它们的值请加引号。"),
    Case("name contains [city]", 14, "Only a value can stand here, and not a field", "Put a text in quotation marks.",
         "这里只能是一个值，不能是字段", "文本请加引号。"),
    Case("level contains A", 6, "Level is a choice, and only in texts can something be looked for", "Compare it by =, != or in (…).",
         "Level是单选，只有文本可以在里面查找", "请用 =、!= 或 在 (…) 比较。"),
    Case("tags > vip", 5, "Tags is a set of tags, and nothing is greater or smaller than it", "Compare it by =, != or in (…).",
         "Tags是标签，没有大小之分", "请用 =、!= 或 在 (…) 比较。"),
    Case("id_number > 5", 10, "ID number is sensitive, and can only be compared by =", "Write = or != and one value, or is empty.",
         "ID number是敏感字段，只能用 = 比较", "请写 = 或 != 和一个值，或者写 为空。"),
    Case("city = [id_number]", 7, "ID number is sensitive, and can only be compared with a value", "",
         "ID number是敏感字段，只能与一个值比较", ""),
    Case("id_number = [city]", 12, "ID number is sensitive, and can only be compared with a value", "",
         "ID number是敏感字段，只能与一个值比较", ""),
    Case("referred_by = 王五", 14, "Referred by: “王五” names no customer", "Write its code, its name or its id.",
         "推荐人：“王五”不是任何客户的名称或编号", "请写它的代码、名称或编号。"),
    Case("referred_by = 张伟", 14, "Referred by: “张伟” names more than one customer", "There are: C-…, C-….",
         "推荐人：“张伟”对应不止一条客户", "可用的有：C-…、C-…。"),
    Case("count(level) > 2", 6, "No records called “level” belong to a customer", "There are: customers, interactions, followups, memberships, transactions, opportunities, contracts.",
         "没有叫“level”、属于客户的记录", "可用的有：customers、interactions、followups、memberships、transactions、opportunities、contracts。"),
    Case("count(trnsactions) > 2", 6, "No records called “trnsactions” belong to a customer", "Did you mean transactions or transaction?",
         "没有叫“trnsactions”、属于客户的记录", "是不是要找 transactions 或 transaction？"),
    Case("count(contracts) > 2", 6, "No records called “contracts” belong to a transaction", "",
         "没有叫“contracts”、属于交易的记录", "", of="transaction"),
    Case("sum(transactions.amount * revision) > 2", 26, "revision is not a field of the transactions", "Write it as transactions.FIELD, or put it behind the bracket.",
         "“revision”不是交易的字段", "请写成 transactions.字段，或放到括号后面。"),
    Case("sum(transactions.amuont) > 2", 4, "There is no transaction field “transactions.amuont”", "Did you mean amount?",
         "没有交易字段“transactions.amuont”", "是不是要找 amount？"),
    Case("customer.ctiy = x", 0, "There is no field “customer.ctiy”", "Did you mean customer.city or customer.type?",
         "没有字段“customer.ctiy”", "是不是要找 customer.city 或 customer.type？", of="transaction"),
    Case("customer.id_number = 5", 0, "ID number is sensitive, and cannot be read from another record", "",
         "ID number是敏感字段，不能从别的记录里查看", "", of="transaction"),
    Case("transactions > 2", 0, "There are several transactions: put them into count, sum, max …", "For instance: count(transactions) > 2",
         "“transactions”不止一个：请放进计数、合计、最大等函数里", "例如：count(transactions) > 2"),
    Case("transactions.amount > 2", 0, "There are several transactions.amount: put them into count, sum, max …", "For instance: max(transactions.amount) > 2",
         "“transactions.amount”不止一个：请放进计数、合计、最大等函数里", "例如：max(transactions.amount) > 2"),
    Case("regular = yes", 0, "regular is true or false, and has no other value", "Write regular by itself, or not regular.",
         "“regular”只有成立与不成立，没有别的值", "请只写 regular，或写 not regular。"),
    Case("regular + 1 > 2", 0, "regular is true or false, and has no other value", "Write regular by itself, or not regular.",
         "“regular”只有成立与不成立，没有别的值", "请只写 regular，或写 not regular。"),
    Case("city + 1 > 2", 0, "City is a text, and + is for numbers only", "",
         "City是文本，只有数字才能用 + 计算", ""),
    Case("birthday + 30 > today", 0, "Birthday is a date, and + is for numbers only", "days_since(…) gives the days from a date to today.",
         "Birthday是日期，只有数字才能用 + 计算", "从某个日期到今天的天数用 days_since(…)。"),
    Case("revision * 99999999999999999999 > 1", 11, "“99999999999999999999” is too large", "",
         "“99999999999999999999”太大了", ""),
    Case("amount * amount * amount * amount > 1", 25, "Too many numbers with decimals are multiplied here", "",
         "这里相乘的小数太多了", "", of="transaction"),
    Case("age(birthday where city = x) > 2", 0, "age has no where: it looks at one date", "",
         "“age”里不能写条件：它只看一个日期", ""),
    Case("age(city) > 2", 4, "City is a text, and age needs a date", "For instance: age(created_at)",
         "City是文本，而“age”要的是日期", "例如：age(created_at)"),
    Case("days_since(999999 days ago) > 2", 11, "“999999 days ago” is too far away", "",
         "“999999 days ago”太远了", ""),
    Case("age(id_number) > 2", 4, "ID number is a text, and age needs a date", "For instance: age(created_at)",
         "ID number是文本，而“age”要的是日期", "例如：age(created_at)"),
    Case("count(transactions where count(transactions) > 1) > 1", 25, "count cannot stand inside another count, sum, max …", "",
         "“count”不能写在另一个计数、合计、最大等函数里", ""),
    Case("sum(transactions) > 1", 4, "sum needs a field of the records", "Say of what: sum(transactions.FIELD).",
         "“sum”要写明这些记录的哪个字段", "请指明对象：sum(transactions.字段)。"),
    Case("count(distinct transactions) > 1", 15, "count needs a field of the records", "Say of what: count(distinct transactions.FIELD).",
         "“count”要写明这些记录的哪个字段", "请指明对象：count(distinct transactions.字段)。"),
    Case("exists(transactions.amount)", 7, "exists looks at records, not at a field", "Write: exists(transactions where …)",
         "“exists”看的是记录，不是字段", "请写：exists(transactions where …)"),
    Case("sum(distinct transactions.amount) > 1", 13, "distinct goes with count only", "",
         "“不同”只能与“计数”一起用", ""),
    Case("max(interactions.customer.tags) > 1", 4, "Tags holds several values, which max cannot take", "",
         "Tags可以有多个值，不能用“max”汇总", ""),
    Case("count(customers.tags) > 1", 6, "Tags holds several values, which count cannot take", "",
         "Tags可以有多个值，不能用“count”汇总", ""),
    Case("sum(transactions.number) > 1", 4, "Number is a text, and has no sum", "",
         "Number是文本，不能用“sum”汇总", ""),
    Case("avg(transactions.amount / transactions.quantity) > 1", 4, "What was divided cannot be put into avg", "Divide the sums instead: sum(…) / sum(…).",
         "相除的结果不能放进“avg”", "请改用合计相除：sum(…) / sum(…)。"),
    Case("max(customers.id_number) > 1", 4, "ID number is sensitive, and can only be compared by =", "Write = or != and one value, or is empty.",
         "ID number是敏感字段，只能用 = 比较", "请写 = 或 != 和一个值，或者写 为空。"),
    Case("id_number + 1 > 2", 0, "ID number is a text, and + is for numbers only", "",
         "ID number是文本，只有数字才能用 + 计算", ""),
    Case("birthday < tomorow", 11, "Birthday: “tomorow” is not a date", "Write dates as 2026-11-22.",
         "生日：“tomorow”不是日期", "日期写成 2026-11-22。"),
    Case("birthday < 999999 days ago", 11, "Birthday: “999999 days ago” is too far away", "Birthday is a date.",
         "生日：“999999 days ago”太远了", "Birthday是日期。"),
    Case("city = ''", 7, "City: “” has nothing in it to compare with", "To ask for what has no value, write: is empty",
         "城市：“”里面没有可以比较的内容", "要找没有值的，请写：为空"),
    Case("level = D", 8, "Level: “D” is not one of the choices", "There are: A, B, C.",
         "客户等级：“D”不在选项之中", "可用的有：A、B、C。"),
    Case("revision > many", 11, "Revision: “many” is not a number", "Revision is a whole number.",
         "修订号：“many”不是数字", "Revision是整数。"),
    Case("tags", 0, "Tags holds several values, and nothing can be sorted by it", "",
         "Tags可以有多个值，不能用来排序", "", as_="a sort key"),
    Case("id_number", 0, "ID number is sensitive, and nothing is sorted by it", "",
         "ID number是敏感字段，不能用来排序", "", as_="a sort key"),
    Case("referred_by.tags", 0, "This has several values, and nothing can be sorted by it", "",
         "这里有多个值，不能用来排序", "", as_="a sort key"),
    Case("city", 0, "This gives a text, and a date is wanted", "",
         "这里得到的是文本，需要的是日期", "", as_="a date"),
    Case("twice > 2", 0, "twice cannot be computed: thrice cannot be computed: twice is defined by itself: twice → thrice → twice",
         "It is defined as: thrice * 2",
         "“twice”无法计算：“thrice”无法计算：“twice”的定义用到了它自己：twice → thrice → twice", "它的定义是：thrice * 2"),
    Case("broken > 2", 0, "broken cannot be computed: There is no customer field “ctiy”", "It is defined as: ctiy",
         "“broken”无法计算：没有客户字段“ctiy”", "它的定义是：ctiy"),
    Case("rfm = champion", 6, "RFM: “champion” is neither yes nor no", "Write: rfm.label = champion",
         "RFM：“champion”既不是“是”也不是“否”", "请写：rfm.label = champion"),
    Case("RFM分层 是 重要价值客户", 8, "RFM: “重要价值客户” is neither yes nor no", "Write: RFM分层.标签 = 重要价值客户",
         "RFM：“重要价值客户”既不是“是”也不是“否”", "请写：RFM分层.标签 = 重要价值客户"),
    Case("rfm in (champion, loyal)", 8, "RFM: “champion” is neither yes nor no", "Write: rfm.label in (champion, loyal)",
         "RFM：“champion”既不是“是”也不是“否”", "请写：rfm.label 在 (champion, loyal)"),
    Case('rfm != "champion"', 7, "RFM: “champion” is neither yes nor no", 'Write: rfm.label != "champion"',
         "RFM：“champion”既不是“是”也不是“否”", '请写：rfm.label != "champion"'),
    Case("rfm > 3", 4, "RFM is a yes or no, and nothing is greater or smaller than it", "For instance: rfm.label = champion",
         "RFM是是或否，没有大小之分", "例如：rfm.label = champion"),
    Case("RFM分层 是 什么", 8, "RFM: “什么” is neither yes nor no", "For instance: RFM分层.标签 = 重要价值客户",
         "RFM：“什么”既不是“是”也不是“否”", "例如：RFM分层.标签 = 重要价值客户"),
    Case("rfm_score > 300", 10, "RFM score is a yes or no, and nothing is greater or smaller than it", "Write: rfm_score.score > 300",
         "RFM score是是或否，没有大小之分", "请写：rfm_score.score > 300"),
    Case("rfm_score between 300 and 500", 10, "RFM score is a yes or no, and nothing is greater or smaller than it", "Write: rfm_score.score between 300 and 500",
         "RFM score是是或否，没有大小之分", "请写：rfm_score.score between 300 and 500"),
    Case("rfm_score = champion", 12, "RFM score: “champion” is neither yes nor no", "For instance: rfm_score.score is not empty",
         "RFM score：“champion”既不是“是”也不是“否”", "例如：rfm_score.score 不为空"),
    Case("rfm.score > 3", 0, "There is no field “rfm.score”", "Did you mean rfm.label?",
         "没有字段“rfm.score”", "是不是要找 rfm.label？"),
    Case("RFM分层.分数 > 3", 0, "There is no field “RFM分层.分数”", "Did you mean RFM分层.标签?",
         "没有字段“RFM分层.分数”", "是不是要找 RFM分层.标签？"),
    Case("referred_by.referred_by.city = 上海", 0, "There is no field “referred_by.referred_by.city”", "Only one step to another record can be taken, as in referred_by.city.",
         "没有字段“referred_by.referred_by.city”", "从一条记录只能走一步到另一条记录，例如 referred_by.city。"),
    Case("最近下单 在 90天内", 7, "Two values, or a list in brackets, stand behind such a word", "Write: 最近下单 > 90天前; or for days to come: 最近下单 <= 90天内",
         "这个词后面要写两个值，或括号里的列表", "请写：最近下单 > 90天前；如果是将来的日期：最近下单 <= 90天内"),
    Case("最近下单 在 最近 90 天", 7, "Two values, or a list in brackets, stand behind such a word", "Write: 最近下单 > 90 天前; or for days to come: 最近下单 <= 90 天内",
         "这个词后面要写两个值，或括号里的列表", "请写：最近下单 > 90 天前；如果是将来的日期：最近下单 <= 90 天内"),
    Case("最近下单 在 90天内 且 城市 = 上海", 7, "Two values, or a list in brackets, stand behind such a word", "Write: 最近下单 > 90天前; or for days to come: 最近下单 <= 90天内",
         "这个词后面要写两个值，或括号里的列表", "请写：最近下单 > 90天前；如果是将来的日期：最近下单 <= 90天内"),
    Case("生日 是 5月", 5, "Birthday: “5月” is not a date", "Write: 月份(生日) = 5", "生日：“5月”不是日期", "请写：月份(生日) = 5"),
    Case("城市 在 上海", 5, "Two values, or a list in brackets, stand behind such a word", "Write: 城市 = 上海",
         "这个词后面要写两个值，或括号里的列表", "请写：城市 = 上海"),
    Case("累计消费 in (1,000, 2)", 9, "1 and 000 are two numbers here", "Write numbers without commas: 1000",
         "1 和 000 在这里是两个数", "数字里不要写逗号：1000"),
    Case("生日 不在 本月", 8, "The second of the two values is missing", "For instance: between 10 and 20",
         "缺少两个值中的第二个", "例如：在 10 到 20 之间"),
    Case("birthday != last month", 12, "Birthday: “last month” is not a date", "Write dates as 2026-11-22.",
         "生日：“last month”不是日期", "日期写成 2026-11-22。"),
    Case("last_order in 90 days", 14, "A list in brackets is missing here", "Write: last_order > 90 days ago; or for days to come: last_order <= in 90 days",
         "这里缺少括号里的列表", "请写：last_order > 90 days ago；如果是将来的日期：last_order <= in 90 days"),
    Case("生日 在 本月", 5, "Two values, or a list in brackets, stand behind such a word", "Write: 月份(生日) = 月份(今天); for this year's alone, add: 且 年份(生日) = 年份(今天)",
         "这个词后面要写两个值，或括号里的列表", "请写：月份(生日) = 月份(今天)；如果只要今年的，再加上：且 年份(生日) = 年份(今天)"),
    Case("birthday in this month", 12, "A list in brackets is missing here", "Write: month(birthday) = month(today); for this year's alone, add: and year(birthday) = year(today)",
         "这里缺少括号里的列表", "请写：month(birthday) = month(today)；如果只要今年的，再加上：and year(birthday) = year(today)"),
    Case("birthday = next month", 11, "Birthday: “next month” is not a date", "Write: month(birthday) = month(in 1 month) and year(birthday) = year(in 1 month)",
         "生日：“next month”不是日期", "请写：month(birthday) = month(in 1 month) and year(birthday) = year(in 1 month)"),
    Case("生日 是 下个月", 5, "Birthday: “下个月” is not a date", "Write: 月份(生日) = 月份(1个月后) 且 年份(生日) = 年份(1个月后)",
         "生日：“下个月”不是日期", "请写：月份(生日) = 月份(1个月后) 且 年份(生日) = 年份(1个月后)"),
    Case("最近下单 是 上个月", 7, "Last order: “上个月” is not a date", "Write: 月份(最近下单) = 月份(1个月前) 且 年份(最近下单) = 年份(1个月前)",
         "Last order：“上个月”不是日期", "请写：月份(最近下单) = 月份(1个月前) 且 年份(最近下单) = 年份(1个月前)"),
    Case("last_order = last month", 13, "Last order: “last month” is not a date", "Write: month(last_order) = month(1 month ago) and year(last_order) = year(1 month ago)",
         "Last order：“last month”不是日期", "请写：month(last_order) = month(1 month ago) and year(last_order) = year(1 month ago)"),
    Case("last_order last quarter", 11, "A sign such as = is missing between “last_order” and “last”", "Write: quarter(last_order) = quarter(1 quarter ago) and year(last_order) = year(1 quarter ago)",
         "“last_order”和“last”之间缺少 = 这样的符号", "请写：quarter(last_order) = quarter(1 quarter ago) and year(last_order) = year(1 quarter ago)"),
    Case("最近下单 > 上个月", 7, "Last order: “上个月” is not a date", "Write: 最近下单 > 1个月前",
         "Last order：“上个月”不是日期", "请写：最近下单 > 1个月前"),
    Case("last_order >= this week", 14, "Last order: “this week” is not a date", "Write: last_order >= start of week",
         "Last order：“this week”不是日期", "请写：last_order >= start of week"),
    Case("last_order = last week", 13, "Last order: “last week” is not a date", "For instance: last_order > 1 week ago",
         "Last order：“last week”不是日期", "例如：last_order > 1 week ago"),
    Case("最近下单 在 去年", 7, "Two values, or a list in brackets, stand behind such a word", "Write: 年份(最近下单) = 年份(1年前)",
         "这个词后面要写两个值，或括号里的列表", "请写：年份(最近下单) = 年份(1年前)"),
    Case("birthday = this year", 11, "Birthday: “this year” is not a date", "Write: year(birthday) = year(today)",
         "生日：“this year”不是日期", "请写：year(birthday) = year(today)"),
    Case("累计消费 > 1万", 7, "Total spent: “1万” is not a number", "Write it as 10000.",
         "Total spent：“1万”不是数字", "请写成 10000。"),
    Case("total_spent > 5k", 14, "Total spent: “5k” is not a number", "Write it as 5000.",
         "Total spent：“5k”不是数字", "请写成 5000。"),
    Case("累计消费 > 5,000", 8, "“,” is out of place here", "Write it as 5000.",
         "“,”放错了地方", "请写成 5000。"),
    Case("累计消费 介于 1,000 到 2,000", 9, "The second of the two values is missing", "Write it as 1000.",
         "缺少两个值中的第二个", "请写成 1000。"),
    Case("标签 不 包含 vip", 3, "A sign such as = is missing between “标签” and “不”", "Write: 标签 not contains vip",
         "“标签”和“不”之间缺少 = 这样的符号", "请写：标签 不包含 vip"),
    Case("等级 不 在 (A, B)", 3, "A sign such as = is missing between “等级” and “不”", "Write: 等级 not in (A, B)",
         "“等级”和“不”之间缺少 = 这样的符号", "请写：等级 不在 (A, B)"),
    Case("city does not contain a", 5, "A sign such as = is missing between “city” and “does”", "Write: city not contains a",
         "“city”和“does”之间缺少 = 这样的符号", "请写：city 不包含 a"),
    Case("city 不 为空", 5, "A sign such as = is missing between “city” and “不”", "Write: city is not empty",
         "“city”和“不”之间缺少 = 这样的符号", "请写：city 不为空"),
    Case("count(transactions)", 0, "“count(transactions)” alone is not a condition", "Compare it with something, for instance: count(transactions) > 0",
         "只写“count(transactions)”还不是条件", "请拿它与什么比较，例如：count(transactions) > 0"),
    Case("order_count", 0, "“order_count” alone is not a condition", "Compare it with something, for instance: order_count > 0",
         "只写“order_count”还不是条件", "请拿它与什么比较，例如：order_count > 0"),
    Case("total_spent", 0, "“total_spent” alone is not a condition", "Compare it with something, for instance: total_spent > 0",
         "只写“total_spent”还不是条件", "请拿它与什么比较，例如：total_spent > 0"),
    Case("min(1,2) > 3", 5, "min takes one thing only", "For instance: min(transactions.amount)",
         "“min”的括号里只能写一项", "例如：min(transactions.amount)"),
    Case("age(birthday, 2) > 1", 12, "age takes one thing only", "For instance: age(birthday)",
         "“age”的括号里只能写一项", "例如：age(birthday)"),
    Case("count(transactions where status = paid, 2) > 1", 38, "count takes one thing only", "For instance: count(transactions)",
         "“count”的括号里只能写一项", "例如：count(transactions)"),
    Case("revision" + " + 1" * 101 + " > 2", 409, "More than 100 signs of arithmetic stand in one condition", "",
         "一个条件里的加减乘除符号超过了 100 个", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    pytest.importorskip("custledger_sales", reason="custledger-sales, which brings purchases, is not installed")
    with custledger.open("memory:", defaults={"zone": "UTC"}, as_of=date(2026, 11, 22)) as ledger:
        for _ in range(2):
            ledger.customers.add(name="张伟")
        yield ledger.session


@pytest.fixture(scope="module")
def world(session: Session) -> World:
    """What the ledger's names mean, with a condition, two metrics that are defined by each other, and one of nothing."""
    texts = {"regular": "order_count >= 5", "twice": "thrice * 2", "thrice": "twice + 1", "broken": "ctiy"}
    named = [Named(key=key, subject="customer", text=text, labels=Labels(key)) for key, text in texts.items()]
    return World(
        session.schemas,
        {**session.world.named, "customer": [*session.world.named["customer"], *named]},
        session.world.find,
    )


@pytest.fixture(scope="module")
def put(session: Session) -> Chinese:
    return chinese(session.plugins, session.schemas)


def refusal(case: Case, session: Session, world: World) -> QueryError:
    """What is said of a text."""
    schema = session.schema(case.of)
    with pytest.raises(QueryError) as caught:
        if case.as_ == "a sort key":
            understand_order([case.text], schema, session.conventions, world=world)
        else:
            want = Kind.DATE if case.as_ == "a date" else Kind.YES_NO
            understand(case.text, schema, session.conventions, want=want, world=world)
    return caught.value


@pytest.mark.parametrize("case", CASES, ids=[case.text[:40] for case in CASES])
def test_an_error_is_said_in_just_these_words_in_both_languages(
    case: Case, session: Session, world: World, put: Chinese
) -> None:
    error = refusal(case, session, world)
    assert (error.position, error.why, VARYING.sub("…", error.hint)) == (case.position, case.why, case.hint)
    told = put.known(error.message)
    assert told is not None
    assert told.rpartition("（第")[0] == case.zh_why
    assert (VARYING.sub("…", put(error.hint)) if error.hint else "") == case.zh_hint


WRITE = re.compile("(?:Write: |请写：)(.+)")
ANOTHER = re.compile(
    r"[;；] ?(?:or for days to come: |如果是将来的日期：|or \"|如果就是要找).*|[;；] ?(?:for this year's alone, add: |如果只要今年的，再加上：)"
)
GAPS = re.compile("…|FIELD|字段\\)")


@pytest.mark.parametrize("case", [case for case in CASES if WRITE.match(case.hint) and not GAPS.search(case.hint)])
def test_what_a_hint_says_is_to_be_written_is_understood(case: Case, session: Session, world: World) -> None:
    for hint in (case.hint, case.zh_hint):
        written = ANOTHER.sub(" ", hint)
        text = WRITE.fullmatch(written)
        assert text is not None
        understand(text[1], session.schema(case.of), session.conventions, world=world)


def test_no_error_speaks_the_language_of_programmers() -> None:
    said = [text for case in CASES for text in (case.why, case.hint, case.zh_why, case.zh_hint)]
    assert [text for text in said if JARGON.search(text)] == []


def templates() -> dict[str, str]:
    """Return every message that the modules of the language can raise as a pattern, with its place in the source."""
    found = {}
    for path in sorted((SOURCE / "expressions").glob("*.py")):
        for sentence in _Module(path).sentences():
            why, errs, _ = sentence.text.partition(" (at character 3 of: X1)")
            if errs:
                found[".+".join(map(re.escape, why.split(OPEN)))] = sentence.place
    return found


ELSEWHERE = {
    ".+",  # what another error said, in the place of another text
    ".+: .+",  # a value that does not fit its field, as values say
}


def test_every_message_of_the_source_is_among_them() -> None:
    known = templates()
    assert len(known) > 40
    said = [case.why for case in CASES]
    unsaid = {
        pattern: place
        for pattern, place in known.items()
        if pattern not in ELSEWHERE and not any(re.fullmatch(pattern, why) for why in said)
    }
    assert unsaid == {}
