"""Cases: at each of its steps a save is killed, cut off from its power, or refused by the disk, or somebody saves."""

import contextlib
import errno
import itertools
import os
import re
import shutil
import signal
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from custledger.changes import Change
from custledger.errors import StoreError
from custledger.schema import Schema
from custledger.stores.tables import snapshot
from custledger.testing.clerk import Clerk, fixed_clock, seeded_mint
from custledger.testing.disks import CUTS, Recording, Steps, under
from custledger.testing.samples import Badge, sample_schemas
from custledger.testing.stores.desk import SheetCases, assert_shown

SCHEMAS = (*sample_schemas(), Schema.of(Badge))
NUMBERS = range(1, 10_000)
"""How many steps a save may have at most."""


@attrs.frozen
class Scene:
    """A ledger in three sheets, under ``root``, with all that there is before a save and after it."""

    suite: SheetCases
    root: Path
    place: Path
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, suite: SheetCases, root: Path) -> "Scene":
        """Make the ledger under a new folder."""
        root.mkdir(parents=True)
        place = Path(suite.make_place(root))
        with suite.open_store(place) as store:
            clerk = clerk_of(store, 1)
            ada, bo = (clerk.add("person", name=name, notes="as it was") for name in ("Ada", "Bo"))
            clerk.add("visit", person=ada, note="first")
            clerk.add("visit", person=bo, note="second")
            clerk.add("badge", number="7", holder=ada)
            before = contents(clerk)
        scene = cls(suite, root, place, before, before)
        copy = scene.copied(root.with_name(f"{root.name} when all is done"))
        with suite.open_store(copy) as store:
            save(clerk_of(store, 2))
        with suite.open_store(copy) as store:
            return attrs.evolve(scene, after=contents(clerk_of(store, 3)))

    def copied(self, root: Path) -> Path:
        """Copy the ledger, and return the place of the copy."""
        shutil.copytree(self.root, root)
        return root / self.place.relative_to(self.root)

    def found(self, place: Path, seed: int = 4) -> dict[str, Any]:
        """Open a ledger, check that it is whole and the sheets show it, and return what it holds."""
        with self.suite.open_store(place) as store:
            clerk = clerk_of(store, seed)
            assert store.held() == ()
            for name in ("person", "visit", "badge"):
                assert_shown(clerk, self.suite.desk(place, clerk.schemas[name]))
            return contents(clerk)


def clerk_of(store: Any, seed: int) -> Clerk:
    """Return a clerk whose ids no other seed's clerk makes."""
    clock = fixed_clock()
    clock.now += seed * 1_000_000
    return Clerk(store, SCHEMAS, clock=clock, mint=seeded_mint(clock, seed))


def contents(clerk: Clerk) -> dict[str, Any]:
    """Return all that a ledger holds, but for the times."""
    return {
        "records": {name: clerk.everything(name) for name in clerk.schemas},
        "log": [(entry.type, entry.action, entry.record, entry.before) for entry in clerk.store.log()],
        "actors": [one.actor for one in clerk.store.operations()],
    }


def changes(clerk: Clerk) -> list[Change]:
    """Return changes of three types: what a save writes into three sheets."""
    ada, bo = clerk.ids("person")[:2]
    (first, *_), (badge, *_) = clerk.ids("visit"), clerk.ids("badge")
    new = clerk.creation("person", name="Cy", mentor=bo)
    return [
        new,
        clerk.edition("person", ada, notes="changed", mentor=bo),
        clerk.creation("visit", person=new.id, note="third"),
        clerk.removal("visit", first),
        clerk.edition("badge", badge, holder=new.id),
    ]


def save(clerk: Clerk) -> None:
    """Make all of these changes in one changeset."""
    clerk.apply(*changes(clerk))


