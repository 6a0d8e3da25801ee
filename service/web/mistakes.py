"""What is wrong with a request, in Chinese: pydantic tells it in English only."""

from collections.abc import Mapping, Sequence
from typing import Any

from index.tokens import HANZI

UNKNOWN = "给出的值不合要求"
WHOLE, NUMBER, FLAG = "应是整数", "应是数字", "应是 true 或 false"
LIST, OBJECT = "应是列表", "应是 JSON 对象"
# By pydantic's error types, filled with the error's context.
MISTAKES: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这一项",
    "json_invalid": "不是合法的 JSON",
    "string_type": "应是文字",
    "string_unicode": "不是合法的 Unicode 文字",
    "string_too_short": "至少要有 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": "数太大",
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": "应是有限的数",
    "bool_type": FLAG,
    "bool_parsing": FLAG,
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "literal_error": "应是 {expected} 之一",
    "enum": "应是 {expected} 之一",
    "list_type": LIST,
    "tuple_type": LIST,
    "set_type": LIST,
    "too_short": "至少要有 {min_length} 个",
    "too_long": "最多 {max_length} 个",
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "value_error": "{error}",  # our own words
}
REFUSED: Mapping[int, str] = {
    400: "请求读不懂；正文应是 UTF-8 编码的 JSON 或表单",
    403: "没有权限",
    413: "请求太大",
    415: "不认识这种格式的正文",
}


def tell_invalid(errors: Sequence[Mapping[str, Any]]) -> str:
    """What pydantic found wrong with a request, each with the name of the part: k：应是整数."""
    return "；".join(f"{_place(error)}：{_mistake(error)}" for error in errors)


def tell_refused(status: int, detail: str) -> str:
    """Why a request was refused: the detail where it is in Chinese, else the status in words."""
    if HANZI.search(detail):
        return detail
    return REFUSED.get(status, f"请求没有被接受（HTTP {status}）")


def _place(error: Mapping[str, Any]) -> str:
    """The part's name, as it is nested; the body where none is named."""
    parts = [] if error["type"] == "json_invalid" else error["loc"][1:]
    return ".".join(map(str, parts)) or "请求体"


def _mistake(error: Mapping[str, Any]) -> str:
    said = dict(error.get("ctx", {}))
    if "expected" in said:  # 'useful', 'not_useful' or 'right'
        said["expected"] = said["expected"].replace(" or ", "、").replace(", ", "、")
    return MISTAKES.get(error["type"], UNKNOWN).format_map(said)
