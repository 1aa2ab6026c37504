// The pages' HTML, in Mustache. They are in the program, so that one file is all there is to install.

enum Templates {
  static let style = """
    :root{color-scheme:light dark;--line:#8884;--dim:#777;--add:#2da44e;--del:#cf222e}
    *{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:68rem;padding:0 1rem 3rem}
    header{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;padding:1rem 0;border-bottom:1px solid var(--line)}
    header strong{font-size:1.1rem}h1{font-size:1.4rem;margin:1.4rem 0 .6rem}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
    table{border-collapse:collapse;width:100%;font-size:.93rem}th,td{text-align:left;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
    th{font-weight:600;color:var(--dim)}td.n{text-align:right;font-variant-numeric:tabular-nums}.scroll{overflow-x:auto}
    code,pre{font:13px/1.45 ui-monospace,monospace}pre{overflow-x:auto;padding:.8rem;border:1px solid var(--line);border-radius:6px}
    .state{white-space:nowrap}.healed,.completed,.checked{color:var(--add)}.failed,.dead{color:var(--del)}.dim{color:var(--dim)}
    ul{margin:.2rem 0;padding-left:1.2rem}del{color:var(--del)}ins{color:var(--add);text-decoration:none}
    """

  static let layout = """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
    <title>{{title}} · Doc Healing</title><style>{{{style}}}</style></head><body>
    <header><strong>Doc Healing</strong><a href="/">Overview</a><a href="/pages/runs">Runs</a><a href="/pages/deliveries">Deliveries</a><a href="/pages/repositories">Repositories</a></header>
    <main>{{{body}}}</main></body></html>

    """

  private static let runTable = """
    <div class="scroll"><table><tr><th>Repository</th><th>Branch</th><th>Head</th><th>State</th><th>Published to</th><th>When (UTC)</th></tr>
    {{#runs}}<tr><td>{{repository}}</td><td>{{branch}} {{pull}}</td><td><a href="/pages/runs/{{id}}"><code>{{head}}</code></a></td><td class="state {{state}}">{{state}}</td><td>{{published}}</td><td>{{created}}</td></tr>
    {{/runs}}</table></div>
    """

  private static let nextLink = "{{#hasNext}}<p><a href=\"?cursor={{next}}\">Older</a></p>{{/hasNext}}"

  static let bodies = [
    "overview": """
    <h1>Overview</h1>
    <p class="dim">{{mode}} mode</p>
    <h2>Latest runs</h2>
    {{#hasRuns}}\(runTable){{/hasRuns}}
    {{^hasRuns}}<p>No run yet. Add a webhook that points at <code>/webhooks/github</code>, <code>/gitlab</code>, <code>/gitea</code> or <code>/git</code>, and push.</p>{{/hasRuns}}
    <h2>Queues</h2>
    <div class="scroll"><table><tr><th>Queue</th><th>Waiting</th><th>Running</th><th>Dead</th></tr>
    {{#queues}}<tr><td>{{name}}</td><td class="n">{{depth}}</td><td class="n">{{running}}</td><td class="n">{{dead}}</td></tr>{{/queues}}</table></div>
    <h2>Records</h2>
    <div class="scroll"><table><tr><th>Record</th><th>State</th><th>Count</th></tr>
    {{#counts}}<tr><td>{{record}}</td><td class="state {{state}}">{{state}}</td><td class="n">{{count}}</td></tr>{{/counts}}</table></div>
    """,
    "runs": "<h1>Runs</h1>{{#hasRuns}}\(runTable){{/hasRuns}}{{^hasRuns}}<p>No run yet.</p>{{/hasRuns}}\(nextLink)",
    "deliveries": """
    <h1>Deliveries</h1>
    {{#hasRows}}<div class="scroll"><table><tr><th>Delivery</th><th>Forge</th><th>Event</th><th>Status</th><th>Detail</th><th>Run</th><th>Received (UTC)</th></tr>
    {{#deliveries}}<tr><td><code>{{id}}</code></td><td>{{forge}}</td><td>{{event}}</td><td class="state {{status}}">{{status}}</td><td>{{detail}}</td><td>{{#hasRun}}<a href="/pages/runs/{{run}}">run</a>{{/hasRun}}</td><td>{{received}}</td></tr>
    {{/deliveries}}</table></div>{{/hasRows}}{{^hasRows}}<p>No delivery yet.</p>{{/hasRows}}\(nextLink)
    """,
    "repositories": """
    <h1>Repositories</h1>
    {{#hasRows}}<div class="scroll"><table><tr><th>Name</th><th>Forge</th><th>Fetched from</th><th>State</th></tr>
    {{#repositories}}<tr><td>{{name}}</td><td>{{forge}}</td><td><code>{{url}}</code></td><td>{{state}}</td></tr>
    {{/repositories}}</table></div>{{/hasRows}}{{^hasRows}}<p>No repository yet.</p>{{/hasRows}}\(nextLink)
    """,
    "run": """
    {{#run}}<h1>{{repository}} <span class="dim">{{branch}} {{pull}}</span></h1>
    <p>Head <code>{{head}}</code>, compared with <code>{{base}}</code>: <span class="state {{state}}">{{state}}</span>. {{documents}} documents.</p>{{/run}}
    <p>{{detail}}</p>
    {{#hasFixes}}<h2>Repairs</h2>
    <ul>{{#fixes}}<li><code>{{place}}</code> <del>{{before}}</del> → <ins>{{after}}</ins> <span class="dim">{{strategy}}, {{applicability}}, confidence {{confidence}}</span>
    <ul>{{#evidence}}<li>{{.}}</li>{{/evidence}}</ul></li>{{/fixes}}</ul>{{/hasFixes}}
    {{#hasPatch}}<h2>Patch</h2><pre>{{patch}}</pre>{{/hasPatch}}
    {{#hasFindings}}<h2>Findings</h2>
    <ul>{{#findings}}<li><code>{{place}}</code> {{message}} <span class="dim">{{rule}}, {{severity}}</span>
    <ul>{{#evidence}}<li>{{.}}</li>{{/evidence}}</ul></li>{{/findings}}</ul>{{/hasFindings}}
    {{^hasFindings}}<p>Nothing was found wrong.</p>{{/hasFindings}}
    """,
    "problem": "<h1>{{title}}</h1><p>{{detail}}</p>",
  ]
}
