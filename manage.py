#!/usr/bin/env python
"""Run one of Django's or the product's commands."""

import os
import sys

from whacc_web.native_libs import use_native_libs


def main() -> None:
    """Run the command with the database running, and leave no server behind."""
    use_native_libs()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whacc_web.settings")
    from whacc_web.entry import database_running, told_in_a_sentence

    with told_in_a_sentence(), database_running():
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
