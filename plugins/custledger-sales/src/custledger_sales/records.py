"""The record types of a business that sells: products, transactions, opportunities and contracts.

They are described once, like every record type; the core knows none of them. The aliases are headings as real sheets
have them: Chinese ones, and those of HubSpot, Salesforce, Zoho and the UCI online retail files.
"""

from datetime import date, datetime
from decimal import Decimal

from custledger.fields import Kind, choices, field
from custledger.records import Record, record_type

_CUSTOMER_NAMES = ("客户名称", "客户姓名", "客户编号", "客户代码", "会员号", "会员编号", "购买人", "Customer Name", "Customer ID",
                   "CustomerID", "Customer Code", "Account Name", "AccountId", "Client")
_OWNER_NAMES = ("销售员", "业务员", "归属销售", "归属业务员", "业务负责人", "客户经理", "负责人名字", "Sales Rep", "OwnerId")
_CURRENCY_NAMES = ("货币", "Currency", "Currency Code", "Currency ISO Code")


@record_type("product", plural="products", prefix="P", en="Product", zh="产品",
             brief=("sku", "name", "brand", "category", "price", "reorder_at"))
class Product(Record):
    """Something that is sold. ``sku`` names it in other sheets; an imported transaction's item is linked by it."""

    sku: str | None = field(Kind.TEXT, "SKU", "产品编号", unique=True, searchable=True, code=True,
                            aliases=("货号", "商品编号", "商品编码", "产品编码", "产品代码", "物料编码", "编码", "StockCode",
                                     "Stock Code", "Product Code", "Product ID", "Item Code", "Item No", "Barcode"))
    name: str = field(Kind.TEXT, "Name", "产品名称", required=True, searchable=True, indexed=True, title=True, initial="",
                      aliases=("名称", "商品名称", "品名", "产品", "商品", "Product Name", "Product", "Item", "Description"))
    brand: str | None = field(Kind.TEXT, "Brand", "品牌", searchable=True)
    category: str | None = field(Kind.TEXT, "Category", "分类", indexed=True,
                                 aliases=("类别", "产品分类", "产品类别", "商品分类", "Product Category", "Product Type"))
    price: Decimal | None = field(Kind.MONEY, "Price", "价格",
                                  aliases=("单价", "售价", "销售价", "标准价", "Unit Price", "UnitPrice", "List Price"))
    price_currency: str | None = field(Kind.TEXT, "Price currency", "币种", currency_of="price", aliases=_CURRENCY_NAMES)
    opening_stock: Decimal | None = field(Kind.NUMBER, "Opening stock", "期初库存",
                                          aliases=("库存", "库存数量", "Stock", "Initial Stock", "Quantity in Stock"))
    reorder_at: Decimal | None = field(Kind.NUMBER, "Reorder at", "补货点",
                                       help_en="the stock at which to order more", help_zh="库存降到多少时补货",
                                       aliases=("安全库存", "最低库存", "Reorder Level", "Minimum Stock"))
    supplier: str | None = field(Kind.TEXT, "Supplier", "供应商", aliases=("供货商", "Vendor", "Vendor Name"))


@record_type("transaction", plural="transactions", prefix="T", en="Transaction", zh="交易", when="at",
             brief=("at", "customer", "number", "product", "quantity", "amount", "status"))
