"""What the library says, in Chinese: each English sentence stands beside its Chinese one, and is put into it whole.

Everything below the command line raises and reports in English. ``Chinese`` puts such a sentence into Chinese by a
table of whole sentences (``values``, ``records``, ``tags``, ``held``, ``files``, ``sheets``, ``filters``,
``program``, ``plugins``, and ``chinese.SENTENCES`` of each plugin). A sentence has parts, and each has a sort
(``parts``): what has no Chinese, or does not look as its sort says,
makes the whole sentence stay English, so that none is ever half of each.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from custledger.chinese import files, filters, held, plugins, program, records, sheets, tags, values
from custledger.chinese.parts import Patterns, Said
from custledger.errors import CustledgerError
from custledger.schema import Schema

__all__ = ["Chinese", "Sentences"]

Sentences = Sequence[tuple[str, str]]
"""English and Chinese. Of two that fit a sentence the first counts."""

OWN = (
    program.SENTENCES, plugins.SENTENCES, records.SENTENCES, tags.SENTENCES, files.SENTENCES, sheets.SENTENCES,
    filters.SENTENCES, held.SENTENCES, values.SENTENCES,
)  # fmt: skip
"""The core's own sentences."""

REMEMBERED = 1_000
STOP = "."
_QUOTED = re.compile("“[^”]*”")


class Chinese:
    """Puts the sentences of one ledger's library into Chinese: ``chinese("There is no record “x”.")``."""

    def __init__(self, schemas: Mapping[str, Schema], brought: Iterable[Sentences] = ()) -> None:
        """``schemas`` say what types and fields are called; ``brought`` are the sentences of plugins."""
        self._said = Said(schemas, self.known)
        self._patterns = Patterns(chain(*OWN, *brought, values.FRAMES))
        self._remembered = lru_cache(REMEMBERED)(self._put)

    def __call__(self, sentence: str) -> str:
        """Return a sentence in Chinese, or as it is where the tables do not have all of it."""
        return self._remembered(sentence) or sentence

    def known(self, sentence: str) -> str | None:
        """Return a sentence in Chinese, or ``None`` where the tables do not have all of it."""
        return self._remembered(sentence)

    def put(self, error: CustledgerError) -> None:
        """Put an error into Chinese: its message, and with it the hint, where the tables have them.

        What somebody, such as a plugin, said in Chinese to begin with stays as it is.
        """
        told = self.known(error.message) or (error.message if _is_chinese(error.message) else None)
        if told is not None:
            error.message, error.hint, error.language = told, self(error.hint), "zh"

    def _put(self, sentence: str) -> str | None:
        told = self._patterns.whole(sentence)
        fitting = (one.put(sentence, self._said) for one in self._patterns.likely(sentence))
        found = told or next((told for told in fitting if told is not None), None) or self._several(sentence)
        return found or (None if sentence.endswith(STOP) else self._without_stop(sentence))

    def _without_stop(self, sentence: str) -> str | None:
        """Return a sentence as it stands inside another, without its full stop."""
        told = self.known(sentence + STOP)
        return told.removesuffix("。") if told else None

    def _several(self, sentences: str) -> str | None:
        """Return several sentences, with semicolons between them; a value in one may hold a semicolon too."""
        places = [found.start() for found in re.finditer("; ", sentences)]
        for place in places:
            first = self.known(sentences[:place])
            rest = self.known(sentences[place + 2 :]) if first else None
            if first and rest:
                return f"{first}；{rest}"
        return None


def _is_chinese(text: str) -> bool:
    """Whether most letters of a text are Chinese, beside what is quoted."""
    letters = [letter for letter in _QUOTED.sub("", text) if letter.isalpha()]
    return sum(not letter.isascii() for letter in letters) * 2 > len(letters)
