"""What a course needs around a run of ``grade``, from the students' bundle to the marks' export."""