class Transaction(Record):
    """One line of a sale. Several lines may share a ``number``, the invoice's or the order's.

    An empty ``amount`` becomes ``quantity`` times ``unit_price``; a line whose number begins with C and whose
    quantity is negative is a cancellation. The amount's currency is the unit price's as well.
    """

    customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", required=True, on_remove="restrict",
                          initial=0, aliases=_CUSTOMER_NAMES)
    at: datetime | None = field(Kind.TIME, "At", "交易时间", default="now", indexed=True,
                                aliases=("时间", "日期", "交易日期", "下单日期", "下单时间", "订单日期", "购买日期", "购买时间",
                                         "成交日期", "成交时间", "销售日期", "付款时间", "Date", "Order Date", "InvoiceDate",
                                         "Invoice Date", "Transaction Date", "Purchase Date", "Sale Date"))
    number: str | None = field(Kind.TEXT, "Number", "单号", searchable=True, indexed=True,
                               aliases=("订单编号", "订单号", "交易编号", "交易号", "流水号", "发票号", "发票号码", "InvoiceNo",
                                        "Invoice No", "Invoice Number", "Invoice", "Order Number", "Order No", "Order ID",
                                        "OrderID", "Transaction ID"))
    product: int | None = field(Kind.REFERENCE, "Product", "产品", target="product", on_remove="restrict",
                                aliases=("商品",))
    item: str | None = field(Kind.TEXT, "Item", "货号", searchable=True,
                             help_en="the product's code as the sheet has it; it finds the product, where there is one",
                             help_zh="表格中的产品编号；有对应产品时自动关联",
                             aliases=("StockCode", "Stock Code", "SKU", "商品编号", "商品编码", "产品编号", "产品编码", "物料编码",
                                      "Product Code", "Product ID", "ProductID", "Item Code", "Item No"))
    description: str | None = field(Kind.TEXT, "Description", "品名", searchable=True, title=True,
                                    aliases=("商品名称", "产品名称", "商品描述", "服务项目", "Product Name", "Item Name"))
    quantity: Decimal | None = field(Kind.NUMBER, "Quantity", "数量", aliases=("购买数量", "销售数量", "件数", "Qty", "Units"))
    unit_price: Decimal | None = field(Kind.MONEY, "Unit price", "单价",
                                       aliases=("销售单价", "成交单价", "UnitPrice", "Price", "Price Each"))
    amount: Decimal | None = field(Kind.MONEY, "Amount", "金额",
                                   aliases=("总金额", "订单金额", "交易金额", "成交金额", "消费金额", "付款金额", "实付金额",
                                            "销售额", "合计", "小计", "Total", "Line Total", "Order Total", "Total Amount"))
    amount_currency: str | None = field(Kind.TEXT, "Currency", "币种", currency_of="amount", aliases=_CURRENCY_NAMES)
    payment_method: str | None = field(
        Kind.CHOICE, "Payment method", "付款方式",
        aliases=("支付方式", "收款方式", "结算方式", "PaymentMethod", "Payment", "Paid By"),
        choices=choices("cash|Cash|现金|green", "card|Card|银行卡|blue", "transfer|Bank transfer|转账|cyan",
                        "wechat|WeChat Pay|微信支付|green", "alipay|Alipay|支付宝|blue", "account|On account|月结|orange",
                        "other|Other|其他|gray"))
    status: str | None = field(
        Kind.CHOICE, "Status", "状态", indexed=True,
        aliases=("订单状态", "交易状态", "付款状态", "支付状态", "Order Status", "Payment Status"),
        choices=choices("unpaid|Unpaid|未付款|red", "partial|Partly paid|部分付款|orange", "paid|Paid|已付款|green",
                        "refunded|Refunded|已退款|purple", "cancelled|Cancelled|已取消|gray"))
    owner: str | None = field(Kind.TEXT, "Owner", "负责人", indexed=True, aliases=_OWNER_NAMES)


@record_type("opportunity", plural="opportunities", prefix="S", en="Opportunity", zh="商机", when="expected_close", is_planned=True,
             brief=("title", "customer", "stage", "amount", "probability", "expected_close", "owner"))
