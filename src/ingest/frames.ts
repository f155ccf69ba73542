import { type FrameKind, frameKind } from './test-code.ts';

const DETAILS_READ = 262_144;
const LINE_READ = 1_000;

interface Frame {
  place: string;
  function: string;
}

interface StackState {
  /** The function whose source or log precedes a place that names none (pytest, `go test`). */
  enclosing: string;
  previous: string;
}

/** Where in the project a failure happened. */
export interface ProjectStack {
  /** The innermost frames, each once: `Cart.add (src/cart.js)`, or the path alone where the function has no name. */
  readonly frames: readonly string[];
  /** Whether they are of test code alone and name neither a test nor a helper, so that they do not say which test it is. */
  readonly isNameless: boolean;
}

/** Reads one line; null if it is no frame of that language. */
type FrameReader = (line: string, state: StackState) => Frame | null;

/** A stack is printed innermost first, except by Python. */
const INNERMOST_FIRST: readonly FrameReader[] = [v8, jvm, dotnet, vitest, webkit, php, go, ruby, cpp];

/**
 * The innermost frames of a stack trace that lie in the project, without line numbers and without what differs between
 * machines, so that the same place is the same text everywhere.
 *
 * An error of the product is the same whatever test has come upon it: where the innermost frame is the product's, the
 * frames of test code do not count. Where it is test code's, as of an assertion, all of them do.
 *
 * | language     | a frame                                                                     |
 * |--------------|-----------------------------------------------------------------------------|
 * | JS, TS       | `at fn (file:1:2)`, `at file:1:2`, `❯ fn file:1:2` (Vitest), `fn@file:1:2`   |
 * | Python       | `File "file", line 1, in fn`; pytest's `file:1: Error` below the source      |
 * | Java, Kotlin | `at pkg.Class.method(File.java:1)`                                          |
 * | .NET         | `at Ns.Class.Method(args) in file:line 1`                                   |
 * | PHP          | `#0 file(1): Class->fn()`, PHPUnit's `file:1`                               |
 * | Go           | `pkg.fn(…)` above `file:1 +0x1d`; the test's name before `file_test.go:1: `  |
 * | Ruby         | ``file:1:in `fn'``                                                          |
 * | C, C++       | GoogleTest's `file:1`, also `file:1: Failure`, Catch2's `at file:1`          |
 *
 * Left out: the standard libraries and runtimes, test frameworks, and what is installed (`node_modules`,
 * `site-packages`, `vendor`, `gems`, …).
 *
 * A path begins at its last well-known root (`src`, `lib`, `test`, `spec`, …; in a monorepo at the package, as in
 * `packages/cart/src/cart.js`) or, without one, has its last two segments; of Go it is the file's name alone.
 */
