"""An insurance company's name. A member number is not ours to keep."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import exact_text

LONGEST_NUMBER = 4  # digits in a row that the name may have; a member number has more
# 11 signs (CMS, "Understanding the Medicare Beneficiary Identifier Format"), with whatever a person puts between them.
# Letters that CMS leaves out, and O for 0, count too: that is how a card is read.
_SIGNS = ("[1-9]", "[a-z]", "[a-z0-9]", "[0-9o]", "[a-z]", "[a-z0-9]", "[0-9o]", "[a-z]", "[a-z]", "[0-9o]", "[0-9o]")
MEDICARE_NUMBER = re.compile(rf"(?<![a-z0-9]){'[ .-]*'.join(_SIGNS)}(?![a-z0-9])", re.IGNORECASE)


def name_without_number(name: str) -> None:
    """Raises ValidationError."""
    plain = exact_text(name)
    if MEDICARE_NUMBER.search(plain):
        raise ValidationError(_("That looks like a Medicare number. Leave it out, and enter only the name: Medicare"))
    if any(len(re.sub(r"\D", "", run)) > LONGEST_NUMBER for run in re.findall(r"\d[\d .-]*", plain)):
        raise ValidationError(_("Enter only the name of the insurance company, without any number"))
