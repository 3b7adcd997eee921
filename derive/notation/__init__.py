"""Reading and writing: LaTeX, Python and index text to expressions, and back."""
