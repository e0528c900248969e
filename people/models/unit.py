"""The tree of units: company, plants, shops, teams."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LoopOfUnits(ValidationError):
    """A unit would stand above itself."""

    def __init__(self) -> None:
        super().__init__(_("A unit cannot belong to itself or to a unit below it."), code="loop-of-units")


class Unit(models.Model):
    """A unit 单位. `path` is the codes from the root, '/'-joined with a trailing '/', kept by domain.units."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        PLANT = "plant", _("Plant")
        SHOP = "shop", _("Shop")
        TEAM = "team", pgettext_lazy("people", "Team")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEAM)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    path = models.CharField(max_length=255, unique=True, editable=False)
    head = models.ForeignKey(
        "people.Employee",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="headed_units",
        verbose_name=_("unit head"),
    )

    class Meta:
        ordering = ["path"]
        verbose_name = _("unit")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Derive the path from the parent's.

        Raises:
            LoopOfUnits: the parent is this unit, or stands below it.
        """
        if self.parent is not None and self.code in self.parent.ancestor_codes:
            raise LoopOfUnits
        self.path = f"{self.parent.path if self.parent else ''}{self.code}/"
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes from the root down to this unit, this unit included."""
        return self.path.rstrip("/").split("/")