export function projectStack(details: string, limit = 5): ProjectStack {
  const innermostFirst: Frame[] = [];
  const python: Frame[] = [];
  const state: StackState = { enclosing: '', previous: '' };
  for (const whole of details.slice(0, DETAILS_READ).split('\n')) {
    const line = whole.slice(0, LINE_READ).trimEnd();
    const enclosing = /^(?:\s*(?:async )?def (\w+)\(|\s*(?:=== RUN|--- FAIL:)\s+(\S+))/.exec(line);
    if (enclosing) state.enclosing = enclosing[1] ?? enclosing[2] ?? '';
    const frame = pythonFrame(line, state);
    if (frame !== null) python.push(frame);
    else pushFirst(innermostFirst, line, state);
    state.previous = line;
  }
  const found = innermost(python.reverse(), limit) ?? innermost(innermostFirst, limit);
  if (found !== null) return found;
  // A Go test that fails with its subtests has no place, but it has a name.
  return { frames: [state.enclosing].filter((text) => text !== '').slice(0, limit), isNameless: false };
}

/** Adds what the first reader that takes the line for a frame reads. */
function pushFirst(frames: Frame[], line: string, state: StackState): void {
  for (const reader of INNERMOST_FIRST) {
    const frame = reader(line, state);
    if (frame !== null) {
      frames.push(frame);
      return;
    }
  }
}

/** What frames say, the innermost first, of which no more are looked at than are needed; null where none lies in the project. */
function innermost(frames: readonly Frame[], limit: number): ProjectStack | null {
  const texts = new Set<string>();
  let ofProduct: boolean | null = null;
  let isNameless = true;
  for (const each of frames) {
    const frame = projectFrame(each);
    if (frame === null) continue;
    ofProduct ??= frame.kind === 'product';
    isNameless &&= !ofProduct && frame.kind !== 'named test code';
    const text = ofProduct && frame.kind !== 'product' ? frame.calls : frame.text;
    if (text !== '') texts.add(text);
    if (texts.size >= limit && !isNameless) break;
  }
  return ofProduct === null ? null : { frames: [...texts].slice(0, limit), isNameless };
}

interface ProjectFrame {
  readonly text: string;
  readonly kind: FrameKind;
  /** The function of the product that a test calls, where its frame has that one's name: by Jest the product's own have lost it. */
  readonly calls: string;
}

/** A frame that lies in the project; null for any other. */
function projectFrame(frame: Frame): ProjectFrame | null {
  const name = functionName(frame.function);
  const place = frame.place.replaceAll('\\', '/');
  if (FOREIGN_PLACE.test(place) || FOREIGN_FUNCTION.test(name)) return null;
  const path = projectPath(place);
  const text = name === '' ? path : path === '' ? name : `${name} (${path})`;
  if (text === '') return null;
  const kind = frameKind(path, name);
  return { text, kind, calls: kind === 'nameless test code' ? (/^Object\.(.+)$/.exec(name)?.[1] ?? '') : '' };
}

const FOREIGN_PLACE =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems|\.rbenv|\.pyenv|\.cargo|\.m2|\.gradle|\.nuget)\/|(?:^|\/)(?:lib\/python\d|lib\/ruby\/|go\/pkg\/mod\/|go[-\d.]*\/src\/(?:runtime|testing|reflect|internal)\/|rustc\/)|^\/usr\/(?:lib|share|bin)\/|^(?:node:|internal\/(?:process|modules|timers|main|per_context)\/|phar:|<)|^\/?@vite\//;

const FOREIGN_FUNCTION =
  /^(?:javax?|jdk|sun|com\.sun|kotlinx?|scala|groovy|org\.(?:junit|hamcrest|assertj|mockito|testng|opentest4j|gradle|codehaus|apache\.(?:maven|tools\.ant)|springframework)|junit|io\.kotest|worker\.org\.gradle|System|Microsoft|Xunit|NUnit|FluentAssertions|testing|runtime|reflect|RSpec::Core|RSpec::Expectations|Minitest|PHPUnit)[.:\\]|\$\$Lambda/;

const ROOTS = new Set('src lib test tests spec specs __tests__ e2e cypress features packages internal cmd'.split(' '));
const WORKSPACES = new Set(['packages', 'apps', 'libs', 'modules', 'services', 'crates']);

