"""Judgements into nbgrader's gradebook, feedback pages and grades.csv."""