def killed_at(place: Path, number: int, open_store: Callable[..., Any], work: Callable[[Clerk], None] | None) -> bool:
    """Open a ledger and work on it in a process that kills itself at a step; return whether it came to that.

    Without work, the steps are those of opening.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            steps = Steps(number, lambda: os.kill(os.getpid(), signal.SIGKILL))
            if work is None:
                with under(place.parent, steps):
                    clerk_of(open_store(place), 2)
            else:
                clerk = clerk_of(open_store(place), 2)
                with under(place.parent, steps):
                    work(clerk)
            os._exit(0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the writer failed by itself"
    return False


class CrashCases(SheetCases):
    """A room for stores of the table family."""

    @pytest.fixture
    def scene(self, tmp_path: Path) -> Scene:
        """A ledger in three sheets."""
        return Scene.of(self, tmp_path / "scene")

    @pytest.fixture(params=[False, True], ids=["", "with a snapshot"])
    def any_scene(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
        """A ledger in three sheets; with a snapshot, each write makes another."""
        with pytest.MonkeyPatch.context() as patch:
            if request.param:
                patch.setattr(snapshot, "is_due", lambda *_: True)
            yield Scene.of(self, tmp_path / "scene")

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which this system cannot do")
    def test_a_save_that_is_killed_at_any_step_is_found_whole_or_not_at_all(
        self, any_scene: Scene, tmp_path: Path
    ) -> None:
        """Before the journal says so it never was, and from then on it is."""
        outcomes: list[bool] = []
        for number in NUMBERS:
            place = any_scene.copied(tmp_path / f"{number}")
            if not killed_at(place, number - 1, self.open_store, save):
                break
            found = any_scene.found(place)
            assert found in (any_scene.before, any_scene.after)
            outcomes.append(found == any_scene.after)
        assert outcomes == sorted(outcomes)
        assert set(outcomes) == {False, True}
        assert len(outcomes) > 15

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which this system cannot do")
    def test_finishing_a_save_may_be_killed_at_any_step(self, scene: Scene, tmp_path: Path) -> None:
        """It is begun again at the next opening."""
        number = next(one for one in NUMBERS if self.is_landed_at(scene, tmp_path / f"first {one}", one))
        for again in NUMBERS:
            place = scene.copied(tmp_path / f"{again}")
            assert killed_at(place, number, self.open_store, save)
            if not killed_at(place, again - 1, self.open_store, None):
                break
            assert scene.found(place) == scene.after
        assert again > 3

    def is_landed_at(self, scene: Scene, root: Path, number: int) -> bool:
        """Whether a save that is killed at a step is found done, for it is in the journal, though in no sheet."""
        place = scene.copied(root)
        assert killed_at(place, number, self.open_store, save)
        return scene.found(place) == scene.after

    def test_a_power_cut_at_any_step_leaves_all_or_nothing(self, any_scene: Scene, tmp_path: Path) -> None:
        """Whatever of what nobody waited for got to the disk; and what was acknowledged is there."""
        assert list(power_cuts(any_scene, tmp_path)) == []

    @pytest.mark.parametrize("onwards", [False, True], ids=["once", "from then on"])
    def test_a_disk_that_fails_at_any_step_acknowledges_nothing_and_works_again(
        self, scene: Scene, tmp_path: Path, *, onwards: bool
    ) -> None:
        """What is refused left no trace, or landed whole; what is acknowledged is there, in the sheets as well."""
        faults = itertools.cycle((errno.ENOSPC, errno.EIO))

        def fail() -> None:
            fault = next(faults)
            raise OSError(fault, os.strerror(fault))

        refused = 0
        for number in NUMBERS:
            place = scene.copied(tmp_path / f"{number}")
            steps = Steps(number - 1, fail, onwards=onwards)
            with self.open_store(place) as store:
                clerk = clerk_of(store, 2)
                expected = [scene.after]
                try:
                    with under(place.parent, steps):
                        save(clerk)
                except StoreError as error:
                    assert error.hint  # noqa: PT017 - both outcomes are looked at below
                    expected = [scene.before, scene.after] if onwards else [scene.before]
                    refused += 1
                assert contents(clerk) in expected, f"after {steps.names[-1]}"
                last = clerk.add("person", name="Later")
            found = scene.found(place)
            assert found["records"]["person"].pop(last) == {"name": "Later"}
            assert found["records"] in [one["records"] for one in expected]
            if steps.count < number:
                break
        assert refused > 10

    def test_writes_that_do_half_are_repeated(self, scene: Scene) -> None:
        """Until all is written."""
        with self.open_store(scene.place) as store:
            clerk = clerk_of(store, 2)
            with under(scene.root, lambda *_: None, short=True):
                save(clerk)
        assert scene.found(scene.place) == scene.after

    def test_a_hand_edit_at_any_step_of_a_save_is_merged_with_it(self, scene: Scene, tmp_path: Path) -> None:
        """Nothing of either is lost, and nothing is held."""
        assert list(hand_edits_lost(scene, tmp_path)) == []

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, which this system cannot do")
    def test_a_hand_edit_after_a_crash_is_merged_with_what_waits(self, scene: Scene, tmp_path: Path) -> None:
        """Somebody opens the sheet that was not brought up to date, before the ledger is opened again."""
        for number in NUMBERS:
            place = scene.copied(tmp_path / f"{number}")
            if not killed_at(place, number - 1, self.open_store, save):
                break
            edit_by_hand(self, place)
            found = scene.found(place)
            people = found["records"]["person"]
            bo = next(one for one in people.values() if one["name"] == "Bo")
            assert bo.pop("notes") == "by hand"
            bo["notes"] = "as it was"
            assert found["records"] in (scene.before["records"], scene.after["records"])


def edit_by_hand(suite: SheetCases, place: Path) -> None:
    """Change a cell of Bo's row, which no save touches."""
    desk = suite.desk(place, SCHEMAS[0])
    name, notes = desk.column("name"), desk.column("notes")
    next(row for row in desk.rows if row[name] == "Bo")[notes] = "by hand"
    desk.save()


