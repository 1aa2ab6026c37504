"""Makes the example repository of scripts/run: a package in which a function was renamed, but the docs were not.

Usage: lib-example.py DIRECTORY. Does nothing where the directory already is a repository, so that a second run finds the
same commits. Dates and names are fixed: the commits have the same object names on every machine.
"""

import os
import subprocess
import sys

CODE = '''"""Settings of the example service."""

import tomllib


def {name}(path):
    """Reads a TOML file and fills in the defaults."""
    with open(path, "rb") as file:
        values = tomllib.load(file)
    return {{"port": 8080, **values}}


def describe(settings):
    """One line for the log."""
    return ", ".join(f"{{key}}={{value}}" for key, value in sorted(settings.items()))
'''

README = '''# Example service

Call `parse_config` with the path of your settings file:

```python
from service.settings import describe, parse_config

settings = parse_config("service.toml")
print(describe(settings))
```

Values that the file leaves out get defaults.
'''

GUIDE = '''# Settings

The service is configured by one TOML file. `parse_config()` reads it at start; to use the settings in
a script of your own:

```python
import service.settings

print(service.settings.parse_config("service.toml")["port"])
```

`describe` turns them into one line for the log.
'''


def git(directory, *arguments, date="2025-01-01T09:00:00Z"):
    settings = ["-c", "user.name=Example", "-c", "user.email=example@example.org", "-c", "commit.gpgSign=false", "-c", "core.hooksPath=/dev/null"]
    environment = dict(os.environ, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
    subprocess.run(["git", "-C", directory, *settings, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL)


def write(directory, path, text):
    path = os.path.join(directory, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main(directory):
    if os.path.exists(os.path.join(directory, ".git", "complete")):
        return
    os.makedirs(directory, exist_ok=True)
    git(directory, "init", "--quiet", "--initial-branch=main")
    write(directory, "service/__init__.py", "")
    write(directory, "service/settings.py", CODE.format(name="parse_config"))
    write(directory, "README.md", README)
    write(directory, "docs/settings.md", GUIDE)
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message=Read settings from a TOML file")
    write(directory, "service/settings.py", CODE.format(name="load_settings"))
    git(directory, "commit", "--quiet", "--all", "--message=Rename parse_config to load_settings", date="2025-01-02T09:00:00Z")
    write(directory, ".git/complete", "")


if __name__ == "__main__":
    main(sys.argv[1])
