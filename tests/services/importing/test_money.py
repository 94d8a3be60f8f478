"""Amounts that are written with their currency, beside a column that says it too."""

from .conftest import reasons, values


def test_an_amount_may_be_marked_with_the_currency_of_its_row(session, bring):
    bring("name,code\nA,1\n")
    text = "customer,amount,currency\n1,5 USD,usd\n1,€6,\n1,$7,HKD\n1,$8,EUR\n1,9,美元\n1,10,EURO4\n1,¥11,\n1,12,\n"
    report = bring(text, "transaction")
    assert values(session, "amount_currency", "transaction") == ["USD", "EUR", "HKD", "USD", None, None]
    assert values(session, "amount", "transaction") == [50_000, 60_000, 70_000, 90_000, 110_000, 120_000]
    assert "EUR is not what the amount is marked with" in reasons(report)[5]
    assert "is not a currency" in reasons(report)[7]


def test_a_marked_amount_changes_the_currency_of_the_record_that_a_row_finds(session, bring):
    bring("name,code\nA,1\n")
    bring("customer,number,amount,currency\n1,N1,5,USD\n", "transaction")
    bring("number,amount,currency\nN1,¥6,\n", "transaction", key="number")
    assert values(session, "amount_currency", "transaction") == [None]
    assert values(session, "amount", "transaction") == [60_000]


def test_without_a_column_for_it_another_currency_is_still_refused(session, bring):
    bring("name,code\nA,1\n")
    report = bring("customer,amount\n1,5 USD\n1,¥5\n", "transaction")
    assert (report.added, list(reasons(report))) == (1, [2])


def test_shares_may_have_their_percent_sign_and_amounts_may_not(session, bring):
    bring("name,code\nA,K1\n")
    report = bring("Customer,Title,Probability (%),Amount\nK1,T,50%,1\nK1,U,7.5 ％,2\nK1,V,1,3%\n", "opportunity")
    assert values(session, "probability", "opportunity") == [500_000, 75_000]
    assert reasons(report) == {4: "Amount: “3%” is not a number"}
