"""Worked solutions and derivations as pages: views of the lines, through the templates; nothing is computed here."""
