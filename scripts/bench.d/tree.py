"""Repositories for benchmarks, the same at every run: code in five languages and documents that name it.

    tree.py PATH --files N --lines N --documents N

makes a bare repository with three commits on main: HEAD~1 is the large tree, HEAD~2 the same with one function less, HEAD changes ten files
(five of code, one of which loses a documented function to another name, and five documents).
"""

import argparse
import random
import subprocess

WORDS = "account archive batch branch buffer cache channel cluster column cursor digest event export filter folder handle index journal layer ledger limit marker member metric mirror module number object option packet parser policy queue range record region report route sample schema scope segment server session signal source stream symbol table target thread token trace update value vector window worker zone".split()
LANGUAGES = [("py", "python"), ("ts", "typescript"), ("go", "go"), ("rs", "rust"), ("java", "java")]


def name(rng, number):
    return f"{rng.choice(WORDS)}_{rng.choice(WORDS)}_{number}"


def camel(text):
    head, *rest = text.split("_")
    return head + "".join(part.capitalize() for part in rest)


def function(language, label, rng):
    """Seven lines or so that declare one function and use some words."""
    one, two, three = (rng.choice(WORDS) for _ in range(3))
    if language == "python":
        return f'def {label}({one}, {two}=1):\n    """Combine {one} and {two}."""\n    {three} = {one} + {two}  # {two}\n    for item in range({three}):\n        {three} += item * {two}\n    return {three}\n\n'
    if language == "typescript":
        return f"export function {camel(label)}({one}: number, {two} = 1): number {{\n  // Combine {one} and {two}.\n  let {three}Sum = {one} + {two};\n  for (let i = 0; i < {three}Sum; i++) {{\n    {three}Sum += i * {two};\n  }}\n  return {three}Sum;\n}}\n\n"
    if language == "go":
        return f"// {camel(label).capitalize()} combines {one} and {two}.\nfunc {camel(label).capitalize()}({one}1 int, {two}2 int) int {{\n\tsum := {one}1 + {two}2\n\tfor i := 0; i < 10; i++ {{\n\t\tsum += i\n\t}}\n\treturn sum\n}}\n\n"
    if language == "rust":
        return f"/// Combines {one} and {two}.\npub fn {label}({one}_1: u32, {two}_2: u32) -> u32 {{\n    let mut sum = {one}_1 + {two}_2;\n    for i in 0..10 {{\n        sum += i;\n    }}\n    sum\n}}\n\n"
    return f"  /** Combines {one} and {two}. */\n  public static int {camel(label)}(int {one}1, int {two}2) {{\n    int sum = {one}1 + {two}2;\n    for (int i = 0; i < 10; i++) {{\n      sum += i;\n    }}\n    return sum;\n  }}\n\n"


def code(number, language, lines, rng):
    labels = [f"{name(rng, number)}_{index}" for index in range(max(1, lines // 8))]
    body = "".join(function(language, label, rng) for label in labels)
    if language == "go":
        body = "package bench\n\n" + body
    if language == "java":
        body = f"package bench;\n\npublic class Unit{number} {{\n{body}}}\n"
    spelled = [camel(label) if language in ("typescript", "java") else camel(label).capitalize() if language == "go" else label for label in labels]
    return body, spelled


SAMPLES = {
    "python": "from bench import {0}\n\nresult = {0}(1, 2)\nprint(result)\n", "typescript": "import {{ {0} }} from \"bench\";\n\nconst result = {0}(1, 2);\n",
    "go": "result := {0}(1, 2)\nfmt.Println(result)\n", "rust": "let result = {0}(1, 2);\nprintln!(\"{{result}}\");\n", "java": "int result = Unit.{0}(1, 2);\n",
}


def document(number, count, units, rng):
    parts = [f"# Guide {number}\n\n"]
    for section in range(12):
        path, language, labels = units[rng.randrange(len(units))]
        label = rng.choice(labels)
        text = " ".join(rng.choice(WORDS) for _ in range(60))
        parts.append(f"## Section {section} {rng.choice(WORDS)}\n\n{text.capitalize()}. Call `{label}` with two numbers; see [the code](../{path}) and "
                     f"[guide](guide-{rng.randrange(count)}.md#guide-{number % 7}).\n\n```{language}\n{SAMPLES[language].format(label)}```\n\n"
                     f"| option | meaning |\n|---|---|\n| `{rng.choice(WORDS)}` | {text[:50]} |\n\n```json\n{{\"{rng.choice(WORDS)}\": {number}}}\n```\n\n")
    return "".join(parts)


def guide(number, count, units, rng):
    text = document(number, count, units, rng)
    return text + "".join(f"## Guide {index}\n\nText.\n\n" for index in range(7))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path")
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--lines", type=int, default=140)
    parser.add_argument("--documents", type=int, default=500)
    options = parser.parse_args()
    rng = random.Random(7)
    units, files = [], {}
    for number in range(options.files):
        extension, language = LANGUAGES[number % len(LANGUAGES)]
        path = f"src/part{number % 97}/unit{number}.{extension}"
        files[path], labels = code(number, language, options.lines, rng)
        units.append((path, language, labels))
    for number in range(options.documents):
        files[f"docs/guide-{number}.md"] = guide(number, options.documents, units, rng)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", options.path], check=True)
    process = subprocess.Popen(["git", "-C", options.path, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    mark = 0

    def put(text):
        process.stdin.write(text.encode())

    def commit(changes, message):
        nonlocal mark
        mark += 1
        put(f"commit refs/heads/main\nmark :{mark}\ncommitter Bench <bench@example.org> {1700000000 + mark} +0000\ndata {len(message)}\n{message}\n")
        if mark > 1:
            put(f"from :{mark - 1}\n")
        for path, text in changes.items():
            put(f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n")
        put("\n")

    commit(files, "Begin")
    extra, old = units[1][0], units[1][2][0]
    commit({extra: files[extra] + "// end\n"}, "Continue")
    changes = {extra: files[extra].replace(old, old + "Renamed")}
    for index in range(2, 6):
        changes[units[index][0]] = files[units[index][0]] + "\n"
    changes["docs/guide-0.md"] = files["docs/guide-0.md"] + f"Call `{old}` first.\n"
    for number in range(1, 5):
        changes[f"docs/guide-{number}.md"] = files[f"docs/guide-{number}.md"] + "More text.\n"
    commit(changes, "Rename a function")
    process.stdin.close()
    if process.wait():
        raise SystemExit("tree.py: git fast-import failed")


if __name__ == "__main__":
    main()
