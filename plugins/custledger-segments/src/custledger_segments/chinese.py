"""What this plugin says, in English and Chinese; ``custledger.chinese`` tells how parts in braces are read."""

SENTENCES = (
    ("is no number of RFM groups", "不能作为 RFM 的分组数"),
    (
        "Set rfm_groups to a whole number from 2 to {most:n}; 5 is usual.",
        "请把 rfm_groups 设为 2 到 {most} 的整数，通常为 5。",
    ),
    ("are no limits of A and B", "不能作为 A、B 两类的界限"),
    (
        "Set abc_a_share and abc_b_share to percentages, the second no less than the first.",
        "请把 abc_a_share 和 abc_b_share 设为百分数，后者不小于前者。",
    ),
    ("are no limits of rising and high", "不能作为“上升”和“高”的界限"),
    (
        "Set churn_rising_ratio and churn_high_ratio to numbers of gaps, the second no less than the first.",
        "请把 churn_rising_ratio 和 churn_high_ratio 设为间隔的倍数，后者不小于前者。",
    ),
    (
        "Show how many customers, by the month of their first purchase, bought again in the months after.",
        "按首购月份，列出客户在之后各月再次购买的比例。",
    ),
    ("How many months after the first to show.", "列出首购之后多少个月。"),
)
