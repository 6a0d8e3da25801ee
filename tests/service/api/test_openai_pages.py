"""OpenAI's interface by what chat pages send: recorded in shape, the words are our own."""

import json
from typing import Any

import httpx2
import pytest

ASKED = "一照多址由谁牵头"

OPEN_WEBUI = {
    "model": "wence",
    "stream": True,
    "messages": [{"role": "user", "content": ASKED}],
    "stream_options": {"include_usage": True},
    "params": {},
    "features": {"web_search": False},
}
LOBE_CHAT = {
    "model": "wence",
    "stream": True,
    "messages": [
        {"role": "system", "content": "你是一个助手"},
        {"role": "user", "content": [{"type": "text", "text": ASKED}]},
    ],
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "temperature": 1,
    "top_p": 1,
    "stream_options": {"include_usage": True},
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
}
FASTGPT = {
    "model": "wence",
    "stream": True,
    "temperature": 0.01,
    "max_tokens": 4000,
    "stop": None,
    "tool_choice": None,
    "messages": [
        {"role": "system", "content": "用资料回答"},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                {"type": "text", "text": ASKED},
            ],
        },
    ],
}


CHERRY_STUDIO = {
    "model": "wence",
    "stream": True,
    "stream_options": {"include_usage": True},
    "temperature": 1,
    "max_tokens": None,
    "enable_thinking": False,
    "messages": [
        {"role": "system", "content": ""},
        {"role": "user", "content": "你好"},
        {"role": "assistant", "content": "你好，想问什么？", "tool_calls": None},
        {"role": "user", "content": ASKED},
    ],
}
DIFY = {  # its plugin for OpenAI-compatible models
    "model": "wence",
    "stream": True,
    "temperature": 0.7,
    "stop": ["Human:"],
    "user": "a-user",
    "messages": [{"role": "user", "content": ASKED, "name": None}],
}


@pytest.mark.parametrize("body", [OPEN_WEBUI, LOBE_CHAT, FASTGPT, CHERRY_STUDIO, DIFY])
def test_what_a_chat_page_sends_is_answered(site: str, body: dict[str, Any]) -> None:
    response = httpx2.post(f"{site}/v1/chat/completions", json=body)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in response.text.splitlines() if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    content = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks if c["choices"])
    assert "市市场监管局" in content


@pytest.mark.parametrize("given", ["ping", ["ping"]])
def test_what_dify_sends_to_try_an_embedding_model_is_answered(site: str, given: Any) -> None:
    body = {"model": "wence-passage", "input": given, "encoding_format": "float"}
    response = httpx2.post(f"{site}/v1/embeddings", json=body)
    assert len(response.json()["data"][0]["embedding"]) == 384


@pytest.mark.parametrize("stream", [True, False])
def test_chat_pages_request_for_a_title_is_no_question(site: str, stream: bool) -> None:
    prompt = (
        "### Task:\nGenerate a concise title.\n### Output:\nJSON\n### Chat History:\n"
        f"<chat_history>\nUSER: {ASKED}\nASSISTANT: 由……\n</chat_history>" + " " * 3000
    )
    body = {"model": "wence", "stream": stream, "messages": [{"role": "user", "content": prompt}]}
    response = httpx2.post(f"{site}/v1/chat/completions", json=body)
    assert response.status_code == 200
    if not stream:
        content = response.json()["choices"][0]["message"]["content"]
        assert json.loads(content)["title"] == ASKED