function projectPath(place: string): string {
  const segments = place
    .replace(/[?#].*$/, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
    // A bundler writes a hash of the content into a file's name.
    .map((segment) => segment.replace(/[-.][0-9a-f]{8,}(?=\.)/i, '.<hex>'));
  if (/^[A-Za-z]:$/.test(segments[0] ?? '')) segments.shift();
  const directories = segments.slice(0, -1);
  const root = directories.findLastIndex((segment) => ROOTS.has(segment));
  // Go's functions have the whole path of their package. Elsewhere a third segment may be the directory of the checkout.
  if (place.endsWith('.go')) return segments.at(-1) ?? '';
  if (root < 0) return segments.slice(-2).join('/');
  const workspace = root >= 2 && WORKSPACES.has(segments[root - 2] ?? '');
  return segments.slice(workspace ? root - 2 : root).join('/');
}

/** A function's name without what a compiler numbers, or how it was called. */
function functionName(name: string): string {
  const plain = name
    .replace(/^(?:async |new )+/, '')
    .replace(/ \[as .*\]$/, '')
    .replace(/\$\d+|__\d+(?:_\d+)?|(?<=\.func)\d+(?:\.\d+)*/g, (match) => match.replace(/\d.*/, ''))
    .trim();
  return /(?:^|\.)<anonymous>$|^(?:anonymous|<unknown>|\{main\}|\{closure\}|(?:.* in )?<(?:top \(required\)|main)>)$/.test(plain)
    ? ''
    : plain;
}

/** The place of `file:1:2`, without scheme and position; null if it has no line. */
function withoutPosition(location: string): string | null {
  const match = /^(.*?)(?::\d+){1,2}$/.exec(location.trim());
  if (!match) return null;
  return (match[1] ?? '').replace(/^(?:file:\/\/\/?(?=[A-Za-z]:)|file:\/\/|webpack(?:-internal)?:\/\/+|https?:\/\/[^/]*)/, '');
}

function located(name: string, location: string): Frame | null {
  const place = withoutPosition(location);
  return place === null ? null : { function: name, place };
}

function v8(line: string): Frame | null {
  const body = /^\s*at (?:async )?(.+)$/.exec(line)?.[1];
  if (body === undefined) return null;
  const open = body.indexOf(' (');
  if (open > 0 && body.endsWith(')')) return located(body.slice(0, open), body.slice(open + 2, -1));
  // Playwright heads its code frames with `at file:1`: no frame of the stack, those have a column.
  if (!/:\d+:\d+$/.test(body)) return null;
  return /[)\s]/.test(body) && !/^(?:file:|\/|[A-Za-z]:[\\/])/.test(body) ? null : located('', body);
}

function jvm(line: string): Frame | null {
  const match =
    /^\s*at (?:[\w.@-]*\/)*([\p{L}\p{N}_.$<>-]+(?:\/[\da-fx]+[\p{L}\p{N}_.$]*)?)\((?:([\w$-]+\.\w+):\d+|Native Method|Unknown Source|[\w$-]+\.\w+)\)$/u.exec(
      line,
    );
  return match ? { function: match[1] ?? '', place: match[2] ?? '' } : null;
}

function dotnet(line: string): Frame | null {
  const match = /^\s*at ([^()\s]+)\([^()]*\)(?: in (.+):line \d+)?$/.exec(line);
  return match ? { function: match[1] ?? '', place: match[2] ?? '' } : null;
}

function vitest(line: string): Frame | null {
  const match = /^\s*❯ (?:(\S.*) )?(\S+:\d+:\d+)$/.exec(line);
  return match ? located(match[1] ?? '', match[2] ?? '') : null;
}

function webkit(line: string): Frame | null {
  const match = /^\s*([^@\s]*)@(\S+:\d+:\d+)$/.exec(line);
  return match ? located(match[1] ?? '', match[2] ?? '') : null;
}

function pythonFrame(line: string, { enclosing }: StackState): Frame | null {
  const native = /^\s*File "([^"]+)", line \d+(?:, in (.+))?$/.exec(line);
  if (native) return { place: native[1] ?? '', function: native[2] ?? '' };
  const pytest = /^(\S[^:]*\.py|[A-Za-z]:\\[^:]*\.py):\d+:(?: in (\S+)| \w[\w.]*)?$/.exec(line);
  return pytest ? { place: pytest[1] ?? '', function: pytest[2] ?? enclosing } : null;
}

function php(line: string): Frame | null {
  const frame = /^\s*#\d+ (.+\.php)\(\d+\)(?: : |: )([^(]*)/.exec(line);
  if (frame) return { place: frame[1] ?? '', function: frame[2] ?? '' };
  const phpunit = /^\s*((?:\/|[A-Za-z]:\\).*\.php):\d+$/.exec(line);
  return phpunit ? { place: phpunit[1] ?? '', function: '' } : null;
}

function go(line: string, { enclosing, previous }: StackState): Frame | null {
  const frame = /^\s+(\S.*\.go):\d+(?: \+0x[0-9a-f]+)?$/.exec(line);
  if (frame)
    return { place: frame[1] ?? '', function: previous.replace(/^created by | in goroutine \d+$/g, '').replace(/\([^()]*\)$/, '') };
  const log = /^\s+([\w./-]+\.go):\d+: /.exec(line);
  return log ? { place: log[1] ?? '', function: enclosing } : null;
}

function ruby(line: string): Frame | null {
  const match = /^\s*(?:from |# )?(\S.*\.rb):\d+(?::in [`'](.+)')?$/.exec(line);
  return match ? { place: match[1] ?? '', function: match[2] ?? '' } : null;
}

function cpp(line: string): Frame | null {
  const match = /^\s*(?:at )?(\S.*\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx))(?::\d+(?:: Failure)?|\(\d+\): error.*)$/.exec(line);
  return match ? { function: '', place: match[1] ?? '' } : null;
}
