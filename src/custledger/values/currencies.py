"""Currencies: their ISO 4217 codes, and how people write them.

Codes that were withdrawn since 2000 are among them, since old sales are in them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from custledger.conventions import Conventions
from custledger.errors import InvalidValueError
from custledger.fields import Spec
from custledger.values.plain import Plain, tidy

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BYR BZD CAD CDF
CHF CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB
PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SKK SLE SLL SOS SRD SSP STD STN SVC SYP
SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VEF VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR
ZMK ZMW ZWG ZWL
"""
CODES = frozenset(_CODES.split())
"""The codes of the currencies that money is in."""

_WRITTEN = """
CNY 元 圆 人民币 人民币元 rmb cnh yuan 块
USD us$ 美元 美金
EUR € 欧元 euro euros
GBP £ 英镑 pound pounds sterling
JPY 日元 日圆 yen 円
HKD hk$ 港元 港币
TWD nt$ 新台币 台币
MOP mop$ 澳门元 澳门币
SGD s$ 新加坡元 新币
AUD a$ au$ 澳元 澳大利亚元
CAD c$ ca$ 加元 加拿大元
NZD nz$ 新西兰元
KRW ₩ 韩元 韩币
RUB ₽ 卢布
INR ₹ 卢比 印度卢比 rupee rupees
THB ฿ 泰铢
VND ₫ 越南盾
MYR 马来西亚林吉特 林吉特 马币
IDR 印尼盾 印度尼西亚盾
PHP ₱ 菲律宾比索
CHF 瑞士法郎
BRL r$ 巴西雷亚尔
TRY ₺ 土耳其里拉
UAH ₴
ILS ₪
AED 迪拉姆
"""
_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {name: code for code, *names in map(str.split, _WRITTEN.strip().splitlines()) for name in (code.lower(), *names)}
)

DOLLARS = frozenset({"AUD", "BRL", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD", "USD"})
"""The currencies of which ``$`` may be the sign."""
_DOLLAR = ("USD", DOLLARS)
_SHARED = {"$": _DOLLAR, "dollar": _DOLLAR, "dollars": _DOLLAR, "¥": ("CNY", frozenset({"CNY", "JPY"}))}
"""What a sign that several currencies share usually means, and which currencies share it."""


def meant_by(mark: str, own: str) -> frozenset[str]:
    """Return the codes that a tidied, lower-case name, sign or code of a currency may mean; none for anything else."""
    if mark in _SHARED:
        return _SHARED[mark][1]
    if mark == own.lower():
        return frozenset({own})
    code = _SPELLINGS.get(mark, mark.upper())
    return frozenset({code}) if code in CODES else frozenset()


def likeliest(mark: str, own: str) -> str:
    """Return the code that a mark means where nothing else says it: of a shared sign the ledger's own, or the usual."""
    codes = meant_by(mark, own)
    return own if own in codes else _SHARED[mark][0] if mark in _SHARED else next(iter(codes))


def spellings() -> frozenset[str]:
    """Return every name and sign beside the codes, in lower case."""
    return frozenset(_SPELLINGS) | _SHARED.keys()


def read_currency(value: Any, own: str) -> str | None:
    """Return the code of a currency that is given by its code, sign or name; ``own`` is the ledger's.

    Raises ``InvalidValueError`` for anything else.
    """
    text = tidy(value)
    if text is None:
        return None
    mark = text.lower()
    if not meant_by(mark, own):
        raise InvalidValueError(value, "is not a currency", hint="Currencies are codes such as CNY, USD or EUR.")
    return likeliest(mark, own)


def currency_parser(_spec: Spec, conventions: Conventions) -> Callable[[Any], Plain]:
    """Return the parser of fields that hold the currency of another field."""

    def parse(value: Any) -> Plain:
        return read_currency(value, conventions.currency)

    return parse
