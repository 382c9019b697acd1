"""Topics: the questions of the mission, view and figure of each in one file."""
