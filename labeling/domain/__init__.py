"""What the lab does, one module for each noun; the only place that writes.

In a module, readers come first and are nouns, and check the user's right where they
take a user. Writers are verbs, keyword-only, and leave nothing half-written.
"""
