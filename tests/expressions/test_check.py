import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custledger.conventions import Conventions
from custledger.errors import QueryError
from custledger.expressions import Expression, understand, understand_order
from custledger.expressions.tree import Always, And, Compare, Day, Empty, FieldNode, Has, Match, Not, OneOf, Or, Value
from custledger.fields import Kind, Labels, Spec
from custledger.records import Customer, Interaction
from custledger.schema import Field, Schema
from custledger.testing.expressions import filters
from custledger.testing.samples import Person

CUSTOMER = Schema.of(Customer)
PERSON = Schema.of(Person).extended(
    [
        Field("x_born", Spec(kind=Kind.DATE, labels=Labels("Born (twin)"))),
        Field("x_limit", Spec(kind=Kind.MONEY, labels=Labels("Limit", "额度"))),
    ]
)
CONVENTIONS = Conventions(zone_name="Asia/Shanghai")
SOME = (
    "Some are: code, name, type, status, level, phone, city, owner; "
    f'ledger.fields.list("customer") has all {len(CUSTOMER.keys)}.'
)
"""What is said of a word that is near to no name, wherever it stands."""
CITY, LEVEL = FieldNode("city", Kind.TEXT), FieldNode("level", Kind.CHOICE)


def understood(text: str, schema: Schema = PERSON) -> Expression:
    return understand(text, schema, CONVENTIONS)


def root(text: str, schema: Schema = PERSON) -> object:
    return understood(text, schema).root


@pytest.mark.parametrize("name", ["city", "City", "城市", "所在城市", "[市]", "ｃｉｔｙ", "【城市】"])
def test_a_field_is_named_by_key_label_or_alias(name: str) -> None:
    assert root(f"{name} = 上海", CUSTOMER) == Compare("=", CITY, Value("上海", Kind.TEXT))


@pytest.mark.parametrize("name", ["tag", "tags", "标签", "客户标签"])
def test_tags_are_named_in_the_singular_too(name: str) -> None:
    for schema in (CUSTOMER, PERSON):
        if name != "客户标签" or schema is CUSTOMER:
            assert root(f"{name} = vip", schema) == Has(FieldNode("tags", Kind.TAGS), ("vip",))


