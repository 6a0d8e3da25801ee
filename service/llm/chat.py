"""A language model behind an OpenAI-compatible endpoint: a prompt in, its reply as it comes out."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from typing import Any

from corpus.errors import SetupError, WenceError
from service.settings import Settings

TRIES_AGAIN = 1  # the client's own second try, within the same time
LONGEST = 20_000  # characters of a reply, what it thinks aloud included


class ChatError(WenceError):
    """The model gave no whole reply.

    `outcome` is `timeout`, `unreachable`, `refused` (an HTTP error), `broken` (cut off, no JSON,
    endless) or `empty`; the message continues “语言模型” and quotes nothing of the reply.
    """

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class Endpoint:
    """A model's address. The client is made for each reply, so that it lives in one event loop."""

    def __init__(self, url: str, model: str, key: str = "", limit: float = 30.0) -> None:
        """Check that the client is installed; `limit` is seconds for a whole reply.

        Raises:
            SetupError: it is not.
        """
        try:
            import openai  # noqa: F401 (dear to import, so not before a model is configured)
        except ImportError as error:
            raise SetupError("用语言模型还需要 openai；请运行 pip install 'wence[llm]'") from error
        self._url, self._model, self._key, self._limit = url, model, key, limit
        self._tls = ssl.create_default_context()  # dear too, so made once

    async def reply(self, instructions: str, prompt: str) -> AsyncGenerator[str, None]:
        """The reply's text, piece by piece; closing the generator closes the request.

        Raises:
            ChatError: it did not come whole and in time.
        """
        import openai

        deadline = asyncio.get_running_loop().time() + self._limit
        length = 0
        try:
            async with openai.AsyncOpenAI(
                base_url=self._url,
                api_key=self._key or "none",
                timeout=self._limit,
                max_retries=TRIES_AGAIN,
                # A redirect would carry the question to an address that nobody configured.
                http_client=openai.DefaultAsyncHttpxClient(
                    verify=self._tls, follow_redirects=False
                ),
            ) as client:
                async with asyncio.timeout_at(deadline):
                    stream = await client.chat.completions.create(
                        model=self._model,
                        messages=[
                            {"role": "system", "content": instructions},
                            {"role": "user", "content": prompt},
                        ],
                        temperature=0,
                        stream=True,
                    )
                async with stream:
                    while True:
                        # No timeout spans a yield: it would strike whoever reads.
                        async with asyncio.timeout_at(deadline):
                            chunk: object = await anext(stream, None)
                        if chunk is None:
                            break
                        text = _text(chunk)
                        length += len(text)
                        if length > LONGEST:
                            raise ChatError("broken", f"的回复超过了 {LONGEST} 字")
                        if text:
                            yield text
        except (TimeoutError, openai.APITimeoutError) as error:
            raise ChatError("timeout", f"在 {self._limit:g} 秒里没有写完") from error
        except openai.APIStatusError as error:
            raise ChatError("refused", f"的服务返回了 HTTP {error.status_code}") from error
        except openai.APIConnectionError as error:
            if length:
                raise ChatError("broken", "的回复中途断了") from error
            raise ChatError("unreachable", "的服务连不上") from error
        except (openai.OpenAIError, ValueError, RecursionError) as error:
            raise ChatError("broken", "的回复读不懂") from error
        if not length:
            raise ChatError("empty", "没有给出回答")


def _text(chunk: Any) -> str:
    """The text that a chunk adds; the client does not check that it has the protocol's form.

    Raises:
        ChatError: the reply was cut short by its length or by a filter.
    """
    try:
        choice = chunk.choices[0] if chunk.choices else None
        text = choice.delta.content if choice else ""
        end = choice.finish_reason if choice else None
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ChatError("broken", "的回复读不懂") from error
    if end in ("length", "content_filter"):
        raise ChatError("broken", "的回复没有写完")
    return text if isinstance(text, str) else ""


def open_endpoint(settings: Settings) -> Endpoint | None:
    """The endpoint of the settings, None where none is set.

    Raises:
        SetupError: the client is not installed.
    """
    if not settings.llm_url:
        return None
    return Endpoint(settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_timeout)
