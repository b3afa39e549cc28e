"""Studies: the arms of an experiment held against each other, seed by seed.

From what the runs left (`findings`) come a page, a document, a tidy table and lines for the terminal.
"""
