"""What a password must be beside long: nothing that a guesser tries first."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from appointments.models import Office
from common.identity import identity

ENOUGH = 3  # of zxcvbn's 4: more than 10^8 guesses
READ = 72  # letters; zxcvbn takes no more, and they are enough to judge
SHORTEST_WORD = 4


class HardToGuess:
    """Refuses common passwords, names, keyboard rows and repetitions.

    The practice's and the person's own words count for nothing: without them it must still be hard to guess.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # its lists of words take a moment to load

        known = [identity().name, *(word for row in Office.objects.values_list("name", "city") for word in row)]
        known += [str(getattr(user, name, "")) for name in ("username", "first_name", "last_name", "email")]
        words = sorted(re.findall(rf"\w{{{SHORTEST_WORD},}}", " ".join(known)), key=len, reverse=True)
        rest = re.sub("|".join(words) or "$", "", password, flags=re.IGNORECASE)
        if not rest or zxcvbn(rest[:READ])["score"] < ENOUGH:
            advice = _("Try four words that have nothing to do with each other.")
            raise ValidationError("{} {}".format(_("This password is easy to guess."), advice))

    def get_help_text(self) -> str:
        """As it stands beside the box."""
        return _("Four words that have nothing to do with each other are good, and easy to remember.")
