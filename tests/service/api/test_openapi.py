"""The OpenAPI documents: valid, in Chinese throughout, with examples that are true."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from service.api.schema30 import to_30

pytestmark = pytest.mark.clients

CHINESE = re.compile("[一-鿿]")


@pytest.fixture(scope="module")
def document(site: str) -> dict[str, Any]:
    """The OpenAPI document of the service."""
    found: dict[str, Any] = httpx2.get(f"{site}/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation with its name."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_documents_are_valid(document: dict[str, Any], site: str) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    plugin = httpx2.get(f"{site}/openapi-3.0.json").json()
    assert list(OpenAPIV30SpecValidator(plugin).iter_errors()) == []
    assert plugin["openapi"] == "3.0.1"
    assert plugin["servers"] == [{"url": site}]


def test_everything_is_told_in_chinese(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert CHINESE.search(operation["summary"]), name
        assert CHINESE.search(operation["description"]), name
        for parameter in operation.get("parameters", []):
            assert CHINESE.search(parameter["description"]), (name, parameter["name"])
        for status, response in operation["responses"].items():
            assert CHINESE.search(response["description"]), (name, status)
    for name, schema in document["components"]["schemas"].items():
        assert CHINESE.search(schema.get("description", "")), name
        for key, part in schema.get("properties", {}).items():
            assert CHINESE.search(part["description"]), (name, key)


def test_examples_fit_their_schemas(document: dict[str, Any]) -> None:
    checked = 0
    for name, operation in operations(document):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for content in body.get("content", {}).values():
                if "example" in content:
                    schema = content["schema"] | {"components": document["components"]}
                    errors = list(Draft202012Validator(schema).iter_errors(content["example"]))
                    assert errors == [], name
                    checked += 1
    assert checked >= 12


def test_examples_of_requests_are_answered(document: dict[str, Any], site: str) -> None:
    sent = 0
    for name, operation in operations(document):
        method, path = name.split(" ")
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if "example" not in body:
            continue
        response = httpx2.request(method, site + path, json=body["example"])
        assert response.status_code == 200, name
        given = operation["responses"]["200"]["content"]
        if "application/json" in given and "$ref" in given["application/json"]["schema"]:
            schema = given["application/json"]["schema"] | {"components": document["components"]}
            assert list(Draft202012Validator(schema).iter_errors(response.json())) == [], name
        sent += 1
    assert sent >= 6


def test_schemas_for_the_older_version_have_its_words() -> None:
    new = {
        "title": "X",
        "properties": {
            "a": {"anyOf": [{"type": "string"}, {"type": "null"}], "examples": ["x", "y"]},
            "title": {"const": 1, "title": "Title"},
        },
        "additionalProperties": True,
    }
    assert to_30(new) == {
        "properties": {
            "a": {"type": "string", "nullable": True, "example": "x"},
            "title": {"enum": [1]},
        }
    }
