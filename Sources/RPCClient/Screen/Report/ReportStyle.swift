/// How the report looks, by day and by night.
enum ReportStyle {
    static let head = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Crowd Models Executor: report</title>
        <style>
        :root { color-scheme: light dark; --ink: #1b1f24; --faint: #667; --paper: #fff;
          --card: #f3f5f7; --line: #d8dde3; --bar: #9cc3ef; --dot: #0b5cad; --tail: #9aa4b0 }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --faint: #9aa4b0;
          --paper: #14171a; --card: #1e2328; --line: #30363d; --bar: #27517d; --dot: #7ab8f5;
          --tail: #5b6570 } }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui, sans-serif }
        main { max-width: 800px; margin: 0 auto; padding: 24px 20px 60px }
        h1 { font-size: 24px; margin: 0 } h2 { font-size: 17px; margin: 36px 0 0 }
        .note { color: var(--faint); margin: 2px 0 12px }
        .cards { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 18px }
        .cards div { background: var(--card); border-radius: 8px; padding: 8px 14px;
          display: flex; flex-direction: column }
        .cards b { font-size: 19px } .cards span { color: var(--faint); font-size: 13px }
        svg { width: 100%; height: auto; font: 12px system-ui, sans-serif }
        text { fill: var(--ink) } .tick { fill: var(--faint); text-anchor: middle }
        .group { fill: var(--faint); font-weight: 600 } .value { text-anchor: end }
        .grid { stroke: var(--line) } .tail { stroke: var(--tail); stroke-width: 2 }
        .bar { fill: var(--bar) } .dot { fill: var(--dot) }
        .wide { overflow-x: auto }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100% }
        th, td { text-align: right; padding: 4px 8px; border-bottom: 1px solid var(--line) }
        tbody th, thead th:first-child { text-align: left; font-weight: 400 }
        </style></head><body><main>

        """
}
