// The program that node runs: JSON in, JSON out. It parses and never executes. Places are UTF-16 offsets there; they become lines and
// byte columns.

enum JavaScriptProgram {
  static let text = #"""
    "use strict";
    const fs = require("fs"), path = require("path"), vm = require("vm");

    function typescript() {
      const prefix = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
      const places = ["/usr/share/nodejs", prefix + "/lib/node_modules", "/usr/local/lib/node_modules", "/usr/lib/node_modules"];
      for (const place of places) {
        try { return require(place + "/typescript"); } catch (error) { if (error.code !== "MODULE_NOT_FOUND") throw error; }
      }
      return null;
    }

    function place(text, offset, length) {
      const before = text.slice(0, offset);
      const start = before.lastIndexOf("\n") + 1;
      let line = 1;
      for (let at = before.indexOf("\n"); at >= 0; at = before.indexOf("\n", at + 1)) line++;
      const column = Buffer.byteLength(before.slice(start));
      const rest = text.slice(offset, offset + length).split("\n")[0];
      return { line, start: column, end: column + Buffer.byteLength(rest) };
    }

    const ts = typescript();

    function typed(text, kind) {
      const file = ts.createSourceFile("sample", text, ts.ScriptTarget.ESNext, false, kind);
      const problem = file.parseDiagnostics[0];
      if (!problem) return null;
      const message = ts.flattenDiagnosticMessageText(problem.messageText, " ").replace(/\.$/, "");
      return { ...place(text, problem.start, problem.length || 1), message: message.charAt(0).toLowerCase() + message.slice(1) };
    }

    function furthest(problems) {
      let best = null;
      for (const problem of problems) {
        if (!problem) return null;
        if (!best || problem.line > best.line || (problem.line === best.line && problem.start > best.start)) best = problem;
      }
      return best;
    }

    function native(text) {
      try { new vm.Script(text, { filename: "sample" }); return null; } catch (error) {
        try { new vm.SourceTextModule(text, { identifier: "sample" }); return null; } catch (inModule) {
          const isModule = /^\s*(import|export)\b/m.test(text) || /await/.test(text);
          return thrown(isModule ? inModule : error, text);
        }
      }
    }

    function thrown(error, text) {
      if (!(error instanceof SyntaxError)) throw error;
      const lines = String(error.stack).split("\n");
      const head = /^sample:(\d+)/.exec(lines[0]);
      const marks = lines.find((line) => /^\s*\^+\s*$/.test(line)) || "^";
      const line = head ? Number(head[1]) : 1;
      const source = text.split("\n")[line - 1] || "";
      const column = marks.indexOf("^"), width = marks.trim().length;
      const start = Buffer.byteLength(source.slice(0, column));
      const message = error.message.charAt(0).toLowerCase() + error.message.slice(1);
      return { line, start, end: start + Buffer.byteLength(source.slice(column, column + width)), message: message.split("\n")[0] };
    }

    const markup = /<\/?[A-Za-z>]/;

    function judge(text, sample) {
      const isScript = sample.language === "javascript";
      if (!ts || (sample.whole && isScript && !markup.test(text))) return native(text);
      const { TS, TSX, JSX } = ts.ScriptKind;
      const kinds = { javascript: [JSX, TS], jsx: [JSX, TS], typescript: [TS, TSX], tsx: [TSX, TS] }[sample.language];
      if (sample.whole) return typed(text, sample.language === "jsx" ? JSX : kinds[0]);
      const first = typed(text, kinds[0]);
      return first && furthest([first, typed(text, kinds[1])]);
    }

    function answer(sample) {
      if (!ts && sample.language !== "javascript") return { missing: "node's module typescript" };
      if (!ts && !sample.whole && markup.test(sample.readings[0])) return { missing: "node's module typescript" };
      const failures = [];
      for (let reading = 0; reading < sample.readings.length; reading++) {
        let problem;
        try { problem = judge(sample.readings[reading], sample); } catch (error) {
          return { unjudged: "node cannot parse the sample: " + error.constructor.name };
        }
        if (!problem) return {};
        failures.push({ reading, ...problem });
      }
      return { failures };
    }

    const request = JSON.parse(fs.readFileSync(0, "utf8"));
    fs.writeSync(1, JSON.stringify(request.samples.map(answer)));
    """#
}
