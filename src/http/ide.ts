import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler, type Response } from 'express';
import 'grafserv';

/** Where the parts of the page that are ours are served, as they lie in src/http/ide. */
export const IDE_PATH = '/ide/';

const DIRECTORY = new URL('ide/', import.meta.url);

/** Serves the sign-in bar's script and styles. */
export function ideFiles(): RequestHandler {
  return express.static(fileURLToPath(DIRECTORY), { index: false, redirect: false });
}

/**
 * Puts the sign-in bar over Ruru, and gives each script of the page the nonce that its Content-Security-Policy asks for.
 * The bar's script comes before Ruru's, which fetches the schema as soon as it runs.
 */
export function signInBarPlugin(): GraphileConfig.Plugin {
  const bar = readFileSync(new URL('sign-in.html', DIRECTORY), 'utf8');
  return {
    name: 'SignInBarPlugin',
    description: 'Lets a person sign in at the GraphQL IDE.',
    version: '1.0.0',
    grafserv: {
      middleware: {
        async ruruHTML(next, { htmlParts, request }) {
          // Without one, browsers ask for /favicon.ico.
          htmlParts.metaTags += '<link rel="icon" href="data:," />';
          htmlParts.styleTags += `<link rel="stylesheet" href="${IDE_PATH}sign-in.css" />`;
          htmlParts.bodyContent = bar + htmlParts.bodyContent;
          htmlParts.headerScripts += `<script type="module" src="${IDE_PATH}sign-in.js"></script>`;
          const { res } = (request.requestContext as { expressv4: { res: Response } }).expressv4;
          return (await next()).replaceAll('<script', `<script nonce="${res.locals.scriptNonce}"`);
        },
      },
    },
  };
}
