"""Doors for other programs: MCP, Dify, OpenAI's interface, feeds, the embedded box."""
