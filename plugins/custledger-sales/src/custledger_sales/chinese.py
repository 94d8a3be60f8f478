"""What this plugin says, in English and Chinese; ``custledger.chinese`` tells how parts in braces are read."""

SENTENCES = (
    (
        "This amount is not in the ledger's currency: sums of this customer's purchases are empty for it.",
        "这笔金额不是台账的币种：这位客户的消费合计因此为空。",
    ),
    (
        "This has a quantity and neither a price nor an amount: it counts as nothing.",
        "这里有数量，却没有单价和金额：不计入任何合计。",
    ),
    ("This is a cancellation or a return: its quantity or its amount is negative.", "这是取消或退货：数量或金额为负。"),
    (
        "A contract that starts on {starts:word} cannot expire on {expires:word}.",
        "合同在 {starts} 开始，就不能在 {expires} 到期。",
    ),
    ("Probability: {value} is not a percentage from 0 to 100.", "赢单概率：{value} 不是 0 到 100 的百分比。"),
)
