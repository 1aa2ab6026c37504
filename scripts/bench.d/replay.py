#!/usr/bin/env python3
"""scripts/bench.d/replay.py REPOSITORY BASE HEAD [FIXED]

Does with the service what `doc-healing heal REPOSITORY --base BASE --head HEAD` does: BASE is pushed into a new bare repository whose
post-receive hook is the one of docs/install.md, then HEAD, and the commit on `doc-healing/main` that comes back is compared with
FIXED, a revision in which people repaired the same documents by hand. Prints each file that differs from FIXED. Status 0 when the documents that the service changed
equal FIXED's; without FIXED the diff is printed and the status is 0.

Needs the release programs (scripts/run builds them). Everything happens in a temporary directory and on a free port.
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SCRIPTS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PATIENCE = 300  # seconds until the repair must be there
QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0"]


def git(directory, *arguments, check=True, hooks=False):
    settings = [] if hooks else QUIET
    done = subprocess.run(["git", "-C", directory, *settings, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if check and done.returncode:
        sys.exit(f"replay: git {arguments[0]} in {directory}: {done.stderr.decode(errors='replace').strip()[:300]}")
    return done.stdout.decode(errors="replace")


def documented_hook(secret_file, port):
    """The hook as people are told to write it, with this run's secret and address."""
    with open(os.path.join(SCRIPTS, "..", "docs", "install.md"), encoding="utf8") as page:
        hook = re.search(r"```sh\n(#!/bin/sh\n# Tells Doc Healing.*?)\n```", page.read(), re.S).group(1)
    return hook.replace("/etc/doc-healing/git-webhook-secret", secret_file).replace("http://127.0.0.1:8000", f"http://127.0.0.1:{port}") + "\n"


def free_port():
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return candidate.getsockname()[1]


def replay(place, repository, base, head, fixed):
    secret, port, data = secrets.token_hex(16), free_port(), os.path.join(place, "service")
    server, secret_file = os.path.join(place, "server.git"), os.path.join(place, "secret")
    with open(secret_file, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(secret)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOC_HEALING_")}
    environment["DOC_HEALING_GIT_WEBHOOK_SECRET"] = secret
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", server], check=True)
    with open(os.path.join(server, "hooks", "post-receive"), "w") as file:
        file.write(documented_hook(secret_file, port))
    os.chmod(file.name, 0o755)
    # What the source borrows from elsewhere is borrowed here too, so that large histories need not be copied.
    with open(os.path.join(server, "objects", "info", "alternates"), "w") as file:
        objects = git(repository, "rev-parse", "--path-format=absolute", "--git-path", "objects").strip()
        file.write(objects + "\n")
        borrowed = os.path.join(objects, "info", "alternates")
        if os.path.exists(borrowed):
            file.write(open(borrowed).read())
    run = [os.path.join(SCRIPTS, "run"), "--detach", "--no-demo", "--port", str(port), "--data", data]
    subprocess.run(run, check=True, env=environment, stdout=subprocess.DEVNULL)
    try:
        tool = os.path.join(SCRIPTS, "..", ".build", "release", "doc-healing")
        subprocess.run(["sh", "-c", '. "$0"; exec "$@"', os.path.join(data, "env"), tool, "repository", "add", server], check=True, env=environment, stdout=subprocess.DEVNULL)
        git(repository, "push", "-q", server, f"{base}:refs/heads/main")
        began = time.monotonic()
        git(repository, "push", "-q", server, f"{head}:refs/heads/main", hooks=True)
        while not git(server, "rev-parse", "-q", "--verify", "doc-healing/main^{commit}", check=False):
            if time.monotonic() - began > PATIENCE:
                sys.exit(f"replay: no repair after {PATIENCE} seconds")
            time.sleep(0.02)
        print(f"repair pushed {time.monotonic() - began:.2f} s after the push of {head}", file=sys.stderr)
        return compare(server, repository, head, fixed)
    finally:
        subprocess.run([os.path.join(SCRIPTS, "stop"), "--data", data], stdout=subprocess.DEVNULL, check=False)


def compare(server, repository, head, fixed):
    if not fixed:
        print(git(server, "diff", "doc-healing/main~1", "doc-healing/main"))
        return 0
    fixed = git(repository, "rev-parse", "--verify", f"{fixed}^{{commit}}").strip()
    paths = [path for path in git(server, "diff", "--name-only", "-z", "doc-healing/main~1", "doc-healing/main").split("\0") if path]
    differing = [path for path in paths if git(server, "diff", "--name-only", "doc-healing/main", fixed, "--", path).strip()]
    for path in differing:
        print(f"differs from {fixed[:12]}: {path}")
        print(git(server, "diff", "-U0", fixed, "doc-healing/main", "--", path))
    print(f"{len(paths) - len(differing)} of {len(paths)} changed documents equal those of {fixed[:12]}: {', '.join(paths)}")
    return 1 if differing else 0


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    repository, base, head = sys.argv[1:4]
    place = tempfile.mkdtemp(prefix="doc-healing-replay-")
    try:
        sys.exit(replay(place, os.path.realpath(repository), base, head, (sys.argv[4:] or [None])[0]))
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
