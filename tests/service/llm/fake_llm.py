"""A real HTTP server on this machine that speaks the chat-completions protocol, as scripted."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What the server does with a request.

    `pieces` are streamed one chunk each, or sent whole where no stream was asked for, after
    `before` seconds and with `between` seconds between them; `cut` drops the connection in place
    of the end. With `body` exactly that is sent instead.
    """

    pieces: tuple[str, ...] = ()
    status: int = 200
    body: str | None = None
    before: float = 0.0
    between: float = 0.0
    cut: bool = False
    end: str = "stop"
    location: str = ""


def say(text: str, size: int = 3) -> Reply:
    """A reply of that text, a few characters a chunk."""
    return Reply(tuple(text[at : at + size] for at in range(0, len(text), size)))


@dataclass
class FakeModel:
    """What the server was asked, and how it answers; `gone` is set once a caller hung up."""

    answer: Callable[[str], Reply] = lambda _: Reply()
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    gone: Event = field(default_factory=Event)
    url: str = ""

    @property
    def prompt(self) -> str:
        """The last prompt of a user."""
        return str(self.requests[-1]["messages"][-1]["content"])


def chunk(text: str | None, end: str | None = None) -> str:
    """A chunk of a streamed completion."""
    delta = {"content": text} if text is not None else {}
    return json.dumps(
        {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "fake",
            "choices": [{"index": 0, "delta": delta, "finish_reason": end}],
        }
    )


def whole(text: str) -> str:
    """A completion in one piece."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return json.dumps(
        {"id": "1", "object": "chat.completion", "created": 0, "model": "fake", "choices": [choice]}
    )


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's model is scripted."""

    protocol_version = "HTTP/1.1"
    model: FakeModel

    def do_POST(self) -> None:
        """One completion."""
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.model.requests.append(request)
        self.model.keys.append(self.headers["Authorization"])
        reply = self.model.answer(self.model.prompt)
        time.sleep(reply.before)
        try:
            if reply.body is not None or reply.status != 200 or not request.get("stream"):
                self._send(reply, reply.body or whole("".join(reply.pieces)))
            else:
                self._stream(reply)
        except OSError:
            self.model.gone.set()
            self.close_connection = True

    def _send(self, reply: Reply, body: str) -> None:
        data = body.encode()
        self.send_response(reply.status)
        streamed = body.startswith("data:")
        self.send_header("Content-Type", "text/event-stream" if streamed else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("retry-after-ms", "1")
        if reply.location:
            self.send_header("Location", reply.location)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in reply.pieces:
            self._chunk(f"data: {chunk(piece)}\n\n")
            time.sleep(reply.between)
        if reply.cut:
            self.close_connection = True
            return
        self._chunk(f"data: {chunk(None, reply.end)}\n\n")
        self._chunk("data: [DONE]\n\n")
        self._chunk("")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its parent's name)
        """Nothing on stderr."""


@contextmanager
def serving() -> Iterator[FakeModel]:
    """A running server; whoever uses it sets how it answers."""
    model = FakeModel()
    handler = type("Scripted", (Handler,), {"model": model})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
