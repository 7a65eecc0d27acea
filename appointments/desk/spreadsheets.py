"""Files for a spreadsheet, in which nothing that a patient typed can run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.utils.encoding import force_str

# What makes Excel, LibreOffice or Google Sheets take a cell of a CSV file for a formula, also in full width
# (https://owasp.org/www-community/attacks/CSV_Injection).
STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
BYTE_ORDER_MARK = "\ufeff"  # or Excel takes UTF-8 for something else
WIDEST = 40  # letters
FIRST_YEAR = 1900  # that Excel can count from


def safe_cell(value: Any) -> str:
    """The text of a cell of a CSV file; what would start a formula gets an apostrophe, and stays text."""
    text = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else force_str(value)
    return f"'{text}" if not isinstance(value, int) and text.lstrip(" ").startswith(STARTS_FORMULA) else text


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file, a row at a time."""
    yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL).writerow([safe_cell(value) for value in row])
        yield line.getvalue()


def xlsx_file(rows: Iterable[Sequence[Any]], sheet: str) -> bytes:
    """An Excel file. Moments, dates and counts are such, to sort and sum by; all else is written as text, so that none
    is a formula, a link or a number that lost its zeros.

    It is made in memory: patients' details never lie in a temporary file.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page, bold = book.add_worksheet(sheet), book.add_format({"bold": True})
    moment, day = (book.add_format({"num_format": shape}) for shape in ("yyyy-mm-dd hh:mm", "yyyy-mm-dd"))
    page.freeze_panes(1, 0)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            match value:
                case datetime():
                    page.write_datetime(number, column, value, moment)
                case date(year=year) if year >= FIRST_YEAR:
                    page.write_datetime(number, column, value, day)
                case int():
                    page.write_number(number, column, value)
                case _:
                    page.write_string(number, column, force_str(value), bold if number == 0 else None)
            if number == 0:
                page.set_column(column, column, min(max(len(force_str(value)) + 2, 12), WIDEST))
    book.close()
    return buffer.getvalue()
