"""What a column holds is told by its texts, and digits that are names stay texts."""

import pytest

from custledger.conventions import Conventions
from custledger.fields import Kind
from custledger.services.kind_guess import guessed_kind


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        ((), Kind.TEXT),
        (("", "  "), Kind.TEXT),
        (("3", "", "11"), Kind.INTEGER),
        (("3", "1.5"), Kind.NUMBER),
        (("1,200", "3"), Kind.INTEGER),
        (("007", "12"), Kind.TEXT),
        (("0755-1234567",), Kind.TEXT),
        (("110101199003071234",), Kind.TEXT),
        (("13800001234", "+86 13900001234"), Kind.PHONE),
        (("yes", "no"), Kind.YES_NO),
        (("是", "否", ""), Kind.YES_NO),
        (("2026-01-31", "2026年2月1日"), Kind.DATE),
        (("2026-01-31 10:00",), Kind.TIME),
        (("ann@example.com",), Kind.EMAIL),
        (("3", "many"), Kind.TEXT),
        (("2026-02-30",), Kind.TEXT),
    ],
)
def test_the_narrowest_kind_that_fits_every_text(texts: tuple[str, ...], kind: Kind) -> None:
    assert guessed_kind(texts, Conventions(zone_name="UTC")) is kind
