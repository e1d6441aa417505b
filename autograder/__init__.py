"""Build, grade and verify assignments: ``python -m autograder``."""
