"""Form fields that return domain values, and say what to do when they can't."""

from common.form_fields.birth_date import OLDEST_YEARS, DateOfBirthField, DateOfBirthWidget
from common.form_fields.email import CleanEmailField
from common.form_fields.phone import PhoneField
from common.form_fields.text import CleanCharField
from common.form_fields.zip_code import ZipField

__all__ = [
    "OLDEST_YEARS",
    "CleanCharField",
    "CleanEmailField",
    "DateOfBirthField",
    "DateOfBirthWidget",
    "PhoneField",
    "ZipField",
]
