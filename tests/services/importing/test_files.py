"""What a file may look like: headings, cells, ragged rows, formats, and files that are none."""

import pytest

from custledger.errors import DataError, FileFormatError, NotFoundError, UsageError
from custledger.fields import Kind
from custledger.services import fields as custom
from custledger.services import importing
from custledger.services.importing import import_file

from .conftest import reasons, small_chunks, values


def test_headings_in_either_language_and_aliases_are_recognised(session, bring):
    report = bring(" 客户名称 ,Customer Code,手机号,level,Tag\n张三,7,138,重点,vip；老客户\n李四,8,139,A级,\n")
    assert (report.added, report.rejected) == (1, 1)
    assert dict(report.mapped) == {
        "客户名称": "name",
        "Customer Code": "code",
        "手机号": "phone",
        "level": "level",
        "Tag": "tags",
    }
    assert values(session, "name") == ["李四"]
    assert "“重点” is not one of the choices" in reasons(report)[2]


def test_a_custom_field_is_recognised_by_its_label(session, bring):
    field = custom.add_field(session, "customer", "会员卡号", kind=Kind.TEXT)
    bring("Name,会员卡号\nA,9\n")
    assert values(session, field.key) == ["9"]


def test_a_gb18030_file_with_chinese_headings_comes_in(session, bring):
    report = bring("客户名称,城市,备注\n张三,上海,喜欢红茶\n", encoding="gb18030")
    assert (report.added, report.description) == (1, "GB18030, separated by commas")
    assert values(session, "notes") == ["喜欢红茶"]


def test_a_column_that_is_nobodys_is_reported_and_not_lost_silently(bring):
    report = bring("Name,车型,,车型\nA,x,y,z\n")
    assert report.unmapped == ("车型", "#3", "车型#2")


def test_columns_are_mapped_by_hand_by_heading_by_number_and_by_repetition(session, bring):
    report = bring("谁,备,备,\nA,1,2,3\n", maps=["谁=name", "备#2=备注", "#4=city"])
    assert report.unmapped == ("备",)
    assert [values(session, key) for key in ("name", "notes", "city")] == [["A"], ["2"], ["3"]]


@pytest.mark.parametrize(
    ("maps", "error", "says"),
    [
        (["nix=name"], NotFoundError, "no column “nix”"),
        (["谁=nix"], NotFoundError, "customer field “nix”"),
        (["谁"], UsageError, "maps nothing"),
        (["=name"], UsageError, "maps nothing"),
        (["谁=created_at"], UsageError, "sets it itself"),
        ([], DataError, "No column is a field"),
        (["谁=city"], DataError, "needs name"),
    ],
)
def test_a_map_that_makes_no_sense_is_an_error_before_anything_is_written(session, bring, maps, error, says):
    with pytest.raises(error, match=says):
        bring("谁,x\nA,1\n", maps=maps)
    assert values(session, "name") == []


def test_of_two_columns_for_one_field_the_better_is_read_and_the_other_told(session, bring):
    text = "客户名称,手机,联系电话\nA,102,101\n"
    report = bring(text)
    assert (report.unmapped, report.passed_over) == (("手机",), (("手机", "联系电话", "phone"),))
    assert bring(text, maps=["联系电话=", "手机=phone"]).passed_over == ()
    assert bring(text, maps=["手机=phone"]).passed_over == (("联系电话", "手机", "phone"),)
    assert values(session, "phone") == ["101", "102", "102"]


def test_two_columns_mapped_to_one_field_by_hand_are_an_error(session, bring):
    with pytest.raises(DataError, match="手机 and 联系电话 are both") as caught:
        bring("客户名称,手机,联系电话\nA,102,101\n", maps=["手机=phone", "联系电话=phone"])
    assert 'map "联系电话="' in caught.value.hint


def test_values_come_in_as_they_are_and_an_empty_cell_is_empty(session, bring):
    bring('name,code,notes,status\n 张三 ,007,"a\nb",\n')
    assert [values(session, key)[0] for key in ("name", "code", "notes", "status")] == [" 张三 ", "007", "a\nb", None]


def test_cells_of_blanks_are_empty_and_a_name_of_blanks_is_rejected(session, bring):
    report = bring('name,city,tags\nA,"  ",vip;VIP\n"  ",Bonn,\nB, Bonn,"\u3000"\n')
    assert (report.added, report.rejected) == (2, 1)
    assert values(session, "name") == ["A", "B"]
    assert values(session, "city") == [None, " Bonn"]
    assert values(session, "tags") == [("vip",), None]


def test_a_field_without_a_column_gets_its_default(session, bring):
    bring("name\nA\n")
    assert values(session, "status") == ["new"]


def test_ragged_rows_are_filled_up_and_too_long_ones_are_rejected(session, bring):
    report = bring("name,code,city\nA\nB,2,上海,,\nC,3,x,extra\n,,,\n")
    assert (report.added, report.rejected, report.blank) == (2, 1, 1)
    assert reasons(report) == {4: "it has 4 cells, and the heading 3"}


def test_a_file_that_breaks_off_inside_a_quote_is_an_error_with_its_row(session, bring):
    with pytest.raises(FileFormatError, match="row 3"):
        bring('name\nA\n"B\n')
    assert values(session, "name") == []


def test_a_nul_in_a_cell_rejects_its_row(bring):
    report = bring("name,notes\nA,x\0y\nB,z\n")
    assert (report.added, list(reasons(report))) == (1, [2])


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("in.docx", {}, NotFoundError),
        ("in.csv", {"format": "nix"}, NotFoundError),
        ("in.csv", {"options": {"sheet": "1"}}, UsageError),
        ("in.csv", {"options": {"encoding": "nix"}}, UsageError),
    ],
)
def test_a_format_or_option_that_is_not_there_is_an_error(bring, name, options, error):
    with pytest.raises(error):
        bring("name\nA\n", name=name, **options)


def test_a_file_without_an_ending_is_csv_and_one_can_say_so(bring):
    assert bring("name\nA\n", name="in").added == 1
    assert (
        bring("name;code\nA;1\n", name="in.dat", format="csv", options={"delimiter": ";", "encoding": None}).added == 1
    )


def test_an_unknown_type_or_file_is_not_found(session, tmp_path):
    with pytest.raises(NotFoundError, match="record type"):
        import_file(session, str(tmp_path / "x.csv"), "custoner")
    with pytest.raises(NotFoundError, match="file"):
        import_file(session, str(tmp_path / "x.csv"), "customer")


def test_a_heading_alone_imports_nothing_and_makes_no_operation(session, bring):
    report = bring("name\n")
    assert (report.rows, report.operation, report.rejects) == (0, None, None)


def test_the_public_names_of_the_package_are_documented():
    assert all(getattr(importing, name).__doc__ for name in importing.__all__)


def test_a_fault_at_the_end_of_the_file_is_found_before_the_first_row(session, bring, monkeypatch):
    with small_chunks(monkeypatch, 2), pytest.raises(FileFormatError, match=r"row 7.*never closed") as caught:
        bring("name\n" + "A\n" * 5 + '"B\nC\n')
    assert "undo" not in caught.value.hint
    assert values(session, "name") == []


def test_headings_that_say_nothing_come_with_how_the_file_was_read(bring):
    for text in ("姓名,城市\n陳偉,上海\n", "姓名\n陳偉\n"):
        with pytest.raises(DataError) as caught:
            bring(text, encoding="big5")
        assert "The file was read as GB18030" in caught.value.hint
        assert "encoding says otherwise" in caught.value.hint
        assert bring(text, encoding="big5", options={"encoding": "big5"}).added == 1
