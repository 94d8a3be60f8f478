"""What is wrong with tags and with rules that tag, in English and Chinese."""

SENTENCES = (
    ("is not a tag", "不是标签"),
    ("is not one tag", "不是一个标签"),
    ("Records of the type {type:word} have no tags.", "“{type}”类型的记录没有标签。"),
    ("There are tags of: {types:list}.", "有标签的类型：{types}。"),
    ("Nothing says whose tags are to change.", "没有说明要改谁的标签。"),
    ("Name records, or give where.", "请指明记录，或给出 where。"),
    ("Records and where cannot both be given.", "记录和 where 不能同时给出。"),
    ("Only {what} is given.", "只给出了 {what}。"),
    ("Name who it is about, and then the tag; or give --where.", "请先指明是谁，再写标签；或给出 --where。"),
    ("Nothing is said of how the tag is shown.", "没有说明标签怎样显示。"),
    ("Give --color or --group.", "请给出 --color 或 --group。"),
    # rules
    ("cannot name a tag rule", "不能作标签规则的名称"),
    ("A name has 1 to {count:n} characters, on one line, without /", "名称是一行 1 到 {count} 个字符，不含 /"),
    ("is what persons are called among the rules", "是规则中对人工标签的称呼"),
    ("is a tag, and another one is given beside it", "本身就是标签，另外又给了一个标签"),
    ("custledger tag rule list shows what there is.", "custledger tag rule list 可以列出现有的规则。"),
    ("has a curly bracket without its other half", "里的花括号没有配对"),
    ("has curly brackets with nothing in them", "里的花括号是空的"),
    ("What is sensitive cannot be in a tag", "敏感的内容不能写进标签"),
    ("This has no one text that could be in a tag", "这里不是能写进标签的单个值"),
    ("the name {name:word} is reserved", "名称 {name} 已被保留"),
    ("its tag must be Labels, and not {what:q}", "它的标签应该是 Labels，而不是{what}"),
    ("it has no expression, and none in its tag", "它没有表达式，标签里也没有"),
)
