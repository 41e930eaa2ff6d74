"""Recognise what people's files hold in the place of what is allowed, and say what to do."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from .problems import WrongError

_MISSING = re.compile(
    r"-[789]|-66|-77|-88|-9{2,4}|#?n/?a|n\.a\.|nan|null|none|\.{1,3}|--?|\?", re.IGNORECASE
)
"""What data sets write where a value is missing."""

MISSING_HINT = "a code for a missing value: leave the cell empty, or the row out"
A_DATE = "an ISO date: 1999, 1999-04 or 1999-04-20"
_OTHER_DATES = {  # precision to the day, then to the month; as text, so that one reads them all
    "%Y-%m-%d": "%Y %m %d|%Y %d %m|%d %m %Y|%m %d %Y|%d %b %Y|%d %B %Y|%b %d %Y|%B %d %Y|%d %b %y|"
    "%d %m %y|%m %d %y",
    "%Y-%m": "%Y %m|%m %Y|%b %Y|%B %Y|%b %y",
}
_MONTH = re.compile(r"(\d{4})\W?[mM]0?(\d\d?)", re.ASCII)
_QUARTER = re.compile(r"(\d{4})\W?[qQ]([1-4])|[qQ]([1-4])\W?(\d{4})", re.ASCII)
_UNKNOWN_PART = re.compile(r"[-/.](?:00|0|-9|99|xx|\?\?)(?![\d])", re.ASCII | re.IGNORECASE)
_SPAN = re.compile(
    r"(\d{4}(?:-\d\d){0,2})\s*(?:[;,/&|]|-|to|and)+\s*(\d{4}(?:-\d\d){0,2})", re.ASCII
)
_ONGOING = ("present", "ongoing", "now", "today", "current", "open")
_ABOUT = re.compile(r"(?:c\.?a?\.?|circa|about|~|early|mid|late)?[- ]*(\d{4}) ?\??", re.I | re.A)
_FIRST_SERIAL, _SERIALS = date(1899, 12, 30), range(1000, 80_000)  # of spreadsheets' day numbers

_UNPACK, _AS_CSV, _AS_UTF8 = "unpack it first", "save the sheet as CSV", "save the file as UTF-8"
_MAGIC = {
    b"\xff\xfe\0\0": ("UTF-32 text", _AS_UTF8),
    b"\0\0\xfe\xff": ("UTF-32 text", _AS_UTF8),
    b"\xff\xfe": ("UTF-16 text", _AS_UTF8),
    b"\xfe\xff": ("UTF-16 text", _AS_UTF8),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook (.xls)", _AS_CSV),
    b"\x1f\x8b": ("a file packed by gzip (.gz, or R's .rds)", _UNPACK),
    b"BZh": ("a file packed by bzip2", _UNPACK),
    b"\xfd7zXZ": ("a file packed by xz", _UNPACK),
    b"7z\xbc\xaf": ("a 7z archive", _UNPACK),
    b"PAR1": ("a Parquet file", _AS_CSV),
    b"$FL2": ("an SPSS file", _AS_CSV),
    b"<stata_dta>": ("a Stata file", _AS_CSV),
    b"\x89HDF": ("an HDF5 file (NetCDF is one)", _AS_CSV),
    b"%PDF": ("a PDF", _AS_CSV),
}


def kind_of_file(content: bytes) -> tuple[str, str, str] | None:
    """What a file is by its first bytes, if it is one of the kinds that data come in: its kind,
    the place that says so, and what to do.
    """
    if content.startswith(b"PK\x03\x04"):
        if b"xl/" in content[:4000] or b"[Content_Types]" in content[:4000]:
            return "an Excel workbook (.xlsx)", "", _AS_CSV
        return "a zip archive, or an OpenDocument file", "", f"{_UNPACK}, or {_AS_CSV}"
    for magic, (kind, hint) in _MAGIC.items():
        if content.startswith(magic):
            return kind, "line 1" if hint is _AS_UTF8 else "", hint
    return None


_SAID_OF_STATUS = {
    "member": "joined, acceded, acceding, in, full, full member, full membership, active, rejoined",
    "frozen": "suspended, suspension, paused, dormant, inactive, freeze",
    "out": "left, withdrawn, withdrew, withdrawal, exit, exited, expelled, former, former member, "
    "non-member, nonmember, none, outside, non member",
}


def status_hint(word: str) -> str:
    """What to write for a status that was said in another word, or coded by a number."""
    for status, others in _SAID_OF_STATUS.items():
        if word in others.split(", "):
            return f'did you mean "{status}"?'
    if re.fullmatch(r"-?\d+(\.0)?", word, re.ASCII):
        return "a code of a data set: write the word that it stands for"
    return ""


def plain(text: str) -> str:
    """A date or number with plain digits and hyphens for what typesetting makes of them."""
    return re.sub("[\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}]", "-", unicodedata.normalize("NFKC", text))


def is_missing(text: str) -> bool:
    """Whether a cell holds a code for a missing value."""
    return _MISSING.fullmatch(text) is not None


def wrong_date(text: str) -> WrongError:
    """What is wrong with a text that is no ISO date, and what to write."""
    text = plain(text)
    span = _SPAN.fullmatch(text)
    if text.casefold() in _ONGOING:
        return WrongError(A_DATE, "still so? write the last day of the clock", "no end")
    if is_missing(text):
        return WrongError(A_DATE, MISSING_HINT, "missing date")
    if span and span[1] < span[2]:
        hint = f'for a span write date "{span[1]}" and end "{span[2]}", for two events two rows'
        return WrongError(A_DATE, hint, "a span")
    if re.fullmatch(r"\d{5}", text, re.ASCII) and int(text) in _SERIALS:
        day = (_FIRST_SERIAL + timedelta(days=int(text))).isoformat()
        return WrongError(A_DATE, f'a spreadsheet\'s number of days? then "{day}"', "day number")
    result = _other_readings(text)
    if result:
        hint = "did you mean " + " or ".join(f'"{iso}"' for iso in result) + "?"
        form = re.sub(r"[^\W\d_]+", "a", text)  # what rows have in common
        form = re.sub(r"\d+", "9", re.sub(r"\d{4}", "y", form))
        return WrongError(A_DATE, hint, f"date {form} {result[0].count('-')}")
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text, re.ASCII):
        return WrongError(f"{A_DATE}, of a day that exists")
    return WrongError(A_DATE)


def _other_readings(text: str) -> list[str]:
    """ISO dates that a text in another form can stand for."""
    text = _UNKNOWN_PART.sub("", text)
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        year, number = quarter[1] or quarter[4], int(quarter[2] or quarter[3])
        return [f"{year}-{3 * number - 1:02}"]  # its middle month
    month = _MONTH.fullmatch(text)
    if month and 1 <= int(month[2]) <= 12:
        return [f"{month[1]}-{int(month[2]):02}"]
    text = re.sub(r"([T ]\d\d?:\d\d.*|Z)$", "", text)  # a time of day
    text = re.sub(r"(?<=^\d{4})\.0+$", "", text)  # a year that became a decimal number
    for form in (r"(\d{4})(\d\d)(\d\d)", r"(\d{4})(\d\d)"):
        text = re.sub(f"^{form}$", lambda match: " ".join(match.groups()), text, flags=re.ASCII)
    words = " ".join(re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text).replace(",", " ").split())
    words = re.sub(r"\bsept\b", "Sep", re.sub(r"[-/. ]+", " ", words).strip(), flags=re.I)
    result: dict[str, None] = {}
    for written, forms in _OTHER_DATES.items():
        for form in forms.split("|"):
            try:
                day = datetime.strptime(words, form).date()
            except ValueError:
                continue
            if form.endswith("%y") and day.year > date.today().year:
                day = day.replace(year=day.year - 100)
            result[day.strftime(written).zfill(len("1999-04"))] = None
    about = _ABOUT.fullmatch(text)
    return list(result) or ([about[1]] if about and about[1] > "0000" else [])


def year(text: str) -> int:
    """A year.

    Raises:
        WrongError: the text is none, or out of range.
    """
    if re.fullmatch(r"\d{4}", text, re.ASCII) and 1800 <= int(text) <= 2200:
        return int(text)
    meant = re.fullmatch(r"(\d{4})\.0+|.*\D(\d{4})", text, re.ASCII)
    hint = f'did you mean "{meant[1] or meant[2]}"?' if meant else ""
    raise WrongError("1800 to 2200", MISSING_HINT if is_missing(text) else hint, "year")


def number(text: str) -> float:
    """A finite number.

    Raises:
        WrongError: the text is none.
    """
    text = plain(text)
    if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text, re.ASCII):
        value = float(text)
        if abs(value) < float("inf"):
            return value
    allowed, hint = "a finite number, with a point for decimals", ""
    if is_missing(text) or not text:
        hint = "leave rows without a value out"
    elif re.fullmatch(r"-?\d+,\d+", text, re.ASCII):
        hint = f'did you mean "{text.replace(",", ".")}"?'
    elif share := re.fullmatch(r"(\d+(?:[.,]\d+)?) ?%", text, re.ASCII):
        hint = in_per_cent(float(share[1].replace(",", ".")))
    elif re.fullmatch(r"-?\d{1,3}([ ,']\d{3})+(\.\d+)?", text, re.ASCII):
        hint = "without marks between thousands"
    raise WrongError(allowed, hint, f"number {hint[:12]}")


def in_per_cent(value: float) -> str:
    """A hint for a share that was given in per cent."""
    return f"in per cent? write {float(f'{value / 100:.6g}'):g}"


def dates_in(text: str) -> list[date]:
    """The dates that a text names, to the day or the month (then its first day)."""
    month = r"[A-Z][a-z]{2,8}\.?"
    form = rf"\d{{4}}-\d\d(?:-\d\d)?|\d{{1,2}} {month} \d{{4}}|{month} (?:\d{{1,2}}, )?\d{{4}}"
    result = []
    for written in re.findall(form, text, re.ASCII):
        for iso in _other_readings(written.replace(".", ""))[:1]:
            try:
                result.append(date.fromisoformat(iso if len(iso) > 7 else f"{iso}-01"))
            except ValueError:
                continue
    return result
