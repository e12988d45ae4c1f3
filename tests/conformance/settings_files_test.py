"""Holds every settings file that ships against its JSON Schema, paired by .taplo.toml as an editor pairs them.

The validator is Debian's python3-jsonschema, which knows nothing of caseweave's own readers.
"""

import copy
import json
import tomllib
import unittest
from pathlib import Path

from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ["config/**/*.toml", "connectors/*/connector.toml", "schemas/canonical/*.toml"]

# What a schema has to refuse because schemas/canonical, the registry or a reader knows no such word.
MISTAKES = [
    ("connectors/education/connector.toml", 'to = "person"', 'to = "persn"'),
    ("connectors/education/connector.toml", "given_name =", "given_nmae ="),
    ("connectors/education/connector.toml", 'person_kind = { constant = "child" }', 'person_kind = { constant = "chld" }'),
    ("connectors/education/connector.toml", 'transport = "odbc"', 'transport = "obdc"'),
    ("connectors/education/connector.toml", 'service_area = "education"', 'service_area = "housing"'),
    ("config/bulk.toml", "page_by_key = 20000", "page_by_kye = 20000"),
    ("config/bulk.toml", "client_secret_file", "client_secrt_file"),
    ("config/bulk.toml", 'on_source_failure = "stop"', 'on_source_failure = "halt"'),
    ("config/bulk.toml", "threads = 0", 'threads = "all"'),
    ("config/bulk.toml", 'name = "bulk"', ""),
    ("config/survivorship.toml", "[field.ethnicity]", "[field.ethnicty]"),
    ("config/survivorship.toml", '"completeness"', '"completness"'),
    ("config/quality_rules.toml", 'kind = "agreement"', 'kind = "agreemnt"'),
    ("config/quality_rules.toml", 'entity = "cp_plan"', 'entity = "cp_pln"'),
    ("config/quality_rules.toml", "not_before =", "not_befor ="),
    ("config/quality_rules.toml", 'has = "care_episode"', 'has = "care_epsode"'),
    ("config/retention.toml", 'entity = "cp_plan"', 'entity = "cp_pln"'),
    ("config/retention.toml", 'authority = "statute"', 'authority = "statue"'),
    ("config/retention.toml", 'from = "birth"\ndied_under =', 'from = "birth"\ndied_undr ='),
    ("config/linkage/default.toml", 'name = "given_name"', 'name = "given_nmae"'),
    ("config/linkage/default.toml", 'name = "variant"', 'name = "truncated"'),
    ("config/linkage/default.toml", '"birth_date"]', '"birth_dat"]'),
    ("schemas/canonical/person.toml", 'code_list = "ethnicity"', 'code_list = "ethnicty"'),
    ("schemas/canonical/person.toml", 'type = "partial_date"', 'type = "partialdate"'),
]


def rules():
    with open(ROOT / ".taplo.toml", "rb") as file:
        return tomllib.load(file)["rule"]


def schemas_of_files():
    """Settings file -> its schema; of two rules the later one counts."""
    return {file: rule["schema"]["path"] for rule in rules() for glob in rule["include"] for file in ROOT.glob(glob)}


def validator(schema):
    return Draft202012Validator(json.loads((ROOT / schema).read_text()))


def tables(node, path=()):
    """Every table of a document with its path; elements of an array share one."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from tables(value, path + (key,))
    elif isinstance(node, list):
        for element in node:
            yield from tables(element, path)


class SettingsFiles(unittest.TestCase):
    def test_schemas_are_schemas(self):
        for rule in rules():
            Draft202012Validator.check_schema(json.loads((ROOT / rule["schema"]["path"]).read_text()))

    def test_every_file_has_a_schema_and_is_valid(self):
        schemas = schemas_of_files()
        files = [file for glob in SHIPPED for file in ROOT.glob(glob)]
        self.assertGreater(len(files), 80, "the test reads the wrong folders")
        for file in files:
            with self.subTest(file=str(file.relative_to(ROOT))):
                self.assertIn(file, schemas, "no rule of .taplo.toml names a schema for it")
                document = tomllib.loads(file.read_text())
                errors = [f"{error.json_path}: {error.message[:300]}" for error in
                          validator(schemas[file]).iter_errors(document)]
                self.assertEqual(errors, [])

    def test_an_unknown_key_is_refused_in_every_table(self):
        tried = set()
        for file, schema in schemas_of_files().items():
            check = validator(schema)
            document = tomllib.loads(file.read_text())
            for index, (path, _) in enumerate(tables(document)):
                if (schema, path) in tried:
                    continue
                tried.add((schema, path))
                spoilt = copy.deepcopy(document)
                list(tables(spoilt))[index][1]["no_such_key"] = 0.5
                self.assertFalse(check.is_valid(spoilt), f"{file.relative_to(ROOT)}: {'.'.join(path)}")
        self.assertGreater(len(tried), 100)

    def test_mistakes_are_refused(self):
        schemas = schemas_of_files()
        for name, right, wrong in MISTAKES:
            with self.subTest(file=name, mistake=wrong):
                text = (ROOT / name).read_text()
                self.assertIn(right, text)
                self.assertFalse(
                    validator(schemas[ROOT / name]).is_valid(tomllib.loads(text.replace(right, wrong, 1))))


if __name__ == "__main__":
    unittest.main()
