"""Record types: the base every record shares, and those that the core brings.

A record type is an attrs class described once::

    @record_type("visit", plural="visits", prefix="V", en="Visit", zh="拜访", when="at")
    class Visit(Record):
        customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", required=True, on_remove="cascade")
        at: datetime | None = field(Kind.TIME, "At", "时间", default="now")
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

import attrs

from custledger import ids
from custledger.fields import KEY_PREFIX, METADATA_KEY, Kind, Labels, Spec, choices, field
from custledger.schema import INFO_ATTRIBUTE, SPECS_ATTRIBUTE, TypeInfo
from custledger.structs import Struct, frozen

RecordT = TypeVar("RecordT", bound="Record")
_NO_EXTRA: Mapping[str, Any] = MappingProxyType({})
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

COLORS = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "gray")
"""The colours a choice can have; the same in a terminal, a workbook, a sheet and a page."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
def record_type(
    name: str,
    *,
    plural: str,
    prefix: str,
    en: str,
    zh: str,
    when: str = "created_at",
    brief: tuple[str, ...] = (),
    is_planned: bool = False,
    is_kept: bool = False,
) -> Callable[[type[RecordT]], type[RecordT]]:
    """Return a decorator that makes a frozen attrs class of a ``Record`` and notes what it is called.

    ``prefix`` begins its public ids; ``when`` is the field that says when it happened, or with ``is_planned``, is to
    happen; ``brief`` names the fields shown where there is little room; ``is_kept`` says that the ledger itself keeps the
    records.
    """

    def decorate(cls: type[RecordT]) -> type[RecordT]:
        made = _frozen(cls)
        info = TypeInfo(name, plural, prefix, Labels(en, zh), when, brief, is_planned, is_kept)
        setattr(made, INFO_ATTRIBUTE, info)
        return made

    return decorate


@dataclass_transform(kw_only_default=True, frozen_default=True)
def _frozen(cls: type[RecordT]) -> type[RecordT]:
    """Make a frozen attrs class.

    Type checkers are told that its fields are keywords of its constructor, and not that ``field`` describes them: they
    would take one without a ``default`` for required.

    The Specs are noted as they stand in the class's body, so that a schema can be had of a class that attrs has not
    made yet: most starts need every schema, and no record.
    """
    own = {name: value.metadata[METADATA_KEY] for name, value in vars(cls).items() if _is_described(value)}
    inherited = {name: spec for name, spec in getattr(cls, SPECS_ATTRIBUTE, {}).items() if name not in own}
    setattr(cls, SPECS_ATTRIBUTE, inherited | own)
    return frozen(kw_only=True)(cls)


def _is_described(attribute: object) -> bool:
    """Whether something in the body of a record class was made with ``field()``."""
    return METADATA_KEY in getattr(attribute, "metadata", ())


