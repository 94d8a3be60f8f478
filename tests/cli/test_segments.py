"""Segments on the command line: refreshed, told of, exported, and kept as text."""

import json
from pathlib import Path

from .conftest import Run


def members(run: Run) -> None:
    """Add a segment of both customers' city, and refresh it."""
    run("segment", "add", "local", "city in (上海, Oslo)", "--label-zh", "本地")
    assert run("segment", "refresh", "local").code == 0


def test_refresh_says_who_entered_and_left_and_how_many_were_looked_at(shop: Run) -> None:
    shop("segment", "add", "local", "city = 上海")
    first = shop("segment", "refresh", "local")
    assert first.out.splitlines() == [
        "Segment\tEntered\tLeft\tLooked at\tWhich",
        "local\t1\t0\t2\tall, for the first time",
    ]
    shop("customer", "edit", "K2", "--city", "上海")
    shop("customer", "edit", "K1", "--notes", "seen")
    assert (
        shop("segment", "refresh", "local", "--dry-run").out.splitlines()[1]
        == "local\t1\t0\t1\tthose who may have changed"
    )
    told = json.loads(shop("segment", "refresh", "local", "--json").out)
    assert told["segments"] == [
        {"segment": "local", "entered": 1, "left": 0, "looked_at": 1, "all": False, "why": None, "was": None}
    ]
    assert told["operation"]
    assert json.loads(shop("segment", "refresh", "local", "--full", "--json").out)["operation"] is None
    assert "分群" in shop("--lang", "zh", "segment", "refresh", "local").out
    assert "segment refresh\tSegment rule" not in shop("log").out
    assert shop("--as-of", "2026-01-01", "segment", "refresh").code == 2
    assert shop("segment", "refresh", "nobody").code == 3


def test_history_is_of_a_segment_or_of_a_customer(shop: Run) -> None:
    members(shop)
    shop("customer", "edit", "K2", "--city", "Bergen")
    shop("segment", "refresh", "local")
    of_segment = [line.split("\t")[1:] for line in shop("segment", "history", "本地").out.splitlines()]
    assert of_segment[1:] == [
        ["left", "Ann Example K2", "local 1"],
        ["entered", "Ann Example K2", "local 1"],
        ["entered", "张伟 K1", "local 1"],
    ]
    of_customer = json.loads(shop("segment", "history", "K2", "--json").out)
    assert [(one["what"], one["segment"], one["wording"]) for one in of_customer] == [
        ("left", "local", "city in (上海, Oslo)"),
        ("entered", "local", "city in (上海, Oslo)"),
    ]
    assert [one["customer"] for one in of_customer] == [
        json.loads(shop("customer", "show", "K2", "--json").out)["id"]
    ] * 2
    done = shop("segment", "history", "nobody")
    assert (done.code, done.err) == (3, "error: There is no segment or customer “nobody”.\n")
    assert shop("segment", "history", "local", "--limit", "1", "--csv").out.count("\n") == 2


def test_a_rule_that_was_worded_otherwise_when_it_was_refreshed_is_told_wherever_segments_are(shop: Run) -> None:
    members(shop)
    shop("segment", "add", "local", "city = 上海 or level = C")
    said = "The rule of local was: city in (上海, Oslo)\nIt is: city = 上海 or level = C\n"
    assert said + "0 would enter, 1 would leave.\n" in shop("segment", "list").err
    (told,) = [one for one in json.loads(shop("segment", "list", "--json").out) if one["name"] == "local"]
    assert told["was"] == "city in (上海, Oslo)"
    found = [one for one in json.loads(shop("doctor", "--json").out) if one["what"] == "segment local"]
    assert [one["found"] for one in found] == [
        "its rule is another since it was refreshed: 0 would enter, 1 would leave"
    ]
    done = shop("segment", "refresh", "local")
    assert done.out.splitlines()[1] == "local\t0\t1\t2\tall, by another rule"
    assert said + "0 entered, 1 left.\n" in done.err
    assert "The rule of local" not in shop("segment", "list").err
    assert "(local 2)" in shop("segment", "show", "local").out


