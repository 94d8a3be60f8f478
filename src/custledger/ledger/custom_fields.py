"""The ledger's own fields and choices."""

import builtins
from collections.abc import Sequence

from custledger.fields import Choice, Kind, OnRemove
from custledger.ledger.part import Part
from custledger.schema import Field, Schema
from custledger.services import fields as field_service


class Fields(Part):
    """The ledger's own fields and choices. A change of them is an operation, which can be undone."""

    _called = "fields"

    def add(
        self,
        record_type: str,
        label: str,
        *,
        kind: Kind | str = Kind.TEXT,
        label_en: str = "",
        label_zh: str = "",
        aliases: Sequence[str] = (),
        choices: Sequence[str | Choice] = (),
        target: str | None = None,
        on_remove: OnRemove = "restrict",
        required: bool = False,
        unique: bool = False,
        searchable: bool = False,
        sensitive: bool = False,
        indexed: bool = False,
        help_en: str = "",
        help_zh: str = "",
    ) -> Field:
        """Add a field to a record type of this ledger and return it.

        - ``label`` is its Chinese label if it holds a Chinese character, else its English one; ``label_en`` and
          ``label_zh`` say it outright. The key is made from the English label, or from the Chinese one, and never
          changes. ``aliases`` are other headings by which an import recognises it.
        - ``kind`` is what it holds, ``"text"`` or ``"money"`` for instance; ``choices`` are those of a ``"choice"`` or
          of ``"choices"``, as ``code``, ``code:label`` or ``code:label:colour``.
        - ``target`` is the record type that a ``"reference"`` refers to, any record where it is not given;
          ``on_remove`` says what becomes of the record when that one is removed: ``"restrict"``, ``"cascade"`` or
          ``"empty"``.
        - ``required``, ``unique``, ``searchable``, ``sensitive`` and ``indexed`` are as in ``Spec``; ``help_en`` and
          ``help_zh`` explain it to whoever fills it in.

        Raises ``InvalidValueError`` for a label or an alias that names another field already, for an unknown kind and
        for choices that cannot be, and ``NotFoundError`` for an unknown record type.
        """
        return field_service.add_field(
            self._session,
            record_type,
            label,
            kind=kind,
            label_en=label_en,
            label_zh=label_zh,
            aliases=aliases,
            choices=choices,
            target=target,
            on_remove=on_remove,
            required=required,
            unique=unique,
            searchable=searchable,
            sensitive=sensitive,
            indexed=indexed,
            help_en=help_en,
            help_zh=help_zh,
        )

    def list(self, record_type: str | None = None) -> builtins.list[tuple[Schema, Field]]:
        """Return the fields of one record type, or of all, each with its schema; custom ones say so in their Spec.

        Raises ``NotFoundError`` for an unknown record type.
        """
        return field_service.list_fields(self._session, record_type)

    def edit(
        self,
        field: str,
        *,
        label_en: str | None = None,
        label_zh: str | None = None,
        aliases: Sequence[str] | None = None,
        required: bool | None = None,
        searchable: bool | None = None,
        help_en: str | None = None,
        help_zh: str | None = None,
    ) -> Field:
        """Change what a custom field, named ``type.field``, is called, and whether it is needed or searched; return it.

        What is ``None`` stays as it is; the key and the kind always do. Where a field becomes ``required``, records
        without it stay as they are, and can be edited. Raises ``UsageError`` for a field that is not
        the ledger's own, and ``InvalidValueError`` for what does not fit.
        """
        return field_service.edit_field(
            self._session,
            field,
            label_en=label_en,
            label_zh=label_zh,
            aliases=aliases,
            required=required,
            searchable=searchable,
            help_en=help_en,
            help_zh=help_zh,
        )

    def set_choices(self, field: str, choices: Sequence[str | Choice], *, force: bool = False) -> Field:
        """Replace the choices of a field, and return it as it now is.

        ``set_choices("customer.level", ["A:重点客户:red", "B", "C"])``: a choice is written as ``code``,
        ``code:label`` or ``code:label:colour``, and a bare code keeps the label and the colour that it has.

        Raises ``DataError`` where records hold a choice that would go, unless ``force`` is given: those records keep
        their value, which then stands for itself. Raises ``InvalidValueError`` for choices that cannot be told apart,
        and where a choice would go that custledger itself needs.
        """
        return field_service.set_choices(self._session, field, choices, force=force)