@_frozen
class Record(Struct):
    """What every record has. ``extra`` holds the fields that are not of the class, by key, in their Python form."""

    id: int = field(Kind.ID, "ID", "ID", system=True, initial=0, aliases=("id", "编号ID", "Record ID"))
    created_at: datetime = field(Kind.TIME, "Created", "创建时间", system=True, indexed=True, initial=_NEVER,
                                 aliases=("Create Date", "Created Time", "建档时间", "录入时间"))
    updated_at: datetime = field(Kind.TIME, "Updated", "更新时间", system=True, initial=_NEVER,
                                 aliases=("Modified Time", "Last Modified Date", "修改时间"))
    revision: int = field(Kind.INTEGER, "Revision", "修订号", system=True, initial=0)
    extra: Mapping[str, Any] = attrs.field(default=_NO_EXTRA, repr=False)

    if not TYPE_CHECKING:  # a type checker would take every attribute for one that is there

        def __getattr__(self, name: str) -> Any:
            """Say of a field that is not of the class where it is; called for nothing that is there."""
            told = f"{type(self).__name__!r} object has no attribute {name!r}"
            extra = () if name.startswith("__") or name == "extra" else self.extra
            if name in extra:
                told += f'; a field that is not of the class is in extra: .extra["{name}"]'
            elif name.startswith(KEY_PREFIX):
                told += f'; a field that is not of the class is in extra where it is not empty: .extra.get("{name}")'
            raise AttributeError(told, name=name, obj=self)

    @property
    def ref(self) -> str:
        """The public id: ``C-01J9ZK4QW7RXM``."""
        return ids.public(getattr(type(self), INFO_ATTRIBUTE).prefix, self.id)

    def __repr__(self) -> str:
        """Return the public id and what is not empty, for whoever looks at one; what is sensitive stays hidden.

        So do the values of fields that are not of the class: which of them are sensitive, only the ledger knows.
        """
        specs: Mapping[str, Spec] = getattr(type(self), SPECS_ATTRIBUTE)
        told = [self.ref] if self.id and hasattr(type(self), INFO_ATTRIBUTE) else []
        for key, spec in specs.items():
            value = getattr(self, key)
            if not spec.system and value is not None and value != frozenset():
                told.append(f"{key}={'…' if spec.sensitive else repr(value)}")
        told += [f"{key}=…" for key in self.extra]
        return f"{type(self).__qualname__}({', '.join(told)})"

    def __hash__(self) -> int:
        # A record that a program makes may hold what has no hash, and ``extra`` has none in any.
        return hash((self.__class__, self.id, self.revision))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to make the record again, for ``pickle`` and ``copy``."""
        made: type[Any] = type(self)
        values = {attribute.name: getattr(self, attribute.name) for attribute in attrs.fields(made)}
        return _again, (self._kind(), {**values, "extra": dict(self.extra)})

    def _kind(self) -> "type[Record] | TypeInfo":
        """Return what names the class where the record is made again."""
        return type(self)


@_frozen
class BareRecord(Record):
    """A record whose own class is absent, as the plugin is that brought its type: it can be read, and not written.

    All that is its own is in ``extra``.
    """

    def _kind(self) -> TypeInfo:
        """Return what the class is made of: no module has it under a name."""
        info: TypeInfo = getattr(type(self), INFO_ATTRIBUTE)
        return info


@cache
def bare_record(info: TypeInfo) -> type[Any]:
    """Return the class for the records of a type that has none: as ``Record``, with its own ``ref``."""
    return type(BareRecord.__name__, (BareRecord,), {"__slots__": (), INFO_ATTRIBUTE: info})


def _again(kind: type[Record] | TypeInfo, values: dict[str, Any]) -> Record:
    """Make a record that was pickled or copied."""
    made = bare_record(kind) if isinstance(kind, TypeInfo) else kind
    record: Record = made(**{**values, "extra": MappingProxyType(values["extra"])})
    return record


@record_type("customer", plural="customers", prefix="C", en="Customer", zh="客户",
             brief=("code", "name", "type", "status", "level", "phone", "city", "owner"))
class Customer(Record):
    """A person or a company that buys, or may."""

    name: str = field(Kind.TEXT, "Name", "客户名称", required=True, searchable=True, indexed=True, title=True, initial="",
                      group="identity", aliases=("客户姓名", "姓名", "名称", "客户", "公司名称", "公司", "企业名称", "单位名称",
                                                 "Customer Name", "Full Name", "Company", "Company Name", "Account Name"))
    code: str | None = field(Kind.TEXT, "Code", "客户编号", unique=True, searchable=True, code=True, group="identity",
                             aliases=("编号", "客户代码", "客户代号", "客户ID", "会员号", "Customer Code", "Customer ID",
                                      "CustomerID", "Customer No", "Account Number"))
    kind: str | None = field(Kind.CHOICE, "Kind", "客户性质", group="identity", aliases=("性质",),
                             choices=choices("person|Person|个人|cyan", "company|Company|企业|blue"))
    type: str | None = field(Kind.CHOICE, "Type", "客户类型", group="identity",
                             aliases=("类型", "客户类别", "客户分类", "Customer Type"),
                             choices=choices("key|Key account|大客户|purple", "sme|Small or medium|中小客户|blue",
                                             "potential|Potential|潜在客户|cyan"))
    status: str | None = field(Kind.CHOICE, "Status", "客户状态", group="sales", default="new", indexed=True,
                               aliases=("状态", "成交状态", "Customer Status"),
                               choices=choices("new|New|新客户|blue", "active|Active|活跃|green", "paused|Paused|暂停|yellow",
                                               "lost|Lost|流失|gray", "invalid|Invalid|无效|gray"))
    stage: str | None = field(Kind.CHOICE, "Stage", "客户阶段", group="sales",
                              aliases=("阶段", "当前阶段", "跟进状态", "Lifecycle Stage", "Lead Status"),
                              choices=choices("lead|Lead|线索|cyan", "prospect|Prospect|意向|blue",
                                              "negotiation|Negotiation|洽谈|orange", "customer|Customer|成交|green",
                                              "after_sales|After sales|售后|purple"))
    level: str | None = field(Kind.CHOICE, "Level", "客户等级", group="sales",
                              aliases=("等级", "客户级别", "级别", "VIP等级", "意向等级", "Rating", "Grade"),
                              choices=choices("A|A|A级|red", "B|B|B级|orange", "C|C|C级|gray"))
    priority: str | None = field(Kind.CHOICE, "Priority", "优先级", group="sales",
                                 choices=choices("high|High|高|red", "medium|Medium|中|yellow", "low|Low|低|gray"))
    contact_name: str | None = field(Kind.TEXT, "Contact name", "联系人", searchable=True, group="contact",
                                     aliases=("联系人姓名", "主联系人", "客户联系人", "Contact", "Contact Person"))
    job_title: str | None = field(Kind.TEXT, "Job title", "职位", group="contact", aliases=("职务", "Title", "Position"))
    gender: str | None = field(Kind.CHOICE, "Gender", "性别", group="person", aliases=("Sex",),
                               choices=choices("female|Female|女", "male|Male|男", "other|Other|其他"))
    birthday: date | None = field(Kind.DATE, "Birthday", "生日", group="person", past=True,
                                  aliases=("出生日期", "出生年月", "Birthdate", "Date of Birth"))
    occupation: str | None = field(Kind.TEXT, "Occupation", "职业", group="person")
    phone: str | None = field(Kind.PHONE, "Phone", "联系电话", searchable=True, indexed=True, group="contact",
                              aliases=("电话", "手机", "手机号", "手机号码", "座机电话", "办公电话", "联系人手机", "联系人电话",
                                       "电话号码", "Phone Number", "Mobile", "Telephone", "Mobile Phone"))
    email: str | None = field(Kind.EMAIL, "E-mail", "邮箱", searchable=True, group="contact",
                              aliases=("电子邮箱", "电子邮件", "联系邮箱", "邮件", "Email", "Email Address", "E-mail Address"))
    wechat: str | None = field(Kind.TEXT, "WeChat", "微信", searchable=True, group="contact", aliases=("微信号", "WeChat ID"))
    preferred_channel: str | None = field(Kind.CHOICE, "Preferred channel", "首选联系方式", group="contact",
                                          aliases=("偏好渠道",), choices=choices(
                                              "phone|Phone|电话", "email|E-mail|邮件", "wechat|WeChat|微信", "sms|SMS|短信",
                                              "visit|Visit|上门"))
    country: str | None = field(Kind.TEXT, "Country", "国家", group="place", aliases=("国家/地区", "Country/Region"))
    province: str | None = field(Kind.TEXT, "Province", "省份", searchable=True, group="place", aliases=("省", "所在省份", "State", "State/Region"))
    city: str | None = field(Kind.TEXT, "City", "城市", searchable=True, group="place", indexed=True, aliases=("市", "所在城市", "所属地市"))
    district: str | None = field(Kind.TEXT, "District", "区县", searchable=True, group="place", aliases=("区", "所在行政区", "County"))
    address: str | None = field(Kind.TEXT, "Address", "地址", searchable=True, group="place",
                                aliases=("详细地址", "公司地址", "联系地址", "Street", "Street Address"))
    postal_code: str | None = field(Kind.TEXT, "Postal code", "邮政编码", group="place",
                                    aliases=("邮编", "公司邮编", "Zip", "Zip Code", "Postcode"))
    industry: str | None = field(Kind.TEXT, "Industry", "行业", searchable=True, group="company", aliases=("所属行业", "客户行业", "行业划分"))
    size: str | None = field(Kind.TEXT, "Size", "规模", group="company",
                             aliases=("公司规模", "员工数", "人员规模", "Employees", "No. of Employees", "Number of Employees"))
    source: str | None = field(Kind.TEXT, "Source", "来源", group="sales",
                               aliases=("客户来源", "来源渠道", "渠道来源", "Lead Source", "Original Source"))
    referred_by: int | None = field(Kind.REFERENCE, "Referred by", "推荐人", target="customer", on_remove="empty",
                                    group="sales", aliases=("介绍人", "Referrer"))
    owner: str | None = field(Kind.TEXT, "Owner", "负责人", group="sales", indexed=True,
                              aliases=("归属销售", "归属业务员", "业务负责人", "客户经理", "责任人", "销售员", "业务员",
                                       "Account Owner", "Contact Owner", "Sales Rep"))
    id_number: str | None = field(Kind.TEXT, "ID number", "身份证号", sensitive=True, long_number=True, group="person",
                                  aliases=("身份证", "身份证号码", "证件号码"))
    credit_code: str | None = field(Kind.TEXT, "Credit code", "统一社会信用代码", searchable=True, long_number=True,
                                    group="company", aliases=("信用代码", "税号", "纳税人识别号"))
    website: str | None = field(Kind.TEXT, "Website", "网站", group="company", aliases=("网址", "公司网址", "Website URL", "URL"))
    interests: str | None = field(Kind.TEXT, "Interests", "兴趣爱好", group="person", aliases=("爱好", "兴趣"))
    special_needs: str | None = field(Kind.TEXT, "Special needs", "特殊需求", group="person", aliases=("客户需求", "需求"))
    consent: bool | None = field(Kind.YES_NO, "Consent", "同意营销", group="contact", aliases=("营销授权", "Opt-in"))
    customer_since: date | None = field(Kind.DATE, "Customer since", "成为客户日期", group="sales",
                                        aliases=("注册日期", "入会日期", "建档日期", "Since"))
    verified_on: date | None = field(Kind.DATE, "Verified on", "核实日期", group="sales")
    notes: str | None = field(Kind.TEXT, "Notes", "备注", searchable=True, group="notes",
                              aliases=("备注信息", "说明", "客户描述", "Note", "Description", "Comments", "Remarks"))
    tags: frozenset[str] = field(Kind.TAGS, "Tags", "标签", initial=frozenset, group="notes", aliases=("客户标签", "Tag"))


@record_type("interaction", plural="interactions", prefix="I", en="Interaction", zh="互动记录", when="at",
             brief=("at", "customer", "channel", "category", "subject", "summary", "owner"))
class Interaction(Record):
    """Something said to a customer, or by one."""

    customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", required=True, on_remove="cascade",
                          initial=0, aliases=("客户名称", "客户姓名", "客户编号", "Customer Name"))
    at: datetime | None = field(Kind.TIME, "At", "时间", default="now", indexed=True,
                                aliases=("跟进时间", "联系时间", "联系日期", "本次拜访时间", "Date", "When"))
    channel: str | None = field(Kind.CHOICE, "Channel", "方式", aliases=("跟进方式", "联系方式", "渠道"),
                                choices=choices("phone|Phone|电话|blue", "email|E-mail|邮件|cyan", "meeting|Meeting|会议|purple",
                                                "visit|Visit|拜访|green", "chat|Chat|聊天|yellow", "sms|SMS|短信|orange",
                                                "social|Social media|社交媒体|pink", "other|Other|其他|gray"))
    direction: str | None = field(Kind.CHOICE, "Direction", "方向",
                                  choices=choices("in|From the customer|客户发起", "out|To the customer|我方发起"))
    category: str | None = field(Kind.CHOICE, "Category", "类别", aliases=("记录类型",),
                                 choices=choices("inquiry|Inquiry|咨询|blue", "complaint|Complaint|投诉|red",
                                                 "suggestion|Suggestion|建议|yellow", "praise|Praise|表扬|green",
                                                 "other|Other|其他|gray"))
    about: str | None = field(Kind.REFERENCE, "About", "关于", on_remove="empty")
    subject: str | None = field(Kind.TEXT, "Subject", "主题", searchable=True, title=True)
    summary: str | None = field(Kind.TEXT, "Summary", "内容", searchable=True,
                                aliases=("跟进内容", "跟进记录", "拜访内容", "沟通内容", "Notes", "Content"))
    sentiment: str | None = field(Kind.CHOICE, "Sentiment", "情绪",
                                  choices=choices("positive|Positive|正面|green", "neutral|Neutral|中性|gray",
                                                  "negative|Negative|负面|red"))
    outcome: str | None = field(Kind.TEXT, "Outcome", "结果", searchable=True, aliases=("客户反馈",))
    next_step: str | None = field(Kind.TEXT, "Next step", "下一步", aliases=("计划",))
    owner: str | None = field(Kind.TEXT, "Owner", "跟进人", indexed=True, aliases=("负责人",))


@record_type("followup", plural="followups", prefix="F", en="Follow-up", zh="跟进计划", when="due", is_planned=True,
             brief=("due", "customer", "purpose", "note", "status", "every", "owner"))
class FollowUp(Record):
    """Something owed to a customer on a day."""

    customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", required=True, on_remove="cascade",
                          initial=0, aliases=("客户名称", "客户姓名", "客户编号", "Customer Name"))
    about: str | None = field(Kind.REFERENCE, "About", "关于", on_remove="empty")
    due: date | None = field(Kind.DATE, "Due", "到期日", required=True, indexed=True,
                             aliases=("下次跟进时间", "下次联系时间", "下次跟进", "下次拜访时间", "Due Date"))
    purpose: str | None = field(Kind.CHOICE, "Purpose", "目的", default="callback",
                                choices=choices("callback|Callback|回访|blue", "birthday|Birthday|生日|pink",
                                                "renewal|Renewal|续约|orange", "win_back|Win back|唤醒|purple",
                                                "other|Other|其他|gray"))
    note: str | None = field(Kind.TEXT, "Note", "事项", searchable=True, title=True, aliases=("跟进事项", "Subject"))
    channel: str | None = field(Kind.CHOICE, "Channel", "方式", aliases=("跟进方式",),
                                choices=choices("phone|Phone|电话|blue", "email|E-mail|邮件|cyan", "meeting|Meeting|会议|purple",
                                                "visit|Visit|拜访|green", "chat|Chat|聊天|yellow", "sms|SMS|短信|orange",
                                                "social|Social media|社交媒体|pink", "other|Other|其他|gray"))
    owner: str | None = field(Kind.TEXT, "Owner", "负责人", indexed=True, aliases=("跟进人",))
    every: str | None = field(Kind.TEXT, "Every", "重复",
                              help_en="week, month, quarter, year, a number of days such as 10 days, or an RRULE",
                              help_zh="week、month、quarter、year、N days 或 RRULE")
    anchor: date | None = field(Kind.DATE, "Anchor", "起始日",
                                help_en="the day that the repetition counts from; its due day where not given",
                                help_zh="重复的起算日，默认为到期日")
    planned: date | None = field(Kind.DATE, "Planned", "计划日",
                                 help_en="the day of the plan that it is for, where its due day was moved",
                                 help_zh="改期之前在计划中的日期")
    status: str | None = field(Kind.CHOICE, "Status", "状态", default="open", indexed=True,
                               choices=choices("open|Open|待办|blue", "done|Done|完成|green", "skipped|Skipped|跳过|gray"))
    done_at: datetime | None = field(Kind.TIME, "Done at", "完成时间")
    result: str | None = field(Kind.TEXT, "Result", "结果", searchable=True, aliases=("跟进结果",))


@record_type("segment_rule", plural="segment_rules", prefix="SR", en="Segment rule", zh="分群规则", is_kept=True,
             brief=("name", "wording", "refreshed_at"))
class SegmentRule(Record):
    """What the rule of a segment said while members entered by it; the latest of a segment knows how far it was refreshed.

    ``log_cursor`` is to where the log was looked at, empty while members are still being written for the first time.
    """

    name: str | None = field(Kind.TEXT, "Name", "名称", required=True, unique=True, title=True,
                             help_en="the segment and a number", help_zh="分群名和序号")
    segment: str | None = field(Kind.TEXT, "Segment", "分群", required=True, indexed=True)
    wording: str | None = field(Kind.TEXT, "Wording", "规则内容", required=True)
    thresholds: str | None = field(Kind.TEXT, "Thresholds", "阈值", help_en="the numbers in it that have names",
                                   help_zh="其中有名称的数值")
    meaning: str | None = field(Kind.TEXT, "Meaning", "含义", help_en="a digest of what the names in it meant",
                                help_zh="其中名称含义的摘要")
    plugin: str | None = field(Kind.TEXT, "Plugin", "插件")
    version: str | None = field(Kind.TEXT, "Version", "版本")
    refreshed_at: datetime | None = field(Kind.TIME, "Refreshed", "刷新时间")
    refreshed_on: date | None = field(Kind.DATE, "Refreshed on", "刷新日期")
    log_cursor: int | None = field(Kind.INTEGER, "Log read to", "日志读到")


@record_type("membership", plural="memberships", prefix="SM", en="Membership", zh="分群成员", when="entered_at", is_kept=True,
             brief=("customer", "segment", "label", "score", "entered_at", "left_at"))
class Membership(Record):
    """That a customer is in a segment, or was: since when, until when, and by which wording of its rule."""

    customer: int = field(Kind.REFERENCE, "Customer", "客户", target="customer", required=True, on_remove="cascade",
                          initial=0)
    segment: str | None = field(Kind.TEXT, "Segment", "分群", required=True, title=True)
    rule: int = field(Kind.REFERENCE, "Rule", "规则", target="segment_rule", required=True, initial=0)
    label: str | None = field(Kind.TEXT, "Label", "标签")
    score: Decimal | None = field(Kind.NUMBER, "Score", "分数")
    entered_at: datetime | None = field(Kind.TIME, "Entered", "进入时间", required=True)
    left_at: datetime | None = field(Kind.TIME, "Left", "离开时间")


CORE_TYPES: tuple[type[Record], ...] = (Customer, Interaction, FollowUp, SegmentRule, Membership)