def test_an_audience_file_says_how_many_were_left_out_and_why(shop: Run, folder: Path) -> None:
    members(shop)
    shop("customer", "edit", "K1", "--consent", "yes")
    done = shop("segment", "export", "local", "--to", "a.csv", "--columns", "name,city")
    assert done.err == ("1 customer exported to a.csv.\nLeft out for want of consent: 1. 0 refused, 1 did not say.\n")
    assert (folder / "a.csv").read_text("utf-8") == "Name,City\n张伟,上海\n"
    told = json.loads(shop("segment", "export", "local", "--to", "a.csv", "--json").out)
    assert told["left_out"] == {"refused": 0, "did_not_say": 1}
    assert shop("segment", "export", "local", "--to", "-", "--keys").out.startswith("name,phone,email\r\n")
    assert shop("segment", "export", "local", "--to", "-", "--json").code == 2
    assert shop("segment", "export", "local").code == 2


def test_segments_are_saved_and_loaded_with_what_that_changes(shop: Run, folder: Path) -> None:
    members(shop)
    shop("segment", "save", "segments.toml")
    text = (folder / "segments.toml").read_text("utf-8")
    assert text == '[[segment]]\nname = "local"\nexpression = "city in (上海, Oslo)"\nlabel_zh = "本地"\n'
    (folder / "segments.toml").write_text(text.replace(", Oslo", ""), "utf-8")
    rehearsed = shop("segment", "load", "segments.toml", "--dry-run")
    assert rehearsed.out.splitlines() == [
        "[local]", "- expression = city in (上海, Oslo)", "+ expression = city in (上海)",
        "  0 would enter, 1 would leave.",
    ]  # fmt: skip
    assert rehearsed.err == "0 would be added, 1 changed, 0 removed; 0 stay as they are.\n"
    assert shop("segment", "load", "segments.toml").err == "0 added, 1 changed, 0 removed; 0 stayed as they were.\n"
    told = json.loads(shop("segment", "load", "segments.toml", "--remove", "--json").out)
    assert [(one["name"], one["what"]) for one in told] == [("local", "same")]


def test_what_the_ledger_keeps_is_read_by_name_and_has_no_commands_of_its_own(shop: Run) -> None:
    members(shop)
    assert "membership" not in shop("--help").out
    assert "membership" not in shop("field", "list").out
    assert shop("membership", "list", "--columns", "segment").out.splitlines() == ["Segment", "local", "local"]
    done = shop("membership", "remove", "--where", "segment = local")
    assert (done.code, done.err.splitlines()[0]) == (4, "error: The ledger itself keeps the memberships.")


def test_of_two_segments_with_one_name_the_program_asks_whose(shop: Run) -> None:
    shop("segment", "add", "late", "level = A")
    shop("segment", "add", "late", "due < today", "--subject", "followup")
    done = shop("segment", "members", "late")
    assert done.code == 3
    assert done.err.splitlines()[1] == "hint: Say whose with --subject."
    assert shop("segment", "members", "late", "--subject", "followup", "--json").code == 0
    assert "followup" in shop("segment", "list").out
    done = shop("segment", "remove", "high_value")
    assert "The plugin segments brings it." in done.err
    assert "brings it" not in shop("segment", "remove", "last_contact").err


def test_memberships_go_with_their_customer_and_nobody_is_asked_for_them(shop: Run) -> None:
    members(shop)
    done = shop("customer", "remove", "K2")
    assert (done.code, shop("membership", "count").out.strip()) == (0, "1")
    shop("undo", json.loads(shop("log", "--limit", "1", "--json").out)[0]["id"])
    assert shop("membership", "count").out.strip() == "2"
    assert shop("segment", "refresh", "local").out.splitlines()[1] == "local\t0\t0\t1\tthose who may have changed"


