"""The workbook that people fill in: lists, checks, colours, what is frozen, and how it prints."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from custledger_excel import EXCEL_READER
from custledger_excel.colours import EXAMPLE, FAINT, HEADING, HEADING_LETTERS, LOOKS, NEEDED
from custledger_excel.columns import Column, columns_of, heading_of
from custledger_excel.manifest import TITLE, Manifest
from custledger_excel.sheets import Sheet
from custledger_excel.styled import write_workbook
from custledger_excel.titles import LONGEST, names_of, title_of, titles_of
from openpyxl.utils import column_index_from_string

from custledger.conventions import Conventions
from custledger.fields import Choice, Kind, Labels, Spec
from custledger.records import COLORS, Customer, FollowUp, Interaction
from custledger.schema import Field, Schema, TypeInfo

TODAY = date(2026, 11, 22)
SPORTS = Field("x_sport", Spec(kind=Kind.CHOICES, labels=Labels("Sport", "运动"), choices=(
    Choice("swim", Labels("Swimming", "游泳")), Choice("yoga", Labels("Yoga", "瑜伽"))), custom=True))  # fmt: skip
GYM = Schema.of(Customer).extended(
    [SPORTS, Field("x_limit", Spec(kind=Kind.MONEY, labels=Labels("Limit", "额度"), custom=True))]
)
SCHEMAS = (GYM, Schema.of(Interaction), Schema.of(FollowUp))


def _key(column):
    return column.field.key


def made(language="en", rows=None, **options):
    """Return a workbook as openpyxl reads it; ``rows`` are values by key, by type."""
    sheets = []
    for schema in SCHEMAS:
        columns = columns_of(schema, language)
        told = [[row.get(_key(one), "") for one in columns] for row in (rows or {}).get(schema.name, [])]
        sheets.append(Sheet(schema=schema, columns=columns, rows=told))
    stream = io.BytesIO()
    write_workbook(stream, sheets, conventions=Conventions(language=language), today=TODAY, **options)
    return openpyxl.load_workbook(stream)


@pytest.fixture(scope="module")
def english():
    rows = {
        "customer": [
            {"id": "example", "name": "Ann Example", "status": "Active"},
            {
                "code": "007",
                "name": "Ben",
                "status": "Active",
                "birthday": "1990-05-17",
                "x_limit": "12.50",
                "consent": "yes",
            },
            {"name": "Cem", "status": "Paused"},
        ],
        "followup": [
            {"customer": "Ben", "due": (TODAY + timedelta(days=days)).isoformat(), "status": status}
            for days, status in ((-3, "Open"), (-3, "Done"), (0, "Open"), (5, "Open"), (7, "Open"), (8, "Open"))
        ],
    }
    return made(rows=rows, summary=True, instructions=True)


def column(sheet, heading):
    return next(cell.column_letter for cell in sheet[1] if cell.value == heading)


def check_of(sheet, heading):
    letter = column(sheet, heading)
    return next(one for one in sheet.data_validations.dataValidation if str(one.sqref).startswith(f"{letter}2"))


def listed(book, check):
    where = check.formula1.lstrip("=").replace("$", "")
    title, cells = where.split("!")
    return [row[0].value for row in book[title][cells]]


def grounds(sheet, heading):
    """Return the colours of a column by their conditions."""
    letter = column(sheet, heading)
    rules: list[Any] = next(
        (one.rules for one in sheet.conditional_formatting if str(one.sqref).startswith(f"{letter}2")), []
    )
    return {one.formula[0]: one.dxf.fill.bgColor.rgb[2:] for one in rules}


def test_sheets_are_called_in_the_language_and_the_hidden_one_is_last(english):
    assert english.sheetnames == ["Read me", "Summary", "Customers", "Interactions", "Follow-ups", TITLE]
    assert english[TITLE].sheet_state == "veryHidden"
    assert made("zh").sheetnames == ["客户", "互动记录", "跟进计划", TITLE]


def test_the_id_comes_first_then_what_people_look_at(english):
    assert [cell.value for cell in english["Customers"][1]][:6] == ["ID", "Code", "Name", "Type", "Status", "Level"]
    assert [cell.value for cell in made("zh")["客户"][1]][:4] == ["ID", "客户编号", "客户名称", "客户类型"]


def test_every_heading_is_found_again_by_an_import():
    for schema in SCHEMAS:
        for language in ("en", "zh"):
            headings = [one.heading for one in columns_of(schema, language)]
            assert len(set(headings)) == len(headings)
            assert [schema.resolve(heading).key for heading in headings] == [
                _key(one) for one in columns_of(schema, language)
            ]
    clash = GYM.extended([Field("x_other", Spec(kind=Kind.TEXT, labels=Labels("Name"), custom=True))])
    assert heading_of(clash, clash.by_key["x_other"], "en") == "x_other"


def test_choices_have_lists_in_the_language_and_refuse_others(english):
    check = check_of(english["Customers"], "Status")
    assert (check.type, check.errorStyle or "stop") == ("list", "stop")
    assert listed(english, check) == ["New", "Active", "Paused", "Lost", "Invalid"]
    assert listed(english, check_of(english["Customers"], "Consent")) == ["yes", "no"]
    chinese = made("zh")
    assert listed(chinese, check_of(chinese["客户"], "客户状态")) == ["新客户", "活跃", "暂停", "流失", "无效"]
    assert str(check.sqref).endswith("1048576")


def test_several_choices_and_tags_say_how_they_are_separated(english):
    sheet = english["Customers"]
    assert check_of(sheet, "Sport").prompt == "One or several, separated by semicolons: Swimming, Yoga"
    assert "semicolons" in check_of(sheet, "Tags").prompt


def test_references_are_chosen_from_the_names_of_their_sheet_and_others_may_be_kept(english):
    check = check_of(english["Follow-ups"], "Customer")
    assert (check.type, check.errorStyle, check.formula1) == ("list", "warning", "customer_names")
    name = column(english["Customers"], "Name")
    assert english.defined_names["customer_names"].value.startswith(f"Customers!${name}$2:INDEX(")


def test_days_and_numbers_are_checked(english):
    sheet = english["Customers"]
    assert check_of(sheet, "Birthday").type == "date"
    assert check_of(sheet, "Birthday").formula2 == "TODAY()"
    assert check_of(sheet, "Verified on").formula2 == "2958465"
    assert check_of(sheet, "Limit").type == "decimal"
    assert "CNY" in check_of(sheet, "Limit").error


def test_columns_that_must_be_filled_in_are_marked_and_blank_cells_in_them_coloured(english):
    sheet = english["Customers"]
    colours = {cell.value: cell.fill.fgColor.rgb[2:] for cell in sheet[1]}
    assert {heading for heading, colour in colours.items() if f"#{colour}" == NEEDED} == {"Name"}
    assert f"#{colours['Status']}" == HEADING
    name = column(sheet, "Name")
    assert any(f'${name}2=""' in formula for formula in grounds(sheet, "Name"))


def test_choices_have_the_colours_that_they_have_everywhere(english):
    found = grounds(english["Customers"], "Status")
    wanted = {"New": "blue", "Active": "green", "Paused": "yellow", "Lost": "gray", "Invalid": "gray"}
    assert found == {f'"{label}"': LOOKS[colour].ground[1:] for label, colour in wanted.items()}


def test_what_is_overdue_and_still_open_is_red_and_no_example_is(english):
    sheet = english["Follow-ups"]
    due, status = column(sheet, "Due"), column(sheet, "Status")
    overdue, soon, *_ = grounds(sheet, "Due").items()
    assert f'${status}2="Open",$A2<>"example",$A2<>"示例",${due}2<TODAY()' in overdue[0]
    assert [overdue[1], soon[1]] == [LOOKS["red"].ground[1:], LOOKS["orange"].ground[1:]]


def test_texts_stay_text_and_days_and_amounts_have_their_formats(english):
    sheet = english["Customers"]
    formats = {
        sheet[f"{column(sheet, heading)}1"].value: sheet.column_dimensions[column(sheet, heading)]
        for heading in ("Code", "Birthday", "Limit", "Phone")
    }
    assert all(one.width > 7 for one in formats.values())
    row = {heading: sheet[f"{column(sheet, heading)}3"] for heading in ("Code", "Birthday", "Limit", "Phone")}
    assert [row[key].number_format for key in ("Code", "Birthday", "Limit")] == ["@", "yyyy-mm-dd", "#,##0.00##"]
    assert (row["Code"].value, row["Limit"].value) == ("007", 12.5)


def test_columns_that_few_need_are_folded_away_unless_something_stands_in_them(english):
    sheet = english["Customers"]
    hidden = {cell.value for cell in sheet[1] if _dimension(sheet, cell.column_letter).hidden}
    assert "WeChat" in hidden
    assert not hidden & {"ID", "Name", "Status", "Notes", "Tags", "Sport", "Birthday", "Consent"}


def _dimension(sheet, letter):
    """Return the properties of a column; openpyxl keeps those of alike neighbours together."""
    index = column_index_from_string(letter)
    found = [one for one in sheet.column_dimensions.values() if one.min and one.min <= index <= one.max]
    return found[0] if found else sheet.column_dimensions[letter]


def test_the_heading_is_frozen_and_filtered_and_printed_on_every_page_of_a4(english):
    sheet = english["Customers"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref.partition(":")[0]) == ("D2", "A1")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$1"


def test_an_example_is_faint(english):
    cells = english["Customers"][2]
    assert (cells[0].value, f"#{cells[2].font.color.rgb[2:]}", cells[2].font.italic) == ("example", EXAMPLE, True)


def test_the_workbook_says_of_itself_what_it_holds(english):
    told = Manifest.of(row[0].value or "" for row in english[TITLE].iter_rows(max_col=1))
    assert told is not None
    assert (told.language, told.currency, list(told.beside)) == ("en", "CNY", ["Read me", "Summary"])
    sheet = told.sheet_of("customer")
    assert sheet is not None
    assert (sheet.title, sheet.columns["Name"], sheet.columns["Sport"]) == ("Customers", "name", "x_sport")


def test_the_summary_counts_what_is_no_example_and_by_formulas(english):
    sheet = english["Summary"]
    formulas: dict[Any, str] = {}
    for row in sheet.iter_rows(min_row=4):
        for place in (1, 8):
            if isinstance(row[place + 1].value, str):
                formulas.setdefault(row[place].value, row[place + 1].value)
    status, name = column(english["Customers"], "Status"), column(english["Customers"], "Name")
    assert formulas["Active"].startswith(f'=COUNTIFS(Customers!${status}$2:${status}$1048576,"=Active",Customers!$A$2')
    assert formulas["Customers"].startswith(f'=COUNTIFS(Customers!${name}$2:${name}$1048576,"<>",')
    assert '"<"&TODAY()' in formulas["Overdue"]
    assert len(sheet._charts) > 3


def test_the_figures_are_true_before_a_spreadsheet_computes_them(tmp_path):
    stream = io.BytesIO()
    columns = {schema.name: columns_of(schema, "en") for schema in SCHEMAS}
    rows = {"customer": [{"id": "example", "name": "x", "status": "Active"}, *[{"name": "a", "status": "Active"}] * 3, {"name": "b"}],
            "followup": [{"customer": "a", "due": (TODAY + timedelta(days=day)).isoformat(), "status": "Open"} for day in (-1, -2, 0, 7, 8)]}  # fmt: skip
    sheets = [
        Sheet(
            schema=schema,
            columns=columns[schema.name],
            rows=[[row.get(_key(one), "") for one in columns[schema.name]] for row in rows.get(schema.name, [])],
        )
        for schema in SCHEMAS
    ]
    write_workbook(stream, sheets, conventions=Conventions(), today=TODAY, summary=True)
    path = tmp_path / "a.xlsx"
    path.write_bytes(stream.getvalue())
    with EXCEL_READER.open(path, sheet="Summary") as table:
        cells = [row for _, row in table.rows()]
    figures: dict[str, str] = {}
    for row in cells:
        for place in (0, 7):
            if row[place] and row[place + 1]:
                figures.setdefault(row[place], row[place + 1])
    assert (figures["Customers"], figures["Active"], figures["Follow-ups"]) == ("4", "3", "5")
    assert [figures[key] for key in ("Overdue", "Due today", "In the next 7 days", "Later")] == ["2", "1", "1", "1"]
    assert figures["(not given)"] == "4"


def test_columns_of_somebodys_own_are_left_alone():
    columns = (*columns_of(GYM, "en"), Column("My notes"))
    stream = io.BytesIO()
    write_workbook(
        stream,
        [Sheet(schema=GYM, columns=columns, rows=[[""] * (len(columns) - 1) + ["=mine"]])],
        conventions=Conventions(),
    )
    sheet = openpyxl.load_workbook(stream)["Customers"]
    assert sheet.cell(2, len(columns)).value == "'=mine"


def test_titles_fit_and_differ():
    long = Schema(TypeInfo("x", "xs", "XX", Labels("A type with / a very: long? name [indeed]")), ())
    again = Schema(TypeInfo("y", "ys", "YY", Labels("A type with / a very: long? name [indeed]")), ())
    titles = titles_of([long, again], "en", ["Summary"])
    assert len(set(titles.values())) == 2
    assert all(len(title) <= LONGEST and not set(title) & set("[]:*?/\\") for title in titles.values())
    assert (
        title_of(TypeInfo("opportunity", "opportunities", "O", Labels("Opportunity", "商机")), "en") == "Opportunities"
    )
    assert {"客户", "customer", "customers"} <= names_of(GYM.info)


def _contrast(one, other):
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", COLORS)
def test_every_colour_of_a_choice_can_be_read(name):
    assert _contrast(LOOKS[name].ground, LOOKS[name].letters) > 6


def test_headings_examples_and_ids_can_be_read():
    for ground, letters in (
        (HEADING, HEADING_LETTERS),
        (NEEDED, HEADING_LETTERS),
        ("#FFFFFF", EXAMPLE),
        ("#FFFFFF", FAINT),
    ):
        assert _contrast(ground, letters) >= 4.5
