/** A drawing that reads on light and dark pages: its colours follow the reader's system, its background is the page's. */
export function drawing(width: number, height: number, title: string, description: string, shapes: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${inXml(title)}</title>
<desc id="description">${inXml(description)}</desc>
<style>${STYLE}</style>
${shapes.join('\n')}
</svg>
`;
}

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #24292f }
.small { font-size: 11px; fill: #57606a }
.end { text-anchor: end }
.middle { text-anchor: middle }
.heading { font-weight: 600 }
.axis { stroke: #d0d7de; stroke-width: 1 }
.goal { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 4 3 }
.spread { stroke: #24292f; stroke-width: 1.5 }
.a { fill: #0969da; stroke: #0969da } .b { fill: #9a6700; stroke: #9a6700 } .c { fill: #8250df; stroke: #8250df }
.d { fill: #57606a; stroke: #57606a } .e { fill: #bf3989; stroke: #bf3989 }
.met { fill: #1a7f37 } .missed { fill: #bc4c00 }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9198a1 } .axis { stroke: #3d444d } .goal { stroke: #ff7b72 } .spread { stroke: #e6edf3 }
  .a { fill: #4493f8; stroke: #4493f8 } .b { fill: #d29922; stroke: #d29922 } .c { fill: #ab7df8; stroke: #ab7df8 }
  .d { fill: #9198a1; stroke: #9198a1 } .e { fill: #db61a2; stroke: #db61a2 }
  .met { fill: #3fb950 } .missed { fill: #f0883e }
  .line { fill: none }
}
`;

/** A text; `y` is its baseline. */
export function text(x: number, y: number, content: string, classes = ''): string {
  return `<text x="${at(x)}" y="${at(y)}" class="${classes}">${inXml(content)}</text>`;
}

export function bar(x: number, y: number, width: number, height: number, classes: string): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(width, 0.5))}" height="${at(height)}" rx="2" stroke="none" class="${classes}"/>`;
}

export function rule(x1: number, y1: number, x2: number, y2: number, classes: string): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${classes}"/>`;
}

export function dot(x: number, y: number, radius: number, classes: string): string {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="${radius}" class="${classes}"/>`;
}

export function polyline(points: readonly (readonly [number, number])[], classes: string): string {
  return `<polyline points="${points.map(([x, y]) => `${at(x)},${at(y)}`).join(' ')}" class="line ${classes}"/>`;
}

/** The lowest of 1, 2 or 5 times a power of ten that is no less. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) as number) * power;
}

const at = (coordinate: number) => Number(coordinate.toFixed(1));

function inXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
