"""The suite that proves a store: one class to inherit, made of one room of cases for each promise of the contract."""

from custledger.testing.stores.crashing import CrashCases
from custledger.testing.stores.documents import DocumentCases
from custledger.testing.stores.facts import FactCases
from custledger.testing.stores.filters import FilterCases
from custledger.testing.stores.hand_columns import HandColumnCases
from custledger.testing.stores.hand_edits import HandEditCases
from custledger.testing.stores.hand_machine import HandMachineCases
from custledger.testing.stores.hand_rows import HandRowCases
from custledger.testing.stores.handles import HandleCases
from custledger.testing.stores.killing import KillCases
from custledger.testing.stores.kinds import KindCases
from custledger.testing.stores.loads import LoadCases
from custledger.testing.stores.logs import LogCases
from custledger.testing.stores.machine import MachineCases
from custledger.testing.stores.merging import MergingCases
from custledger.testing.stores.reading import ReadingCases
from custledger.testing.stores.references import ReferenceCases
from custledger.testing.stores.relating import RelatingCases
from custledger.testing.stores.schemas import SchemaCases
from custledger.testing.stores.searching import SearchCases
from custledger.testing.stores.tagging import TaggingCases
from custledger.testing.stores.writing import WritingCases


class StoreContract(
    ReadingCases,
    KindCases,
    WritingCases,
    MergingCases,
    ReferenceCases,
    LogCases,
    DocumentCases,
    SchemaCases,
    SearchCases,
    LoadCases,
    HandleCases,
    FilterCases,
    RelatingCases,
    FactCases,
    TaggingCases,
    MachineCases,
):
    """Every case that a store must pass. Override ``open_store``, and ``make_place`` where a path will not do.

    What a store cannot do by its nature is said in class attributes; see ``StoreCases``.
    """


class HandEditContract(StoreContract, HandEditCases, HandRowCases, HandColumnCases, HandMachineCases):
    """Every case that a store must pass in whose files people edit: beside ``open_store``, say how they get at a sheet.

    See ``SheetCases``.
    """


class CrashContract(CrashCases, KillCases):
    """Every case of what befalls a store in files: kills, power cuts, failing disks, and others beside it."""


class TableStoreContract(HandEditContract, CrashContract):
    """Every case that a store in files that people edit must pass."""


__all__ = ["CrashContract", "HandEditContract", "StoreContract", "TableStoreContract"]
