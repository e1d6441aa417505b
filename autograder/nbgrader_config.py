"""Link this file into a course folder: ``nbgrader autograde`` then judges in our jail.

Formgrader's Autograde button runs the same. Nothing of a submission is executed by nbgrader.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata, GetGrades

from autograder.gradebook.preprocessors import HarmlessComments, JudgeNotebook, SaveJudgement

c = get_config()  # noqa: F821  (traitlets provides it)
c.Autograde.sanitize_preprocessors = [JudgeNotebook, CheckCellMetadata]
c.Autograde.autograde_preprocessors = [SaveJudgement, AssignLatePenalties, CheckCellMetadata]
c.GenerateFeedback.preprocessors = [GetGrades, HarmlessComments, CSSHTMLHeaderPreprocessor]
c.HTMLExporter.sanitize_html = True