def test_a_refresh_that_leaves_one_of_our_own_out_does_the_others_and_ends_with_exit_code_3(shop: Run) -> None:
    shop("segment", "add", "regular", "level = A")
    shop("segment", "add", "over", "regular and city is not empty")
    shop("tag", "rule", "add", "kept", "regular")
    assert (shop("segment", "refresh").code, shop("tag", "refresh").code) == (0, 0)
    assert "cannot be understood any more" in shop("segment", "remove", "regular").err
    refreshed = shop("segment", "refresh", "--json")
    told = json.loads(refreshed.out)
    assert (refreshed.code, list(told["problems"])) == (3, ["over"])
    assert "over" not in {one["segment"] for one in told["segments"]}
    assert shop("tag", "refresh").code == 3


def test_tags_are_of_today_and_another_day_is_rehearsed(shop: Run) -> None:
    shop("tag", "rule", "add", "quiet", "last_contact is empty or last_contact < 60 days ago")
    assert shop("--as-of", "2030-01-01", "tag", "refresh").code == 2
    assert shop("--as-of", "2030-01-01", "tag", "refresh", "--dry-run").code == 0
    assert "quiet,0" in shop("tag", "list", "--csv").out


def test_another_threshold_tells_whom_it_moves_and_is_in_the_history(shop: Run) -> None:
    shop("metric", "add", "enough", "3")
    shop("segment", "add", "busy", "contact_count >= enough")
    shop("interaction", "add", "--customer", "K1", "--channel", "phone")
    shop("segment", "refresh", "busy")
    told = shop("metric", "add", "enough", "2").err
    assert told.splitlines() == [
        "The rule of busy was: contact_count >= enough (enough = 3)",
        "It is: contact_count >= enough (enough = 2)",
        "1 would enter, 0 would leave.",
    ]
    assert "1 would enter, 0 would leave" in shop("doctor").out
    assert shop("segment", "refresh", "busy", "--reason", "x").err.splitlines()[2] == "1 entered, 0 left."
    assert shop("segment", "history", "busy").err.splitlines() == [
        "busy 1: contact_count >= enough (enough = 3)",
        "busy 2: contact_count >= enough (enough = 2)",
    ]
    assert "thresholds" in shop("segment", "history", "busy", "--json").out
    assert "0 would enter, 1 would leave." in shop("metric", "add", "enough", "9").err


def test_a_threshold_that_a_rule_refuses_is_said_and_stops_neither_its_correction_nor_other_segments(shop: Run) -> None:
    shop("transaction", "add", "--customer", "K1", "--amount", "900", "--status", "paid")
    assert shop("segment", "refresh", "abc", "high_value").code == 0
    told = shop("metric", "add", "abc_a_share", "96")
    refused = "abc_a_share: “96, 95” are no limits of A and B"
    assert (told.code, told.out) == (0, "abc_a_share\n")
    assert told.err.endswith(f"warning: abc cannot be computed now: {refused}\n")
    assert shop("metric", "add", "unrelated", "1").err == ""
    shop("transaction", "add", "--customer", "K2", "--amount", "9000", "--status", "paid")
    done = shop("segment", "refresh")
    assert f"warning: abc was not refreshed: {refused}\n" in done.err
    assert "high_value\t1\t0\t" in done.out
    listed = shop("segment", "list")
    assert (listed.code, listed.err.count(refused)) == (0, 1)
    (found,) = [one for one in json.loads(shop("doctor", "--json").out) if one["what"] == "segment abc"]
    assert found["found"] == f"it cannot be computed: {refused}"
    assert "would enter" in shop("metric", "add", "abc_b_share", "99").err
    assert shop("metric", "remove", "abc_b_share").err.endswith(f"{refused}\n")
    assert shop("metric", "remove", "abc_a_share").code == 0
    assert shop("segment", "refresh", "abc").code == 0