def hand_edits_lost(scene: Scene, tmp_path: Path) -> Iterator[str]:
    """Save by hand before each step of a save; yield the steps at which something was lost or held.

    The renaming itself is left out: what is saved between the last look and that, no program can see.
    """
    for number in NUMBERS:
        place = scene.copied(tmp_path / f"hand {number}")
        steps = Steps(number - 1, lambda place=place: edit_by_hand(scene.suite, place))  # type: ignore[misc]
        with scene.suite.open_store(place) as store:
            clerk = clerk_of(store, 2)
            with under(place.parent, steps):
                save(clerk)
            if steps.count < number:
                return
            if steps.names[number - 1].startswith("replace"):
                continue
            bo = clerk.ids("person")[1]
            expected = {**scene.after["records"]["person"][bo], "notes": "by hand"}
            is_whole = clerk.values("person", bo) == expected and store.held() == ()
            clerk.edit("person", bo, age=1)
        with contextlib.suppress(AssertionError):
            found = scene.found(place)["records"]["person"]
            if is_whole and found == {**scene.after["records"]["person"], bo: {**expected, "age": 1}}:
                continue
        yield steps.names[number - 1]


def power_cuts(scene: Scene, tmp_path: Path, forgotten: str = "") -> Iterator[str]:
    """Cut the power after each step of a save, in each way; yield where something was lost, or only half there.

    ``forgotten`` matches the flushes, by the paths of what is flushed, that do nothing.
    """
    recording = Recording(scene.root)
    with scene.suite.open_store(scene.place) as store:
        clerk = clerk_of(store, 2)
        with recording.recorded():
            save(clerk)
    if forgotten:
        recording.forget(lambda path: re.fullmatch(forgotten, path) is not None)
    seen = set()
    for count, cut in itertools.product(reversed(range(len(recording.steps) + 1)), CUTS):
        left = recording.left(count, cut)
        if (key := hash(tuple(sorted(left.items())))) in seen:
            continue  # what is right after all steps is right earlier as well
        seen.add(key)
        root = tmp_path / f"{count} {cut}"
        for name, content in left.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        expected = [scene.after] if count == len(recording.steps) else [scene.before, scene.after]
        try:
            is_right = scene.found(root / scene.place.relative_to(scene.root)) in expected
        except Exception:  # noqa: BLE001 - a bad build may raise whatever it likes
            is_right = False
        if not is_right:
            yield f"{cut} after {recording.steps[count - 1][:2]}"
        shutil.rmtree(root)
