"""A page process, before it has answered anything."""

import subprocess
import sys

from tests.config.test_settings import BASE_DIR, environment

HEAVY = ("docx", "highspy", "holidays", "numpy", "openpyxl", "typst")
LOADED = """
import sys
import config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
print(*sorted(set(sys.argv[1:]) & set(sys.modules)))
"""


def test_it_holds_no_package_that_only_files_and_choices_need(tmp_path):
    asked = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED, *HEAVY],
        cwd=BASE_DIR,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )

    assert asked.stdout.split() == []