def test_every_change_of_a_threshold_tells_whom_it_moves_from_label_to_label_too(shop: Run) -> None:
    shop("customer", "edit", "K1", "--set", "birthday=1995-01-01")
    shop("segment", "refresh", "by_age")
    assert shop("metric", "add", "age_from_2", "26").err.endswith("1 would enter, 1 would leave.\n")
    assert shop("metric", "add", "age_from_2", "27").err.endswith("1 would enter, 1 would leave.\n")
    assert shop("metric", "remove", "age_from_2").err == "The metric age_from_2 was removed.\n"


def test_names_that_mean_something_else_are_told_and_are_another_rule_in_the_history(shop: Run) -> None:
    for ref, status in (("K1", "paid"), ("K2", "unpaid")):
        shop("transaction", "add", "--customer", ref, "--amount", "900", "--status", status)
    shop("metric", "add", "spend", "sum(transactions.amount where status = paid)")
    shop("segment", "add", "big", "spend >= 500")
    shop("segment", "refresh", "big")
    told = "The names in the rule of big mean something else now: spend >= 500\n1 would enter, 0 would leave.\n"
    assert shop("metric", "add", "spend", "sum(transactions.amount)").err == told
    assert told in shop("segment", "list").err
    assert (
        told.replace("would enter", "entered").replace("would leave", "left") in shop("segment", "refresh", "big").err
    )
    history = shop("segment", "history", "big")
    assert [line.split("\t")[-1] for line in history.out.splitlines()[1:]] == ["big 2", "big 1"]
    assert history.err == "big 1: spend >= 500\nbig 2: spend >= 500 (its names mean something else than before)\n"
    assert shop("metric", "add", "spend", "sum(transactions.amount) + 0").err == ""  # which moves nobody


def test_the_history_says_by_which_rule_somebody_left(shop: Run) -> None:
    shop("segment", "add", "lively", "level in (A, B)")
    shop("segment", "refresh", "lively")
    shop("segment", "add", "lively", "level = A")
    shop("segment", "refresh", "lively")
    lines = [line.split("\t") for line in shop("segment", "history", "lively").out.splitlines()[1:]]
    assert [(what, rule) for _, what, _, rule in lines] == [
        ("left", "lively 2"),
        ("entered", "lively 1"),
        ("entered", "lively 1"),
    ]


def test_a_customer_has_a_history_also_where_a_segment_of_products_has_the_name(shop: Run) -> None:
    shop("segment", "add", "K1", "price > 5", "--subject", "product")
    assert shop("segment", "history", "K1").code == 0
    shop("segment", "add", "dear", "price > 5", "--subject", "product")
    done = shop("segment", "history", "dear")
    assert (done.code, "is a segment of products, and not of customers" in done.err) == (3, True)


def test_of_several_segments_that_are_named_one_that_fails_stops_no_other(shop: Run) -> None:
    shop("transaction", "add", "--customer", "K1", "--amount", "9000", "--status", "paid")
    shop("metric", "add", "abc_a_share", "97")
    shop("segment", "add", "odd", "contact_count > 1")
    shop("metric", "add", "mine", "1")
    shop("segment", "add", "odd", "mine > 1")
    shop("metric", "remove", "mine")
    done = shop("segment", "refresh", "abc", "odd", "high_value")
    assert done.code == 3
    assert "high_value\t1\t0\t" in done.out
    assert "warning: abc was not refreshed: abc_a_share: “97, 95” are no limits of A and B\n" in done.err
    assert "warning: odd was not refreshed: There is no customer field “mine”" in done.err
    assert "takes it back" in done.err
    assert shop("segment", "refresh", "abc").err.startswith("error: abc_a_share: ")
    found = {one["what"]: one["found"] for one in json.loads(shop("doctor", "--json").out) if one["state"] == "bad"}
    assert "There is no customer field “mine”" in found["segment odd"]