@pytest.mark.parametrize("value", ["key", "KEY", "Key account", "大客户", "“大客户”", "ｋｅｙ"])
def test_a_choice_is_named_by_code_or_label(value: str) -> None:
    assert root(f"type = {value}", CUSTOMER) == Compare("=", FieldNode("type", Kind.CHOICE), Value("key", Kind.CHOICE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age >= 30", Compare(">=", FieldNode("age", Kind.INTEGER), Value(30, Kind.INTEGER))),
        ("age > 2.5", Compare(">=", FieldNode("age", Kind.INTEGER), Value(3, Kind.INTEGER))),
        ("age >= -2.5", Compare(">=", FieldNode("age", Kind.INTEGER), Value(-2, Kind.INTEGER))),
        ("age < 2.5", Compare("<=", FieldNode("age", Kind.INTEGER), Value(2, Kind.INTEGER))),
        ("age = 2.5", Always(holds=False)),
        ("age != 2.5", Not(Always(holds=False))),
        ("age in (2.5, 3)", OneOf(FieldNode("age", Kind.INTEGER), (Value(3, Kind.INTEGER),))),
        ("age in (2.5)", Always(holds=False)),
        ("balance > ¥1,200", None),
        ("balance > “¥1,200.50”", Compare(">", FieldNode("balance", Kind.MONEY), Value(12_005_000, Kind.MONEY))),
        ("余额 > ５０００元", Compare(">", FieldNode("balance", Kind.MONEY), Value(50_000_000, Kind.MONEY))),
        ("score = .5", Compare("=", FieldNode("score", Kind.NUMBER), Value(5000, Kind.NUMBER))),
        ("balance > limit", Compare(">", FieldNode("balance", Kind.MONEY), FieldNode("x_limit", Kind.MONEY))),
        ("balance > 额度", Compare(">", FieldNode("balance", Kind.MONEY), FieldNode("x_limit", Kind.MONEY))),
        ("age <= [score]", Compare("<=", FieldNode("age", Kind.INTEGER), FieldNode("score", Kind.NUMBER))),
        ("born = [Born (twin)]", Compare("=", FieldNode("born", Kind.DATE), FieldNode("x_born", Kind.DATE))),
        ("born < x_born", Compare("<", FieldNode("born", Kind.DATE), FieldNode("x_born", Kind.DATE))),
        ("born = 1990年5月1日", Compare("=", FieldNode("born", Kind.DATE), Value("1990-05-01", Kind.DATE))),
        ("seen > 30 days ago", Compare(">", FieldNode("seen", Kind.TIME), Day(-30))),
        ("seen > 2026-11-22", Compare(">", FieldNode("seen", Kind.TIME), Value("2026-11-22", Kind.DATE))),
        (
            "seen > 2026-11-22 00:00",
            Compare(">", FieldNode("seen", Kind.TIME), Value("2026-11-21T16:00:00.000Z", Kind.TIME)),
        ),
        ("active", Compare("=", FieldNode("active", Kind.YES_NO), Value(1, Kind.YES_NO))),
        ("active = 否", Compare("=", FieldNode("active", Kind.YES_NO), Value(0, Kind.YES_NO))),
        ("hobbies contains 茶", Has(FieldNode("hobbies", Kind.CHOICES), ("tea",))),
        ("hobbies in (tea, Go)", Has(FieldNode("hobbies", Kind.CHOICES), ("tea", "go"))),
        ("notes = phone", Compare("=", FieldNode("notes", Kind.TEXT), Value("phone", Kind.TEXT))),
        ("notes = [email]", Compare("=", FieldNode("notes", Kind.TEXT), FieldNode("email", Kind.EMAIL))),
        (
            "notes in (a, [email])",
            Or(
                (
                    OneOf(FieldNode("notes", Kind.TEXT), (Value("a", Kind.TEXT),)),
                    Compare("=", FieldNode("notes", Kind.TEXT), FieldNode("email", Kind.EMAIL)),
                )
            ),
        ),
        ("phone starts with 138-", Match("starts", FieldNode("phone", Kind.PHONE), "138-")),
        ("mentor = SP-0000000000001", Compare("=", FieldNode("mentor", Kind.REFERENCE), Value(1, Kind.REFERENCE))),
        ("mentor = id", None),
        ("mentor = [id]", Compare("=", FieldNode("mentor", Kind.REFERENCE), FieldNode("id", Kind.ID))),
        ("secret is empty", Empty(FieldNode("secret", Kind.TEXT))),
        ("age between 1 and 2 and active", None),
    ],
)
def test_what_a_filter_means(text: str, expected: object) -> None:
    if expected is not None:
        assert root(text) == expected
    elif text.startswith("age between"):
        assert isinstance(understood(text).root, And)
        assert len(understood(text).root.parts) == 3
    else:
        with pytest.raises(QueryError):
            understood(text)


def test_a_reference_to_any_record_is_compared_as_it_is_kept() -> None:
    about = FieldNode("about", Kind.REFERENCE)
    assert root("about = c-0000000000oil", Schema.of(Interaction)) == Compare(
        "=", about, Value("C-0000000000011", Kind.REFERENCE)
    )


def test_an_expression_says_what_it_reads_and_yields() -> None:
    expression = understood("city = 上海 and (level = A or not birthday < today)", CUSTOMER)
    assert expression.keys == {"city", "level", "birthday"}
    assert expression.kind is Kind.YES_NO
    assert expression.text == "city = 上海 and (level = A or not birthday < today)"
    assert isinstance(expression.root, And)


def test_a_column_may_be_of_any_kind() -> None:
    assert understand("客户等级", CUSTOMER, CONVENTIONS, want=None) == Expression(
        "客户等级", Kind.CHOICE, LEVEL, frozenset({"level"}), CUSTOMER.by_key["level"].spec
    )
    assert understand("consent", CUSTOMER, CONVENTIONS, want=None).root == FieldNode("consent", Kind.YES_NO)
    assert understand("level = A", CUSTOMER, CONVENTIONS, want=None).kind is Kind.YES_NO
    assert understand("birthday", CUSTOMER, CONVENTIONS, want=Kind.DATE).kind is Kind.DATE
    with pytest.raises(QueryError, match=r"gives a text, and a date is wanted"):
        understand("city", CUSTOMER, CONVENTIONS, want=Kind.DATE)


