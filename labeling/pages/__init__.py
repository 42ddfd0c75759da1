"""What pages show: rows, figures, charts and CSV tables, made from domain objects.

Pages read. They are called by views and commands, and never by the domain.
"""
