"""是 or 否 is told only where the source says it of what was asked."""

import pytest

from service.answer.facts import verdict


@pytest.mark.parametrize(
    ("question", "said", "told"),
    [
        ("分店可以加载新地址吗", "允许在营业执照上加载新地址", "是，"),
        ("领UKey要钱吗", "免费发放", "否，"),
        ("补证要交钱吗", "应当缴纳工本费", "是，"),
        ("夜里可以施工吗", "夜间不得施工", "否，"),
        # An exception leaves it open whether the one that is asked about is among it.
        ("药店可以用一照多址吗", "除直接涉及公共安全的领域外，允许加载新地址", ""),
        # The bound that the source names is not the one that is asked about.
        ("摊位可以营业到12点吗", "可以营业到晚上11点", ""),
        ("摊位可以营业到11点吗", "可以营业到晚上11点", "是，"),
    ],
)
def test_verdict_only_where_it_is_plain(question: str, said: str, told: str) -> None:
    assert verdict(question, said) == told
