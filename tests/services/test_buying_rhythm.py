"""Frequency, recency and T of the CDNOW sample, by the commands of the guide, are those of the published summary."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CDNOW = ROOT / "../shared/data/cdnow"


@pytest.mark.skipif(not CDNOW.exists(), reason="the CDNOW files are not beside the project")
def test_the_commands_of_the_guide_give_the_published_summary_of_every_customer(tmp_path: Path) -> None:
    guide = (ROOT / "docs/guides/buying-rhythm.md").read_text("utf-8")
    commands = re.findall(r"^\$ (.+)$", guide.partition("the commands are the same")[2], re.MULTILINE)
    assert sum(command.startswith("custledger metric add") for command in commands) == 3
    (tmp_path / "CDNOW_sample.txt").write_bytes((CDNOW / "CDNOW_sample.txt").read_bytes())
    program = f"custledger() {{ '{sys.executable}' -m custledger \"$@\"; }}\n"
    for command in commands:
        done = subprocess.run(["sh", "-c", program + command], cwd=tmp_path, check=True, capture_output=True, text=True)
        if "customer list" in command:
            printed = done.stdout
    computed = {
        int(row["code"]): (int(row["frequency"]), round(float(row["recency"]), 2), round(float(row["T"]), 2))
        for row in csv.DictReader(printed.splitlines())
    }
    with (CDNOW / "cdnow_customers_summary.csv").open(encoding="utf-8", newline="") as stream:
        published = {
            int(row["ID"]): (int(row["frequency"]), float(row["recency"]), float(row["T"]))
            for row in csv.DictReader(stream)
        }
    assert len(published) == 2_357
    assert computed == published
