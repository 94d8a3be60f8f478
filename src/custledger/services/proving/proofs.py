"""What is proved of a rule, check by check, and what is said of a rule that fails one."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import attrs

from custledger.definitions import Definition
from custledger.errors import CustledgerError, NotFoundError, shorten
from custledger.plugins import Plugins
from custledger.schema import nearest
from custledger.segments import Segment
from custledger.services.defining import Known, list_metrics, list_segments
from custledger.services.proving.asking import Answers, Difference, Question, answers, difference, stumbled_over
from custledger.services.proving.days import OTHER_DAYS
from custledger.services.proving.examples import broken_examples
from custledger.services.proving.samples import Engine, Sample, SampleLedgers, in_another_order, samples
from custledger.services.session import Session
from custledger.services.tagging import list_rules
from custledger.taggers import Tagger

What = Literal["understood", "documented", "total", "deterministic", "examples"]
RuleKind = Literal["metric", "segment", "tagger"]
MOST_TOLD = 3
"""How many differences are told one by one."""


@attrs.frozen(kw_only=True)
class Checked:
    """One thing that was to be proved of a rule, and in sentences why it is not so.

    - ``understood``: its names mean something here; where they do not, nothing else can be tried;
    - ``documented``: it has labels and a summary in both languages, and so have the labels that a scorer gives and
      the tag of a rule that tags;
    - ``total``: it fails for no record of the sample ledgers, of which there are ``count``, on any of four days, and a
      scorer gives each one of its labels, a number or nothing;
    - ``deterministic``: it gives the same asked twice, with the records in another order, and computed by SQLite;
    - ``examples``: each of its ``count`` examples is as it says. A rule without any has nothing to prove here.
    """

    what: What
    failures: tuple[str, ...] = ()
    count: int = 0


@attrs.frozen(kw_only=True)
class Proof:
    """What was looked at of one rule."""

    kind: RuleKind
    rule: Definition
    checks: tuple[Checked, ...]

    @property
    def failures(self) -> tuple[str, ...]:
        """Why it is not proved, in sentences; nothing where it is."""
        return tuple(failure for check in self.checks for failure in check.failures)


@attrs.frozen(kw_only=True)
class Proven:
    """What was proved of one plugin. ``problems`` are what is wrong with it beside its rules.

    ``engines`` are what computed the rules: ``memory``, and ``sqlite`` where custledger-sqlite is installed.
    """

    plugin: str
    engines: tuple[Engine, ...]
    problems: tuple[str, ...]
    proofs: tuple[Proof, ...]

    @property
    def is_sound(self) -> bool:
        """Whether everything was proved."""
        return not self.problems and not any(proof.failures for proof in self.proofs)


def prove(plugins: Plugins, name: str, *, only: Definition | None = None, language: str = "en") -> Proven:
    """Return what can be proved of the rules of one plugin, or ``only`` of one of them; the others take part.

    What is not proved is told in English sentences, with the labels of ``language``.

    Raises ``NotFoundError`` for a plugin that is not there, or is disabled.
    """
    info = {one.name: one for one in plugins.examined() if not one.disabled}.get(name)
    if info is None:
        known = [one.name for one in plugins.described()]
        hint = "" if nearest(name, known) else "custledger plugin list shows what there is."
        raise NotFoundError("installed plugin", name, suggestions=nearest(name, known), hint=hint)
    problems = info.problems
    with SampleLedgers(plugins, language=language) as ledgers:
        proofs: tuple[Proof, ...] = ()
        try:
            proofs = tuple(_proofs(ledgers, name, only))
        except _UnmadeError as error:
            problems = (*problems, f"The sample ledgers cannot be made: {error}")
        return Proven(plugin=name, engines=ledgers.engines, problems=problems, proofs=proofs)


class _UnmadeError(Exception):
    """The sample ledgers cannot be made with these plugins."""


def _proofs(ledgers: SampleLedgers, plugin: str, only: Definition | None) -> Iterator[Proof]:
    """Yield a proof of each rule that a plugin brings."""
    try:
        tried = samples(ledgers.plugins)
    except CustledgerError as error:
        raise _UnmadeError(error.message) from error
    session = ledgers.session(ledgers.new("memory"), language=ledgers.language)
    listed: dict[RuleKind, Sequence[Known[Any]]] = {
        "metric": list_metrics(session),
        "segment": list_segments(session),
        "tagger": list_rules(session),
    }
    for kind, known in listed.items():
        for one in known:
            if one.plugin == plugin and (only is None or _is_same(one.definition, only)):
                checks = _Trial(ledgers, tried, one.definition).checks(one.problem)
                yield Proof(kind=kind, rule=one.definition, checks=tuple(checks))


def _is_same(one: Definition, other: Definition) -> bool:
    """Return whether two definitions are of one rule."""
    return (type(one), one.subject, one.name) == (type(other), other.subject, other.name)


class _Trial:
    """One rule, tried on the sample ledgers. What it raises is told among ``failed``."""

    def __init__(self, ledgers: SampleLedgers, tried: Sequence[Sample], rule: Definition) -> None:
        self._ledgers = ledgers
        self._tried = tried
        self._rule = rule
        self._failed: list[str] = []

    def checks(self, problem: str) -> Iterator[Checked]:
        """Yield what was looked at; ``problem`` is why the rule cannot be computed here, if so."""
        yield Checked(what="understood", failures=(problem,) if problem else ())
        yield Checked(what="documented", failures=tuple(_undocumented(self._rule)))
        if problem:
            return
        changing = list(self._changing())
        yield Checked(what="total", failures=_told(self._failed), count=self._count())
        if self._failed:
            return
        yield Checked(what="deterministic", failures=_told(changing))
        broken = list(broken_examples(self._ledgers, self._rule))
        yield Checked(what="examples", failures=_told(broken), count=len(self._rule.examples))

    def _count(self) -> int:
        """Return how many records the rule was asked about."""
        added = (change for sample in self._tried for changes in sample.additions for change in changes)
        return sum(change.type == self._rule.subject for change in added)

    def _changing(self) -> Iterator[str]:
        """Yield where the rule gives something else asked again, in SQLite, and in another order of records."""
        for sample in self._tried:
            for day in (None, *OTHER_DAYS):
                asked = Question(sample, day)
                known = self._answers(asked, self._session(asked))
                if one := self._other(asked, known, self._answers(asked, self._session(asked))):
                    yield f"Asked again, it gives {one.found}, and not {one.known}, for “{one.who}” in {asked}."
                if "sqlite" in self._ledgers.engines and (
                    one := self._other(asked, known, self._answers(asked, self._session(asked, "sqlite")))
                ):
                    yield f"In SQLite it gives {one.found}, and not {one.known}, for “{one.who}” in {asked}."
                if day is None and (one := self._other(asked, known, self._reordered(asked))):
                    yield (
                        f"With the records in another order it gives {one.found}, "
                        f"and not {one.known}, for “{one.who}” in {asked}."
                    )

    def _other(self, asked: Question, known: Answers, found: Answers) -> Difference | None:
        """Return how two answers differ; one that failed is no answer."""
        if self._failed or known == found:
            return None
        return difference(self._session(asked), self._rule, known, found)

    def _session(self, asked: Question, engine: Engine = "memory") -> Session:
        return self._ledgers.asking(self._ledgers.of(asked.sample, engine), asked.day)

    def _answers(self, asked: Question, session: Session) -> Answers:
        try:
            return answers(session, self._rule)
        except CustledgerError as error:
            if who := stumbled_over(session, self._rule):
                self._failed.append(f"It fails for “{who}” in {asked}: {error.message}")
            else:
                self._failed.append(f"It fails in {asked}: {error.message}")
        return {}

    def _reordered(self, asked: Question) -> Answers:
        """Return what the rule gives with the records in another order, by the ids that they have else."""
        subject = self._rule.subject
        other, former = in_another_order(asked.sample, self._session(asked).schemas, subject)
        session = self._ledgers.asking(self._ledgers.of(other, "memory", key=subject), asked.day)
        return {former[number]: value for number, value in self._answers(asked, session).items()}


def _undocumented(rule: Definition) -> Iterator[str]:
    """Yield what nobody wrote of a rule."""
    written = {
        "It has no English label.": rule.labels.en,
        "It has no Chinese label.": rule.labels.zh,
        "It has no English summary.": rule.summary.en,
        "It has no Chinese summary.": rule.summary.zh,
    }
    yield from (sentence for sentence, text in written.items() if not text.strip())
    for choice in rule.choices if isinstance(rule, Segment) else ():
        if not (choice.labels.en.strip() and choice.labels.zh.strip()):
            yield f"Its label {shorten(choice.code)} is not named in both languages."
    if isinstance(rule, Tagger) and bool(rule.tag.en.strip()) != bool(rule.tag.zh.strip()):
        yield "Its tag is not named in both languages."


def _told(failures: Sequence[str]) -> tuple[str, ...]:
    """Return the first few of many sentences, and how many more there are."""
    found = tuple(dict.fromkeys(failures))
    more = len(found) - MOST_TOLD
    return found if more <= 0 else (*found[:MOST_TOLD], f"And {more} more.")
