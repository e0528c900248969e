"""Which money stands behind points, and so what they may buy."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rewards.pure.transfers import DEFAULT_FUND


class Fund(models.Model):
    """A fund 经费来源: a ledger of its own, whose points buy only what it may pay for. `code` is what follows the `@`.

    The fund `default` is there without a row; a row gives it another name. Source: spec/ledger.md, "Accounts".
    """

    code = models.CharField(
        _("code"), max_length=60, primary_key=True,
        validators=[RegexValidator(r"\A[a-z][a-z0-9-]*\Z", _("Use small letters, digits and -, a letter first."))],
    )  # fmt: skip
    name = models.CharField(_("name in Chinese"), max_length=30)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    purpose = models.CharField(_("what it may pay for"), max_length=200, blank=True)
    # Kinds of items its points may buy; none: every kind.
    kinds = models.JSONField(_("kinds of items it may buy"), default=list, blank=True)
    expiry_months = models.PositiveSmallIntegerField(_("months its points live"), default=0)
    is_open = models.BooleanField(_("may be chosen"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("fund")

    def __str__(self) -> str:
        is_chinese = (get_language() or "").startswith("zh")
        return self.name if is_chinese or not self.name_en else self.name_en

    @property
    def subject(self) -> str:
        """The name under which events speak of it."""
        return f"fund:{self.code}"

    @property
    def is_default(self) -> bool:
        """The one that is not written behind an account."""
        return self.code == DEFAULT_FUND

    def may_buy(self, kind: str) -> bool:
        """Whether its points may buy items of a kind."""
        return not self.kinds or kind in self.kinds
