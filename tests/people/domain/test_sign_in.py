from django.test import Client

from people.domain import sign_in
from tests.factories.people import PASSWORD, Company, make_employee
from tests.support import refused

NEW = "xin-mi-ma-2027"


def test_activation_code_signs_in_only_without_a_password(company: Company) -> None:
    fresh = make_employee(company.team, number="7001")
    fresh.set_unusable_password()
    fresh.save()
    code = sign_in.activation_code(fresh)
    backend = sign_in.ActivationBackend()

    before = backend.authenticate(None, username="7001", password=code.upper())
    fresh.set_password(NEW)
    fresh.save()
    after = backend.authenticate(None, username="7001", password=code)

    assert (before, after) == (fresh, None)


def test_activation_code_of_somebody_else_is_refused(company: Company) -> None:
    fresh = make_employee(company.team, number="7001")
    fresh.set_unusable_password()
    fresh.save()
    backend = sign_in.ActivationBackend()

    assert backend.authenticate(None, username="7001", password=sign_in.activation_code(company.worker)) is None


def test_change_password_wrong_old_one_is_refused(company: Company) -> None:
    with refused(sign_in.WrongPassword):
        sign_in.change_password(employee=company.worker, old_password="no", new_password=NEW, keep_session=None)

    company.worker.refresh_from_db()
    assert company.worker.check_password(PASSWORD)


def test_change_password_weak_new_one_is_refused_on_its_field(company: Company) -> None:
    with refused(sign_in.ValidationError) as refusal:
        sign_in.change_password(
            employee=company.worker, old_password=PASSWORD, new_password="12345678", keep_session=None
        )

    assert list(refusal.value.message_dict) == ["new_password"]


def test_change_password_ends_the_other_sessions(company: Company) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.force_login(company.worker, backend="django.contrib.auth.backends.ModelBackend")

    sign_in.change_password(
        employee=company.worker, old_password=PASSWORD, new_password=NEW, keep_session=here.session.session_key
    )

    assert here.session.session_key is not None
    assert sign_in.end_sessions(employee=company.worker, keep_session=None) == 1


def test_reset_password_gives_a_code_and_takes_the_password(company: Company) -> None:
    code = sign_in.reset_password(employee=company.worker)

    company.worker.refresh_from_db()
    assert company.worker.has_usable_password() is False
    assert company.worker.must_change_password is True
    assert sign_in.ActivationBackend().authenticate(None, username="1301", password=code) == company.worker
