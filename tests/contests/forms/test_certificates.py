"""contests/forms/certificates.py: a layout goes through the forms and comes out the same."""

from __future__ import annotations

from typing import Any

from contests.forms import certificates as forms
from contests.pure.certificate import default_layout, read_layout


def test_a_layout_comes_back_from_its_forms_as_it_went_in() -> None:
    head, texts, awards = forms.initial_of(default_layout())  # type: ignore[arg-type]
    data: dict[str, Any] = {"title": "x", **{name: value for name, value in head.items() if value is not False}}
    for prefix, rows in (("text", texts), ("award", awards)):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for index, row in enumerate(rows):
            data |= {f"{prefix}-{index}-{name}": value for name, value in row.items() if value is not False}

    form = forms.TemplateForm(data)
    rows_of_text, rows_of_award = forms.TextRows(data, prefix="text"), forms.AwardTitleRows(data, prefix="award")
    assert (form.is_valid(), rows_of_text.is_valid(), rows_of_award.is_valid()) == (True, True, True)

    layout = forms.layout_of(form.cleaned_data, rows_of_text, rows_of_award)
    assert read_layout(layout) == read_layout(default_layout())


def test_a_layout_without_a_code_offers_one() -> None:
    head, _texts, _awards = forms.initial_of(default_layout() | {"qr": None})  # type: ignore[arg-type]

    assert (head["has_qr"], head["qr_size"]) == (False, 25)
