"""Formative checks: what a notebook calls for an instant, honest word on the student's work.

They are practice. Nothing here decides a grade: the judge has inputs of its own.
"""
