"""What a password must be beside long: nothing that a guesser tries first."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from common.models import User


@pytest.mark.parametrize(
    "password",
    [
        "fourteen chars",
        "111111111111111",
        "passwordpassword",
        "qwertyuiopasdfghjkl",
        "Garden State Foot & Ankle",
        "tomsriverbelleville",
    ],
)
def test_password_that_is_short_or_easy_to_guess_is_refused(practice, password):
    with pytest.raises(ValidationError):
        validate_password(password)


def test_password_made_of_ones_own_name_is_refused(practice):
    with pytest.raises(ValidationError):
        validate_password("Tess.Towers-Tess2", User(username="tess", first_name="Tess", last_name="Towers"))


def test_name_full_of_signs_is_no_pattern(practice):
    person = User(username="a.b+c@d", first_name="(?P<Tess>", last_name="Towers[^*|$\\")

    assert validate_password("green toe lamps", person) is None
    with pytest.raises(ValidationError):
        validate_password("Towers Towers Tess 1", person)


@pytest.mark.parametrize("password", ["green toe lamps", "ü" * 9 + "zwölf lampions", "copper otter " * 20])
def test_password_of_fifteen_letters_that_nobody_guesses_is_enough(practice, password):
    assert validate_password(password) is None
