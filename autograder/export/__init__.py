"""Marks in the form that other systems take: one file a system, each citing its description."""

FORMATS = ("csv", "canvas", "moodle", "gradescope", "gradescope-zip")
# When Gradescope shows students a result (its "Autograder Specifications").
VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
PUBLISHED = "after_published"  # feedback at every try would tell the secret inputs apart
