"""What a ledger takes for granted when it reads and writes values: language, currency and time zone, and the clock."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property, lru_cache
from typing import Protocol

import attrs

from custledger.errors import InvalidValueError
from custledger.structs import Struct, frozen


class Clock(Protocol):
    """Where "now" comes from. A test hands in its own."""

    def milliseconds(self) -> int:
        """Return the milliseconds since 1970-01-01 UTC."""


class SystemClock:
    """The computer's clock."""

    def milliseconds(self) -> int:
        """Return the milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000


@attrs.define(eq=False, repr=False)
class FixedClock:
    """A clock that stands where it is put, and moves by ``step`` milliseconds each time it is read."""

    now: int
    step: int = 1

    def milliseconds(self) -> int:
        """Return the milliseconds since 1970-01-01 UTC."""
        self.now += self.step
        return self.now


def utc_text(milliseconds: int) -> str:
    """Return a moment as the plain value of a time field: ``2026-11-22T02:10:21.000Z``."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{_second(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=16)
def _second(seconds: int) -> str:
    """Return a moment up to its second. Many writes may fall within one, and formatting it is slow."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


@frozen(slots=False)
class Conventions(Struct):
    """Language, currency and time zone of one ledger; ``as_of`` is the day that "today" means, where it was set."""

    language: str = "en"
    currency: str = "CNY"
    zone_name: str = "UTC"
    as_of: date | None = None

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone itself. Raises ``InvalidValueError`` for a name that this computer does not know."""
        if self.zone_name == "UTC":
            return UTC
        from zoneinfo import ZoneInfo  # costs 10 ms, and UTC needs none of it

        try:
            return ZoneInfo(self.zone_name)
        except (KeyError, ValueError, OSError) as error:
            raise InvalidValueError(
                self.zone_name,
                "is not a time zone this computer knows",
                hint="Zones read like Asia/Shanghai or Europe/Berlin.",
            ) from error

    def today(self, clock: Callable[[], int]) -> date:
        """Return the ledger's day: the one that was set, or the clock's in the ledger's zone."""
        return self.as_of or datetime.fromtimestamp(clock() / 1000, self.zone).date()
