"""When the sample ledgers are asked, and where."""

from datetime import UTC, date, datetime

TODAY = date(2026, 6, 15)
"""The day that the sample ledgers lie around. Their clock stands in its afternoon."""

OTHER_DAYS = (date(2028, 2, 29), date(2025, 12, 31), date(2026, 1, 1))
"""Days as of which they are asked too, on which what counts months and years can go wrong."""

ZONE = "Asia/Shanghai"

CONVENTIONS = {"language": "zh", "currency": "CNY", "zone": ZONE}
"""What the sample ledgers are told of themselves."""


def afternoon(day: date) -> int:
    """Return a moment in the afternoon of a day in the zone, as milliseconds since 1970 UTC."""
    return int(datetime(day.year, day.month, day.day, 8, tzinfo=UTC).timestamp()) * 1000
