// The program that runs Python samples, inside the sandbox. It gives one line of JSON for each sample. Output of samples is caught in
// Python; what they write to the descriptors themselves goes nowhere.
//
// A failure is the sample's only when it comes from the sample's own line and is about the repository's own names: a module or member
// that is not there, a call that its function does not take; or an `assert` that does not hold. Everything else may be the sandbox's.

enum PythonDriver {
  static let program = #"""
    import asyncio, builtins, contextlib, doctest, inspect, io, json, linecache, os, re, signal, sys, traceback, __future__

    request = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w")
    nothing = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    for path in reversed(request["paths"]):
        if os.path.isdir(path):
            sys.path.insert(0, path)
    sys.argv = ["sample"]
    own = set(request["own"])
    FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    checker = doctest.OutputChecker()
    AWAIT = getattr(__import__("ast"), "PyCF_ALLOW_TOP_LEVEL_AWAIT", 0)

    class Late(BaseException):
        pass

    def late(*_):
        raise Late()

    signal.signal(signal.SIGALRM, late)

    def is_own(name):
        return isinstance(name, str) and name.split(".")[0] in own

    def is_own_callable(name):
        # `Brush.__init__` or `connect`, somewhere in the repository's modules.
        for module in list(sys.modules.values()):
            if not is_own(getattr(module, "__name__", None)):
                continue
            thing = module
            try:
                for part in name.split("."):
                    thing = getattr(thing, part)
            except Exception:
                continue
            if is_own(getattr(thing, "__module__", None)):
                return True
        return False

    def home(thing):
        if inspect.ismodule(thing):
            return thing.__name__
        return thing.__module__ if isinstance(thing, type) else type(thing).__module__

    CALL = re.compile(r"^([\w.]+)\(\) (got an unexpected keyword argument|got some positional-only|missing \d+ required|takes )")

    def blame(error, here, tainted):
        if isinstance(error, ImportError):
            return here and is_own(error.name)
        if not here:
            return False
        if isinstance(error, AttributeError):
            thing = getattr(error, "obj", None)
            return thing is not None and is_own(home(thing)) and (inspect.ismodule(thing) or not tainted)
        if isinstance(error, TypeError):
            match = CALL.match(str(error))
            return bool(match) and is_own_callable(match.group(1))
        return isinstance(error, AssertionError) and not tainted

    def words(error):
        try:
            text = str(error)
        except Exception:
            text = ""
        return type(error).__name__ + (": " + text if text else "")

    def failure(error, name, first, tainted):
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == name]
        here = bool(frames) and frames[-1].filename == name
        line = first + (lines[-1] if lines else 1) - 1
        if blame(error, here, tainted):
            return {"state": "failed", "line": line, "message": words(error)}
        if isinstance(error, ModuleNotFoundError):
            return {"state": "unjudged", "message": "the module %s is not installed" % error.name}
        if isinstance(error, NameError):
            return {"state": "unjudged", "message": "it continues something: " + words(error)}
        return {"state": "unjudged", "message": "it ended with " + words(error)}

    def execute(code, name, mode, names):
        compiled = compile(code, name, mode, AWAIT, True)
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        if compiled.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(compiled, names))
        else:
            exec(compiled, names)

    def masked(text):
        return re.sub(r"0x[0-9a-fA-F]{6,}", "0x", text)

    def agrees(want, got, flags):
        want, got = masked(want), masked(got)
        return checker.check_output(want, got, flags) or want.split() == got.split()

    def session(sample, name, names, tainted):
        try:
            examples = doctest.DocTestParser().get_examples(sample["code"])
        except ValueError as error:
            return {"state": "unjudged", "message": "the session cannot be read"}
        places = []
        for number, example in enumerate(examples):
            flags = FLAGS
            for option, isOn in example.options.items():
                flags = flags | option if isOn else flags & ~option
            if flags & doctest.SKIP:
                continue
            place = "%s %d" % (name, number)
            printed = io.StringIO()
            try:
                with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
                    execute(example.source, place, "single", names)
            except Late:
                raise
            except BaseException as error:
                expected = (example.exc_msg or "").split(":")[0].split(".")[-1].strip()
                if expected and expected == type(error).__name__:
                    continue
                return failure(error, place, example.lineno, tainted)
            if example.exc_msg is not None:
                return {"state": "unjudged", "message": "it does not fail as it is shown to"}
            got = printed.getvalue()
            if example.want.strip() and not agrees(example.want, got, flags):
                if tainted:
                    return {"state": "unjudged", "message": "a sample before it did not run"}
                line = example.lineno + example.source.count("\n")
                places.append({"line": line, "count": example.want.count("\n"), "got": got})
        return {"state": "differs", "places": places} if places else {"state": "passed"}

    def script(sample, name, names, tainted):
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
                execute(sample["code"], name, "exec", names)
        except Late:
            raise
        except SyntaxError:
            return {"state": "unjudged", "message": "it is a fragment"}
        except BaseException as error:
            return failure(error, name, 0, tainted)
        expected = sample.get("expected")
        if expected is None or agrees(expected, printed.getvalue(), FLAGS):
            return {"state": "passed"}
        if tainted:
            return {"state": "unjudged", "message": "a sample before it did not run"}
        return {"state": "differs", "got": printed.getvalue()}

    def understood(code, names):
        # Pages often leave the import of their own package out.
        for name in own:
            if name not in names and re.search(r"(?<![\w.])%s\.\w" % re.escape(name), code):
                try:
                    names[name] = __import__(name)
                except BaseException:
                    pass

    shared = {"__name__": "__main__", "__builtins__": builtins}
    tainted = False
    os.chdir("/tmp")
    for number, sample in enumerate(request["samples"]):
        names = {"__name__": "__main__", "__builtins__": builtins} if sample["isIsolated"] else shared
        run = session if sample["isSession"] else script
        signal.alarm(request["seconds"])
        try:
            understood(sample["code"], names)
            answer = run(sample, "<sample %d>" % number, names, tainted and not sample["isIsolated"])
        except Late:
            answer = {"state": "unjudged", "message": "its time was over"}
        except BaseException as error:
            answer = {"state": "unjudged", "message": "it ended with " + type(error).__name__}
        finally:
            signal.alarm(0)
        if answer["state"] not in ("passed", "differs") and not sample["isIsolated"]:
            tainted = True
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    os._exit(0)
    """#
}
