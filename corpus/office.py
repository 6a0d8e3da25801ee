"""Office files → text: workbooks and Word tables as tab-separated rows, in the order of the file.

The text is what is stored and cited: the file's own words, a cell's line breaks within quotes.
Merged cells are repeated in every place that they cover.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

from corpus.errors import DocumentError, SetupError
from corpus.sheet import as_line

MISSING = "读 Excel 与 Word 文件还需要 openpyxl 和 python-docx；请运行 pip install 'wence[formats]'"


def read_office(path: Path) -> str:
    """The text of an .xlsx or .docx file.

    Raises:
        DocumentError: it is damaged, another kind of file under that name, or holds formulas
            that were never calculated.
        SetupError: the extra is not installed.
    """
    try:
        return "\n".join(READERS[path.suffix.lower()](path)) + "\n"
    except (BadZipFile, KeyError, SyntaxError, ValueError) as error:  # SyntaxError: of XML
        raise DocumentError(
            f"{path.name}：文件损坏，或不是 {path.suffix} 文件（{error}）"
        ) from error


def _workbook(path: Path) -> Iterator[str]:
    """The rows of all visible sheets; of a formula its last value."""
    try:
        import openpyxl
    except ImportError as error:
        raise SetupError(MISSING) from error
    book = openpyxl.load_workbook(path, data_only=True)
    formulas = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        for cell in (cell for row in formulas[sheet.title].iter_rows() for cell in row):
            value = sheet[cell.coordinate]
            # The last value of a formula that gives no text is "str" without any.
            if cell.data_type == "f" and value.value is None and value.data_type != "str":
                raise DocumentError(
                    f"{path.name}：工作表“{sheet.title}”的单元格 {cell.coordinate} "
                    "是没有算过的公式；请用 Excel 或 WPS 打开、保存一次再读"
                )
        rows = [[_shown(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        for area in sheet.merged_cells.ranges:
            for row, column in (place for line in area.rows for place in line):
                rows[row - 1][column - 1] = rows[area.min_row - 1][area.min_col - 1]
        yield from map(as_line, rows)


def _shown(value: object) -> str:
    """A cell's value as text: whole numbers without .0, dates as 2022-06-30."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _word(path: Path) -> Iterator[str]:
    """The paragraphs and the rows of the tables, in order."""
    try:
        import docx
        from docx.opc.exceptions import PackageNotFoundError
        from docx.table import Table
    except ImportError as error:
        raise SetupError(MISSING) from error
    try:
        document = docx.Document(str(path))
    except PackageNotFoundError as error:
        raise ValueError(str(error)) from error
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from (as_line([cell.text for cell in row.cells]) for row in block.rows)
        else:
            yield block.text


READERS: dict[str, Callable[[Path], Iterator[str]]] = {".xlsx": _workbook, ".docx": _word}
