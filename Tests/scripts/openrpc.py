#!/usr/bin/env python3
"""Holds the daemon's OpenRPC document against OpenRPC 1.3.2 and JSON Schema draft-07.

usage: crowd-models-executor --print-openrpc | openrpc.py --cache DIR [--meta-schema FILE]

The judges are not ours: `jsonschema` (schemas and examples) and `openrpc` (the document's
structure), both of PyPI, installed once into a virtual environment under DIR. The rules of the
meta-schema stand below; FILE, where given, is the published one (open-rpc/spec,
spec/1.3/schema.json) and is asked too. Exit: 0 valid, 1 not, 77 no judges to be had.
"""

import argparse
import json
import os
import subprocess
import sys
import venv

PACKAGES = ["jsonschema==4.26.0", "openrpc==11.1.1"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", required=True)
    parser.add_argument("--meta-schema")
    arguments = parser.parse_args()
    python = environment(os.path.abspath(arguments.cache))
    if os.path.realpath(sys.prefix) != os.path.realpath(os.path.dirname(os.path.dirname(python))):
        os.execv(python, [python, os.path.abspath(__file__)] + sys.argv[1:])
    problems = judge(json.load(sys.stdin), arguments.meta_schema)
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)


def environment(cache):
    """The Python that has the packages; made at the first call, kept for the next."""
    python = os.path.join(cache, "bin", "python3")
    stamp = os.path.join(cache, "packages")
    if os.path.exists(stamp) and open(stamp).read() == "\n".join(PACKAGES):
        return python
    try:
        venv.create(cache, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + PACKAGES,
            check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"skipped: {' and '.join(PACKAGES)} cannot be installed: {error}", file=sys.stderr)
        sys.exit(77)
    with open(stamp, "w") as file:
        file.write("\n".join(PACKAGES))
    return python


def judge(document, meta_schema):
    # This file has the name of one of the judges, and stands before it in the path.
    sys.path.remove(os.path.dirname(os.path.abspath(__file__)))
    import jsonschema
    import openrpc

    problems = []

    def hold(value, schema, what):
        judges = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
        for error in judges.iter_errors(value):
            problems.append(f"{what} {error.json_path}: {error.message}")

    hold(document, RULES, "document")
    if problems:
        return problems
    if meta_schema:
        with open(meta_schema) as file:
            text = file.read()
        # Its own dialect is draft-07 under another name, and is not reachable without a network.
        dialect = jsonschema.Draft7Validator.META_SCHEMA["$id"]
        text = text.replace("https://meta.json-schema.tools/#/definitions/JSONSchemaObject", dialect)
        text = text.replace("https://meta.json-schema.tools/", dialect)
        text = text.replace("https://meta.json-schema.tools", dialect)
        hold(document, json.loads(text), "meta-schema")

    components = {"components": document["components"]}
    for name, schema in document["components"]["schemas"].items():
        hold(schema, jsonschema.Draft7Validator.META_SCHEMA, f"schema {name}")
    for method in document["methods"]:
        name = method["name"]
        names = [parameter["name"] for parameter in method["params"]]
        if len(set(names)) != len(names):
            problems.append(f"{name}: two parameters have the same name")
        needed = [parameter.get("required", False) for parameter in method["params"]]
        if sorted(needed, reverse=True) != needed:
            problems.append(f"{name}: a required parameter follows an optional one")
        codes = [error["code"] for error in method["errors"]]
        if len(set(codes)) != len(codes):
            problems.append(f"{name}: two errors have the same code")
        schemas = {parameter["name"]: parameter["schema"] for parameter in method["params"]}
        for schema in schemas.values():
            hold(schema, jsonschema.Draft7Validator.META_SCHEMA, f"{name}, a parameter")
        for example in method["examples"]:
            for value in example["params"]:
                schema = schemas.get(value["name"], False)
                schema = {"allOf": [schema], **components}
                hold(value["value"], schema, f"{name}, example, {value['name']}")
            schema = {"allOf": [method["result"]["schema"]], **components}
            hold(example["result"]["value"], schema, f"{name}, example, result")
    for name, notification in document["x-notifications"].items():
        schema = {"allOf": [notification["params"]], **components}
        hold(notification["example"], schema, name)
    try:
        model = openrpc.OpenRPC.model_validate(document)
    except ValueError as error:
        problems.append(f"openrpc: {error}")
    else:
        if [method.name for method in model.methods] != [m["name"] for m in document["methods"]]:
            problems.append("openrpc: it read other methods")
    return problems


def described(required, properties, closed=True):
    """An object of OpenRPC: these members, and others only where their name begins with x-."""
    rule = {"type": "object", "required": required, "properties": properties}
    if closed:
        rule["patternProperties"] = {"^x-": True}
        rule["additionalProperties"] = False
    return rule


TEXT = {"type": "string"}
NAME = {"type": "string", "minLength": 1}
URI = {"type": "string", "format": "uri", "pattern": "^[a-z]+:[^ ]+$"}
SCHEMA = {"$ref": "http://json-schema.org/draft-07/schema#"}
VALUE = described(
    ["name", "value"], {"name": NAME, "summary": TEXT, "description": TEXT}, closed=False)
DESCRIPTOR = described(
    ["name", "schema"],
    {"name": NAME, "summary": TEXT, "description": TEXT, "required": {"type": "boolean"},
     "deprecated": {"type": "boolean"}, "schema": SCHEMA})
METHOD = described(
    ["name", "params", "result"],
    {"name": NAME, "summary": TEXT, "description": TEXT, "deprecated": {"type": "boolean"},
     "paramStructure": {"enum": ["by-position", "by-name", "either"]},
     "params": {"type": "array", "items": DESCRIPTOR}, "result": DESCRIPTOR,
     "errors": {"type": "array", "items": {
         "type": "object", "required": ["code", "message"], "additionalProperties": False,
         "properties": {"code": {"type": "integer"}, "message": TEXT, "data": True}}},
     "examples": {"type": "array", "minItems": 1, "items": described(
         ["name", "params"],
         {"name": NAME, "description": TEXT, "params": {"type": "array", "items": VALUE},
          "result": VALUE}, closed=False)}})
RULES = described(
    ["openrpc", "info", "methods"],
    {"openrpc": {"const": "1.3.2"},
     "info": described(
         ["title", "version"], {"title": TEXT, "version": TEXT, "description": TEXT}),
     "servers": {"type": "array", "items": described(
         ["url"], {"url": URI, "name": TEXT, "summary": TEXT, "description": TEXT})},
     "methods": {"type": "array", "minItems": 1, "items": METHOD},
     "components": {"type": "object", "properties": {
         "schemas": {"type": "object", "additionalProperties": SCHEMA}}}})

if __name__ == "__main__":
    main()
