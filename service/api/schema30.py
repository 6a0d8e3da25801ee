"""JSON Schema as OpenAPI 3.1 has it → as OpenAPI 3.0 has it, for importers that know no other."""

from typing import Any

KEPT_AS_MAPPING = ("properties", "schemas")


def to_30(schema: Any) -> Any:
    """The schema with `nullable` for null types, `example` for `examples`, `enum` for `const`."""
    if isinstance(schema, list):
        return [to_30(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        key: {name: to_30(part) for name, part in value.items()}
        if key in KEPT_AS_MAPPING
        else to_30(value)
        for key, value in schema.items()
        if key not in ("examples", "const", "anyOf", "additionalProperties", "title")
    }
    if schema.get("additionalProperties") is False:
        made["additionalProperties"] = False
    if isinstance(schema.get("examples"), list) and schema["examples"]:
        made["example"] = schema["examples"][0]
    if "const" in schema:
        made["enum"] = [schema["const"]]
    if "anyOf" in schema:
        kept = [to_30(part) for part in schema["anyOf"] if part != {"type": "null"}]
        made |= kept[0] if len(kept) == 1 else {"anyOf": kept}
        if len(kept) < len(schema["anyOf"]):
            made["nullable"] = True
    return made