ERRORS = [
    ("", 0, "There is no condition here", "For instance: city = 上海"),
    ("ctiy = x", 0, "There is no customer field “ctiy”", "Did you mean city?"),
    ("level = A and 天气 = 晴", 14, "There is no customer field “天气”", SOME),
    ("城是 = 上海", 0, "There is no customer field “城是”", "Did you mean 城市?"),
    ("城市等于上海", 0, "There is no customer field “城市等于上海”", "Put spaces around 等于."),
    (
        "city = Salt and Pepper",
        16,
        "There is no customer field “Pepper”",
        'Write: city in (Salt, Pepper); or "Salt and Pepper", if that is the text.',
    ),
    ("city", 0, "“city” alone is not a condition", "Compare it with something, for instance: city is not empty"),
    ("city 上海", 5, "A sign such as = is missing between “city” and “上海”", "For instance: city = 上海"),
    ("city =", 6, "A value is missing here", "To ask for what has no value, write: is empty"),
    ("city = and level = A", 7, "A value is missing here", "To ask for what has no value, write: is empty"),
    ("city = ''", 7, "City: “” has nothing in it to compare with", "To ask for what has no value, write: is empty"),
    (
        "city = ACME (China)",
        12,
        "“(” is out of place here",
        "Conditions are joined by and or or; a value that holds such a sign goes in quotation marks: “ACME (China)”.",
    ),
    ("city = “上海", 7, "This quotation mark is never closed", "Close it with ”"),
    ("(city = a", 0, "This bracket is never closed", ""),
    ("city = a)", 8, "There is no opening bracket for this closing one", ""),
    ("city in 上海", 8, "A list in brackets is missing here", "For instance: city in (北京, 上海)"),
    ("city in (a, b", 8, "This list is never closed", "For instance: city in (北京, 上海)"),
    ("city in ()", 9, "A value is missing here", "To ask for what has no value, write: is empty"),
    ("birthday between 2020-01-01", 27, "The second of the two values is missing", "For instance: between 10 and 20"),
    ("count(level) > 2", 6, "No records called “level” belong to a customer", "There are: customers."),
    ("= 上海", 0, "“=” is out of place: a field is missing here", "For instance: city = 上海"),
    ("city = a and", 12, "A field is missing here", "For instance: city = 上海"),
    ("birthday < 2026-13-01", 11, "Birthday: “2026-13-01” is not a day of the calendar", "Birthday is a date."),
    ("birthday < tomorow", 11, "Birthday: “tomorow” is not a date", "Write dates as 2026-11-22."),
    ("birthday < verifiedon", 11, "Birthday: “verifiedon” is not a date", "Did you mean verified_on?"),
    ("birthday < 999999 days ago", 11, "Birthday: “999999 days ago” is too far away", "Birthday is a date."),
    (
        "birthday = [city]",
        11,
        "Birthday (a date) and City (a text) cannot be compared",
        "Two fields of the same kind can be compared.",
    ),
    (
        "created_at = [birthday]",
        13,
        "Created (a time) and Birthday (a date) cannot be compared",
        "Two fields of the same kind can be compared.",
    ),
    (
        "updated_at > 2026-11-22 25:00",
        13,
        "Updated: “2026-11-22 25:00” is not a time",
        "Write times as 2026-11-22 14:30.",
    ),
    ("revision > many", 11, "Revision: “many” is not a number", "Revision is a whole number."),
    (
        "revision > 99999999999999999999",
        11,
        "Revision: “99999999999999999999” is too large",
        "Revision is a whole number.",
    ),
    ("name = null", 7, "Name: “null” is no value", 'Write: Name is empty; or "null", if that is the text.'),
    ("city in (x, 空)", 12, "City: “空” is no value", 'Write: City is empty; or "空", if that is the text.'),
    ("birthday != NULL", 12, "Birthday: “NULL” is not a date", "Write: Birthday is empty"),
    ("level = 空", 8, "Level: “空” is not one of the choices", "Write: Level is empty"),
    ("level = D", 8, "Level: “D” is not one of the choices", "There are: A, B, C."),
    ("status = activ", 9, "Status: “activ” is not one of the choices", "Did you mean active?"),
    (
        "level contains A",
        6,
        "Level is a choice, and only in texts can something be looked for",
        "Compare it by =, != or in (…).",
    ),
    ("name contains [city]", 14, "Only a value can stand here, and not a field", "Put a text in quotation marks."),
    (
        "consent > no",
        8,
        "Consent is a yes or no, and nothing is greater or smaller than it",
        "Compare it by =, != or in (…).",
    ),
    ("consent = maybe", 10, "Consent: “maybe” is neither yes nor no", "Consent is a yes or no."),
    (
        "tags between a and b",
        5,
        "Tags is a set of tags, and nothing is greater or smaller than it",
        "Compare it by =, != or in (…).",
    ),
    ("referred_by = 张伟", 14, "Referred by: “张伟” is not a whole id", "Ids read like C-01J9ZK4QW7RXM."),
    (
        "referred_by > C-0000000000001",
        12,
        "Referred by is a reference, and nothing is greater or smaller than it",
        "Compare it by =, != or in (…).",
    ),
    *(
        (
            f"id_number {asked}",
            10,
            "ID number is sensitive, and can only be compared by =",
            "Write = or != and one value, or is empty.",
        )
        for asked in ("contains 1990", "> 1990", "in (1990)", "not in (1990, 1991)", "between 1 and 2", "starts with 1")
    ),
    ("id_number = [city]", 12, "ID number is sensitive, and can only be compared with a value", ""),
    ("city = [id_number]", 7, "ID number is sensitive, and can only be compared with a value", ""),
    ("(" * 51 + "consent" + ")" * 51, 51, "More than 50 brackets stand inside each other", ""),
    ("not " * 60 + "consent", 204, "More than 50 brackets stand inside each other", ""),
    ("name = a\x00b", 7, "Name: “a\ufffdb” holds a NUL character, which is not text", "Name is a text."),
]


