"""The person and the sign-in."""

from __future__ import annotations

from typing import Any

import rules
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class EmployeeManager(BaseUserManager["Employee"]):
    """Makes employees with hashed passwords; signs in by employee number."""

    def create_user(self, number: str, name: str, password: str | None = None, **fields: Any) -> Employee:
        """Create one employee; without a password the person cannot sign in until one is set."""
        employee = self.model(number=number, name=name, **fields)
        employee.set_password(password)
        employee.save(using=self._db)
        return employee


class Employee(AbstractBaseUser):
    """An employee 职工, signing in by number. Roles are rows of RoleGrant; there are no Django groups."""

    class SkillLevel(models.IntegerChoices):
        NONE = 0, _("no level")
        JUNIOR = 1, _("junior worker")
        INTERMEDIATE = 2, _("intermediate worker")
        SENIOR = 3, _("senior worker")
        TECHNICIAN = 4, _("technician")
        SENIOR_TECHNICIAN = 5, _("senior technician")

    number = models.CharField(_("employee number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="employees", verbose_name=_("unit")
    )
    trade = models.ForeignKey(
        "people.Trade", models.PROTECT, null=True, blank=True, related_name="employees", verbose_name=_("trade")
    )
    skill_level = models.PositiveSmallIntegerField(
        _("skill level"), choices=SkillLevel.choices, default=SkillLevel.NONE
    )
    phone = models.CharField(_("mobile number"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    # Points boards then show a pseudonym and the unit; results of contests are public by their rules.
    is_name_hidden = models.BooleanField(_("hide my name on points boards"), default=False)
    # What this person chose for the pages: zh-hans|en|'' , light|dark|'' , text size 0|1|2.
    language = models.CharField(max_length=10, blank=True)
    appearance = models.CharField(max_length=5, blank=True)
    text_size = models.PositiveSmallIntegerField(default=0)

    USERNAME_FIELD = "number"
    REQUIRED_FIELDS = ["name"]
    objects = EmployeeManager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("employee")
        indexes = [
            models.Index(fields=["unit", "is_active"]),
            models.Index(fields=["name"]),
            models.Index(fields=["id"], condition=models.Q(is_name_hidden=True), name="employee_hidden_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    # django.contrib.auth asks these of a user; every answer comes from rules.py, nobody is a superuser.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Ask rules.py of the app; Django's own backend would look for groups, which employees do not have."""
        return self.is_active and bool(rules.has_perm(perm, self, obj))

    def has_module_perms(self, app_label: str) -> bool:
        return False
