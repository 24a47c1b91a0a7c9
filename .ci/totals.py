"""Adds up the test results of a folder: says why tests were skipped and which failed, and prints the total alone on the last line."""
import collections
import pathlib
import sys
import xml.etree.ElementTree as xml

TRX = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"


def trx_results(path):
    for result in xml.parse(path).iter(TRX + "UnitTestResult"):
        message = result.find(f"{TRX}Output/{TRX}ErrorInfo/{TRX}Message")
        output = result.find(f"{TRX}Output/{TRX}StdOut")
        text = next((node.text for node in (message, output) if node is not None and node.text), "")
        yield result.get("testName"), {"Passed": "passed", "Failed": "failed"}.get(result.get("outcome"), "skipped"), text


def pester_results(path):
    # NUnit 3 form, as Invoke-PesterSuite.ps1 writes it.
    for case in xml.parse(path).iter("test-case"):
        message = case.find("failure/message")
        reason = case.find("reason/message")
        node = message if message is not None else reason
        outcome = {"Passed": "passed", "Failed": "failed"}.get(case.get("result"), "skipped")
        yield case.get("fullname") or case.get("name"), outcome, node.text if node is not None and node.text else ""


def main(folder, dotnet_exit, pester_exit):
    totals = collections.Counter()
    skipped = collections.Counter()
    folder = pathlib.Path(folder)
    sources = [(path, trx_results) for path in sorted(folder.rglob("*.trx"))] + [(path, pester_results) for path in sorted(folder.glob("pester.xml"))]
    for path, read in sources:
        for name, outcome, text in read(path):
            totals[outcome] += 1
            if outcome == "failed":
                print(f"FAILED {name}: {text.strip().splitlines()[0] if text.strip() else ''}")
            elif outcome == "skipped":
                skipped[text.strip().splitlines()[0] if text.strip() else "no reason given"] += 1

    for reason, count in skipped.most_common():
        print(f"SKIPPED {count}: {reason}")

    # A suite that broke off has no failed test to show; it is a failure all the same.
    if (dotnet_exit != 0 or pester_exit != 0 or totals["passed"] == 0) and totals["failed"] == 0:
        print(f"FAILED: a suite ended with an error of its own (dotnet test {dotnet_exit}, Pester {pester_exit}).")
        totals["failed"] += 1

    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return 0 if totals["failed"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