@pytest.mark.parametrize(
    ("text", "position", "why", "hint"), ERRORS, ids=[text[:30].replace("\x00", "?") for text, *_ in ERRORS]
)
def test_an_error_says_what_is_wrong_where_and_what_to_do(text: str, position: int, why: str, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        understand(text, CUSTOMER, CONVENTIONS)
    assert (caught.value.position, caught.value.why, caught.value.hint) == (position, why, hint)
    assert caught.value.text == text
    assert f"(at character {position + 1} of: " in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("asked", ["= 1990", "!= 1990", "is empty", "is not empty"])
def test_a_sensitive_field_is_asked_for_one_value_or_for_none(asked: str) -> None:
    assert understand(f"id_number {asked}", CUSTOMER, CONVENTIONS).keys == {"id_number"}


@pytest.mark.parametrize("asked", ['name = "null"', "name contains 空", "name = 空气", 'tags in ("空")'])
def test_the_words_for_nothing_are_texts_where_they_are_meant_so(asked: str) -> None:
    assert understand(asked, CUSTOMER, CONVENTIONS).keys <= {"name", "tags"}


def test_an_error_speaks_the_labels_of_the_ledger() -> None:
    with pytest.raises(QueryError, match="客户等级: “D” is not one of the choices"):
        understand("level = D", CUSTOMER, Conventions(language="zh"))


def test_a_long_text_is_shown_around_the_place() -> None:
    with pytest.raises(QueryError) as caught:
        understand(f"name = {'很' * 300} or ctiy = x or name\n= {'长' * 300}", CUSTOMER, CONVENTIONS)
    assert "ctiy = x or name = 长" in caught.value.message
    assert len(caught.value.message) < 250


def test_sort_keys_run_downwards_with_a_dash() -> None:
    order = understand_order(["-created_at", "城市", " － level", "consent"], CUSTOMER, CONVENTIONS)
    assert [(expression.text, expression.root.key, descending) for expression, descending in order] == [
        ("created_at", "created_at", True),
        ("城市", "city", False),
        ("level", "level", True),
        ("consent", "consent", False),
    ]


@pytest.mark.parametrize(
    ("key", "position", "why"),
    [
        ("-ctiy", 1, "There is no customer field “ctiy”"),
        ("tags", 0, "Tags holds several values, and nothing can be sorted by it"),
        ("-id_number", 1, "ID number is sensitive, and nothing is sorted by it"),
        ("-", 1, "There is no condition here"),
    ],
)
def test_a_sort_key_that_cannot_be_is_an_error(key: str, position: int, why: str) -> None:
    with pytest.raises(QueryError) as caught:
        understand_order([key], CUSTOMER, CONVENTIONS)
    assert (caught.value.why, caught.value.position, caught.value.text) == (why, position, key)


WORDS = st.sampled_from(
    [
        "city",
        "城市",
        "birthday",
        "created_at",
        "level",
        "tags",
        "consent",
        "balance",
        "revision",
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        ",",
        "=",
        "!=",
        "＜",
        "between",
        "is",
        "empty",
        "contains",
        "介于",
        "[",
        "]",
        "'",
        "“",
        "”",
        "2026-11-22",
        "00:00",
        "3 days ago",
        "1e5",
        "-",
        "9" * 30,
        "A",
        "\x00",
        "\ud800",
        "\n",
        "٣",
        "²",
    ]
)


@given(st.text() | st.lists(WORDS, max_size=12).map(" ".join) | st.lists(WORDS, max_size=6).map("".join))
@example("created_at > " + "00:00 " * 3000)
@example("revision = " + "9" * 5000)
@example("birthday < in " + "9" * 5000 + " days")
@example("(" * 5000)
@example("not " * 5000)
@example("created_at = 0001-01-01 00:00 +14:00")
@example("balance > -.")
def test_any_text_is_understood_or_explained(text: str) -> None:
    for want in (Kind.YES_NO, None):
        error = error_of(text, want)
        if error is not None:
            assert 0 <= error.position <= len(text)
            assert error.message.isprintable()


def error_of(text: str, want: Kind | None) -> QueryError | None:
    try:
        understand(text, CUSTOMER, CONVENTIONS, want=want)
    except QueryError as error:
        return error
    return None


@given(filters(PERSON))
def test_what_is_well_typed_is_understood(text: str) -> None:
    assert understood(text).kind is Kind.YES_NO


@pytest.mark.parametrize("text", ["totl > 3", "fooo", "level = A and fooo is empty"])
def test_an_unknown_word_gets_the_same_answer_wherever_it_stands(text: str) -> None:
    with pytest.raises(QueryError) as filtered:
        understood(text, CUSTOMER)
    with pytest.raises(QueryError) as sorted_:
        understand_order(["fooo"], CUSTOMER, CONVENTIONS)
    assert {filtered.value.hint, sorted_.value.hint} == {SOME}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("city is null", "Write: city is empty"),
        ("city is not null", "Write: city is not empty"),
        ("城市 为 空", "Write: 城市 is empty"),
        ("city is New York and level = A", "Write: city = New York"),
        ("city is not Lyon", "Write: city != Lyon"),
        ("city is Lyon but level is A", "Write: city = Lyon"),
        ("created_at within 30 days", "Write: created_at > 30 days ago; or for days to come: created_at <= in 30 days"),
        ("birthday in the last month", "Write: birthday > 30 days ago; or for days to come: birthday <= in 30 days"),
        ("created_at 最近 三个月", "Write: created_at > 三个月前; or for days to come: created_at <= 三个月内"),
        ("revision 超过 5", "Write: revision > 5"),
        ("revision at least", "Write: revision >= …"),
        ("name like 张", "Write: name contains 张"),
        ("ctiy is Lyon", "Write: ctiy = Lyon"),
        ("city = 上海 or 杭州", "Write: city in (上海, 杭州)"),
        ("城市 是 上海 或 杭州 或 北京", "Write: 城市 in (上海, 杭州, 北京)"),
        ("city = “上海” or 杭州 and level = A", 'Write: city in ("上海", 杭州)'),
        ("level = A and city != 上海 or 杭州", "Write: city not in (上海, 杭州)"),
        ("revision = 1 or 2", "Write: revision in (1, 2)"),
        ("level = A and B", "Write: level in (A, B)"),
        ("name = Tom and Jerry", 'Write: name in (Tom, Jerry); or "Tom and Jerry", if that is the text.'),
        ("city = 上海 or “杭州”", "For instance: city in (北京, 上海)"),
        ("city = 上海 or consent or ctiy", "Did you mean city?"),
        ("customer.city = 上海", "Write city for that of the customer itself."),
        ("客户.城市 = 上海", "Write 城市 for that of the customer itself."),
    ],
)
def test_a_hint_says_what_can_be_written(text: str, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        understood(text, CUSTOMER)
    assert caught.value.hint == hint
