// Java samples, judged by the parser of the Java compiler: a program in one file reads the readings as files and asks `JavacTask.parse`,
// which stops before anything is resolved.

struct JavaLanguage: ToolLanguage {
  let name = "java"
  let names = ["java"]
  var parser: any ToolParser { Self.files }

  static let files = FileParser(
    tool: "java", fileExtension: "jav", companion: ("Parse.java", program),
    command: #""$1" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -Xss8m Parse.java > messages 2>&1"#, canary: "class ((")

  static let style = FragmentStyle(
    wraps: [
      Wrap(), Wrap("class Z_ {", "}", dropsImports: true), Wrap("class Z_ { void z_() {", "} }", dropsImports: true),
      Wrap("class Z_ { void z_() {", "; } }", dropsImports: true), Wrap("interface Z_ {", "}", dropsImports: true),
      Wrap("class Z_ { Object z_ =", "; }", end: .withoutSeparator), Wrap("class Z_ { Object z_ = z_(", "); }", end: .withoutSeparator),
      Wrap("class Z_ { Object z_ = z_", "; }", end: .withoutSeparator), Wrap("", "class Z_ {}"),
      Wrap("class Z_ {", "int z_; }", dropsImports: true),
      Wrap("class Z_ { void z_() { switch (z_) {", "} } }"), Wrap("enum Z_ {", "}"), Wrap("class Z_ { void z_() { if (z_) {}", "} }"),
      Wrap("class Z_ { void z_() { try {}", "} }"), Wrap("@Z_(", ") class Z_ {}"), Wrap("class Z_ {", ";}", dropsImports: true),
      Wrap("class Z_ { void z_(", ") {} }", end: .withoutSeparator),
    ],
    imports: ["import ", "package "], prompts: ["jshell> ", "...> "])

  func readings(of sample: Sample) -> Result<[Reading], Unreadable> { .success(Self.style.readings(of: sample)) }

  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String? {
    if complaint.complaint.message.contains("return type required") { return "a constructor stands without its class" }
    return Doubts.reason(complaint, in: sample, style: Self.style)
  }

  private static let program = #"""
    import com.sun.source.util.JavacTask;
    import java.net.URI;
    import java.nio.charset.StandardCharsets;
    import java.nio.file.*;
    import java.util.*;
    import javax.tools.*;

    public class Parse {
      static final class Text extends SimpleJavaFileObject {
        final String name, code;
        Text(Path path, String code) {
          super(URI.create("string:///" + path.getFileName().toString().replace(".jav", ".java")), Kind.SOURCE);
          name = path.getFileName().toString();
          this.code = code;
        }
        @Override public CharSequence getCharContent(boolean ignore) { return code; }
      }

      public static void main(String[] arguments) throws Exception {
        List<Text> texts = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Paths.get("."), "*.jav")) {
          for (Path file : files) texts.add(new Text(file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8)));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) System.exit(127);
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of("-proc:none", "-Xmaxerrs", "1000000");
        ((JavacTask) compiler.getTask(null, null, found, options, null, texts)).parse();
        StringBuilder output = new StringBuilder();
        for (Diagnostic<? extends JavaFileObject> problem : found.getDiagnostics()) {
          if (problem.getKind() != Diagnostic.Kind.ERROR || !(problem.getSource() instanceof Text)) continue;
          Text text = (Text) problem.getSource();
          int offset = (int) Math.max(0, Math.min(text.code.length(), problem.getPosition()));
          int start = text.code.lastIndexOf('\n', offset - 1) + 1;
          int column = text.code.substring(start, offset).getBytes(StandardCharsets.UTF_8).length + 1;
          long line = text.code.substring(0, start).chars().filter(c -> c == '\n').count() + 1;
          String message = problem.getMessage(Locale.ROOT).split("\n")[0];
          output.append(text.name + ":" + line + ":" + column + ": " + message + "\n");
        }
        System.out.print(output);
      }
    }
    """#
}
