"""Form fields that return domain values, and say what to do when they can't."""

from common.form_fields.birth_date import OLDEST_YEARS, DateOfBirthField, DateOfBirthWidget
from common.form_fields.email import CleanEmailField
from common.form_fields.insurance import name_without_number
from common.form_fields.phone import PhoneField
from common.form_fields.suggested import Suggested
from common.form_fields.text import FORM_SCRIPT, CleanCharField, Exact, ExactCharField, WordsField
from common.form_fields.zip_code import ZipField

__all__ = [
    "FORM_SCRIPT",
    "OLDEST_YEARS",
    "CleanCharField",
    "CleanEmailField",
    "DateOfBirthField",
    "DateOfBirthWidget",
    "Exact",
    "ExactCharField",
    "PhoneField",
    "Suggested",
    "WordsField",
    "ZipField",
    "name_without_number",
]
