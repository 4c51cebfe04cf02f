"""What is wrong with a book's place and surroundings, and what an operator does about it: one entry a check in
``table``. The command ``doctor`` lists the findings, and with ``--all`` every check.
"""
