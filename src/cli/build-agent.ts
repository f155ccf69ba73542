import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('../../', import.meta.url);
/** Where the agent stands when it is built. */
export const AGENT = 'dist/defectxray-report.mjs';

/**
 * The CI agent as one file that needs nothing but Node.js 20.12 or later, with the licences of what is in it at its end.
 * The same sources give the same text.
 */
export async function bundleAgent(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('src/cli/agent.ts', root)),
    cwd: fileURLToPath(root),
    platform: 'node',
    // Without comments that name the places of modules, which differ between machines.
    experimental: { attachDebugInfo: 'none' },
    transform: { target: 'node20.12' },
    plugins: [{ name: 'no-package-from-beside', transform: withoutOptionalPackage }],
    onLog(_level, log) {
      throw new Error(`The agent cannot be bundled: ${log.message}`);
    },
  });
  try {
    const { output } = await bundle.generate({
      format: 'esm',
      codeSplitting: false,
      comments: { legal: false },
      banner: '#!/usr/bin/env node',
    });
    const [chunk, ...others] = output;
    if (others.length > 0) throw new Error(`The agent is ${output.length} files: ${output.map(({ fileName }) => fileName).join(', ')}.`);
    return `${chunk.code}\n${licencesOf(chunk.moduleIds)}`;
  } finally {
    await bundle.close();
  }
}

/**
 * fdir loads a picomatch, if one happens to stand where it is, for a method that tinyglobby does not call: a file that CI
 * runs must not run what happens to stand beside it.
 */
function withoutOptionalPackage(code: string, id: string): string | null {
  return /[\\/]fdir[\\/]/.test(id) ? code.replaceAll(/__require(?:\.resolve)?\("picomatch"\)/g, 'null') : null;
}

/** The licences of the packages that modules are of, as a comment. */
function licencesOf(modules: readonly string[]): string {
  const packages = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []));
  const texts = [...packages].map(licenceOf).sort();
  return `/*\nThis file holds parts of other works, under these licences.\n\n${texts.join('\n\n').replaceAll('*/', '* /')}\n*/\n`;
}

/** The licence that a package has with it; of one that comes without, the file kept here, named after it. */
function licenceOf(directory: string): string {
  const { name, version, license } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8')) as Record<string, string>;
  const kept = new URL(`licences/${name}.txt`, import.meta.url);
  const file = ['LICENSE', 'LICENSE.md', 'license', 'LICENCE'].map((called) => `${directory}/${called}`).find(existsSync);
  if (file === undefined && !existsSync(kept)) throw new Error(`${name} ${version} comes without its licence: add ${fileURLToPath(kept)}.`);
  return `${name} ${version} (${license})\n\n${readFileSync(file ?? kept, 'utf8').trim()}`;
}

if (import.meta.main) {
  const text = await bundleAgent();
  mkdirSync(new URL('dist/', root), { recursive: true });
  writeFileSync(new URL(AGENT, root), text, { mode: 0o755 });
  process.stdout.write(`${AGENT}: ${Math.round(Buffer.byteLength(text) / 1_000)} kB.\n`);
}
