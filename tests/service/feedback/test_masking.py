"""Masking: what could name a person goes, what the list speaks of stays."""

import pytest

from service.feedback.masking import MASK, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800138000能办吗", f"电话{MASK}能办吗"),
        ("138-0013-8000", MASK),
        ("138.0013.8000", MASK),
        ("138 0013 8000", MASK),
        ("１３８００１３８０００", MASK),
        ("一三八零零一三八零零零", MASK),
        ("打0571-87654321", f"打{MASK}"),
        ("身份证33010619900101123X怎么办", f"身份证{MASK}怎么办"),
        ("330106 19900101 1234", MASK),
        ("卡号6222 0212 3456 7890 123", f"卡号{MASK}"),
        ("护照E12345678", f"护照{MASK}"),
        ("发到a.b@mail.com.cn吧", f"发到{MASK}吧"),
        ("ａ＠ｂ．ｃｎ", MASK),
        ("浙A12345能进吗", f"{MASK}能进吗"),
        ("浙ad12345", MASK),
        ("税号91330100MA27XXXX1Q", f"税号{MASK}"),
    ],
)
def test_mask_hides_numbers_and_addresses_of_persons(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2022年3月15日前见效的",
        "2022-03-15前见效的",
        "2022-03至2022-06",
        "60.2.1 60.2.2 60.2.3",
        "hz-2022:60.2.1",
        "第27项第3条",
        "12366热线打不通",
        "注册资本1000万元",
        "苏A股",
        "一照多址、一证多址",
        "二〇二二年",
    ],
)
def test_mask_leaves_dates_ids_and_amounts(text: str) -> None:
    assert mask(text) == text


def test_mask_twice_is_mask_once() -> None:
    once = mask("电话13800138000，邮箱a@b.cn，浙A12345")
    assert mask(once) == once
