#!/usr/bin/env node
// JavaScript, or Node.js would load what strips types before the compiled code, types stripped, can be used.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Beside the code that it is of: whoever may write there may change that as well. Where it cannot be written everything is
// compiled at each start.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/defectxray', import.meta.url)));
await import('./command.ts');
