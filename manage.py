#!/usr/bin/env python
"""Run one of Django's commands or of the product's."""

import os
import sys

from whacc_web.environment.native_libs import use_native_libs


def main() -> None:
    """Run a command with the database running, and stop the database afterwards."""
    use_native_libs()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whacc_web.settings")
    from whacc_web.entry import database_running, errors_in_one_sentence

    with errors_in_one_sentence(), database_running():
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
