/** A part of a page. Figures are SVG texts as `curves` and its like give them; everything else is plain text. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'figure'; readonly svg: string }
  | {
      readonly kind: 'table';
      readonly header: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'details'; readonly summary: string; readonly text: string };

export interface Section {
  readonly title: string;
  readonly parts: readonly Part[];
}

/**
 * One self-contained HTML page: no script, nothing from the network, readable on a phone and on paper.
 * @param foot what the page comes from, such as version, seed and hashes
 */
export function page(title: string, sections: readonly Section[], foot: string): string {
  const contents =
    sections.length > 1
      ? `<nav><ul>${sections.map((section, i) => `<li><a href="#s${i}">${escaped(section.title)}</a></li>`).join('')}</ul></nav>\n`
      : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${contents}${sections.map(section).join('\n')}
<footer>${escaped(foot)}</footer>
</body>
</html>
`;
}

const STYLE = `
body{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;color:#222;background:#fff;max-width:800px;margin:0 auto;padding:16px}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.2em;border-top:1px solid #ddd;padding-top:.8em}
figure{margin:1em 0}svg{max-width:100%;height:auto}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:3px 10px;border-bottom:1px solid #e4e4e4;white-space:nowrap}
th:first-child,td:first-child{text-align:left}th{border-bottom:1px solid #999}
pre{background:#f6f6f6;padding:10px;overflow-x:auto;font-size:.8rem}footer{margin-top:3em;color:#5f5f5f;font-size:.8rem}
a{color:#0067ad}nav ul{padding-left:1.2em}
@media print{body{max-width:none;padding:0}details{display:none}section{break-inside:avoid}nav{display:none}}
`;

function section({ title, parts }: Section, index: number): string {
  return `<section id="s${index}">\n<h2>${escaped(title)}</h2>\n${parts.map(part).join('\n')}\n</section>`;
}

function part(own: Part): string {
  switch (own.kind) {
    case 'text':
      return `<p>${escaped(own.text)}</p>`;
    case 'figure':
      return `<figure>${own.svg}</figure>`;
    case 'table': {
      const row = (cells: readonly string[], tag: 'th' | 'td') =>
        `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
      return `<div class="wide"><table>\n<thead>${row(own.header, 'th')}</thead>\n<tbody>${own.rows.map((cells) => row(cells, 'td')).join('\n')}</tbody>\n</table></div>`;
    }
    case 'details':
      return `<details><summary>${escaped(own.summary)}</summary><pre>${escaped(own.text)}</pre></details>`;
  }
}

/** Text as HTML. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (letter) => entities[letter]!);
}
