"""A class: an assignment's sheets, what comes back, marks at size, decisions of a person, reports."""
