"""Delivers a push of a repository as a signed webhook and follows it to its repair.

Usage: lib-deliver.py BASE_URL REPOSITORY BRANCH BEFORE AFTER, with DOC_HEALING_GIT_WEBHOOK_SECRET and, where one is set,
DOC_HEALING_API_TOKEN in the environment (never as arguments: those are for everybody to see).

Prints the patch on standard output and the rest on standard error. Status 0: the run ended, whether or not there was something
to heal; 1: it failed or did not end in time.
"""

import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 600  # seconds; a large repository is cloned first

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def say(text=""):
    print(text, file=sys.stderr, flush=True)


class Refused(Exception):
    pass


def call(base, path, body=None, headers=None):
    """The body of the answer, as text."""
    headers = dict(headers or {})
    token = os.environ.get("DOC_HEALING_API_TOKEN")
    if token:
        headers["Authorization"] = "Bearer " + token
    request = urllib.request.Request(base + path, data=body, headers=headers)
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        raise Refused(f"{path.split('?')[0]} was answered {error.code}: {error.read(500).decode(errors='replace').strip()}") from None
    except OSError as error:
        raise Refused(f"{base} does not answer: {error}") from None


def deliver(base, payload):
    body = json.dumps(payload).encode()
    # Several secrets may be set, separated by commas, while one replaces another; the first is the current one.
    secret = os.environ["DOC_HEALING_GIT_WEBHOOK_SECRET"].split(",")[0].strip()
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    answer = call(base, "/webhooks/git", body, {"Content-Type": "application/json", "X-Hub-Signature-256": signature})
    return json.loads(answer)


def wait_for(find, what):
    """Calls `find` until it returns something, ever more rarely."""
    deadline, pause = time.monotonic() + PATIENCE, 0.02
    while time.monotonic() < deadline:
        found = find()
        if found is not None:
            return found
        time.sleep(pause)
        pause = min(pause * 1.5, 1)
    raise Refused(f"{what} did not end within {PATIENCE} seconds")


def finished_delivery(base, identifier):
    delivery = json.loads(call(base, "/deliveries/" + urllib.parse.quote(identifier)))
    return delivery if delivery["status"] in ("completed", "ignored", "dead") else None


def report(base, delivery):
    identifier = urllib.parse.quote(delivery["run_id"])
    run = json.loads(call(base, "/runs/" + identifier))
    told = set()
    for fix in run["fixes"]:
        edits = ", ".join(f"{old} -> {new}" for old, new in zip(fix["before"], fix["after"]))
        say(f"{fix['path']}:{fix['line']}: {edits} ({fix['applicability']}, confidence {fix['confidence']:.2f})")
        for evidence in fix["evidence"]:
            if evidence["statement"] not in told:
                told.add(evidence["statement"])
                say("  because " + describe(evidence))
    if run["fixes"]:
        say("")
    sys.stdout.write(call(base, f"/runs/{identifier}/patch"))
    sys.stdout.flush()
    if run["status"] == "healed":
        say(f"\nthe repair is committed to branch {run['published_to']}: look at it, merge it")
    else:
        say(f"run {run['status']}" + (f": {run['detail']}" if run.get("detail") else ""))
        if run["findings"]:
            say(f"{len(run['findings'])} findings, {len(run['fixes'])} of them with a proven repair")
    return 1 if run["status"] == "failed" else 0


def describe(evidence):
    text, path, line = evidence["statement"], evidence.get("path"), evidence.get("line")
    return text if not path or path in text else f"{text} ({path}{f':{line}' if line else ''})"


def main(base, repository, branch, before, after):
    start = time.monotonic()
    answer = deliver(base, {"repository": repository, "ref": "refs/heads/" + branch, "before": before, "after": after})
    say(f"webhook for {repository} ({branch}): {answer['status']}")
    delivery = wait_for(lambda: finished_delivery(base, answer["delivery_id"]), "the delivery")
    if delivery["status"] != "completed":
        raise Refused(f"the delivery is {delivery['status']}: {delivery.get('detail') or 'no reason given'}")
    say(f"done after {time.monotonic() - start:.2f} seconds\n")
    return report(base, delivery)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except Refused as problem:
        say(f"cannot heal {sys.argv[2]}: {problem}")
        sys.exit(1)