class Opportunity(Record):
    """A sale that may come about."""

    customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", required=True, on_remove="restrict",
                          initial=0, aliases=_CUSTOMER_NAMES)
    title: str | None = field(Kind.TEXT, "Title", "商机名称", required=True, searchable=True, title=True,
                              aliases=("名称", "项目名称", "机会名称", "Name", "Deal Name", "DealName", "Opportunity Name",
                                       "Opportunity"))
    stage: str | None = field(
        Kind.CHOICE, "Stage", "阶段", default="contact", indexed=True,
        aliases=("销售阶段", "商机阶段", "Deal Stage", "DealStage", "StageName", "Opportunity Stage", "Status"),
        choices=choices("contact|First contact|初步接洽|cyan", "needs|Needs agreed|需求确认|blue",
                        "proposal|Proposal|方案报价|yellow", "negotiation|Negotiation|商务谈判|orange", "won|Won|赢单|green",
                        "lost|Lost|输单|gray"))
    amount: Decimal | None = field(Kind.MONEY, "Amount", "预计金额",
                                   aliases=("金额", "商机金额", "预估金额", "Deal Amount", "Expected Amount", "Value"))
    amount_currency: str | None = field(Kind.TEXT, "Currency", "币种", currency_of="amount", aliases=_CURRENCY_NAMES)
    probability: Decimal | None = field(Kind.NUMBER, "Probability", "赢单概率", percent=True,
                                        help_en="percent, 0 to 100: 50 or 50%", help_zh="百分数，0 到 100：50 或 50%",
                                        aliases=("概率", "成功率", "赢率", "Probability (%)", "Win Probability"))
    expected_close: date | None = field(Kind.DATE, "Expected close", "预计成交日期", indexed=True,
                                        aliases=("预计签单日期", "预计成交时间", "结单日期", "Close Date", "CloseDate",
                                                 "Closing Date", "Expected Close Date"))
    owner: str | None = field(Kind.TEXT, "Owner", "负责人", indexed=True,
                              aliases=(*_OWNER_NAMES, "Deal Owner", "Opportunity Owner"))
    lost_reason: str | None = field(Kind.TEXT, "Lost reason", "输单原因",
                                    aliases=("丢单原因", "失败原因", "Reason For Loss", "Loss Reason", "Closed Lost Reason"))
    notes: str | None = field(Kind.TEXT, "Notes", "备注", searchable=True, aliases=("说明", "Description", "Note"))


@record_type("contract", plural="contracts", prefix="K", en="Contract", zh="合同", when="signed_on",
             brief=("number", "title", "customer", "expires_on", "amount", "status", "owner"))
class Contract(Record):
    """What was agreed with a customer, and until when it holds."""

    customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", required=True, on_remove="restrict",
                          initial=0, aliases=(*_CUSTOMER_NAMES, "甲方"))
    title: str | None = field(Kind.TEXT, "Title", "合同名称", required=True, searchable=True, title=True,
                              aliases=("名称", "Name", "Contract Name", "Contract Title"))
    number: str | None = field(Kind.TEXT, "Number", "合同编号", unique=True, searchable=True, code=True,
                               aliases=("合同号", "编号", "Contract Number", "Contract No", "ContractNumber"))
    signed_on: date | None = field(Kind.DATE, "Signed on", "签订日期", indexed=True,
                                   aliases=("签约日期", "签署日期", "签订时间", "Signed Date", "Date Signed"))
    starts_on: date | None = field(Kind.DATE, "Starts on", "开始日期",
                                   aliases=("生效日期", "开始时间", "起始日期", "Start Date", "StartDate"))
    expires_on: date | None = field(Kind.DATE, "Expires on", "到期日期", indexed=True,
                                    aliases=("结束日期", "结束时间", "截止日期", "到期日", "End Date", "EndDate",
                                             "Expiry Date", "Expiration Date"))
    amount: Decimal | None = field(Kind.MONEY, "Amount", "合同金额", aliases=("金额", "总金额", "Contract Value", "Value"))
    amount_currency: str | None = field(Kind.TEXT, "Currency", "币种", currency_of="amount", aliases=_CURRENCY_NAMES)
    status: str | None = field(
        Kind.CHOICE, "Status", "合同状态", default="active", indexed=True, aliases=("状态", "审批状态", "Contract Status"),
        choices=choices("draft|Draft|草稿|gray", "active|Active|履行中|green", "renewed|Renewed|已续签|blue",
                        "expired|Expired|已到期|orange", "terminated|Terminated|已终止|red"))
    owner: str | None = field(Kind.TEXT, "Owner", "负责人", indexed=True, aliases=(*_OWNER_NAMES, "公司签约人"))
    notes: str | None = field(Kind.TEXT, "Notes", "备注", searchable=True, aliases=("说明", "Description", "Note"))


RECORD_TYPES: tuple[type[Record], ...] = (Product, Transaction, Opportunity, Contract)
"""The record types, products before the transactions that refer to them."""
